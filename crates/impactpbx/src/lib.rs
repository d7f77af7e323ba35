//! Imitates the Impact PBX mock server: call records to pull, call events pushed by webhook.
//!
//! ```
//! use ringback_impactpbx::{ImpactPbx, Trigger};
//! use time::Duration;
//!
//! let pbx = ImpactPbx::builder().seed(7).frozen_clock().webhook("localhost:8080/webhook").start()?;
//! // Point your integration at pbx.url(); here the call is triggered from Rust instead.
//! pbx.demo().execute(Trigger)?;
//! pbx.advance(Duration::minutes(1));
//! let finished = pbx.demo().read(|pbx| pbx.exchange().history().len());
//! assert_eq!(finished, Some(1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod api;
mod auth;
mod error;
#[cfg(test)]
mod fuzz;
mod machine;
mod render;
mod routes;
mod settings;
mod views;
mod webhook;
mod wire;
mod world;

use actix_web::{HttpRequest, HttpResponse};
use ringback_engine::OffsetDateTime;
use ringback_exchange::Scenario;
use ringback_mock::{
    AccountId, Builder, Endpoint, Forwarded, Genesis, HttpRefusal, Instance, Outbox, Vendor,
    World as _, webhook::shorten,
};

pub use machine::{
    Contact, Fresh, ImpactPbxControl, Page, Pbx, Person, Pull, Stage, Tag, Trigger, TriggerAs,
};
pub use settings::{Generation, Pacing, Settings, Share, Unfinished, WebhookUrl};
pub use world::Logged;

/// The vendor Impact PBX.
#[derive(Debug, Clone, Copy)]
pub struct ImpactPbx;

impl ImpactPbx {
    /// Begins to set up an instance.
    ///
    /// ```
    /// use ringback_impactpbx::ImpactPbx;
    ///
    /// let mock = ImpactPbx::builder().seed(7).frozen_clock().start()?;
    /// assert!(mock.url().starts_with("http://"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder() -> Builder<Self> {
        Builder::default()
    }
}

impl Vendor for ImpactPbx {
    const NAME: &'static str = "impactpbx";
    const TITLE: &'static str = "Impact PBX mock: CDR pull and webhook push";
    const PORT: u16 = 3030;
    const NAMES_ACCOUNTS: bool = true;
    const FRESH: &'static str = include_str!("../../../fixtures/impactpbx/fresh.json");
    const OPENAPI: &'static str = include_str!("../../../fixtures/impactpbx/openapi.json");
    const ENDPOINTS: &'static [Endpoint] = routes::ENDPOINTS;
    // hapi, the original's framework, knows no proxies.
    const FORWARDED: Forwarded = Forwarded::Ignored;

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

    fn refuse(
        instance: &Instance<Self>,
        refusal: HttpRefusal,
        request: &HttpRequest,
    ) -> HttpResponse {
        wire::reply::refuse(instance, refusal, request)
    }

    fn notes(instance: &Instance<Self>) -> String {
        let notes = instance.read(AccountId::DEMO, |pbx| {
            let target = pbx.outbox().and_then(Outbox::target).unwrap_or("nowhere");
            let target = shorten(target);
            format!("tenant {}, webhooks to {target}", pbx.tenant())
        });
        notes.unwrap_or_default()
    }

    fn examples(_instance: &Instance<Self>, url: &str) -> Vec<String> {
        vec![
            format!("curl -s {url}/get_cdr"),
            format!("curl -s {url}/trigger_webhooks"),
            format!("curl -s {url}/pb_directory.csv"),
        ]
    }
}
