//! The flat backend: parameters in the query, answers of the VPBX API as they are.
//!
//! vendors/mango.md, 2 and 3

#[cfg(test)]
mod fuzz;
mod openapi;
mod operations;
mod params;
mod query;
mod statistics;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use ringback_mock::{AccountId, ExecuteError, Forwarded, HttpRefusal, Instance, Received};

use super::vpbx;
use crate::{
    ErrorStyle, Mango, Reply, operations as vpbx_operations,
    wire::{Answer, Form},
};
pub(crate) use operations::OPERATIONS;
use operations::{Upstream, operation};
use query::Query;

type Instanced = web::Data<Instance<Mango>>;

/// The pages that are no operations.
const PAGES: [&str; 3] = ["/openapi.json", "/docs", "/redoc"];

/// Every operation, under the path it is declared with. A path that the VPBX API has, too, is its own
/// with a signed form. vendors/mango.md, 1
pub(crate) async fn serve(
    mango: Instanced,
    request: HttpRequest,
    received: Received,
) -> HttpResponse {
    if vpbx_operations::operation(request.path()).is_some() && is_signed(&request, &received) {
        return vpbx::serve(mango, request, received).await;
    }
    let Some(operation) = operation(request.path()) else {
        return refuse(&mango, HttpRefusal::NotFound, &request);
    };
    let mut given = match Query::of(request.query_string()).read(operation.params) {
        Ok(given) => given,
        Err(invalid) => return HttpResponse::UnprocessableEntity().json(invalid),
    };
    // This face has valid credentials by construction: those of the demo account.
    let answer = match &operation.upstream {
        Upstream::Ask(path, make) => {
            let params = statistics::object(make(&mut given));
            vpbx::perform(&mango, AccountId::default(), path, params).await
        }
        filter @ Upstream::Statistics { .. } => {
            statistics::ask(&mango, filter, &mut given).await.map(|answer| (answer, None))
        }
    };
    respond(answer, vpbx::style(&mango, AccountId::default()))
}

fn is_signed(request: &HttpRequest, received: &Received) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    received.body().is_ok_and(|body| Form::read(content_type, body).key.is_some())
}

fn respond(
    answer: Result<(Answer, Option<String>), ExecuteError>,
    style: ErrorStyle,
) -> HttpResponse {
    let (answer, command_id) = match answer {
        Ok(answer) => answer,
        Err(error) => {
            log::error!("mango: {error}");
            return failed();
        }
    };
    if let Err(refused) = &answer {
        refused.note();
    }
    let text = match &answer {
        // The client within the original raises at any status but 2xx. vendors/mango.md, 2
        Err(_) if style == ErrorStyle::Legacy420 => return failed(),
        // Rows are a string for FastAPI, and so a JSON string.
        Ok(Reply::Csv(rows)) => serde_json::to_string(rows).ok(),
        answer => Reply::text(answer, command_id.as_deref()),
    };
    let text = text.unwrap_or_else(|| "\"\"".to_owned());
    HttpResponse::Ok().content_type("application/json").body(text)
}

fn failed() -> HttpResponse {
    HttpResponse::InternalServerError()
        .content_type("text/plain; charset=utf-8")
        .body("Internal Server Error")
}

/// `GET /openapi.json`
pub(crate) async fn document(mango: Instanced, request: HttpRequest) -> HttpResponse {
    if !PAGES.contains(&request.path()) {
        return refuse(&mango, HttpRefusal::NotFound, &request);
    }
    HttpResponse::Ok().content_type("application/json").body(openapi::DOCUMENT.as_str())
}

/// `GET /docs` and `GET /redoc`
pub(crate) async fn page(mango: Instanced, request: HttpRequest) -> HttpResponse {
    if !PAGES.contains(&request.path()) {
        return refuse(&mango, HttpRefusal::NotFound, &request);
    }
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(openapi::PAGE.as_str())
}

/// Returns whether a path, slash or not, is one of this face's.
pub(crate) fn has(path: &str) -> bool {
    let bare = path.trim_matches('/');
    declared().any(|declared| declared.trim_matches('/') == bare)
}

fn declared() -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().map(|operation| operation.path).chain(PAGES)
}

/// Returns the declared path that differs from this one by the slash at its end alone.
pub(crate) fn twin(path: &str) -> Option<&'static str> {
    let is_twin = |declared: &&str| match declared.strip_suffix('/') {
        Some(bare) => path == bare,
        None => path.strip_suffix('/') == Some(*declared),
    };
    declared().find(is_twin)
}

/// Answers a request that reaches no handler. A slash too many or too few comes before everything
/// else, the method included.
pub(crate) fn refuse(
    mango: &Instance<Mango>,
    refusal: HttpRefusal,
    request: &HttpRequest,
) -> HttpResponse {
    if let (HttpRefusal::NotFound | HttpRefusal::MethodNotAllowed { .. }, Some(path)) =
        (&refusal, twin(request.path()))
    {
        // The original's server believes the scheme that a proxy names, and nothing else of it.
        let query = request.query_string();
        let mark = if query.is_empty() { "" } else { "?" };
        let location = format!("{}{path}{mark}{query}", mango.came_by(request, Forwarded::Scheme));
        if let Ok(location) = header::HeaderValue::from_str(&location) {
            let mut response = HttpResponse::TemporaryRedirect();
            return response.insert_header((header::LOCATION, location)).finish();
        }
    }
    let (status, detail) = match &refusal {
        HttpRefusal::NotFound => (StatusCode::NOT_FOUND, "Not Found"),
        HttpRefusal::MethodNotAllowed { .. } => {
            (StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
        }
        HttpRefusal::BodyTooSlow => (StatusCode::REQUEST_TIMEOUT, "Request Timeout"),
        HttpRefusal::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large"),
        HttpRefusal::BodyBroken => (StatusCode::BAD_REQUEST, "Bad Request"),
        HttpRefusal::UrlTooLong => (StatusCode::URI_TOO_LONG, "URI Too Long"),
        HttpRefusal::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
    };
    let body = format!("{{\"detail\":\"{detail}\"}}");
    let mut response = HttpResponse::build(status).content_type("application/json").body(body);
    if let HttpRefusal::MethodNotAllowed { allow } = refusal
        && let Ok(allow) = header::HeaderValue::from_str(&allow)
    {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}
