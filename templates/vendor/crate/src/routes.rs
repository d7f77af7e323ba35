//! Every route of this vendor.

use actix_web::web::get;
use ringback_mock::Endpoint;

use crate::api;

/// What is mounted, documented and covered.
pub(crate) const ENDPOINTS: &[Endpoint] =
    &[Endpoint::get("list-calls", "/calls", || get().to(api::list_calls))];
