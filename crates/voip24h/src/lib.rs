//! Imitates the Voip24h partner API v1.0 and v1.1 (one endpoint for call history, recordings and
//! dialling, and links to recordings that play), the REST API v3, the dial service, and what is pushed.
//! Behind all of them is one exchange.
//!
//! ```
//! use ringback_voip24h::Voip24h;
//! use time::Duration;
//!
//! let voip = Voip24h::builder().seed(7).frozen_clock().start()?;
//! // Point your integration at voip.url(); here the call is placed from Rust instead.
//! voip.demo().execute(ringback_voip24h::MakeDial {
//!     extension: "101".into(),
//!     phone: "0987699486".into(), // …99486 is always busy
//! })??;
//! voip.advance(Duration::seconds(30));
//! let statuses = voip.demo().read(|pbx| {
//!     pbx.calls_of("101").map(|call| call.status().to_owned()).collect::<Vec<_>>()
//! });
//! assert_eq!(statuses.unwrap(), ["BUSY", "ANSWERED"]); // the second came with the instance
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An account goes back to a checkpoint, and is copied with its live calls:
//!
//! ```
//! use ringback_voip24h::{MakeDial, Voip24h};
//!
//! let voip = Voip24h::builder().seed(7).frozen_clock().build()?;
//! let account = voip.open_account("my-test")?;
//! account.checkpoint("fresh")?;
//! account.execute(MakeDial { extension: "101".into(), phone: "0987699486".into() })??;
//! let changes = account.changes_since("fresh")?;
//! assert_eq!(changes.of("calls").map(|calls| calls.counts.added), Some(1));
//! // The call still rings, in both of them.
//! let copy = account.fork_to("what-if")?;
//! account.rewind("fresh")?;
//! assert!(account.changes_since("fresh")?.is_empty());
//! assert_eq!(copy.read(|pbx| pbx.exchange().live()), Some(1));
//! // Everything, to go back to or to keep.
//! let snapshot = voip.snapshot()?;
//! voip.restore(&snapshot)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod api;
mod auth;
mod error;
mod fresh;
#[cfg(test)]
mod fuzz;
mod machine;
mod ogg;
mod params;
mod render;
mod riff;
mod routes;
mod seal;
mod settings;
mod token;
mod views;
mod webhook;
mod wire;
mod world;

use actix_web::{HttpRequest, HttpResponse};
use ringback_engine::OffsetDateTime;
use ringback_exchange::Scenario;
use ringback_mock::{
    AccountId, Builder, Endpoint, Genesis, HttpRefusal, Instance, Vendor, shell_word,
};
use serde_json::Value;

pub use error::{DialRefused, LinkRefused};
pub use fresh::Fresh;
pub use machine::{
    CallTag, CallType, FaceKey, Filter, IssueLink, IssuedLink, Keys, MakeDial, Page, Pbx,
    Subscribe, Subscription, SubscriptionRefused, Unsubscribe,
};
pub use render::{CallRecord, Kind, Row, Status};
pub use settings::{
    AuthDialect, CallLogAuth, CallLogPost, Missed, PushDisposition, PushMethod, Settings,
    TokenScheme,
};
pub use world::Logged;

/// Writes a text as JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The vendor Voip24h.
#[derive(Debug, Clone, Copy)]
pub struct Voip24h;

impl Voip24h {
    /// Begins to set up an instance.
    ///
    /// ```
    /// use ringback_voip24h::Voip24h;
    ///
    /// let mock = Voip24h::builder().seed(7).frozen_clock().start()?;
    /// assert!(mock.url().starts_with("http://"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder() -> Builder<Self> {
        Builder::default()
    }
}

impl Vendor for Voip24h {
    const NAME: &'static str = "voip24h";
    const TITLE: &'static str = "Voip24h partner API 1.0/1.1, REST API v3, dial service";
    const PORT: u16 = 8000;
    const FRESH: &'static str = include_str!("../../../fixtures/voip24h/fresh.json");
    const OPENAPI: &'static str = include_str!("../../../fixtures/voip24h/openapi.json");
    const ENDPOINTS: &'static [Endpoint] = routes::ENDPOINTS;

    // The only protection of the links to recordings.
    const SECRETS: &'static [&'static str] = &["host", "xKey", "api_secert", "IsToken"];

    const LOGIC: u32 = 2;

    type World = Pbx;
    type Fresh = Fresh;
    type Settings = Settings;
    type Scenario = Scenario;

    fn accounts(fresh: &Fresh, _settings: &Settings) -> Vec<Vec<String>> {
        vec![fresh.credentials()]
    }

    fn world(genesis: &Genesis<'_, Self>, at: OffsetDateTime) -> Pbx {
        Pbx::new(genesis, at)
    }

    fn respell(path: &str) -> Vec<String> {
        // One client logs in with a slash at the end, and subscriptions are documented with one.
        let bare = path.strip_suffix('/').filter(|_| path.starts_with("/v3/"));
        bare.map(str::to_owned).into_iter().collect()
    }

    fn refuse(
        _instance: &Instance<Self>,
        refusal: HttpRefusal,
        request: &HttpRequest,
    ) -> HttpResponse {
        error::refused(refusal, request.path())
    }

    fn refused(answer: &Value) -> Option<String> {
        let code = answer.get("respCode")?.as_i64().filter(|code| *code != 0)?;
        let message = answer.get("respMsg").and_then(Value::as_str).unwrap_or_default();
        Some(format!("{code} {message}"))
    }

    fn notes(instance: &Instance<Self>) -> String {
        let secret = instance.engine().read(|accounts| {
            accounts.demo_credential().unwrap_or("none: fresh.json has none").to_owned()
        });
        let keys = instance.read(AccountId::DEMO, |pbx| pbx.keys().shown()).unwrap_or_default();
        let [v3, _] = keys;
        let keys = v3.map(|v3| format!(", apiKey {}, apiSecret {}", v3.key, v3.secret));
        format!("partnerSecret {secret}{}", keys.unwrap_or_default())
    }

    fn examples(instance: &Instance<Self>, url: &str) -> Vec<String> {
        let secret = instance.engine().read(|accounts| accounts.demo_credential().map(quoted));
        let secret = secret.unwrap_or_default();
        let line = |kind: &str, data: &str| {
            let (path, kind) = ("api/v1/partner/voip24h", quoted(kind));
            let body =
                format!(r#"{{"requestType":{kind},"partnerSecret":{secret},"data":{data}}}"#);
            format!("curl -s {url}/{path} -d {}", shell_word(&body))
        };
        let user = line("getUser", r#"{"user":"101"}"#);
        let keys = instance.read(AccountId::DEMO, |pbx| pbx.keys().shown()).unwrap_or_default();
        let [Some(FaceKey { key, secret }), _] = keys else {
            return vec![
                user,
                line("makeDial", r#"{"extension":"101","phone":"01687506228"}"#),
                line("recordingListen", r#"{"callId":"1531709393.4472"}"#),
            ];
        };
        let (key, secret) = (quoted(&key), quoted(&secret));
        let login = shell_word(&format!(r#"{{"apiKey":{key},"apiSecret":{secret}}}"#));
        let token = r#"grep -o '"token":"[^"]*' | cut -d'"' -f4"#;
        let dial = shell_word(r#"{"extension":"101","phone":"01687506228"}"#);
        let bearer = r#"-H "Authorization: Bearer $TOKEN""#;
        vec![
            user,
            format!("TOKEN=$(curl -s {url}/v3/authentication -d {login} | {token})"),
            format!("curl -s {url}/v3/call/dial -d {dial} {bearer}"),
        ]
    }
}
