//! Handlers, by face: `vpbx` is the signed API, `backend` the flat one over it.

pub(crate) mod backend;
pub(crate) mod files;
pub(crate) mod links;
pub(crate) mod vpbx;

use actix_web::{HttpRequest, HttpResponse};
use ringback_mock::{HttpRefusal, Instance};

use crate::{Mango, error::Rejected, error::Unreached, operations::operation};

/// Returns whether a path belongs to the VPBX API. A name that both faces have is the backend's.
fn is_about_vpbx(path: &str) -> bool {
    let roots = ["vpbx", "cc", "s2t", "queries", "files"];
    let first = path.get(1..).and_then(|path| path.split('/').next()).unwrap_or_default();
    roots.contains(&first) || (operation(path).is_some() && !backend::has(path))
}

/// Answers a request that reaches no handler, in the form of the face its path belongs to.
pub(crate) fn refuse(
    instance: &Instance<Mango>,
    refusal: HttpRefusal,
    request: &HttpRequest,
) -> HttpResponse {
    if !is_about_vpbx(request.path()) {
        return backend::refuse(instance, refusal, request);
    }
    let style = vpbx::style(instance, ringback_mock::AccountId::default());
    vpbx::identified(Rejected::from(Unreached::from(refusal)).respond(style), request)
}
