//! Imitates the TEL4VN PBX API: live calls and what is done to them, click-to-call, event hooks,
//! call detail records and recordings, extensions, and the lists around them.
//!
//! ```
//! use ringback_tel4vn::{ClickToCall, Tel4vn};
//! use time::Duration;
//!
//! let pbx = Tel4vn::builder().seed(7).frozen_clock().start()?;
//! // Point your integration at pbx.url(); here the call is ordered from Rust instead.
//! let call = pbx.demo().execute(ClickToCall::new("101", "0899199486"))?; // …99486 is always busy
//! pbx.advance(Duration::seconds(30));
//! let status = pbx.demo().read(|pbx| pbx.record(&call.unwrap().to_string()).unwrap().status());
//! assert_eq!(status, Some("BUSY"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod api;
mod auth;
mod error;
mod fresh;
#[cfg(test)]
mod fuzz;
mod machine;
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
    AccountId, Builder, Endpoint, Genesis, HttpRefusal, Instance, Vendor, shell_word,
    webhook::NaturalOrder,
};

pub use error::{Code, Refused};
pub use fresh::{Fresh, FreshExtension, QueueInfo, User};
pub use machine::{
    AddHook, AgentAnswer, AgentRow, AgentStatus, App, Autocall, CallCenterEdit, CallOne,
    CampaignColumns, CampaignProgress, CampaignType, CarrierColumns, ChangeExtension, ClickToCall,
    CreateExtension, Customer, DeleteExtension, Edit, Edited, ExtensionRefused, ExtensionView,
    Filter, GroupAnswer, GroupColumns, GroupRow, Hook, HookRefused, IssueToken, Issued,
    LeadColumns, Park, Pbx, PerNetwork, Position, Progress, RareColumns, RareFields, Rejected,
    RemoveHook, RunState, Supervise, Tag, Taken, Tel4vnControl, Transfer, UserColumns, Window,
};
pub use render::{CallStatus, Face, Record, Row};
pub use settings::{AesKey, HookHeader, HookPrefix, NoAnswer, RefusalStatus, Settings};
pub use world::Logged;

/// The vendor TEL4VN.
#[derive(Debug, Clone, Copy)]
pub struct Tel4vn;

impl Tel4vn {
    /// Begins to set up an instance.
    ///
    /// ```
    /// use ringback_tel4vn::Tel4vn;
    ///
    /// let mock = Tel4vn::builder().seed(7).frozen_clock().start()?;
    /// assert!(mock.url().starts_with("http://"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder() -> Builder<Self> {
        Builder::default()
    }
}

/// The account that every instance has.
pub(crate) const DEMO: AccountId = AccountId(0);

impl Vendor for Tel4vn {
    const NAME: &'static str = "tel4vn";
    const TITLE: &'static str = "TEL4VN PBX API";
    const PORT: u16 = 8082;
    /// The end of a call and its record are told by two services at about the same moment.
    const NATURAL_ORDER: NaturalOrder =
        NaturalOrder { overtaken: 0.15, within_ms: 1_000, events: &["hangup", "missed"] };
    const FRESH: &'static str = include_str!("../../../fixtures/tel4vn/fresh.json");
    const OPENAPI: &'static str = include_str!("../../../fixtures/tel4vn/openapi.json");
    const ENDPOINTS: &'static [Endpoint] = routes::ENDPOINTS;
    /// A file of leads may have so many bytes.
    const BODY_LIMIT: usize = 4 << 20;
    const LOGIC: u32 = 2;

    type World = Pbx;
    type Fresh = Fresh;
    type Settings = Settings;
    type Scenario = Scenario;

    fn accounts(fresh: &Fresh, _settings: &Settings) -> Vec<Vec<String>> {
        vec![vec![fresh.user.api_key.clone(), fresh.login()]]
    }

    fn world(genesis: &Genesis<'_, Self>, at: OffsetDateTime) -> Pbx {
        Pbx::new(genesis, at)
    }

    fn refuse(
        _instance: &Instance<Self>,
        refusal: HttpRefusal,
        request: &HttpRequest,
    ) -> HttpResponse {
        error::refuse(&refusal, request)
    }

    fn notes(instance: &Instance<Self>) -> String {
        let notes = instance.read(DEMO, |pbx| {
            let user = pbx.user();
            format!(
                "{} / {}, api_key {}, hotline {}",
                pbx.login(),
                user.password,
                user.api_key,
                pbx.hotline()
            )
        });
        notes.unwrap_or_default()
    }

    fn examples(instance: &Instance<Self>, url: &str) -> Vec<String> {
        let key = instance.read(DEMO, |pbx| pbx.user().api_key.clone()).unwrap_or_default();
        let body = shell_word(&serde_json::json!({ "api_key": key }).to_string());
        let token = r#"grep -o '"token":"[^"]*' | cut -d'"' -f4"#;
        let bearer = r#"-H "Authorization: Bearer $TOKEN""#;
        vec![
            format!("TOKEN=$(curl -s {url}/v1/auth/token -d {body} | {token})"),
            format!("curl -s '{url}/v1/click2call?ext=101&phone=0899123456' {bearer}"),
            format!("curl -s {url}/v1/call {bearer}"),
        ]
    }
}
