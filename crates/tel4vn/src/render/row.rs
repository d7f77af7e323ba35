//! A live call as the list shows it.

use std::net::Ipv4Addr;

use ringback_exchange::{Call, LegState, Number, Origin, Party, Role, Side};
use serde::Serialize;

use super::direction;
use crate::{Tag, wire::stamp};

/// A live call as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its id.
    pub call_id: String,
    /// The tenant's domain.
    pub context: String,
    /// When it was created.
    pub created_time: String,
    /// The number of the b-leg.
    pub destination: String,
    /// Which way it goes.
    pub direction: &'static str,
    /// The address of the a-leg's phone.
    pub ip: String,
    /// The number of the a-leg.
    pub source: String,
    /// The state of the a-leg, or of the surviving leg.
    pub state: &'static str,
}

/// The gateway to all outside phones; an address for documents, RFC 5737.
const GATEWAY: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 10);

/// Returns the address of a party's phone: it follows from its number.
pub(crate) fn address(party: &Party) -> Ipv4Addr {
    match party {
        Party::Outside(_) => GATEWAY,
        Party::Service(_) => Ipv4Addr::new(10, 0, 0, 1),
        Party::Extension(number) => {
            let digits =
                number.digits().fold(0_u32, |sum, digit| sum.wrapping_mul(10).wrapping_add(digit));
            let [_, _, high, low] = digits.to_be_bytes();
            Ipv4Addr::new(10, 0, high, low)
        }
    }
}

/// Returns who plays a side of a live call: now, or before it was cut; the one who was called as
/// long as nobody has.
pub(crate) fn party_of(call: &Call<Tag>, side: Side) -> &Party {
    if let Some((_, leg)) = call.side(side) {
        return &leg.party;
    }
    let parked = call.live_legs().any(|(_, leg)| leg.state == LegState::Parked);
    let cut = call
        .legs
        .iter()
        .rev()
        .find(|leg| parked && leg.role == Role::Talks(side) && leg.answered_at.is_some());
    match (cut, side) {
        (Some(leg), _) => &leg.party,
        (None, Side::A) => &call.from,
        (None, Side::B) => &call.to,
    }
}

/// Returns the number of a side of a live call: of whoever plays it, or of the menu, the ring group or
/// the queue that the call has come to and that looks for somebody, as of one that was dialled.
// field report, T7
pub(crate) fn number_of(call: &Call<Tag>, side: Side) -> &Number {
    call.service_of(side).unwrap_or_else(|| party_of(call, side).number())
}

impl Row {
    pub(crate) fn of(call: &Call<Tag>, domain: &str) -> Self {
        let [a, b] = [Side::A, Side::B].map(|side| number_of(call, side));
        let text = |number: &Number| number.as_str().to_owned();
        Self {
            call_id: call.tag.uuid.to_string(),
            context: domain.to_owned(),
            created_time: stamp::stamp(call.created_at),
            destination: text(b),
            direction: direction(call.tag.direction),
            ip: address(party_of(call, Side::A)).to_string(),
            source: text(a),
            state: state(call),
        }
    }
}

/// FreeSWITCH's name for the state of the a-leg, or of the surviving leg. vendors/tel4vn.md, 3.2
fn state(call: &Call<Tag>) -> &'static str {
    if call.live_legs().any(|(_, leg)| leg.state == LegState::Parked) {
        return "CS_PARK";
    }
    match (call.side(Side::A), call.side(Side::B)) {
        (Some((_, a)), None) if call.origin == Origin::Click && !a.is_up() => match a.state {
            LegState::Dialling => "CS_ROUTING",
            LegState::Ringing
            | LegState::Up
            | LegState::Held
            | LegState::Parked
            | LegState::Ended => "CS_CONSUME_MEDIA",
        },
        // The b-leg is the older one: it went through a transfer and talks to who took its place.
        (Some((a, _)), Some((b, _))) if b < a && call.is_bridged() => "CS_EXCHANGE_MEDIA",
        _ => "CS_EXECUTE",
    }
}
