//! What this vendor keeps with each call, and the identifiers that follow from it.

use ringback_exchange::{Direction, LegId, Number};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

/// What started a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum App {
    /// Somebody dialled on a phone.
    #[default]
    Dial,
    /// Click-to-call.
    ClickToCall,
    /// A script that is played to one number or to many.
    Autocall,
    /// A dialler that looks for customers.
    Autodialer,
}

impl App {
    /// Returns the word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dial => "dial",
            Self::ClickToCall => "click_to_call",
            Self::Autocall => "autocall",
            Self::Autodialer => "autodialer",
        }
    }

    /// Returns the word in events, which is another one for click-to-call.
    // vendors/tel4vn-v3.md, 8
    pub const fn application(self) -> &'static str {
        match self {
            Self::ClickToCall => "click2call",
            Self::Dial | Self::Autocall | Self::Autodialer => self.as_str(),
        }
    }
}

/// What this vendor keeps with each call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The call's id, the same in every view of it.
    pub uuid: Uuid,
    /// Which way it goes. A ring group, a queue or a menu is inside, like an extension.
    pub direction: Direction,
    /// What started it.
    pub app: App,
    /// Whether the extension that click-to-call rings first has picked up.
    pub picked_up: bool,
    /// Whether that extension's phone picks up by itself.
    pub auto_answer: bool,
    /// What few calls have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<Box<RareFields>>,
}

/// What few calls have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RareFields {
    /// The ring group or queue that was dialled or reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receive: Option<Number>,
    /// Whom the vendor's client called, in the client's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// What the vendor's client knows the call by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What filled the words of the script: an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub params: Option<Value>,
    /// The campaign that placed the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Uuid>,
    /// The lead that was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<Uuid>,
    /// For how many seconds the campaign lets the phone ring; as long as any phone if zero.
    #[serde(skip_serializing_if = "is_zero")]
    pub ring: u32,
    /// Who took the call out of several that rang.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
    /// Who was rung by a hunt that began later than the call, each in a call of its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hunted: Vec<LegId>,
    /// How long the script is that is played, in seconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub script: u32,
    /// The keys that the called party pressed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub keys: String,
    /// When the last of them was pressed.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pressed_at: Option<OffsetDateTime>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Who took a call out of several that rang.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The leg of the one who did.
    pub by: LegId,
    /// How many legs the call had then; later ones ring for other reasons.
    pub legs: u16,
}

impl Tag {
    /// Makes the tag of a call that nothing is special about.
    pub fn new(uuid: Uuid, direction: Direction, app: App) -> Self {
        Self { uuid, direction, app, picked_up: false, auto_answer: false, more: None }
    }

    /// Returns the call's SIP Call-ID.
    pub fn sip_call_id(&self) -> Uuid {
        sip_of(self.uuid)
    }

    /// Returns what few calls have, to change it.
    pub(crate) fn more_mut(&mut self) -> &mut RareFields {
        self.more.get_or_insert_default()
    }

    /// Returns the ring group or queue that was dialled or reached.
    pub fn receive(&self) -> Option<&Number> {
        self.more.as_ref()?.receive.as_ref()
    }

    /// Returns what the vendor's client knows the call by; empty unless it said.
    pub fn reference(&self) -> &str {
        let reference = self.more.as_ref().and_then(|more| more.reference.as_deref());
        reference.unwrap_or_default()
    }

    /// Returns the keys that the called party pressed.
    pub fn keys(&self) -> &str {
        self.more.as_ref().map_or("", |more| &more.keys)
    }
}

const SIP: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
const LEG: u128 = 0xd6e8_feb8_6659_fd93_c4ce_b9fe_1a85_ec53;

/// The bits of a UUID that say its version and variant.
const FORM: u128 = 0x0000_0000_0000_f000_c000_0000_0000_0000;

/// Makes another identifier from one, which leads back to it the same way.
fn twin(uuid: Uuid, mask: u128) -> Uuid {
    Uuid::from_u128(uuid.as_u128() ^ (mask & !FORM))
}

/// Returns the SIP Call-ID that belongs to a call id.
pub(crate) fn sip_of(uuid: Uuid) -> Uuid {
    twin(uuid, SIP)
}

/// Returns the call id that belongs to a SIP Call-ID.
pub(crate) fn of_sip(sip: Uuid) -> Uuid {
    twin(sip, SIP)
}

/// Returns the id of the call on one extension's phone, within a flow that rings several.
pub(crate) fn of_leg(flow: Uuid, leg: LegId) -> Uuid {
    twin(flow, LEG.wrapping_mul(u128::from(leg.0) * 2 + 1))
}
