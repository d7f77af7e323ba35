//! The receiver: every method, every path below an inbox, whoever sends.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, rt::time::sleep, web};
use bytes::Bytes;
use ringback_engine::OffsetDateTime;
use serde_json::Map;

use super::{InboxAnswer, InboxMessage, Inboxes, Origin};
use crate::{
    Mount,
    bench::{Draft, Source, What, computer_time},
    webhook::{SentWebhook, Signature, is_inbox_name},
};

/// What the paths of inboxes begin with.
pub(crate) const PATH: &str = "/__inbox/";

/// Resets the connection of a request instead of answering it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reset(Rc<Cell<bool>>);

impl Reset {
    fn set(&self) {
        self.0.set(true);
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.get()
    }
}

/// Answers a request to an inbox by its plan, and keeps it.
pub(crate) async fn receive(
    inboxes: &Arc<Inboxes>,
    mounts: &[Arc<dyn Mount>],
    request: &HttpRequest,
    body: Result<web::Bytes, actix_web::Error>,
) -> HttpResponse {
    let named = request.path().strip_prefix(PATH).unwrap_or_default();
    let (name, rest) = named.split_at(named.find('/').unwrap_or(named.len()));
    let refuse = |status, why: &str| HttpResponse::build(status).body(why.to_owned() + "\n");
    if !is_inbox_name(name) {
        let why = "the name of an inbox has 1 to 64 letters, digits, and . _ -";
        return refuse(StatusCode::NOT_FOUND, why);
    }
    let body = match body {
        Ok(body) => body,
        Err(error) => {
            let status = error.as_response_error().status_code();
            return refuse(status, "the body cannot be read");
        }
    };
    let origin = inboxes.origin(request.peer_addr());
    let answer = match inboxes.answer(name) {
        Ok(answer) => answer,
        Err(error) => return refuse(StatusCode::SERVICE_UNAVAILABLE, &error.to_string()),
    };
    let message = message(name, rest, request, body, &answer, origin.as_deref(), mounts);
    let source = origin.as_deref().map(|origin| Source {
        origin: Some(origin.instance),
        account: Some(origin.account),
        world: origin.world,
    });
    if let (Some(message), Some(mount)) = (inboxes.keep(message), mounts.first()) {
        let source = source.unwrap_or(Source { origin: None, account: None, world: 0 });
        let (at, what) = (message.at, What::Message(message));
        mount.bench().feed().push([Draft { at, source, command: None, what }]);
    }
    let InboxAnswer { status, delay, headers, body } = answer;
    if delay > 0.0 {
        sleep(Duration::from_secs_f64(delay)).await;
    }
    let Some(status) = status.and_then(|status| StatusCode::from_u16(status).ok()) else {
        match request.conn_data::<Reset>() {
            Some(reset) => reset.set(),
            None => log::error!("an inbox cannot reset this connection"),
        }
        return HttpResponse::NoContent().finish();
    };
    let mut response = HttpResponse::build(status);
    for (name, value) in headers {
        response.append_header((name, value));
    }
    response.body(body)
}

fn message(
    name: &str,
    rest: &str,
    request: &HttpRequest,
    body: Bytes,
    answer: &InboxAnswer,
    origin: Option<&Origin>,
    mounts: &[Arc<dyn Mount>],
) -> InboxMessage {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = request.headers().iter();
    let mut headers: Vec<_> =
        headers.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect();
    // The server keeps them in no order; those of one name keep theirs.
    headers.sort_by(|(one, _), (other, _)| one.cmp(other));
    let came_to = {
        let info = request.connection_info();
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        format!("{}://{}{path}", info.scheme(), info.host())
    };
    let webhook = SentWebhook {
        method: request.method().as_str(),
        url: origin.map_or(&came_to, |origin| &origin.url),
        headers: &headers,
        body: &body,
    };
    let signature = match origin {
        Some(origin) => (origin.verify)(&webhook),
        // Of somebody else, or by hand: any account for which it would be signed well, or else the first.
        None => of_any(mounts, &webhook),
    };
    let sent = origin.and_then(|origin| origin.sent.as_ref());
    let signature = signature.map(|signature| signature.explain(sent));
    let now = mounts.first().map_or(OffsetDateTime::UNIX_EPOCH, |mount| mount.clock().now());
    InboxMessage {
        number: 0,
        inbox: name.to_owned(),
        at: origin.map_or(now, |origin| origin.at),
        real_at: computer_time(),
        method: request.method().to_string(),
        path: if rest.is_empty() { "/".to_owned() } else { rest.to_owned() },
        query: request.query_string().to_owned(),
        answered: answer.status,
        from: origin.map(|origin| (origin.instance, origin.account)),
        call: origin.and_then(|origin| origin.call),
        origin: origin.map(shown).unwrap_or_default(),
        url: came_to,
        headers,
        body,
        signature,
    }
}

fn of_any(mounts: &[Arc<dyn Mount>], webhook: &SentWebhook<'_>) -> Option<Signature> {
    let mut found: Option<Signature> = None;
    for signature in mounts.iter().filter_map(|mount| mount.signature(None, webhook)) {
        let is_better = signature.is_valid || found.is_none() && signature.given.is_some();
        if is_better {
            found = Some(signature);
        }
    }
    found
}

/// Shows whose a webhook is and what it tells.
fn shown(origin: &Origin) -> Map<String, serde_json::Value> {
    let Origin { vendor, account, credential, delivery, call, event, .. } = origin;
    let id = |what: String| format!("{vendor}-{}-{what}", account.0);
    Map::from_iter([
        ("vendor".to_owned(), vendor.as_str().into()),
        ("account".to_owned(), credential.as_deref().into()),
        ("delivery".to_owned(), id(format!("d{}", delivery.0)).into()),
        ("call".to_owned(), call.map(|call| id(call.to_string())).into()),
        ("event".to_owned(), event.as_str().into()),
    ])
}
