//! Why calls end, in the vendor's words.

use ringback_exchange::HangupCause;

/// Returns the name of a cause as records show it: FreeSWITCH's, and one for busy and declined.
pub(crate) fn cause(cause: HangupCause) -> &'static str {
    let shown = if cause == HangupCause::CallRejected { HangupCause::UserBusy } else { cause };
    shown.freeswitch()
}

/// How a call went that nobody answered. vendors/tel4vn.md, 4.4
pub(crate) const fn disposition(cause: HangupCause) -> Unanswered {
    match cause {
        HangupCause::UserBusy | HangupCause::CallRejected => Unanswered::Busy,
        HangupCause::NoAnswer | HangupCause::OriginatorCancel => Unanswered::NoAnswer,
        HangupCause::UnallocatedNumber | HangupCause::NoRouteDestination => Unanswered::Failed,
        HangupCause::NormalClearing
        | HangupCause::NoUserResponse
        | HangupCause::SubscriberAbsent
        | HangupCause::NumberChanged
        | HangupCause::DestinationOutOfOrder
        | HangupCause::InvalidNumberFormat
        | HangupCause::FacilityRejected
        | HangupCause::NormalUnspecified
        | HangupCause::NormalCircuitCongestion
        | HangupCause::NetworkOutOfOrder
        | HangupCause::NormalTemporaryFailure
        | HangupCause::SwitchCongestion
        | HangupCause::OutgoingCallBarred
        | HangupCause::IncompatibleDestination
        | HangupCause::RecoveryOnTimerExpire
        | HangupCause::BlindTransfer
        | HangupCause::AttendedTransfer
        | HangupCause::LoseRace
        | HangupCause::PickedOff
        | HangupCause::ManagerRequest
        | HangupCause::UserNotRegistered => Unanswered::Unknown,
    }
}

/// How a call went that nobody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unanswered {
    Busy,
    NoAnswer,
    Failed,
    Unknown,
}
