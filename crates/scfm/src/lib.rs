//! Imitates the Somleng SCFM REST API: contacts, callouts, populations, participations and the phone
//! calls that a dialler really makes, through a simulated exchange.
//!
//! ```
//! use ringback_scfm::{
//!     CreateBatch, CreateCallout, FireBatch, FireCallout, Metadata, Scfm, SeedContacts,
//! };
//! use time::Duration;
//!
//! let scfm = Scfm::builder().seed(7).frozen_clock().fresh("{}").start()?;
//! // Point your integration at scfm.url(); here the campaign is run from Rust instead.
//! let demo = scfm.demo();
//! demo.execute(SeedContacts { count: 200 })?;
//! let callout = demo.execute(CreateCallout::default())??;
//! let everybody = CreateBatch::population(callout, Default::default(), Metadata::default());
//! let population = demo.execute(everybody)??;
//! demo.execute(FireBatch { id: population, event: Some("queue".into()) })??;
//! demo.execute(FireCallout { id: callout, event: Some("start".into()) })??;
//!
//! scfm.advance(Duration::hours(1));
//! let figures = demo.read(|platform| platform.statistics(callout)).flatten().unwrap();
//! assert_eq!(figures.participations, 200);
//! assert!(figures.of(ringback_scfm::CallStatus::Completed) > 100);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod api;
mod auth;
pub mod bulk;
mod error;
mod fresh;
#[cfg(test)]
mod fuzz;
pub mod json;
mod machine;
mod moment;
mod msisdn;
mod params;
mod render;
mod routes;
mod settings;
mod times;
mod twiml;
mod views;
mod wire;
mod world;

use std::time::Instant;

use actix_web::{HttpRequest, HttpResponse};
use ringback_engine::OffsetDateTime;
use ringback_exchange::Scenario;
use ringback_mock::{
    Builder, Endpoint, Forwarded, Genesis, HttpRefusal, Instance, Vendor, shell_word,
    webhook::NaturalOrder,
};

pub use fresh::{Fresh, FreshContact, NextIds};
pub use machine::{
    BatchEvent, BatchKind, BatchStatus, CallEvent, CallStatus, CallTag, CalloutEvent,
    CalloutStatus, CreateBatch, CreateCallout, CreateContact, CreateParticipation, CreatePhoneCall,
    DeleteBatch, DeleteCallout, DeleteContact, DeleteParticipation, DeletePhoneCall, EventRefused,
    Faults, FireBatch, FireCallout, FirePhoneCall, ImportContacts, ImportRefused, Metadata,
    NewContact, Platform, PutContactData, ReceiveEvent, Refused, ScfmControl, SeedContacts,
    Statistics, UpdateBatch, UpdateCallout, UpdateContact, UpdateParticipation, UpdatePhoneCall,
    UpdateRemoteEvent,
};
pub use moment::Micros;
pub use msisdn::{Msisdn, NotANumber};
pub use settings::{Dialling, MergeMode, Mix, Provider, Retry, Settings, Strategy};
pub use world::Logged;

/// The vendor Somleng SCFM.
#[derive(Debug, Clone, Copy)]
pub struct Scfm;

impl Scfm {
    /// Begins to set up an instance.
    ///
    /// ```
    /// use ringback_scfm::Scfm;
    ///
    /// let mock = Scfm::builder().seed(7).frozen_clock().start()?;
    /// assert!(mock.url().starts_with("http://"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder() -> Builder<Self> {
        Builder::default()
    }
}

impl Vendor for Scfm {
    const NAME: &'static str = "scfm";
    const TITLE: &'static str = "Somleng SCFM REST API";
    const PORT: u16 = 3000;
    /// Callbacks are requests of their own, told apart by `SequenceNumber`.
    const NATURAL_ORDER: NaturalOrder =
        NaturalOrder { overtaken: 0.05, within_ms: 1_000, events: &[] };
    const FRESH: &'static str = include_str!("../../../fixtures/scfm/fresh.json");
    const OPENAPI: &'static str = include_str!("../../../fixtures/scfm/openapi.json");
    const ENDPOINTS: &'static [Endpoint] = routes::ENDPOINTS;
    // vendors/scfm.md, 2
    const ENVIRONMENT: &'static [(&'static str, &'static str)] = &[
        ("HTTP_BASIC_AUTH_USER", "http_basic_auth_user"),
        ("HTTP_BASIC_AUTH_PASSWORD", "http_basic_auth_password"),
    ];
    const HAS_HISTORY: bool = false;
    // field report, S13 and S14
    const FORWARDED: Forwarded = Forwarded::Rails;

    type World = Platform;
    type Fresh = Fresh;
    type Settings = Settings;
    type Scenario = Scenario;

    fn accounts(_fresh: &Fresh, settings: &Settings) -> Vec<Vec<String>> {
        vec![settings.http_basic_auth_user.clone().into_iter().collect()]
    }

    fn world(genesis: &Genesis<'_, Self>, at: OffsetDateTime) -> Platform {
        Platform::new(genesis, at)
    }

    fn respell(path: &str) -> Vec<String> {
        routes::respell(path)
    }

    fn refuse(
        _instance: &Instance<Self>,
        refusal: HttpRefusal,
        request: &HttpRequest,
    ) -> HttpResponse {
        error::Error::from(refusal).answer().finish(request, Instant::now())
    }

    fn notes(instance: &Instance<Self>) -> String {
        match &instance.settings().http_basic_auth_user {
            Some(user) => format!("HTTP Basic user {user}"),
            None => "no credentials".to_owned(),
        }
    }

    fn examples(instance: &Instance<Self>, url: &str) -> Vec<String> {
        let Settings { http_basic_auth_user: user, http_basic_auth_password: password, .. } =
            instance.settings();
        let user = user.as_ref().map(|user| {
            let password = password.as_deref().unwrap_or("any");
            format!(" -u {}", shell_word(&format!("{user}:{password}")))
        });
        let user = user.unwrap_or_default();
        vec![
            format!("curl -s{user} {url}/api/contacts"),
            format!("curl -s{user} {url}/api/callouts"),
            format!("curl -s{user} -X POST {url}/api/callouts"),
        ]
    }
}
