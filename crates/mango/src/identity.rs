//! Identifiers, opaque to clients and made in the style of those seen in the wild.
//!
//! vendors/mango.md, 17: an entry is a call, a leg is one pair of parties within it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ringback_exchange::CallId;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The number before that of the first entry.
const ENTRIES: u64 = 700_000_000;

/// The number before that of the first leg.
const LEGS: u32 = 90_000_000;

/// Who the account is: what signs, and what identifiers are made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) key: String,
    pub(crate) salt: String,
    pub(crate) product_id: u64,
    /// The number of the virtual exchange.
    pub(crate) vpbx: u32,
    /// The number of the node that carries its calls.
    pub(crate) node: u32,
}

/// Numbers a leg within the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct LegNo(pub(crate) u32);

/// Where a leg ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Location {
    /// In a voice menu.
    Ivr,
    /// In a group's queue.
    Queue,
    /// At somebody's phone.
    Subscriber,
}

impl Location {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ivr => "ivr",
            Self::Queue => "queue",
            Self::Subscriber => "abonent",
        }
    }
}

impl LegNo {
    pub(crate) const FIRST: Self = Self(LEGS + 1);

    pub(crate) const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

impl Identity {
    /// Names an entry; one that came in names its node as well.
    pub(crate) fn entry_id(&self, call: CallId, came_in: bool) -> String {
        let entry = call.0.saturating_add(ENTRIES);
        STANDARD.encode(match came_in {
            true => format!("{entry}:{}", self.node),
            false => entry.to_string(),
        })
    }

    /// Names a leg; one that nobody answers in person is marked.
    pub(crate) fn call_id(&self, leg: LegNo, location: Location) -> String {
        let mark = match location {
            Location::Ivr | Location::Queue => ":1",
            Location::Subscriber => "",
        };
        STANDARD.encode(format!("1:{}:{}:{}{mark}", self.vpbx, self.node, leg.0))
    }

    /// Names a call as the telephone that placed it does: one UUID a call, in capitals.
    pub(crate) fn sip_call_id(&self, call: CallId) -> String {
        // Follows from the call and draws nothing, so that whatever is drawn stays as it is.
        let hash: [u8; 32] = Sha256::digest(format!("{} {}", self.key, call.0)).into();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        let uuid = uuid::Builder::from_random_bytes(bytes).into_uuid();
        uuid.hyphenated().to_string().to_ascii_uppercase()
    }

    /// Names a recording.
    pub(crate) fn recording_id(&self, call: CallId, index: u32) -> String {
        let entry = call.0.saturating_add(ENTRIES);
        STANDARD.encode(format!("1:{}:{entry}:{index}", self.vpbx))
    }

    /// Returns the call that an entry's name is about.
    pub(crate) fn entry(&self, id: &str) -> Option<CallId> {
        let text = decoded(id)?;
        let number = text.split(':').next()?.parse::<u64>().ok()?.checked_sub(ENTRIES)?;
        let call = CallId(number);
        [true, false].into_iter().any(|came_in| self.entry_id(call, came_in) == id).then_some(call)
    }

    /// Returns the leg that a name is about.
    pub(crate) fn leg(&self, id: &str) -> Option<LegNo> {
        let text = decoded(id)?;
        let leg = LegNo(text.split(':').nth(3)?.parse().ok()?);
        let is_its = |location| self.call_id(leg, location) == id;
        [Location::Subscriber, Location::Ivr].into_iter().any(is_its).then_some(leg)
    }

    /// Returns the call and the place among its recordings that a recording's name is about.
    pub(crate) fn recording(&self, id: &str) -> Option<(CallId, u32)> {
        let text = decoded(id)?;
        let mut parts = text.split(':').skip(2);
        let call = CallId(parts.next()?.parse::<u64>().ok()?.checked_sub(ENTRIES)?);
        let index = parts.next()?.parse().ok()?;
        (self.recording_id(call, index) == id).then_some((call, index))
    }
}

fn decoded(id: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(id.trim()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::{CallId, Identity, LegNo, Location};

    #[test]
    fn identifiers_look_like_the_samples_and_lead_back() {
        let (key, salt) = (String::new(), String::new());
        let ids = Identity { key, salt, product_id: 1, vpbx: 10_001_001, node: 81 };
        let call = CallId(1);
        assert_eq!(ids.entry_id(call, false), "NzAwMDAwMDAx");
        assert_eq!(ids.entry_id(CallId(2), true), "NzAwMDAwMDAyOjgx");
        let leg = LegNo::FIRST.next();
        assert_eq!(ids.call_id(leg, Location::Subscriber), "MToxMDAwMTAwMTo4MTo5MDAwMDAwMg==");
        assert_eq!(
            ids.call_id(LegNo(90_000_010), Location::Ivr),
            "MToxMDAwMTAwMTo4MTo5MDAwMDAxMDox"
        );
        assert_eq!(ids.recording_id(call, 0), "MToxMDAwMTAwMTo3MDAwMDAwMDE6MA==");
        assert_eq!(ids.entry("NzAwMDAwMDAyOjgx"), Some(CallId(2)));
        assert_eq!(ids.leg("MToxMDAwMTAwMTo4MTo5MDAwMDAwMg=="), Some(leg));
        assert_eq!(ids.leg("MToxMDAwMTAwMTo4MTo5MDAwMDAxMDox"), Some(LegNo(90_000_010)));
        assert_eq!(ids.recording("MToxMDAwMTAwMTo3MDAwMDAwMDE6MA=="), Some((call, 0)));
        for foreign in ["", "x", "NzAw", "MToxOjgxOjkwMDAwMDAy", "8J+YgA=="] {
            assert_eq!((ids.entry(foreign), ids.leg(foreign)), (None, None), "{foreign}");
            assert_eq!(ids.recording(foreign), None);
        }
    }
}
