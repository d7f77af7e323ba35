//! The control API: under `/__admin` on every port, and for all vendors on the hub.
//!
//! Without a vendor in the path a request is about every instance of the port; with one,
//! `/__admin/{vendor}/…`, about that instance. `?account=CREDENTIAL` or the header
//! `Ringback-Account` names an account other than the demo account. `docs/control-api.md` lists the
//! routes.

mod about;
mod accounts;
mod ask;
mod background;
mod calls;
mod chaos;
mod checkpoints;
mod clock;
mod deliveries;
mod doctor;
mod events;
mod front;
mod guard;
mod inboxes;
mod index;
mod journal;
mod log;
mod metrics;
mod openapi;
mod plain;
mod problem;
mod read;
mod relay;
mod routes;
mod shown;
mod since;
mod snapshots;
mod verify;
mod wiremock;
mod world;

use std::rc::Rc;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde_json::Value;

use crate::{Mount, inbox};
use ask::Ask;
pub use front::{Page, Pages};
pub use guard::Guard;
pub use openapi::{CONTROL, OwnControls, control_document};
use problem::Problem;
use routes::Routes;

/// The state that all handlers of one port share.
pub(crate) struct Control {
    pub(crate) mounts: Vec<Arc<dyn Mount>>,
    /// Those of all ports.
    pub(crate) all: Arc<[Arc<dyn Mount>]>,
    /// Whether the port answers the control API alone, for all instances of the process.
    pub(crate) is_hub: bool,
    pub(crate) guard: Guard,
    /// The documents to show.
    pub(crate) pages: Pages,
    /// The configuration in effect, if whoever started the server says.
    pub(crate) config: Option<Arc<str>>,
    /// Returns the latest lines of its log, likewise.
    pub(crate) output: Option<fn() -> String>,
}

/// What every handler returns.
type Answer = Result<HttpResponse, Problem>;

/// Returns whether a path belongs to the control API, whatever vendors have.
pub(crate) fn is_about(path: &str) -> bool {
    matches!(path, "/livez" | "/readyz" | "/__admin")
        || path.starts_with("/__admin/")
        || path.starts_with(inbox::PATH)
}

/// Mounts the control API.
pub(crate) fn configure(control: Control) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        let ports = control.mounts.clone();
        let alive = || HttpResponse::Ok().content_type("text/plain").body("ok\n");
        let is_hub = control.is_hub;
        let control = web::Data::new(control);
        let routes = web::Data::new(Rc::new(Routes::new()));
        // Elsewhere vendors have these paths.
        for path in ["/", "/docs", "/docs/{page:.*}", front::INDEX].into_iter().filter(|_| is_hub) {
            let pages = web::resource(path).app_data(control.clone()).app_data(routes.clone());
            config.service(pages.default_service(web::to(serve)));
        }
        let inbox = web::resource("/__inbox/{rest:.*}")
            .app_data(control.clone())
            .app_data(web::PayloadConfig::new(crate::BODY_LIMIT))
            .default_service(web::to(receive));
        config
            .service(inbox)
            .route("/livez", web::get().to(move || std::future::ready(alive())))
            .route("/readyz", web::get().to(move || log::readiness(ports.clone())))
            .service(
                web::scope("/__admin")
                    .app_data(control)
                    .app_data(routes)
                    .app_data(web::PayloadConfig::new(crate::BODY_LIMIT))
                    .service(
                        // A snapshot that a client kept is larger than any other body.
                        web::resource(["/snapshots", "/{vendor}/snapshots"])
                            .app_data(web::PayloadConfig::new(crate::snapshots::SNAPSHOT_LIMIT))
                            .default_service(web::to(serve)),
                    )
                    .default_service(web::to(serve)),
            );
    }
}

/// Every request to an inbox: whoever sends, as to a vendor's own paths.
async fn receive(
    control: web::Data<Control>,
    request: HttpRequest,
    body: Result<web::Bytes, actix_web::Error>,
) -> HttpResponse {
    match control.mounts.first() {
        Some(mount) => {
            inbox::receive(mount.bench().inboxes(), &control.mounts, &request, body).await
        }
        None => not_found(),
    }
}

/// Every request of the control API.
async fn serve(
    control: web::Data<Control>,
    routes: web::Data<Rc<Routes>>,
    request: HttpRequest,
    body: Result<web::Bytes, actix_web::Error>,
) -> HttpResponse {
    let answer = async {
        control.guard.admit(&request)?;
        if let Some(page) = front::answer(&control, &request, &body) {
            return page;
        }
        let ask = Ask::read(&control, &request, body)?;
        ask.catch_up().await?;
        routes.find(&request, ask)?.await
    };
    answer.await.unwrap_or_else(|problem: Problem| problem.respond())
}

fn answer(status: StatusCode, value: &Value) -> HttpResponse {
    let body = value.to_string() + "\n";
    HttpResponse::build(status).content_type("application/json").body(body)
}

fn ok(value: &Value) -> Answer {
    Ok(answer(StatusCode::OK, value))
}

/// Answers a path that neither a vendor nor the control API has.
pub(crate) fn not_found() -> HttpResponse {
    Problem::nowhere().respond()
}
