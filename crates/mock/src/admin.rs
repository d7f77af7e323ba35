//! The control API: under `/__admin` on every port, and for all vendors on the hub.
//!
//! Without a vendor in the path a request is about every instance of the port; with one,
//! `/__admin/{vendor}/…`, about that instance. `?account=CREDENTIAL` names an account other than
//! the demo account. `docs/control-api.md` lists the routes, and those to come: snapshots, the
//! request journal, stubs and faults, metrics and the OpenAPI documents.

mod calls;
mod clock;
mod target;
mod world;

use std::sync::Arc;

use actix_web::{
    HttpResponse, ResponseError, guard,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web,
};
use serde_json::{Map, Value, json};

use crate::{ControlError, ControlRefused, Mount};

/// The state that all handlers of one port share.
pub(crate) struct Control {
    mounts: Vec<Arc<dyn Mount>>,
}

/// Returns whether a path belongs to the control API, whatever vendors have.
pub(crate) fn is_about(path: &str) -> bool {
    matches!(path, "/livez" | "/readyz" | "/__admin") || path.starts_with("/__admin/")
}

/// Mounts the control API for some instances.
pub(crate) fn configure(
    mounts: Vec<Arc<dyn Mount>>,
    token: Option<String>,
) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        let control = web::Data::new(Control { mounts });
        let alive = || HttpResponse::Ok().content_type("text/plain").body("ok\n");
        config
            .route("/livez", web::get().to(move || std::future::ready(alive())))
            .route("/readyz", web::get().to(move || std::future::ready(alive())))
            .service(
                web::resource("/__admin/health")
                    .app_data(control.clone())
                    .route(web::get().to(health)),
            );
        if let Some(token) = token {
            let is_stranger = guard::fn_guard(move |context| !knows(&token, context));
            let refuse = || async {
                let why = "this needs the control token as a bearer token";
                Refused::new(StatusCode::UNAUTHORIZED, why).error_response()
            };
            config.service(
                web::scope("/__admin").guard(is_stranger).default_service(web::to(refuse)),
            );
        }
        config.service(
            web::scope("/__admin")
                .app_data(control)
                .app_data(web::PayloadConfig::new(crate::BODY_LIMIT))
                .configure(|config| routes(config, ""))
                .configure(|config| routes(config, "/{vendor}"))
                .default_service(web::to(|| async { not_found() })),
        );
    }
}

fn routes(config: &mut web::ServiceConfig, prefix: &str) {
    let resource = |path: &str, allow: &'static str| {
        let refuse = move || async move {
            let refused = Refused::new(StatusCode::METHOD_NOT_ALLOWED, "method not allowed");
            let mut response = refused.error_response();
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
            response
        };
        web::resource(format!("{prefix}{path}")).default_service(web::to(refuse))
    };
    config
        .service(resource("/clock", "GET").route(web::get().to(clock::show)))
        .service(resource("/clock/freeze", "POST").route(web::post().to(clock::freeze)))
        .service(resource("/clock/release", "POST").route(web::post().to(clock::release)))
        .service(resource("/clock/rate", "POST").route(web::post().to(clock::rate)))
        .service(resource("/clock/advance", "POST").route(web::post().to(clock::advance)))
        .service(resource("/reset", "POST").route(web::post().to(clock::reset)))
        .service(
            resource("/calls", "GET, POST")
                .route(web::get().to(calls::list))
                .route(web::post().to(calls::dial)),
        )
        .service(resource("/calls/{id}", "GET").route(web::get().to(calls::show)))
        .service(resource("/calls/{id}/{verb}", "POST").route(web::post().to(calls::drive)))
        .service(resource("/control", "POST").route(web::post().to(calls::control)))
        .service(resource("/extensions", "GET").route(web::get().to(world::extensions)))
        .service(
            resource("/extensions/{number}", "PATCH, PUT, DELETE")
                .route(web::patch().to(world::set_extension))
                .route(web::put().to(world::set_extension))
                .route(web::delete().to(world::remove_extension)),
        )
        .service(
            resource("/behaviours", "GET, POST, PUT, DELETE")
                .route(web::get().to(world::behaviours))
                .route(web::post().to(world::add_rule))
                .route(web::put().to(world::set_rules))
                .route(web::delete().to(world::clear_rules)),
        )
        .service(resource("/deliveries", "GET").route(web::get().to(world::deliveries)))
        .service(resource("/webhook", "PUT").route(web::put().to(world::retarget)));
}

/// `GET /__admin/health`
async fn health(control: web::Data<Control>) -> HttpResponse {
    let vendors = control.mounts.iter().map(|mount| {
        json!({ "name": mount.name(), "title": mount.title(), "clock": mount.clock().state() })
    });
    answer(&json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "vendors": vendors.collect::<Vec<_>>(),
    }))
}

fn knows(token: &str, context: &guard::GuardContext<'_>) -> bool {
    let shown = context.head().headers().get(header::AUTHORIZATION);
    let shown = shown.and_then(|value| value.to_str().ok()).and_then(|text| text.split_once(' '));
    shown.is_some_and(|(scheme, shown)| {
        scheme.eq_ignore_ascii_case("bearer") && same(shown.trim(), token)
    })
}

/// Compares two texts in a time that does not tell where they differ.
fn same(one: &str, other: &str) -> bool {
    let difference = one.bytes().zip(other.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    one.len() == other.len() && difference == 0
}

/// What the control API answers instead, with the status that says whose fault it is.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Refused {
    status: StatusCode,
    message: String,
}

/// What every handler returns.
type Answer = Result<HttpResponse, Refused>;

/// A body as the handlers take it: read by hand, so that its errors have this API's form.
type Body = Result<web::Bytes, actix_web::Error>;

impl Refused {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    fn no_such(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("no such {what}"))
    }

    fn unavailable(error: impl std::fmt::Display) -> Self {
        log::error!("control API: {error}");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let body = json!({ "error": self.message }).to_string() + "\n";
        HttpResponse::build(self.status).content_type("application/json").body(body)
    }
}

impl From<ControlError> for Refused {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::Malformed(why) => Self::malformed(why),
            ControlError::Refused(ControlRefused::NotFound(why)) => {
                Self::new(StatusCode::NOT_FOUND, why)
            }
            ControlError::Refused(ControlRefused::Conflict(why)) => {
                Self::new(StatusCode::CONFLICT, why)
            }
            ControlError::Unserved(error) => Self::unavailable(error),
        }
    }
}

fn answer(value: &Value) -> HttpResponse {
    let body = value.to_string() + "\n";
    HttpResponse::Ok().content_type("application/json").body(body)
}

fn nowhere() -> Refused {
    Refused::new(StatusCode::NOT_FOUND, "no such path; docs/control-api.md lists them")
}

/// Answers a path that the control API does not have.
pub(crate) fn not_found() -> HttpResponse {
    nowhere().error_response()
}

/// Reads a JSON object from a body; an empty body is an empty object.
fn object(body: Body) -> Result<Map<String, Value>, Refused> {
    let unread = |error: actix_web::Error| {
        Refused::new(error.as_response_error().status_code(), "the body cannot be read")
    };
    let body = body.map_err(unread)?;
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(&body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refused::malformed("the body has to be a JSON object")),
        Err(error) => Err(Refused::malformed(format!("the body is not JSON: {error}"))),
    }
}
