//! How a call went, in the words of the third generation.

use ringback_exchange::HangupCause;
use serde::{Deserialize, Serialize};

use super::{
    Record,
    cause::{Unanswered, disposition},
};
use crate::App;

/// How a call went, in the words of the third generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the vendor's own words")]
pub enum CallStatus {
    Answered,
    Busy,
    NoAnswered,
    Cancel,
    NotAvailable,
    Invalid,
    InvalidNumber,
    Congestion,
    PhoneBlock,
    Failed,
    BusyLine,
}

impl CallStatus {
    /// All of them.
    pub(crate) const ALL: [Self; 11] = [
        Self::Answered,
        Self::Busy,
        Self::NoAnswered,
        Self::Cancel,
        Self::NotAvailable,
        Self::Invalid,
        Self::InvalidNumber,
        Self::Congestion,
        Self::PhoneBlock,
        Self::Failed,
        Self::BusyLine,
    ];

    /// The words of all of them, in the same order.
    #[expect(clippy::indexing_slicing, reason = "the compiler evaluates it, and would refuse it")]
    pub const WORDS: [&'static str; Self::ALL.len()] = {
        let (mut words, mut at) = ([""; Self::ALL.len()], 0);
        while at < Self::ALL.len() {
            words[at] = Self::ALL[at].as_str();
            at += 1;
        }
        words
    };

    /// Returns the word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Busy => "busy",
            Self::NoAnswered => "no-answered",
            Self::Cancel => "cancel",
            Self::NotAvailable => "not-available",
            Self::Invalid => "invalid",
            Self::InvalidNumber => "invalid-number",
            Self::Congestion => "congestion",
            Self::PhoneBlock => "phone-block",
            Self::Failed => "failed",
            Self::BusyLine => "busy-line",
        }
    }
}

impl Record<'_> {
    /// Returns how the call went, in the words of the third generation: an automatic call has more of
    /// them than others. vendors/tel4vn-v3.md, 8
    pub fn call_status(&self) -> CallStatus {
        let tag = &self.cdr().tag;
        match (tag.app, self.cdr().answered_at()) {
            (App::Autodialer, Some(_)) if self.is_left_alone() => CallStatus::BusyLine,
            (App::Autocall | App::Autodialer, None) => of_automatic(self.cdr().cause),
            (App::Autocall | App::Autodialer | App::Dial | App::ClickToCall, _) => {
                self.plain_status()
            }
        }
    }

    /// Returns whether a lead picked up, and no agent did.
    fn is_left_alone(&self) -> bool {
        let cdr = self.cdr();
        let is_lead = cdr.tag.more.as_ref().is_some_and(|more| more.lead.is_some());
        is_lead && cdr.extension.is_none()
    }

    /// Returns how the call went, in the few words that all calls share.
    pub(crate) fn plain_status(&self) -> CallStatus {
        let (cause, tag) = (self.cdr().cause, &self.cdr().tag);
        match self.unanswered() {
            None => CallStatus::Answered,
            // Ordered by a click, and the extension did not take it: whatever it did instead.
            Some(_) if tag.app == App::ClickToCall && !tag.picked_up => CallStatus::Invalid,
            Some(Unanswered::Busy) => CallStatus::Busy,
            Some(Unanswered::NoAnswer) if cause == HangupCause::OriginatorCancel => {
                CallStatus::Cancel
            }
            Some(Unanswered::NoAnswer) => CallStatus::NoAnswered,
            Some(Unanswered::Failed) => CallStatus::NotAvailable,
            Some(Unanswered::Unknown) if is_unreachable(cause) => CallStatus::NotAvailable,
            Some(Unanswered::Unknown) => CallStatus::Invalid,
        }
    }
}

/// How an automatic call went that nobody answered.
fn of_automatic(cause: HangupCause) -> CallStatus {
    match cause {
        HangupCause::UnallocatedNumber
        | HangupCause::InvalidNumberFormat
        | HangupCause::NumberChanged => CallStatus::InvalidNumber,
        HangupCause::NoRouteDestination
        | HangupCause::SubscriberAbsent
        | HangupCause::NoUserResponse
        | HangupCause::DestinationOutOfOrder => CallStatus::NotAvailable,
        HangupCause::NormalCircuitCongestion
        | HangupCause::SwitchCongestion
        | HangupCause::NetworkOutOfOrder => CallStatus::Congestion,
        HangupCause::OutgoingCallBarred => CallStatus::PhoneBlock,
        HangupCause::OriginatorCancel => CallStatus::Cancel,
        HangupCause::UserBusy
        | HangupCause::CallRejected
        | HangupCause::NoAnswer
        | HangupCause::NormalClearing
        | HangupCause::FacilityRejected
        | HangupCause::NormalUnspecified
        | HangupCause::NormalTemporaryFailure
        | HangupCause::IncompatibleDestination
        | HangupCause::RecoveryOnTimerExpire
        | HangupCause::BlindTransfer
        | HangupCause::AttendedTransfer
        | HangupCause::LoseRace
        | HangupCause::PickedOff
        | HangupCause::ManagerRequest
        | HangupCause::UserNotRegistered => match disposition(cause) {
            Unanswered::Busy => CallStatus::Busy,
            Unanswered::NoAnswer => CallStatus::NoAnswered,
            Unanswered::Failed | Unanswered::Unknown => CallStatus::Failed,
        },
    }
}

/// Returns whether a subscriber exists but cannot be reached: switched off, or without a network.
const fn is_unreachable(cause: HangupCause) -> bool {
    matches!(
        cause,
        HangupCause::SubscriberAbsent
            | HangupCause::NoUserResponse
            | HangupCause::DestinationOutOfOrder
    )
}
