//! What an inbox has received.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use ringback_engine::OffsetDateTime;
use ringback_exchange::CallId;
use serde_json::{Map, Value, json};

use crate::{
    AccountId, bench,
    view::moment,
    webhook::{DeliveryId, SentWebhook, Signature},
};

/// Where a webhook comes from that is under way to an inbox.
pub(crate) struct Origin {
    pub(crate) instance: bench::Origin,
    /// What tells the account's world from others that it had.
    pub(crate) world: u64,
    /// The name of the instance.
    pub(crate) vendor: String,
    pub(crate) account: AccountId,
    /// What names the account to a client.
    pub(crate) credential: Option<String>,
    pub(crate) delivery: DeliveryId,
    pub(crate) call: Option<CallId>,
    pub(crate) event: String,
    pub(crate) url: String,
    /// The simulated moment of the attempt.
    pub(crate) at: OffsetDateTime,
    /// The signature as the vendor made it, if it signs.
    pub(crate) sent: Option<Signature>,
    /// Says how a webhook has to be signed for the account.
    pub(crate) verify: Arc<Verify>,
}

/// Says how a webhook has to be signed, if it has to be.
pub(crate) type Verify = dyn Fn(&SentWebhook<'_>) -> Option<Signature> + Send + Sync;

/// A request that an inbox has received.
#[derive(Debug, Clone)]
pub struct InboxMessage {
    /// Its number, unique in the process and growing with time.
    pub number: u64,
    /// The name of the inbox.
    pub inbox: String,
    /// The simulated moment at which it came.
    pub at: OffsetDateTime,
    /// The computer's moment.
    pub real_at: OffsetDateTime,
    /// The method, in capitals.
    pub method: String,
    /// The whole address that it came to.
    pub url: String,
    /// The path behind the inbox's name, such as `/events/call`.
    pub path: String,
    /// The query, undecoded.
    pub query: String,
    /// The headers, their names in lower case and in the order of the names.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Bytes,
    /// What was answered; `None` if the connection was reset.
    pub answered: Option<u16>,
    /// Which account of which instance sent it, where it is a webhook of this process.
    pub(crate) from: Option<(bench::Origin, AccountId)>,
    /// The call that it tells of.
    pub(crate) call: Option<CallId>,
    /// Whose it is and what it tells, where it is a webhook of this process, in the form of the control API.
    pub origin: Map<String, Value>,
    /// How its signature is made, where the vendor signs, in the form of the control API.
    pub signature: Option<Value>,
}

impl InboxMessage {
    /// Returns its id in the control API.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # use ringback_mock::engine::Duration;
    /// # const FIVE_SECONDS: std::time::Duration = std::time::Duration::from_secs(5);
    /// # let mock = Voip24h::builder().frozen_clock().start()?;
    /// # let (account, inbox) = (mock.demo(), mock.inbox("crm"));
    /// account.send_webhooks_to(&inbox.url())?;
    /// let call = account.dial("0912345678", "101")?;
    /// mock.advance(Duration::minutes(5));
    /// let messages = inbox.wait_for(1, FIVE_SECONDS).ok_or("none came")?;
    /// let message = &messages[0];
    /// assert!(message.id().starts_with("voip24h-m"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn id(&self) -> String {
        match self.origin.get("vendor").and_then(Value::as_str) {
            Some(vendor) => format!("{vendor}-m{}", self.number),
            None => format!("m{}", self.number),
        }
    }

    /// Returns a header, whatever the case of its name; empty if it is not there.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # use ringback_mock::engine::Duration;
    /// # const FIVE_SECONDS: std::time::Duration = std::time::Duration::from_secs(5);
    /// # let mock = Voip24h::builder().frozen_clock().start()?;
    /// # let (account, inbox) = (mock.demo(), mock.inbox("crm"));
    /// account.send_webhooks_to(&inbox.url())?;
    /// let call = account.dial("0912345678", "101")?;
    /// mock.advance(Duration::minutes(5));
    /// let messages = inbox.wait_for(1, FIVE_SECONDS).ok_or("none came")?;
    /// let message = &messages[0];
    /// assert!(message.header("User-Agent").starts_with("Ringback/"));
    /// assert_eq!(message.header("x-nothing"), "");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    /// Returns the body as text, with anything else replaced.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # use ringback_mock::engine::Duration;
    /// # const FIVE_SECONDS: std::time::Duration = std::time::Duration::from_secs(5);
    /// # let mock = Voip24h::builder().frozen_clock().start()?;
    /// # let (account, inbox) = (mock.demo(), mock.inbox("crm"));
    /// account.send_webhooks_to(&inbox.url())?;
    /// let call = account.dial("0912345678", "101")?;
    /// mock.advance(Duration::minutes(5));
    /// let messages = inbox.wait_for(1, FIVE_SECONDS).ok_or("none came")?;
    /// let message = &messages[0];
    /// assert!(message.text().contains("0912345678"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the body as JSON; null if it is none.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # use ringback_mock::engine::Duration;
    /// # const FIVE_SECONDS: std::time::Duration = std::time::Duration::from_secs(5);
    /// # let mock = Voip24h::builder().frozen_clock().start()?;
    /// # let (account, inbox) = (mock.demo(), mock.inbox("crm"));
    /// account.send_webhooks_to(&inbox.url())?;
    /// let call = account.dial("0912345678", "101")?;
    /// mock.advance(Duration::minutes(5));
    /// let messages = inbox.wait_for(1, FIVE_SECONDS).ok_or("none came")?;
    /// let message = &messages[0];
    /// assert!(message.json().is_object());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Returns whether it is signed as it has to be; `None` where nothing is signed.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # use ringback_mock::engine::Duration;
    /// # const FIVE_SECONDS: std::time::Duration = std::time::Duration::from_secs(5);
    /// # let mock = Voip24h::builder().frozen_clock().start()?;
    /// # let (account, inbox) = (mock.demo(), mock.inbox("crm"));
    /// account.send_webhooks_to(&inbox.url())?;
    /// let call = account.dial("0912345678", "101")?;
    /// mock.advance(Duration::minutes(5));
    /// let messages = inbox.wait_for(1, FIVE_SECONDS).ok_or("none came")?;
    /// let message = &messages[0];
    /// assert_eq!(message.is_signed_well(), None); // Voip24h signs nothing
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_signed_well(&self) -> Option<bool> {
        self.signature.as_ref()?.get("valid")?.as_bool()
    }

    pub(super) fn size(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.len() + value.len());
        // The rest of it is small, and there is always some.
        512 + self.body.len() + self.url.len() + headers.sum::<usize>()
    }

    /// Shows it in the form of the control API.
    pub(crate) fn show(&self) -> Map<String, Value> {
        let mut shown = self.origin.clone();
        let mut put = |name: &str, value: Value| drop(shown.insert(name.to_owned(), value));
        put("kind", "message".into());
        put("id", self.id().into());
        put("inbox", self.inbox.as_str().into());
        put("at", moment(self.at).into());
        put("real_at", moment(self.real_at).into());
        put("method", self.method.as_str().into());
        put("url", self.url.as_str().into());
        put("path", self.path.as_str().into());
        put("query", self.query.as_str().into());
        put("headers", json!(self.headers));
        let (name, body) = show_bytes("body", &self.body);
        put(&name, body);
        put("answered", self.answered.map_or_else(|| "reset".into(), Value::from));
        put("status", json!(self.answered));
        if let Some(signature) = &self.signature {
            put("valid", json!(self.is_signed_well()));
            put("signature", signature.clone());
        }
        shown
    }
}

impl bench::Note for InboxMessage {
    fn show(&self, _secrets: bool) -> Map<String, Value> {
        Self::show(self)
    }

    fn id(&self) -> String {
        format!("m{}", self.number)
    }

    fn call(&self) -> Option<CallId> {
        self.call
    }

    fn quick(&self, name: &str) -> Option<Value> {
        match name {
            "inbox" => Some(self.inbox.as_str().into()),
            "method" => Some(self.method.as_str().into()),
            "path" => Some(self.path.as_str().into()),
            "status" => self.answered.map(Value::from),
            "valid" => self.is_signed_well().map(Value::from),
            "delivery" => self.origin.get("delivery").cloned(),
            _ => None,
        }
    }

    fn size(&self) -> usize {
        Self::size(self)
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// Shows bytes as text, or else in base64 under a name that says so.
pub(crate) fn show_bytes(name: &str, bytes: &[u8]) -> (String, Value) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (name.to_owned(), text.into()),
        Err(_) => (format!("{name}_base64"), BASE64_STANDARD.encode(bytes).into()),
    }
}
