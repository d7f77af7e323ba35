//! Imitates NewVendor: the list of finished calls, over an exchange in which calls really happen.
//!
//! ```
//! let vendor = ringback_newvendor::NewVendor::builder().seed(7).frozen_clock().start()?;
//! // Point your integration at vendor.url().
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod api;
mod error;
mod machine;
mod render;
mod routes;
mod wire;
mod world;

use actix_web::{HttpRequest, HttpResponse, ResponseError as _};
use ringback_engine::OffsetDateTime;
use ringback_exchange::Scenario;
use ringback_mock::{Builder, Endpoint, Genesis, Instance, HttpRefusal, Vendor};

pub use machine::{Fresh, Pbx, Settings};
pub use world::Logged;

/// The vendor NewVendor.
#[derive(Debug, Clone, Copy)]
pub struct NewVendor;

impl NewVendor {
    /// Begins to set up an instance.
    pub fn builder() -> Builder<Self> {
        Builder::default()
    }
}

impl Vendor for NewVendor {
    const NAME: &'static str = "newvendor";
    const TITLE: &'static str = "NewVendor";
    const PORT: u16 = 4020;
    const FRESH: &'static str = include_str!("../../../fixtures/newvendor/fresh.json");
    const ENDPOINTS: &'static [Endpoint] = routes::ENDPOINTS;
    const WEBHOOKS: bool = false;
    const HAS_HISTORY: bool = false;

    type World = Pbx;
    type Fresh = Fresh;
    type Settings = Settings;
    type Scenario = Scenario;

    fn accounts(_fresh: &Fresh, _settings: &Settings) -> Vec<Vec<String>> {
        vec![Vec::new()]
    }

    fn world(genesis: &Genesis<'_, Self>, at: OffsetDateTime) -> Pbx {
        Pbx::new(genesis, at)
    }

    fn refuse(_: &Instance<Self>, refusal: HttpRefusal, _: &HttpRequest) -> HttpResponse {
        error::Error::from(refusal).error_response()
    }

    fn notes(_instance: &Instance<Self>) -> String {
        "no credentials".to_owned()
    }
}
