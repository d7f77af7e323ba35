//! The console: the page at the hub's `/`, and at `/__admin/ui` on every port.
//!
//! It is static files, and no more: whatever the page shows and does goes over the public control API, as
//! curl would. A debug build reads the files from the sources, so that a change shows on the next reload. A release
//! has them packed, by `build.rs`: the modules joined, without comments and spaces, and compressed.
//!
//! ```
//! let app = actix_web::App::new().configure(|config| ringback_console::configure(config, true));
//! # drop(app);
//! ```

mod files;

use actix_web::{
    HttpRequest, HttpResponse,
    guard::{self, GuardContext},
    http::{
        StatusCode,
        header::{self, AcceptEncoding, Encoding, Header as _},
    },
    web,
};
use files::File;

/// Where the page is on every port; its files are below.
pub const PATH: &str = "/__admin/ui";

/// The page itself.
const PAGE: &str = "index.html";

/// What the page may load and where it may be shown. `default-src` does not cover the last three.
const POLICY: &str =
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Mounts the page, on the hub at `/` as well for clients that ask for HTML.
///
/// It holds no secret: with a control token it is there without one, and asks for it.
pub fn configure(config: &mut web::ServiceConfig, is_hub: bool) {
    let methods = || guard::Any(guard::Get()).or(guard::Head());
    if is_hub {
        let front = web::resource("/").guard(methods()).guard(guard::fn_guard(wants_html));
        config.service(front.to(page));
    }
    config
        .service(web::resource([PATH, "/__admin/ui/"]).guard(methods()).to(page))
        .service(web::resource("/__admin/ui/{file:.+}").guard(methods()).to(file));
}

async fn page(request: HttpRequest) -> HttpResponse {
    answer(&request, PAGE)
}

async fn file(request: HttpRequest) -> HttpResponse {
    answer(&request, request.match_info().get("file").unwrap_or_default())
}

fn answer(request: &HttpRequest, path: &str) -> HttpResponse {
    // What is compressed is a form of a file, and none by itself.
    let plain = || files::get(path).filter(|_| kind(path) != UNKNOWN).map(|file| (file, None));
    let Some((File { bytes, tag }, encoding)) = compressed(request, path).or_else(plain) else {
        return HttpResponse::NotFound().content_type("text/plain").body("no such file\n");
    };
    let tag = format!("\"{tag}\"");
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let is_known = known.is_some_and(|tags| tags.split(',').any(|known| known.trim() == tag));
    let status = if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::VARY, "accept, accept-encoding"))
        .insert_header((header::ETAG, tag));
    if let Some(encoding) = encoding {
        response.insert_header((header::CONTENT_ENCODING, encoding));
    }
    match is_known {
        true => response.finish(),
        false => response.content_type(kind(path)).body(bytes),
    }
}

/// Returns a file as it was compressed beforehand, if it was and the client takes it so.
///
/// Of what a client takes the smallest is chosen, whatever it prefers: browsers prefer nothing, and name gzip first.
fn compressed(request: &HttpRequest, path: &str) -> Option<(File, Option<&'static str>)> {
    let accepted = AcceptEncoding::parse(request).ok()?;
    let forms = [(Encoding::brotli(), "br", "br"), (Encoding::gzip(), "gzip", "gz")];
    forms.into_iter().find_map(|(encoding, name, ending)| {
        accepted.negotiate([&encoding].into_iter()).filter(|chosen| *chosen == encoding)?;
        files::get(&format!("{path}.{ending}")).map(|file| (file, Some(name)))
    })
}

/// What has no kind is no file of the page.
const UNKNOWN: &str = "application/octet-stream";

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some(_) | None => UNKNOWN,
    }
}

/// Returns whether the client is a browser that shows what it gets; scripts accept anything.
fn wants_html(context: &GuardContext<'_>) -> bool {
    let accept = context.head().headers().get(header::ACCEPT);
    let accept = accept.and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|kind| {
        let mut parts = kind.split(';').map(str::trim);
        let is_html = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("text/html"));
        is_html && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

// What the build script does is tested here, where tests are run.
#[cfg(test)]
#[path = "../build/join.rs"]
mod join;
#[cfg(test)]
#[path = "../build/pack.rs"]
mod pack;
#[cfg(test)]
#[path = "../build/shorten.rs"]
mod shorten;
#[cfg(test)]
mod tests;
