//! Handlers, by face: `vpbx` is the signed API, `backend` the flat one over it.

pub(crate) mod backend;
pub(crate) mod files;
pub(crate) mod vpbx;

use actix_web::{HttpRequest, HttpResponse};
use ringback_mock::{Instance, Refusal};

use crate::{Mango, error::Rejected, error::Unreached};

/// Answers a request that reaches no handler, in the form of the face its path belongs to.
pub(crate) fn refuse(
    instance: &Instance<Mango>,
    refusal: Refusal,
    request: &HttpRequest,
) -> HttpResponse {
    if !vpbx::is_about(request.path()) {
        return backend::refuse(instance, refusal, request);
    }
    let style = vpbx::style(instance, ringback_mock::AccountId::default());
    vpbx::identified(Rejected::from(Unreached::from(refusal)).respond(style), request)
}
