//! Who ended a call, in FreeSWITCH's words for the leg that the record is about.

use ringback_exchange::{HangupCause, Side};

use crate::App;

/// How a call ended: what decides its disposition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending {
    /// What started the call.
    pub(crate) app: App,
    /// Whether the phone of the record's leg was picked up.
    pub(crate) answered: bool,
    /// Which side hung up, if one did.
    pub(crate) hung_up_by: Option<Side>,
    /// Why it ended.
    pub(crate) cause: HangupCause,
}

/// Which way the leg of a record was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Placed {
    ToExchange,
    ByExchange,
}

/// Who sent the BYE, the CANCEL or the refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sender {
    Exchange,
    Phone,
}

/// Returns the leg that a record is about: which way it was placed, and whose it is. Somebody who
/// dials places the a-leg; click-to-call rings the extension first, and an autocall has the
/// customer's leg alone.
const fn leg_of(app: App) -> (Placed, Side) {
    match app {
        App::Dial => (Placed::ToExchange, Side::A),
        App::ClickToCall => (Placed::ByExchange, Side::A),
        App::Autocall | App::Autodialer => (Placed::ByExchange, Side::B),
    }
}

/// Returns which side sent what ended the call.
// field report, T1–T5
pub(crate) fn hangup_disposition(ending: Ending) -> &'static str {
    let Ending { app, answered, hung_up_by, cause } = ending;
    let (placed, side) = leg_of(app);
    let hung_up = hung_up_by == Some(side);
    let by_phone = match (answered, placed) {
        // Declined was a phone to which the call was moved: it had no BYE to send.
        (true, _) => hung_up && cause != HangupCause::CallRejected,
        (false, Placed::ToExchange) => hung_up,
        (false, Placed::ByExchange) => hung_up || is_refusal(cause),
    };
    let sender = if by_phone { Sender::Phone } else { Sender::Exchange };
    match (answered, placed, sender) {
        (true, _, Sender::Phone) => "recv_bye",
        (true, _, Sender::Exchange) => "send_bye",
        (false, Placed::ToExchange, Sender::Phone) => "recv_cancel",
        (false, Placed::ToExchange, Sender::Exchange) => "send_refuse",
        (false, Placed::ByExchange, Sender::Phone) => "recv_refuse",
        (false, Placed::ByExchange, Sender::Exchange) => "send_cancel",
    }
}

/// Returns whether the far end answers a call that is placed to it with such a cause; the others
/// are reasons for the exchange to stop ringing it.
const fn is_refusal(cause: HangupCause) -> bool {
    match cause {
        HangupCause::UnallocatedNumber
        | HangupCause::NoRouteDestination
        | HangupCause::UserBusy
        | HangupCause::NoUserResponse
        | HangupCause::SubscriberAbsent
        | HangupCause::CallRejected
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
        | HangupCause::UserNotRegistered => true,
        HangupCause::NormalClearing
        | HangupCause::NoAnswer
        | HangupCause::OriginatorCancel
        | HangupCause::BlindTransfer
        | HangupCause::AttendedTransfer
        | HangupCause::LoseRace
        | HangupCause::PickedOff
        | HangupCause::ManagerRequest => false,
    }
}
