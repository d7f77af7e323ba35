//! Tokens: who may use the API, and until when.

use std::collections::{BTreeMap, BTreeSet};

use ringback_engine::{Command, OffsetDateTime};
use ringback_mock::AccountId;
use serde::{Deserialize, Serialize};
use time::Duration;

use super::Pbx;
use crate::auth;

/// The tokens that were issued and have not run out, by their ends too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tokens {
    ends: BTreeMap<String, Expiry>,
    by_end: BTreeSet<(Expiry, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
struct Expiry(#[serde(with = "time::serde::timestamp::microseconds")] OffsetDateTime);

impl Tokens {
    /// The most tokens of one tenant; the one that would run out first makes room.
    const MOST: usize = 10_000;

    /// Returns how many tokens are good.
    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    fn add(&mut self, now: OffsetDateTime, token: String, until: OffsetDateTime) {
        while let Some((expiry, first)) = self.by_end.first().cloned() {
            if expiry.0 > now && self.ends.len() < Self::MOST {
                break;
            }
            self.ends.remove(&first);
            self.by_end.remove(&(expiry, first));
        }
        self.ends.insert(token.clone(), Expiry(until));
        self.by_end.insert((Expiry(until), token));
    }
}

/// Issues a token of the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueToken {
    /// The account, which a token names.
    pub account: AccountId,
}

/// A token, with its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// What stands after `Bearer`.
    pub token: String,
    /// When it runs out.
    pub until: OffsetDateTime,
    /// How many seconds are left.
    pub seconds: u32,
}

impl Command<Pbx> for IssueToken {
    type Outcome = Issued;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Issued {
        let mut drawn = [0; 16];
        pbx.exchange.random().fill(&mut drawn);
        let token = auth::token(drawn, self.account, *pbx.tenant.user.user_uuid.as_bytes());
        let seconds = pbx.settings.token_seconds;
        let until = now.saturating_add(Duration::seconds(seconds.into()));
        pbx.tokens.add(now, token.clone(), until);
        Issued { token, until, seconds }
    }
}

impl Pbx {
    /// Returns whether a token of this tenant is valid at a moment.
    pub fn knows_token(&self, token: &str, now: OffsetDateTime) -> bool {
        self.tokens.ends.get(token).is_some_and(|end| now < end.0)
    }
}
