//! The exchange's words in the vendor's: which result code a cause is.

use ringback_exchange::{HangupCause, Side};
use time::{OffsetDateTime, UtcOffset, macros::offset};

use crate::identity::Location;

/// Done. Also why the first half of an ordered call ends: the conversation goes on in a leg of its
/// own.
pub(crate) const DONE: u16 = 1000;

/// The call ended normally.
pub(crate) const ENDED: u16 = 1100;

/// The calling party hung up.
pub(crate) const CALLER_LEFT: u16 = 1110;

/// The phone was set to take no calls.
pub(crate) const DO_NOT_DISTURB: u16 = 1123;

/// The external system's command ended it.
pub(crate) const BY_COMMAND: u16 = 1181;

/// A recording was too short to be kept.
pub(crate) const TOO_SHORT: u16 = 4002;

/// How a leg came to its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ended {
    /// Why, in the exchange's words.
    pub(crate) cause: HangupCause,
    /// Which side of the exchange's call hung up, if one did.
    pub(crate) by: Option<Side>,
    /// Which side is the calling end of the leg.
    pub(crate) from_side: Side,
    /// Where the leg was.
    pub(crate) location: Location,
}

/// Returns the reason for a leg one of whose parties hung up.
pub(crate) fn hung_up(by: Side, from_side: Side) -> u16 {
    if by == from_side { CALLER_LEFT } else { 1120 }
}

/// Returns the reason for the end of a leg.
pub(crate) fn reason(ended: &Ended) -> u16 {
    let Ended { cause, by, from_side, location } = *ended;
    let hung_up = || by.map(|by| hung_up(by, from_side));
    match (cause, location) {
        // The scheme has nowhere to send the caller.
        (HangupCause::NormalClearing, Location::Ivr) => hung_up().unwrap_or(1170),
        (HangupCause::NormalClearing, Location::Queue | Location::Subscriber) => {
            hung_up().unwrap_or(ENDED)
        }
        (HangupCause::NoAnswer, Location::Queue) => 1163,
        (HangupCause::UserNotRegistered | HangupCause::UserBusy, Location::Queue) => 1164,
        (HangupCause::NoAnswer, Location::Ivr | Location::Subscriber) => 1111,
        (HangupCause::UserBusy, Location::Ivr | Location::Subscriber) => 1121,
        (HangupCause::UserNotRegistered, Location::Ivr | Location::Subscriber) => 1131,
        (HangupCause::CallRejected, _) => 1122,
        (HangupCause::OriginatorCancel, _) => hung_up().unwrap_or(1110),
        (HangupCause::BlindTransfer | HangupCause::AttendedTransfer, _) => ENDED,
        (HangupCause::LoseRace, _) => 1183,
        (HangupCause::PickedOff, Location::Subscriber) => 1183,
        (HangupCause::PickedOff, Location::Ivr | Location::Queue) => ENDED,
        (HangupCause::ManagerRequest, _) => BY_COMMAND,
        (HangupCause::UnallocatedNumber | HangupCause::InvalidNumberFormat, _) => 1133,
        (HangupCause::NumberChanged, _) => 1190,
        (HangupCause::OutgoingCallBarred, _) => 1130,
        (
            HangupCause::NoRouteDestination
            | HangupCause::FacilityRejected
            | HangupCause::IncompatibleDestination,
            _,
        ) => 1132,
        (
            HangupCause::NoUserResponse
            | HangupCause::SubscriberAbsent
            | HangupCause::DestinationOutOfOrder
            | HangupCause::NormalCircuitCongestion
            | HangupCause::NetworkOutOfOrder
            | HangupCause::NormalTemporaryFailure
            | HangupCause::SwitchCongestion
            | HangupCause::RecoveryOnTimerExpire,
            _,
        ) => 1131,
        (HangupCause::NormalUnspecified, _) => hung_up().unwrap_or(ENDED),
    }
}

/// Moscow, where the vendor's wall clocks hang.
pub(crate) const MOSCOW: UtcOffset = offset!(+3);

/// Writes a moment as Moscow's clocks show it: `2026-01-15 12:00:00`.
pub(crate) fn moscow(at: OffsetDateTime) -> String {
    wall(at, MOSCOW)
}

/// Writes a moment as clocks at an offset show it.
fn wall(at: OffsetDateTime, offset: UtcOffset) -> String {
    let at = at.checked_to_offset(offset).unwrap_or(at);
    let (date, time) = (at.date(), at.time());
    format!("{date} {:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}

#[cfg(test)]
mod tests {
    use ringback_exchange::{HangupCause, Side};

    use super::{Ended, Location, reason};
    use crate::codes::words;

    #[test]
    fn every_cause_has_a_reason_of_the_documented_class() {
        for cause in HangupCause::ALL.iter().copied() {
            for location in [Location::Ivr, Location::Queue, Location::Subscriber] {
                for by in [None, Some(Side::A), Some(Side::B)] {
                    let code = reason(&Ended { cause, by, from_side: Side::A, location });
                    assert!((1100..1200).contains(&code), "{cause}: {code}");
                    assert_ne!(words(code), words(1000), "{cause}");
                }
            }
        }
    }
}
