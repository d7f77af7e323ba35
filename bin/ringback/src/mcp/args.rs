//! What the tools take. The comments are what agents read.

use rmcp::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Whose world a tool is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Whose {
    pub(super) vendor: String,
    pub(super) account: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StartVendors {
    /// Names of vendors: impactpbx, mango, scfm, tel4vn, voip24h. All of them unless given.
    #[serde(default)]
    pub(super) vendors: Vec<String>,
    /// The same seed and the same requests give the same answers. 0 unless given.
    #[serde(default)]
    pub(super) seed: u64,
    /// Whether the clock runs by itself. Unless it does, time passes only by move_clock.
    #[serde(default)]
    pub(super) running_clock: bool,
    /// Vendors' own settings by vendor, such as {"mango": {"webhook_retries": [5, 30]}}.
    #[serde(default)]
    pub(super) settings: Map<String, Value>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenAccount {
    pub(super) vendor: String,
    /// The name, which is what its clients send as their credential.
    pub(super) account: String,
}

/// What a rung phone does.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// Picks up.
    Answer,
    /// Is in another call.
    Busy,
    /// Rings until the exchange gives up.
    NoAnswer,
    /// Rings, then declines.
    Reject,
    /// Rings, then the caller gives up.
    Cancel,
    /// Rings until drive_call answers, rejects or hangs up.
    Manual,
    /// Cannot be reached: say why with `cause`.
    Fail,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetRule {
    pub(super) vendor: String,
    /// The account; the demo account unless given.
    pub(super) account: Option<String>,
    /// Only calls to this number or pattern, such as "7916*".
    pub(super) to: Option<String>,
    /// Only calls from this number or pattern.
    pub(super) from: Option<String>,
    pub(super) outcome: Outcome,
    /// A hangup cause of FreeSWITCH for the outcome fail, such as UNALLOCATED_NUMBER.
    pub(super) cause: Option<String>,
    /// For how many seconds it rings before that.
    pub(super) ring: Option<f64>,
    /// For how many seconds it talks after an answer.
    pub(super) talk: Option<f64>,
    /// For how many calls the rule holds. All unless given.
    pub(super) times: Option<u32>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceCall {
    pub(super) vendor: String,
    /// The account; the demo account unless given.
    pub(super) account: Option<String>,
    /// Who dials: an extension, or a number outside.
    pub(super) from: String,
    /// Who is dialled.
    pub(super) to: String,
    /// What the rung phone does, instead of rules.
    pub(super) outcome: Option<Outcome>,
    /// A hangup cause of FreeSWITCH for the outcome fail.
    pub(super) cause: Option<String>,
    /// For how many seconds it rings before that.
    pub(super) ring: Option<f64>,
    /// For how many seconds it talks after an answer.
    pub(super) talk: Option<f64>,
}

/// What is done in a call.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verb {
    TakeOver,
    Answer,
    Reject,
    HangUp,
    Dtmf,
    Hold,
    Resume,
    StartRecording,
    StopRecording,
    Transfer,
    Route,
    Consult,
    Complete,
    CancelConsultation,
    Park,
    Supervise,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DriveCall {
    /// The id of the call, such as mango-0-17.
    pub(super) call: String,
    pub(super) verb: Verb,
    /// Whose phone: "a" placed the call, "b" received it, or the number of a leg. For answer, reject,
    /// take_over, hang_up, dtmf, hold, resume.
    pub(super) leg: Option<Value>,
    /// The keys for dtmf.
    pub(super) digits: Option<String>,
    /// Where to, for transfer, route and consult.
    pub(super) to: Option<String>,
    /// For transfer: the side that stays in the call, "a" or "b".
    pub(super) moved: Option<String>,
    /// For consult: the side that asks.
    pub(super) by: Option<String>,
    /// For park: the side that leaves.
    pub(super) cut: Option<String>,
    /// For park: how long the other waits.
    pub(super) seconds: Option<f64>,
    /// For supervise: who joins.
    pub(super) extension: Option<String>,
    /// For supervise: listen, whisper or barge.
    pub(super) supervision: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListCalls {
    /// Only those of this vendor.
    pub(super) vendor: Option<String>,
    /// The account; the demo account unless given, "*" for all.
    pub(super) account: Option<String>,
    /// created, waiting, ringing, answered, parked or ended.
    pub(super) state: Option<String>,
    /// A number or a pattern.
    pub(super) from: Option<String>,
    /// A number or a pattern.
    pub(super) to: Option<String>,
    /// At most so many, 20 unless given.
    pub(super) limit: Option<u32>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ShowCall {
    /// The id of the call, such as mango-0-17.
    pub(super) call: String,
    /// Whether to draw who told whom what (Mermaid), instead of showing its state and timeline.
    #[serde(default)]
    pub(super) drawn: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MoveClock {
    /// Whose events to wait for and list; those of all vendors unless given.
    pub(super) vendor: Option<String>,
    /// Moves the time of this account alone. Needs `vendor`.
    pub(super) account: Option<String>,
    /// Jumps so many seconds forward.
    pub(super) seconds: Option<f64>,
    /// Jumps to a moment, such as 2026-01-06T09:00:00Z.
    pub(super) to: Option<String>,
    /// Jumps to the first event like this, such as {"event": "call_ended", "call": "mango-0-17"}.
    pub(super) until: Option<Map<String, Value>>,
    /// Jumps until nothing is due any more.
    #[serde(default)]
    pub(super) until_idle: bool,
    /// With until and until_idle: at most so many seconds.
    pub(super) max: Option<f64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListRequests {
    /// Only those of this vendor.
    pub(super) vendor: Option<String>,
    /// The account; the demo account unless given, "*" for all, and for those of no account.
    pub(super) account: Option<String>,
    /// Only those of an operation, by its name in the vendor's document.
    pub(super) operation: Option<String>,
    /// Only those that caused something in a call.
    pub(super) call: Option<String>,
    /// Only those that were refused, or were not.
    pub(super) refused: Option<bool>,
    /// At most so many, 20 unless given.
    pub(super) limit: Option<u32>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListWebhooks {
    /// Only those of this vendor.
    pub(super) vendor: Option<String>,
    /// The account; the demo account unless given, "*" for all.
    pub(super) account: Option<String>,
    /// Only those that tell of a call.
    pub(super) call: Option<String>,
    /// pending, delivered, failed or dropped.
    pub(super) state: Option<String>,
    /// The id of one, which is then shown with what went over the wire.
    pub(super) id: Option<String>,
    /// At most so many, 20 unless given.
    pub(super) limit: Option<u32>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetInbox {
    pub(super) vendor: String,
    /// The account; the demo account unless given.
    pub(super) account: Option<String>,
    /// The name of the inbox, such as crm.
    pub(super) name: String,
    /// The answers to the next webhooks, one each: a status, "reset", or
    /// {"status", "headers", "body", "delay"}.
    #[serde(default)]
    pub(super) plan: Vec<Value>,
    /// The answer to all after them, 200 unless given.
    pub(super) then: Option<Value>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadInbox {
    pub(super) name: String,
    /// At most so many messages, 20 unless given; the newest.
    pub(super) limit: Option<u32>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Verify {
    /// Only what this vendor has seen.
    pub(super) vendor: Option<String>,
    /// The account; the demo account unless given.
    pub(super) account: Option<String>,
    /// What has to have happened: {"kind": "request"|"event"|"delivery"|"message"|"record", …} with
    /// conditions such as {"operation": "callback", "body": {"$.to_number": {"like": "7916*"}}} or
    /// {"event": "call_ended", "cause": "USER_BUSY"}. A condition is a value, or an object of eq, ne, gt,
    /// gte, lt, lte, in, like, match, exists, not.
    #[serde(rename = "match")]
    pub(super) wanted: Option<Map<String, Value>>,
    /// Instead: matches that have to come one after the other.
    pub(super) order: Option<Vec<Map<String, Value>>>,
    /// With order: nothing of their kinds may come in between.
    pub(super) strict: Option<bool>,
    /// How often exactly; at least once unless something is said.
    pub(super) times: Option<u64>,
    pub(super) at_least: Option<u64>,
    pub(super) at_most: Option<u64>,
    pub(super) never: Option<bool>,
    /// Waits for it, for so many of the computer's seconds, 60 at most. Where the clock stands, move it
    /// instead.
    pub(super) wait: Option<f64>,
}

/// What a test is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Language {
    /// pytest.
    Python,
    /// vitest.
    Typescript,
    /// node:test.
    Javascript,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MakeTest {
    pub(super) vendor: String,
    /// The account; the demo account unless given.
    pub(super) account: Option<String>,
    pub(super) language: Language,
    /// What the test shows, in words, such as "a busy customer is called again".
    pub(super) name: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestVendor {
    pub(super) vendor: String,
    /// GET unless given.
    pub(super) method: Option<String>,
    /// The path and query, such as /v1/cdr?page=1.
    pub(super) path: String,
    #[serde(default)]
    pub(super) headers: Map<String, Value>,
    /// A text as it is, or anything else as JSON.
    pub(super) body: Option<Value>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ControlApi {
    /// GET, POST, PUT, PATCH or DELETE.
    pub(super) method: String,
    /// A path behind /__admin, such as /mango/chaos?account=crm-test.
    pub(super) path: String,
    pub(super) body: Option<Value>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadDocs {
    /// The page, such as control-api or vendors/mango. All are listed unless given.
    pub(super) page: Option<String>,
    /// Only the part under this heading.
    pub(super) heading: Option<String>,
}
