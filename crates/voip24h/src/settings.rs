//! What a user may set for this vendor: where its clients and documents disagree, which of them is
//! right.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// In which words a login is answered. vendors/voip24h-v3.md, 4.1
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthDialect {
    /// As the service did when it was asked.
    #[default]
    Live,
    /// As the vendor's document has it: status 1000, `expried`.
    Documented,
}

/// How a token is handed in. vendors/voip24h-v3.md, 3.2
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenScheme {
    /// Behind `Bearer`, or alone.
    #[default]
    Any,
    /// Behind `Bearer` only.
    Bearer,
}

/// What a call from outside is that nobody took. vendors/voip24h-v3.md, 4.6
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Missed {
    /// `MISSED`.
    #[default]
    Inbound,
    /// `NO ANSWER`, as any other.
    Never,
}

/// What a subscription by `POST` gets. vendors/voip24h-v3.md, 7.1
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallLogPost {
    /// A JSON object.
    #[default]
    Json,
    /// A form.
    Form,
}

/// Where the token of a subscription travels. vendors/voip24h-v3.md, 7.1
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallLogAuth {
    /// As `Authorization: Bearer`.
    #[default]
    Header,
    /// As `auth` in the query.
    Query,
    /// Nowhere.
    None,
}

/// How states are pushed. vendors/voip24h-v3.md, 7.2
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum PushMethod {
    /// As a JSON body.
    #[default]
    #[serde(rename = "POST", alias = "post")]
    Post,
    /// In the query.
    #[serde(rename = "GET", alias = "get")]
    Get,
}

/// Which word a pushed record has for how the call went. vendors/voip24h-v3.md, 7.2
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PushDisposition {
    /// That of the exchange, for which an ordered call is answered by the extension that ordered it.
    #[default]
    Raw,
    /// That of the history.
    Computed,
}

/// What a user may set for this vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The secret that seals links to recordings and signs tokens; any text.
    pub application_key: String,
    /// In which words `POST /v3/authentication` answers.
    pub auth_dialect: AuthDialect,
    /// How `Authorization` may hold a token.
    pub token_scheme: TokenScheme,
    /// What v3 calls an unanswered call from outside.
    pub missed: Missed,
    /// What a call log is sent as by `POST`.
    pub call_log_post: CallLogPost,
    /// Where the token of a receiver of call logs travels.
    pub call_log_auth: CallLogAuth,
    /// How states are pushed.
    pub push_method: PushMethod,
    /// Which word a pushed record has for how the call went.
    pub push_disposition: PushDisposition,
    /// After how many seconds every call is cut, as in a trial account; never when absent.
    pub trial_seconds: Option<NonZeroU32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            application_key: "ringback voip24h application key".to_owned(),
            auth_dialect: AuthDialect::default(),
            token_scheme: TokenScheme::default(),
            missed: Missed::default(),
            call_log_post: CallLogPost::default(),
            call_log_auth: CallLogAuth::default(),
            push_method: PushMethod::default(),
            push_disposition: PushDisposition::default(),
            trial_seconds: None,
        }
    }
}
