//! The OpenAPI documents of the vendors.

use actix_web::HttpResponse;

use super::{Answer, Ask, Problem};

/// `GET openapi/{vendor}`
pub(super) async fn vendor(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    let name = ask.param("vendor");
    let known = ask.mounts.iter().filter(|mount| !mount.openapi().is_empty());
    let found = known.clone().find(|mount| mount.name() == name || mount.vendor() == name);
    let names: Vec<&str> = known.map(|mount| mount.name()).collect();
    let found = found.ok_or_else(|| Problem::unknown("vendor", name, &names))?;
    Ok(HttpResponse::Ok().content_type("application/json").body(found.openapi()))
}
