//! Who may ask, how often, and when not any more.

use std::collections::BTreeMap;

use ringback_engine::{Command, Duration, OffsetDateTime};
use serde::{Deserialize, Serialize};

use super::Pbx;

/// What the account remembers of recent requests, where it counts them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct RateLimiter {
    /// When requests of each kind were admitted: no more moments than its limit.
    admitted: BTreeMap<String, Vec<Moment>>,
    /// When the last refusals were.
    refused: Vec<Moment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Moment(#[serde(with = "time::serde::timestamp::microseconds")] OffsetDateTime);

/// Kinds of operations with a limit: how many within how many seconds. vendors/mango.md, 19
const LIMITS: [(&str, usize, i64); 11] = [
    ("commands/callback", 4, 1),
    ("commands/call/hangup", 4, 1),
    ("commands/recording/start", 4, 1),
    ("queries/recording", 10, 1),
    ("config/users/request", 1, 2),
    ("account/balance", 2, 1),
    ("ab/", 50, 1),
    ("commands/transfer", 1, 2),
    ("stats/request", 1, 2),
    ("commands/route", 1, 2),
    ("", 10, 1),
];

/// How long refusals are remembered.
const LOCKED: Duration = Duration::minutes(2);

/// Asks whether a request may be answered now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRateLimit {
    /// The operation; empty where it is none of them.
    pub operation: String,
}

/// Whether a request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It is.
    Granted,
    /// There were too many of its kind.
    TooFast,
    /// There were too many refusals.
    LockedOut,
}

impl Command<Pbx> for CheckRateLimit {
    type Outcome = Admission;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Admission {
        let RateLimiter { admitted, refused } = &mut pbx.gate;
        if pbx.settings.lock_out {
            refused.retain(|Moment(at)| now - *at < LOCKED);
            if refused.len() > 1 {
                return Admission::LockedOut;
            }
        }
        if !pbx.settings.rate_limits {
            return Admission::Granted;
        }
        let writes_contacts = self.operation.starts_with("ab/")
            && ["create", "update", "delete"].iter().any(|verb| self.operation.ends_with(verb));
        let limits = LIMITS.iter().filter(|(kind, ..)| {
            self.operation.starts_with(kind) || (kind.is_empty() && !self.operation.is_empty())
        });
        let limits: Vec<_> = limits
            // Address-book reads have a wider limit than the one of all operations.
            .filter(|(kind, ..)| !(kind.is_empty() && self.operation.starts_with("ab/")))
            .map(|(kind, most, seconds)| match writes_contacts {
                true => (*kind, 10, 1),
                false => (*kind, *most, *seconds),
            })
            .collect();
        for (kind, most, seconds) in &limits {
            let since = admitted.entry((*kind).to_owned()).or_default();
            since.retain(|Moment(at)| now - *at < Duration::seconds(*seconds));
            if since.len() >= *most {
                return Admission::TooFast;
            }
        }
        for (kind, ..) in limits {
            admitted.entry(kind.to_owned()).or_default().push(Moment(now));
        }
        Admission::Granted
    }
}

/// Remembers a refusal 3xxx.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRefusal {
    /// Its result code.
    pub code: u16,
}

impl Command<Pbx> for RecordRefusal {
    type Outcome = ();

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) {
        let refused = &mut pbx.gate.refused;
        refused.retain(|Moment(at)| now - *at < LOCKED);
        // Two are enough to lock out.
        if refused.len() < 2 {
            refused.push(Moment(now));
        }
    }
}

/// Tells an account that its key has opened the key it signs with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetApiKey {
    /// The key.
    pub key: String,
}

impl Command<Pbx> for SetApiKey {
    type Outcome = ();

    fn execute(self, pbx: &mut Pbx, _now: OffsetDateTime) {
        pbx.set_key(&self.key);
    }
}

impl Pbx {
    /// Sets the key by which the account is known.
    pub(crate) fn set_key(&mut self, key: &str) {
        key.clone_into(&mut self.identity.key);
    }
}
