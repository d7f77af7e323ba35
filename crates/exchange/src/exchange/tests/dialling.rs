use super::*;
use crate::{CallState, Direction, Disposition, Distribution, HangupCause, Outcome, Rule};

#[test]
fn a_dialled_call_rings_is_answered_and_ends_by_itself() {
    let mut desk = Desk::new();
    let id = desk.dial("101", MOBILE);
    assert_eq!(desk.view(id).state, CallState::Ringing);
    desk.pass(seconds(2));
    assert_eq!(desk.view(id).state, CallState::Answered);
    desk.pass(seconds(5));

    let (a, b, cause) = (LegId(0), LegId(1), HangupCause::NormalClearing);
    let expected = [
        (0, &EventKind::CallCreated),
        (0, &EventKind::LegCreated { leg: a }),
        (0, &EventKind::LegAnswered { leg: a }),
        (0, &EventKind::LegCreated { leg: b }),
        (0, &EventKind::LegRinging { leg: b }),
        (2, &EventKind::LegAnswered { leg: b }),
        (2, &EventKind::RecordingStarted),
        (7, &EventKind::LegEnded { leg: a, cause }),
        (7, &EventKind::LegEnded { leg: b, cause }),
        (7, &EventKind::RecordingStopped),
        (7, &EventKind::CallEnded { cause }),
    ];
    assert_eq!(desk.happened(id), expected);
    let cdr = desk.cdr(id);
    assert_eq!((cdr.duration(), cdr.talk_time()), (seconds(7), seconds(5)));
    assert_eq!(cdr.recording_length(), Some(seconds(5)));
    assert_eq!(cdr.direction, Direction::Outbound);
    assert_eq!(cdr.extension, Some("101".into()));
    assert_eq!(cdr.disposition(), Disposition::Answered);
    assert_eq!(desk.exchange.live(), 0);
    assert_eq!(desk.exchange.next_due(), None);
}

#[test]
fn a_click_rings_the_extension_first_and_dials_when_it_picks_up() {
    let mut desk = Desk::new();
    let id = desk.click("101", MOBILE);
    assert_eq!((desk.view(id).state, desk.sides(id)), (CallState::Created, [Some("101"), None]));
    desk.pass(seconds(1));
    assert_eq!(desk.sides(id), [Some("101"), Some(MOBILE)]);
    assert_eq!(desk.view(id).state, CallState::Ringing);
    desk.pass(seconds(7));
    let cdr = desk.cdr(id);
    assert_eq!(cdr.ringing_at(), Some(START + seconds(1)));
    assert_eq!(cdr.answered_at(), Some(START + seconds(3)));
    assert_eq!((cdr.duration(), cdr.talk_time()), (seconds(8), seconds(5)));
}

#[test]
fn a_click_that_is_given_up_before_the_extension_picks_up_was_ended_by_neither_side() {
    let mut desk = Desk::new();
    let gives_up = Behaviour::fails(Outcome::Cancel, Distribution::Fixed(3.0));
    desk.does(Control::AddRule { rule: Rule::to("101", gives_up) });
    let id = desk.click("101", MOBILE);
    desk.pass(seconds(3));
    let cdr = desk.cdr(id);
    assert_eq!((cdr.cause, cdr.hung_up_by), (HangupCause::OriginatorCancel, None));
}

#[test]
fn a_click_ends_when_the_extension_declines() {
    let mut desk = Desk::new();
    let id = desk.click("101", MOBILE);
    desk.does(Control::Reject { call: id, leg: None });
    let cdr = desk.cdr(id);
    assert_eq!((cdr.cause, cdr.hung_up_by), (HangupCause::CallRejected, Some(Side::A)));
    assert_eq!(cdr.ringing_at(), None);
}

#[test]
fn a_call_from_outside_is_inbound_and_belongs_to_the_extension() {
    let mut desk = Desk::new();
    let id = desk.dial(MOBILE, "102");
    desk.pass(seconds(6));
    let cdr = desk.cdr(id);
    assert_eq!((cdr.direction, cdr.duration()), (Direction::Inbound, seconds(6)));
    assert_eq!(cdr.extension, Some("102".into()));
}

#[test]
fn a_call_between_extensions_is_local_and_belongs_to_the_one_that_placed_it() {
    let mut desk = Desk::new();
    let id = desk.dial("101", "102");
    desk.pass(seconds(6));
    assert_eq!(desk.cdr(id).direction, Direction::Local);
    assert_eq!(desk.cdr(id).extension, Some("101".into()));
}

#[test]
fn a_busy_a_disturbed_and_a_logged_out_extension_do_not_ring() {
    let mut desk = Desk::new();
    desk.talking("101", MOBILE);
    desk.does(off("102", true, true));
    desk.does(off("103", false, false));
    for (to, cause) in [
        ("101", HangupCause::UserBusy),
        ("102", HangupCause::UserBusy),
        ("103", HangupCause::UserNotRegistered),
    ] {
        let id = desk.dial("0907654321", to);
        let cdr = desk.cdr(id);
        assert_eq!((cdr.cause, cdr.ringing_at(), cdr.duration()), (cause, None, seconds(0)));
    }
    assert_eq!(desk.exchange.available("101", None), Err(Unavailable::Busy));
    assert_eq!(desk.exchange.available("102", None), Err(Unavailable::Busy));
    assert_eq!(desk.exchange.available("103", None), Err(Unavailable::NotRegistered));
    assert_eq!(desk.exchange.available("999", None), Err(Unavailable::Unknown));
    assert_eq!(desk.exchange.available("104", None), Ok(()));
}

#[test]
fn a_phone_in_a_call_or_logged_out_cannot_dial_but_one_in_do_not_disturb_can() {
    let mut desk = Desk::new();
    let first = desk.talking("101", MOBILE);
    let second = desk.dial("101", "0907654321");
    assert_eq!(desk.cdr(second).cause, HangupCause::UserBusy);
    assert!(desk.exchange.call(first).is_some());

    desk.does(off("102", false, false));
    let third = desk.dial("102", "0907654321");
    assert_eq!(desk.cdr(third).cause, HangupCause::UserNotRegistered);

    desk.does(off("103", true, true));
    let fourth = desk.dial("103", "0907654321");
    assert_eq!(desk.view(fourth).state, CallState::Ringing);
}

#[test]
fn an_order_beats_rules_and_rules_beat_habits() {
    let mut desk = Desk::new();
    let busy = Behaviour::fails(Outcome::Busy, Distribution::ZERO);
    let rejects = Behaviour::fails(Outcome::Reject, Distribution::Fixed(3.0));
    desk.does(Control::AddRule { rule: Rule::to("102", busy) });
    let by_rule = desk.dial("101", "102");
    assert_eq!(desk.cdr(by_rule).cause, HangupCause::UserBusy);

    let by_order = desk.place("101", "102", Origin::Phone, Some(rejects));
    desk.pass(seconds(3));
    assert_eq!(desk.cdr(by_order).cause, HangupCause::CallRejected);

    desk.does(Control::SetRules { rules: Vec::new() });
    let habit = Some(rejects);
    let number = "102".into();
    let change = Control::SetExtension {
        number,
        registered: None,
        do_not_disturb: None,
        habit: Some(habit),
    };
    desk.does(change);
    let by_habit = desk.dial("101", "102");
    desk.pass(seconds(3));
    assert_eq!(desk.cdr(by_habit).cause, HangupCause::CallRejected);
}

#[test]
fn an_extension_that_calls_itself_is_busy() {
    let mut desk = Desk::new();
    let id = desk.dial("101", "101");
    desk.pass(seconds(60));
    assert_eq!(desk.cdr(id).cause, HangupCause::UserBusy);
    assert_eq!(desk.exchange.available("101", None), Ok(()));
}
