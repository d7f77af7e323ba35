use ringback_exchange::{HangupCause, Side};

use super::{
    cause,
    cause::{Unanswered, disposition},
    disposition::{Ending, hangup_disposition},
};
use crate::App;

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

/// Every ending there is, with the word that FreeSWITCH has for it.
fn endings() -> impl Iterator<Item = (Ending, &'static str)> {
    let apps = [App::Dial, App::ClickToCall, App::Autocall, App::Autodialer];
    let sides = [None, Some(Side::A), Some(Side::B)];
    apps.into_iter().flat_map(move |app| {
        [true, false].into_iter().flat_map(move |answered| {
            sides.into_iter().flat_map(move |hung_up_by| {
                HangupCause::ALL.iter().map(move |cause| {
                    let ending = Ending { app, answered, hung_up_by, cause: *cause };
                    (ending, hangup_disposition(ending))
                })
            })
        })
    })
}

#[test]
fn a_leg_knows_no_words_of_the_other_way_and_none_of_another_stage() {
    for (ending, word) in endings() {
        let known = match (ending.answered, ending.app) {
            (true, _) => ["recv_bye", "send_bye"],
            (false, App::Dial) => ["recv_cancel", "send_refuse"],
            (false, App::ClickToCall | App::Autocall | App::Autodialer) => {
                ["recv_refuse", "send_cancel"]
            }
        };
        assert!(known.contains(&word), "{ending:?}: {word}");
    }
    assert_eq!(endings().count(), 4 * 2 * 3 * HangupCause::ALL.len());
}

#[test]
fn it_is_received_where_the_phone_of_the_leg_ended_the_call() {
    // What the exchange gives a ringing phone up for; everything else is its answer.
    let given_up = [
        HangupCause::NormalClearing,
        HangupCause::NoAnswer,
        HangupCause::OriginatorCancel,
        HangupCause::BlindTransfer,
        HangupCause::AttendedTransfer,
        HangupCause::LoseRace,
        HangupCause::PickedOff,
        HangupCause::ManagerRequest,
    ];
    for (ending, word) in endings() {
        let Ending { app, answered, hung_up_by, cause } = ending;
        let own = match app {
            App::Dial | App::ClickToCall => Side::A,
            App::Autocall | App::Autodialer => Side::B,
        };
        let hung_up = hung_up_by == Some(own);
        let by_phone = match (answered, app) {
            (true, _) => hung_up && cause != HangupCause::CallRejected,
            (false, App::Dial) => hung_up,
            (false, _) => hung_up || !given_up.contains(&cause),
        };
        assert_eq!(word.starts_with("recv_"), by_phone, "{ending:?}: {word}");
    }
}

#[test]
fn calls_end_as_freeswitch_says() {
    use HangupCause::{
        CallRejected, NoAnswer, NormalCircuitCongestion, NormalClearing, OriginatorCancel,
        SubscriberAbsent, UnallocatedNumber, UserBusy,
    };
    let [a, b] = [Some(Side::A), Some(Side::B)];
    for (app, answered, hung_up_by, cause, word) in [
        // The vendor's published record; field report, T1 to T3
        (App::Autocall, false, None, UserBusy, "recv_refuse"),
        (App::Autocall, true, b, NormalClearing, "recv_bye"),
        (App::Autocall, false, None, NoAnswer, "send_cancel"),
        (App::Autocall, false, b, CallRejected, "recv_refuse"),
        (App::Autocall, false, a, OriginatorCancel, "send_cancel"),
        (App::Autocall, false, None, OriginatorCancel, "send_cancel"),
        (App::Autocall, false, None, UnallocatedNumber, "recv_refuse"),
        (App::Autocall, false, None, NormalCircuitCongestion, "recv_refuse"),
        // The script's end.
        (App::Autocall, true, None, NormalClearing, "send_bye"),
        (App::Autodialer, true, b, NormalClearing, "recv_bye"),
        // The agent hangs up.
        (App::Autodialer, true, a, NormalClearing, "send_bye"),
        // No agent was free.
        (App::Autodialer, true, None, NoAnswer, "send_bye"),
        (App::Autodialer, false, None, SubscriberAbsent, "recv_refuse"),
        // The extension; field report, T4
        (App::ClickToCall, false, a, CallRejected, "recv_refuse"),
        (App::ClickToCall, false, None, NoAnswer, "send_cancel"),
        (App::ClickToCall, false, None, OriginatorCancel, "send_cancel"),
        // It waits for the phone; field report, T5
        (App::ClickToCall, true, None, UserBusy, "send_bye"),
        (App::ClickToCall, true, None, NoAnswer, "send_bye"),
        (App::ClickToCall, true, b, CallRejected, "send_bye"),
        (App::ClickToCall, true, a, OriginatorCancel, "recv_bye"),
        (App::ClickToCall, true, a, NormalClearing, "recv_bye"),
        (App::ClickToCall, true, b, NormalClearing, "send_bye"),
        // Parked for too long.
        (App::ClickToCall, true, None, NormalClearing, "send_bye"),
        (App::Dial, true, a, NormalClearing, "recv_bye"),
        (App::Dial, true, b, NormalClearing, "send_bye"),
        (App::Dial, true, None, NormalClearing, "send_bye"),
        (App::Dial, false, a, OriginatorCancel, "recv_cancel"),
        (App::Dial, false, None, UserBusy, "send_refuse"),
        (App::Dial, false, b, CallRejected, "send_refuse"),
        (App::Dial, false, None, NoAnswer, "send_refuse"),
        // Moved to an extension that declines.
        (App::Dial, true, a, CallRejected, "send_bye"),
    ] {
        let ending = Ending { app, answered, hung_up_by, cause };
        assert_eq!(hangup_disposition(ending), word, "{ending:?}");
    }
}
