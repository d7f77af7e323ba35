//! Why calls end: one table for Q.850, SIP, FreeSWITCH and Asterisk.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! causes {
    ($($(#[$doc:meta])+ $cause:ident, $name:literal, $q850:expr, $sip:expr;)+) => {
        /// Why a leg or a call ended.
        ///
        /// Serialised and displayed by its FreeSWITCH name. Each vendor renders its own word from
        /// it with an exhaustive match.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum HangupCause {
            $($(#[$doc])+ #[serde(rename = $name)] $cause,)+
        }

        impl HangupCause {
            /// Every cause there is, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$cause,)+];

            /// Returns the name FreeSWITCH gives the cause, such as `USER_BUSY`.
            pub const fn freeswitch(self) -> &'static str {
                match self { $(Self::$cause => $name,)+ }
            }

            /// Returns the ITU-T Q.850 number; FreeSWITCH's own causes have numbers above 127.
            pub const fn q850(self) -> u16 {
                match self { $(Self::$cause => $q850,)+ }
            }

            /// Returns the SIP status that carries the cause to the other side, if one does.
            pub const fn sip(self) -> Option<u16> {
                match self { $(Self::$cause => $sip,)+ }
            }
        }
    };
}

// Q.850 numbers: ITU-T Q.850 table 1. SIP statuses: RFC 3398 section 7.2.4.1 (ISUP to SIP) and
// FreeSWITCH's mod_sofia where RFC 3398 has none; names: FreeSWITCH's hangup cause list.
causes! {
    /// The number is not assigned to anybody.
    UnallocatedNumber, "UNALLOCATED_NUMBER", 1, Some(404);
    /// No network leads to the number.
    NoRouteDestination, "NO_ROUTE_DESTINATION", 3, Some(404);
    /// One side hung up after a conversation.
    NormalClearing, "NORMAL_CLEARING", 16, None;
    /// The called party is in another call.
    UserBusy, "USER_BUSY", 17, Some(486);
    /// The called phone did not even ring.
    NoUserResponse, "NO_USER_RESPONSE", 18, Some(408);
    /// The phone rang and nobody picked up.
    NoAnswer, "NO_ANSWER", 19, Some(480);
    /// The called party is switched off or out of coverage.
    SubscriberAbsent, "SUBSCRIBER_ABSENT", 20, Some(480);
    /// The called party declined.
    CallRejected, "CALL_REJECTED", 21, Some(603);
    /// The number has changed.
    NumberChanged, "NUMBER_CHANGED", 22, Some(410);
    /// The far end cannot be reached.
    DestinationOutOfOrder, "DESTINATION_OUT_OF_ORDER", 27, Some(502);
    /// The number is incomplete or malformed.
    InvalidNumberFormat, "INVALID_NUMBER_FORMAT", 28, Some(484);
    /// The network refused a requested service.
    FacilityRejected, "FACILITY_REJECTED", 29, Some(501);
    /// The call ended normally, without a better word.
    NormalUnspecified, "NORMAL_UNSPECIFIED", 31, Some(480);
    /// All circuits are in use.
    NormalCircuitCongestion, "NORMAL_CIRCUIT_CONGESTION", 34, Some(503);
    /// The network is down.
    NetworkOutOfOrder, "NETWORK_OUT_OF_ORDER", 38, Some(502);
    /// A passing failure in the network.
    NormalTemporaryFailure, "NORMAL_TEMPORARY_FAILURE", 41, Some(500);
    /// The switch is overloaded.
    SwitchCongestion, "SWITCH_CONGESTION", 42, Some(503);
    /// Outgoing calls to this number are barred.
    OutgoingCallBarred, "OUTGOING_CALL_BARRED", 52, Some(403);
    /// The two sides have no codec in common.
    IncompatibleDestination, "INCOMPATIBLE_DESTINATION", 88, Some(488);
    /// A timer ran out in signalling.
    RecoveryOnTimerExpire, "RECOVERY_ON_TIMER_EXPIRE", 102, Some(504);
    /// The caller gave up before an answer.
    OriginatorCancel, "ORIGINATOR_CANCEL", 487, Some(487);
    /// The leg gave way to a blind transfer.
    BlindTransfer, "BLIND_TRANSFER", 600, None;
    /// The leg gave way to an attended transfer.
    AttendedTransfer, "ATTENDED_TRANSFER", 601, None;
    /// Another phone that rang for the same call picked up first.
    LoseRace, "LOSE_RACE", 502, None;
    /// The call was taken away from the ringing phone.
    PickedOff, "PICKED_OFF", 605, None;
    /// Somebody ended the call through the exchange's management.
    ManagerRequest, "MANAGER_REQUEST", 503, None;
    /// The extension has no phone logged in.
    UserNotRegistered, "USER_NOT_REGISTERED", 606, Some(480);
}

/// Asterisk's word for how a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Disposition {
    /// Both sides talked.
    #[serde(rename = "ANSWERED")]
    Answered,
    /// Nobody picked up, or the caller gave up.
    #[serde(rename = "NO ANSWER")]
    NoAnswer,
    /// The called side was busy or declined.
    #[serde(rename = "BUSY")]
    Busy,
    /// The call could not be set up.
    #[serde(rename = "FAILED")]
    Failed,
}

impl Disposition {
    /// Returns the word as Asterisk's call detail records write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "ANSWERED",
            Self::NoAnswer => "NO ANSWER",
            Self::Busy => "BUSY",
            Self::Failed => "FAILED",
        }
    }
}

impl HangupCause {
    /// Returns the cause that a SIP final response stands for, if the table has it.
    ///
    /// A status that several causes are carried by stands for the first of them in the table, apart
    /// from the few below. It is not RFC 3398 section 8.2.6.1, which merges what callers tell apart.
    pub fn from_sip(status: u16) -> Option<Self> {
        match status {
            // Without a reason header, 480 on a called phone means that it rang out.
            480 => Some(Self::NoAnswer),
            503 => Some(Self::NormalCircuitCongestion),
            600 => Some(Self::UserBusy),
            604 => Some(Self::NoRouteDestination),
            606 => Some(Self::IncompatibleDestination),
            _ => Self::ALL.iter().copied().find(|cause| cause.sip() == Some(status)),
        }
    }

    /// Returns whether a leg of a call that goes on ended so because another took its place.
    pub(crate) const fn is_of_a_leg_that_gave_way(self) -> bool {
        matches!(
            self,
            Self::BlindTransfer | Self::AttendedTransfer | Self::PickedOff | Self::NormalClearing
        )
    }

    /// Returns Asterisk's disposition of a call that ended so without having been answered.
    pub const fn disposition(self) -> Disposition {
        match self {
            Self::UserBusy | Self::CallRejected => Disposition::Busy,
            Self::NoAnswer
            | Self::NoUserResponse
            | Self::OriginatorCancel
            | Self::NormalClearing
            | Self::ManagerRequest
            | Self::BlindTransfer
            | Self::AttendedTransfer
            | Self::LoseRace
            | Self::PickedOff => Disposition::NoAnswer,
            Self::UnallocatedNumber
            | Self::NoRouteDestination
            | Self::SubscriberAbsent
            | Self::NumberChanged
            | Self::DestinationOutOfOrder
            | Self::InvalidNumberFormat
            | Self::FacilityRejected
            | Self::NormalUnspecified
            | Self::NormalCircuitCongestion
            | Self::NetworkOutOfOrder
            | Self::NormalTemporaryFailure
            | Self::SwitchCongestion
            | Self::OutgoingCallBarred
            | Self::IncompatibleDestination
            | Self::RecoveryOnTimerExpire
            | Self::UserNotRegistered => Disposition::Failed,
        }
    }
}

impl std::fmt::Display for HangupCause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.freeswitch())
    }
}
