//! What a user may set for this vendor, in the configuration and while it runs.

use actix_web::http::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

/// The HTTP status of a refused order to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub enum RefusalStatus {
    /// 400, for clients that look at the status alone.
    #[default]
    BadRequest,
    /// 200, for clients that look at the body alone.
    Ok,
}

impl TryFrom<u16> for RefusalStatus {
    type Error = &'static str;

    fn try_from(status: u16) -> Result<Self, Self::Error> {
        match status {
            400 => Ok(Self::BadRequest),
            200 => Ok(Self::Ok),
            _ => Err("refusal_status is 400 or 200"),
        }
    }
}

impl From<RefusalStatus> for u16 {
    fn from(status: RefusalStatus) -> Self {
        match status {
            RefusalStatus::BadRequest => 400,
            RefusalStatus::Ok => 200,
        }
    }
}

/// How the status of a call that nobody answered is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum NoAnswer {
    /// As documented.
    #[default]
    #[serde(rename = "NO ANSWER")]
    Documented,
    /// As one installation writes it.
    #[serde(rename = "NO-ANSWERED")]
    Answered,
}

impl NoAnswer {
    /// Returns the word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "NO ANSWER",
            Self::Answered => "NO-ANSWERED",
        }
    }
}

/// A name that a header may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HookHeader(String);

impl HookHeader {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HookHeader {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        match HeaderName::try_from(&name) {
            Ok(_) => Ok(Self(name)),
            Err(_) => Err("hook_header is no name of a header"),
        }
    }
}

impl From<HookHeader> for String {
    fn from(HookHeader(name): HookHeader) -> Self {
        name
    }
}

/// A text that may stand in front of a header's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HookPrefix(String);

impl HookPrefix {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HookPrefix {
    type Error = &'static str;

    fn try_from(prefix: String) -> Result<Self, Self::Error> {
        let fits = prefix.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        match HeaderValue::from_str(&prefix) {
            Ok(_) if fits => Ok(Self(prefix)),
            _ => Err("hook_prefix is no text for a header"),
        }
    }
}

impl From<HookPrefix> for String {
    fn from(HookPrefix(prefix): HookPrefix) -> Self {
        prefix
    }
}

/// The key with which a white-label installation encrypts phone numbers: 32 bytes of text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AesKey(String);

impl AesKey {
    /// Returns the key.
    pub fn bytes(&self) -> Option<[u8; 32]> {
        self.0.as_bytes().try_into().ok()
    }
}

impl std::fmt::Debug for AesKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AesKey")
    }
}

impl TryFrom<String> for AesKey {
    type Error = &'static str;

    fn try_from(key: String) -> Result<Self, Self::Error> {
        if key.len() == 32 { Ok(Self(key)) } else { Err("aes_key has to be 32 bytes long") }
    }
}

impl From<AesKey> for String {
    fn from(AesKey(key): AesKey) -> Self {
        key
    }
}

/// What a user may set for this vendor. All of it can be changed while it runs, with
/// `{"do": "set", …}` at the control API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How long a parked side waits, in seconds.
    pub park_seconds: u32,
    /// The HTTP status of a refused order to a call.
    pub refusal_status: RefusalStatus,
    /// How `NO ANSWER` is written.
    pub no_answer: NoAnswer,
    /// How long a token lives, in seconds.
    pub token_seconds: u32,
    /// A token of the demo account that always works, so that short scripts need no exchange.
    pub fixed_token: Option<String>,
    /// Whether a token is accepted without `Bearer` in front, as the vendor's first version sent it.
    pub bare_token: bool,
    /// The token of the routes for providers.
    pub provider_token: String,
    /// The header in which a hook's api key travels.
    pub hook_header: HookHeader,
    /// What stands before the key in that header.
    pub hook_prefix: HookPrefix,
    /// The key of `encrypt_method=aes`, which is not understood without one.
    pub aes_key: Option<AesKey>,
    /// Whether an instance begins with one long call, with the id of the documents.
    pub demo_call: bool,
    /// Whether a fresh instance has the campaigns, lists, users and carriers of the call centre's
    /// documents. Set at the start.
    pub callcenter: bool,
    /// The address before `/recording/…` in events that go to the instance's own webhook address.
    /// Hooks registered by the API get the address by which their client came.
    pub recording_base: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            park_seconds: 10,
            refusal_status: RefusalStatus::default(),
            no_answer: NoAnswer::default(),
            token_seconds: 86_400,
            fixed_token: None,
            bare_token: false,
            provider_token: "provider-secret".to_owned(),
            hook_header: HookHeader("Authorization".to_owned()),
            hook_prefix: HookPrefix("Bearer ".to_owned()),
            aes_key: None,
            demo_call: false,
            callcenter: true,
            recording_base: None,
        }
    }
}
