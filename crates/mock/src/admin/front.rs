//! Pages for people: what is here, and the documents that came along.
//!
//! They are whole without scripts, load one stylesheet from here and nothing from elsewhere, and
//! stand behind the same guard as the control API.

mod page;

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode, header},
    web,
};

use super::{Control, Problem, ask::Ask};

/// One document, rendered.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its path below `/docs/`, such as `vendors/bell`.
    pub path: String,
    /// What it is called.
    pub title: String,
    /// Its content, of which links to other pages are relative.
    pub html: String,
    /// Its source, in Markdown: what programs read.
    pub text: String,
}

/// The documents that a server shows.
#[derive(Debug, Clone, Default)]
pub struct Pages {
    all: Arc<[Page]>,
    index: &'static str,
}

impl FromIterator<Page> for Pages {
    fn from_iter<I: IntoIterator<Item = Page>>(pages: I) -> Self {
        Self { all: pages.into_iter().collect(), index: "" }
    }
}

impl Pages {
    /// Adds what tells programs which documents there are: `llms.txt`.
    pub fn with_index(self, index: &'static str) -> Self {
        Self { index, ..self }
    }

    fn find(&self, path: &str) -> Option<&Page> {
        self.all.iter().find(|page| page.path == path)
    }

    fn all(&self) -> &[Page] {
        &self.all
    }
}

/// Where documents are on every port, for where there is no hub.
const DOCS: &str = "/__admin/docs";

/// Where the hub tells programs which documents there are.
pub(super) const INDEX: &str = "/llms.txt";

/// Returns what a path asks for among the documents, if it is about them. The beginning is empty or a
/// slash and more.
fn document(path: &str) -> Option<&str> {
    if path == INDEX {
        return Some(path);
    }
    let rest = path.strip_prefix(DOCS).or_else(|| path.strip_prefix("/docs"));
    rest.filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns whether a path is about the documents, in which nothing is secret.
pub(super) fn is_document(path: &str) -> bool {
    document(path).is_some()
}

/// Returns where the document of a vendor is, if there is one.
pub(super) fn link(control: &Control, vendor: &str) -> Option<String> {
    let path = format!("vendors/{vendor}");
    let docs = if control.is_hub { "/docs" } else { DOCS };
    control.pages.find(&path).map(|_| format!("{docs}/{path}"))
}

/// Answers a request for a page; `None` if it asks for something else.
pub(super) fn answer(
    control: &web::Data<Control>,
    request: &HttpRequest,
    body: &Result<web::Bytes, actix_web::Error>,
) -> Option<Result<HttpResponse, Problem>> {
    let is_front = control.is_hub && request.path() == "/" && wants_html(request);
    let answer = match document(request.path()) {
        Some(path) => read(control, path),
        None if is_front => {
            let ask = Ask::read(control, request, Ok(web::Bytes::new()));
            ask.map(|ask| html(&page::front(control, &ask)))
        }
        None => return None,
    };
    let asks = *request.method() == Method::GET || *request.method() == Method::HEAD;
    Some(match body {
        _ if !asks => Err(Problem::method("GET, HEAD".to_owned())),
        Ok(body) if body.is_empty() => answer,
        Ok(_) | Err(_) => Err(Problem::malformed("no body is read here")),
    })
}

fn read(control: &Control, path: &str) -> Result<HttpResponse, Problem> {
    match path.strip_prefix('/') {
        // Links in there are relative to what stands behind the slash.
        None => Ok(HttpResponse::PermanentRedirect()
            .insert_header((header::LOCATION, if control.is_hub { "/docs/" } else { "docs/" }))
            .finish()),
        Some("") if !control.pages.all().is_empty() => Ok(html(&page::contents(control))),
        Some("style.css") => Ok(respond("text/css; charset=utf-8", page::STYLE)),
        Some("llms.txt") if !control.pages.index.is_empty() => {
            Ok(respond("text/plain; charset=utf-8", control.pages.index))
        }
        Some(path) => {
            if let Some(path) = path.strip_suffix(".md") {
                let page = control.pages.find(path).ok_or_else(|| Problem::no_such("page"))?;
                return Ok(respond("text/markdown; charset=utf-8", &page.text));
            }
            let page = control.pages.find(path).ok_or_else(|| Problem::no_such("page"))?;
            Ok(html(&page::document(control, page)))
        }
    }
}

/// Returns whether the client is a browser that shows what it gets; scripts accept anything.
fn wants_html(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.unwrap_or_default().split(',').any(|kind| {
        let mut parts = kind.split(';').map(str::trim);
        let is_html = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("text/html"));
        is_html && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn html(page: &str) -> HttpResponse {
    respond("text/html; charset=utf-8", page)
}

fn respond(kind: &str, body: &str) -> HttpResponse {
    // `default-src` does not cover the last three.
    let policy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    HttpResponse::build(StatusCode::OK)
        .content_type(kind)
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::VARY, "accept"))
        .body(body.to_owned())
}
