//! Every route of this vendor.

use actix_web::web::{get, head, post};
use ringback_mock::{Endpoint, Param};

use crate::api;

/// What is mounted, documented and covered. Any other path or method is a 404.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::get("root", "/", || get().to(api::root)),
    Endpoint::head("root", "/", || head().to(api::root)),
    Endpoint::get("get-cdr", "/get_cdr", || get().to(api::get_cdr)),
    Endpoint::head("get-cdr-head", "/get_cdr", || head().to(api::head_cdr)),
    Endpoint::get("trigger-webhooks", "/trigger_webhooks", || get().to(api::trigger_webhooks)),
    Endpoint::post("post", "/post", || post().to(api::echo)).accepts(ECHO),
    Endpoint::get("directory", "/pb_directory.csv", || get().to(api::directory)),
    Endpoint::head("directory", "/pb_directory.csv", || head().to(api::directory)),
];

// All other routes take nothing, and ignore what is given. vendors/impactpbx.md, 2
const ECHO: &[Param] = &[Param::body("JSON, a form or anything else: it comes back in `payload`")];
