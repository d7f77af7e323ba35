//! The OpenAPI documents: of the vendors, and of the control API itself.

mod answers;
mod bench_answers;
mod bodies;
mod document;
mod operations;
mod process_answers;
mod schema;
mod view_answers;
mod wiremock;

use actix_web::HttpResponse;
use schemars::{Schema, SchemaGenerator};

use super::{Answer, Ask, Problem};
pub use document::control_document;

/// The OpenAPI document of the control API, as JSON: [`control_document`] with an example for each
/// operation.
pub const CONTROL: &str = include_str!("../../../../fixtures/control/openapi.json");

/// What only one vendor can be told by `POST control`.
pub struct OwnControls {
    /// The name of the vendor.
    pub vendor: &'static str,
    /// Makes the schema of its own controls.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

impl std::fmt::Debug for OwnControls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnControls").field("vendor", &self.vendor).finish_non_exhaustive()
    }
}

/// `GET openapi.json`
pub(super) async fn control(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    Ok(HttpResponse::Ok().content_type("application/json").body(CONTROL))
}

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

#[cfg(test)]
mod tests;
