//! Imitates MANGO OFFICE: the VPBX API with signed requests and notifications, and a flat backend
//! API over it. Both faces show one state.
//!
//! ```
//! use ringback_mango::{Mango, RunOperation};
//! use serde_json::json;
//! use time::Duration;
//!
//! let mango = Mango::builder().seed(7).frozen_clock().start()?;
//! // Point your integration at mango.url(); here the call is ordered from Rust instead.
//! let order = json!({ "from": { "extension": "101" }, "to_number": "79991234567" });
//! mango.demo().execute(RunOperation::new("commands/callback", order))??;
//! mango.advance(Duration::minutes(1));
//! let finished = mango.demo().read(|pbx| pbx.exchange().history().len());
//! assert_eq!(finished, Some(1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod api;
mod auth;
mod codes;
mod control;
mod error;
mod fresh;
#[cfg(test)]
mod fuzz;
mod identity;
mod machine;
mod operations;
mod params;
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
    Builder, Endpoint, Genesis, HttpRefusal, Instance, Outbox, Vendor, World as _, shell_word,
    webhook::{NaturalOrder, shorten},
};
use serde_json::Value;

pub use control::{ActiveList, MangoControl};
pub use error::Refused;
pub use fresh::Fresh;
pub use machine::{
    Admission, CheckRateLimit, FetchFile, Fetched, Initiator, Pbx, RecordRefusal, SetApiKey, Tag,
    Way,
};
pub use operations::RunOperation;
pub use settings::{ApiVersion, ErrorStyle, Settings};
pub use wire::{Params, Reply};
pub use world::Logged;

/// The vendor MANGO OFFICE.
#[derive(Debug, Clone, Copy)]
pub struct Mango;

impl Mango {
    /// Begins to set up an instance.
    ///
    /// ```
    /// use ringback_mango::Mango;
    ///
    /// let mock = Mango::builder().seed(7).frozen_clock().start()?;
    /// assert!(mock.url().starts_with("http://"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder() -> Builder<Self> {
        Builder::default()
    }
}

impl Vendor for Mango {
    const NAME: &'static str = "mango";
    const TITLE: &'static str = "MANGO OFFICE VPBX API and a flat backend over it";
    const PORT: u16 = 8081;
    /// Notifications may be delivered in parallel, and are to be sorted by `seq`. vendors/mango.md, 16
    const NATURAL_ORDER: NaturalOrder =
        NaturalOrder { overtaken: 0.1, within_ms: 1_000, events: &[] };
    const FRESH: &'static str = include_str!("../../../fixtures/mango/fresh.json");
    const OPENAPI: &'static str = include_str!("../../../fixtures/mango/openapi.json");
    const ENDPOINTS: &'static [Endpoint] = routes::ENDPOINTS;

    type World = Pbx;
    type Fresh = Fresh;
    type Settings = Settings;
    type Scenario = Scenario;

    fn accounts(fresh: &Fresh, settings: &Settings) -> Vec<Vec<String>> {
        vec![vec![settings.api_key.clone().unwrap_or_else(|| fresh.vpbx_api_key.clone())]]
    }

    fn world(genesis: &Genesis<'_, Self>, at: OffsetDateTime) -> Pbx {
        Pbx::new(genesis, at)
    }

    fn respell(path: &str) -> Vec<String> {
        routes::respell(path)
    }

    fn refuse(
        instance: &Instance<Self>,
        refusal: HttpRefusal,
        request: &HttpRequest,
    ) -> HttpResponse {
        api::refuse(instance, refusal, request)
    }

    fn refused(answer: &Value) -> Option<String> {
        let result = answer.get("result")?.as_i64().filter(|result| *result != 1000)?;
        let message = answer.get("message").and_then(Value::as_str).unwrap_or_default();
        Some(format!("{result} {message}").trim_end().to_owned())
    }

    fn notes(instance: &Instance<Self>) -> String {
        let notes = instance.read(ringback_mock::AccountId(0), |pbx| {
            let target = pbx.outbox().and_then(Outbox::target).unwrap_or("nowhere");
            let target = shorten(target);
            let (key, salt) = (pbx.key(), pbx.salt());
            format!("vpbx_api_key {key}, vpbx_api_salt {salt}, notifications to {target}")
        });
        notes.unwrap_or_default()
    }

    fn examples(instance: &Instance<Self>, url: &str) -> Vec<String> {
        let demo = instance
            .read(ringback_mock::AccountId(0), |pbx| (pbx.key().to_owned(), pbx.salt().to_owned()));
        let (key, salt) = demo.unwrap_or_default();
        let signed = |path: &str, json: &str| {
            let sign = auth::sign(&[key.as_bytes(), json.as_bytes(), salt.as_bytes()]);
            // A key of a user's own may have what a form has another meaning for.
            let is_plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let key = match is_plain {
                true => format!("-d vpbx_api_key={key}"),
                false => format!("--data-urlencode {}", shell_word(&format!("vpbx_api_key={key}"))),
            };
            let json = shell_word(&format!("json={json}"));
            format!("curl -s {url}/vpbx/{path} {key} -d sign={sign} --data-urlencode {json}")
        };
        let callback =
            r#"{"command_id":"try-1","from":{"extension":"101"},"to_number":"79991234567"}"#;
        vec![
            signed("commands/callback", callback),
            signed("config/users/request", "{}"),
            signed("account/balance", "{}"),
        ]
    }
}
