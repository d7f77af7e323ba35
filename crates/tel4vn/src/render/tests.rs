use ringback_exchange::HangupCause;

use super::{cause, disposition};
use crate::render::cause::Unanswered;

#[test]
fn every_cause_has_a_documented_status() {
    let wanted = [
        (HangupCause::UserBusy, Unanswered::Busy, "USER_BUSY"),
        (HangupCause::CallRejected, Unanswered::Busy, "USER_BUSY"),
        (HangupCause::NoAnswer, Unanswered::NoAnswer, "NO_ANSWER"),
        (HangupCause::OriginatorCancel, Unanswered::NoAnswer, "ORIGINATOR_CANCEL"),
        (HangupCause::UnallocatedNumber, Unanswered::Failed, "UNALLOCATED_NUMBER"),
        (HangupCause::NoRouteDestination, Unanswered::Failed, "NO_ROUTE_DESTINATION"),
    ];
    for found in HangupCause::ALL {
        let known = wanted.iter().find(|(cause, ..)| cause == found);
        let (status, name) = known
            .map_or((Unanswered::Unknown, found.freeswitch()), |(_, status, name)| (*status, name));
        assert_eq!((disposition(*found), cause(*found)), (status, name));
    }
}
