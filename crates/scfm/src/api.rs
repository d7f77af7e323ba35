//! From a request to its answer: method, route, format, credentials, record, body; in that order.

mod change;
mod list;
mod receive;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode, header},
    web,
};
use bytes::Bytes;
use ringback_mock::{AccountId, Instance, Received};

use crate::{
    Scfm, Settings,
    error::Error,
    machine::Parent,
    render,
    routes::{self, Action},
    wire::{
        self,
        answer::{Answer, JSON},
    },
};

/// What the handlers need of a request.
struct RequestContext<'a> {
    scfm: &'a Instance<Scfm>,
    request: &'a HttpRequest,
    body: &'a Bytes,
    account: AccountId,
    id: u32,
}

/// Answers every route.
pub(crate) async fn serve(
    scfm: web::Data<Instance<Scfm>>,
    request: HttpRequest,
    received: Received,
) -> HttpResponse {
    let answer = match received.body() {
        Ok(body) => answer(&scfm, &request, &received, body).await,
        Err(refusal) => Err(refusal.into()),
    };
    answer.unwrap_or_else(|error| error.answer()).finish(&request, received.begun())
}

async fn answer(
    scfm: &Instance<Scfm>,
    request: &HttpRequest,
    received: &Received,
    body: &Bytes,
) -> Result<Answer, Error> {
    let method = method(request, body).await;
    let (_, format) = split_format(request.path())?;
    let action = routes::action(received, &method).ok_or(Error::NotFound)?;
    let id = received.param("id");
    // Behind the last segment stands the format.
    let id = if received.is_last("id") { id.split('.').next().unwrap_or_default() } else { id };
    let takes = match action {
        Action::Receive => matches!(format, None | Some("xml")),
        Action::Index(..)
        | Action::Show(_)
        | Action::Create(..)
        | Action::Update(_)
        | Action::Destroy(_)
        | Action::Fire(_)
        | Action::Statistics
        | Action::ContactData
        | Action::Root => matches!(format, None | Some("json")),
    };
    if !takes {
        return Err(Error::NotAcceptable { xml: format == Some("xml") });
    }
    // An id that is no number is nobody's; 0 never is anybody's.
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
    let id = id.parse().ok().filter(|_| is_number).unwrap_or(0);
    let account = match action {
        Action::Root => return Ok(root(scfm.settings())),
        Action::Receive => crate::auth::account_of_events(scfm, request).await?,
        Action::Index(..)
        | Action::Show(_)
        | Action::Create(..)
        | Action::Update(_)
        | Action::Destroy(_)
        | Action::Fire(_)
        | Action::Statistics
        | Action::ContactData => crate::auth::account(scfm, request).await?,
    };
    let asked = RequestContext { scfm, request, body, account, id };
    match action {
        Action::Index(kind, of) => list::index(&asked, kind, of).await,
        Action::Show(kind) => asked.show(kind),
        Action::Statistics => asked.statistics(),
        Action::Create(kind, of) => change::create(&asked, kind, of).await,
        Action::ContactData => change::contact_data(&asked).await,
        Action::Update(kind) => change::update(&asked, kind).await,
        Action::Destroy(kind) => change::destroy(&asked, kind).await,
        Action::Fire(kind) => change::fire(&asked, kind).await,
        Action::Receive => receive::receive(&asked).await,
        Action::Root => Ok(root(scfm.settings())),
    }
}

/// A `POST` may stand for another method.
async fn method(request: &HttpRequest, body: &Bytes) -> String {
    let method = request.method();
    if method != Method::POST {
        return method.as_str().to_owned();
    }
    // A form that cannot be read is refused later, where it is read.
    let pairs = wire::pairs(request, body).await.unwrap_or_default();
    let in_form = pairs.into_iter().rev().find(|(name, _)| name == "_method");
    let in_form = in_form.and_then(|(_, value)| value);
    let in_header = || {
        let header = request.headers().get("x-http-method-override")?;
        header.to_str().ok().map(str::to_owned)
    };
    let other = in_form.or_else(in_header).unwrap_or_default().to_ascii_uppercase();
    match other.as_str() {
        "GET" | "HEAD" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" => other,
        _ => "POST".to_owned(),
    }
}

/// Splits `.json` and its kin off a path.
pub(crate) fn split_format(path: &str) -> Result<(&str, Option<&str>), Error> {
    let path = path.trim_end_matches('/');
    let begins = path.rfind('/').map_or(0, |slash| slash + 1);
    let Some(dot) = path.get(begins..).and_then(|last| last.find('.')) else {
        return Ok((path, None));
    };
    let (whole, format) = path.split_at(begins + dot);
    let format = format.trim_start_matches('.');
    if format.is_empty() || format.contains('.') {
        return Err(Error::NotFound);
    }
    Ok((whole, Some(format)))
}

/// The original's front page is elsewhere. A browser is sent there only where that was asked for: an
/// imitation is often used where nothing else is to be reached.
fn root(settings: &Settings) -> Answer {
    const HTML: &str = "text/html; charset=utf-8";
    if !settings.redirect_front_page {
        return Answer::new(StatusCode::OK, HTML, include_str!("api/root.html").to_owned());
    }
    let to = "https://github.com/somleng/somleng-scfm";
    let body = format!("<html><body>You are being <a href=\"{to}\">redirected</a>.</body></html>");
    Answer::new(StatusCode::MOVED_PERMANENTLY, HTML, body).with(header::LOCATION, to)
}

impl RequestContext<'_> {
    /// Reads the account's world.
    fn read<R>(&self, read: impl FnOnce(&crate::Platform) -> R) -> Result<R, Error> {
        self.scfm.read(self.account, read).ok_or(Error::Denied)
    }

    /// Refuses before the body is looked at, if what the path names does not exist.
    fn exists(&self, of: Parent) -> Result<(), Error> {
        Ok(self.read(|platform| platform.parent(of, self.id))??)
    }

    fn show(&self, kind: crate::machine::Resource) -> Result<Answer, Error> {
        let mut out = String::with_capacity(256);
        let found = self.read(|platform| render::record(platform, kind, self.id, &mut out))?;
        if found { Ok(Answer::json(StatusCode::OK, out)) } else { Err(Error::NotFound) }
    }

    fn statistics(&self) -> Result<Answer, Error> {
        let figures = self.read(|platform| platform.statistics(self.id))?.ok_or(Error::NotFound)?;
        Ok(Answer::new(StatusCode::OK, JSON, render::statistics(&figures)))
    }
}
