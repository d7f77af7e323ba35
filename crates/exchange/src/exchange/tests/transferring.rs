use super::*;
use crate::{CallState, Distribution, HangupCause, Outcome, Unavailable};

#[test]
fn moving_leg_b_of_an_outbound_call_gives_the_customer_to_another_extension() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.pass(seconds(10));
    desk.transfer(id, Side::B, "102").unwrap();
    assert_eq!(desk.sides(id), [Some("102"), Some(MOBILE)]);
    assert_eq!(desk.exchange.available("101", None), Ok(()));
    let released = desk.exchange.call(id).unwrap().legs[0].clone();
    assert_eq!(released.cause, Some(HangupCause::BlindTransfer));
    assert_eq!(desk.view(id).state, CallState::Ringing);

    desk.pass(seconds(1));
    assert_eq!(desk.view(id).state, CallState::Answered);
    desk.pass(seconds(5));
    let cdr = desk.cdr(id);
    assert_eq!((cdr.from.as_str(), cdr.to.as_str()), ("101", MOBILE));
    assert_eq!(cdr.extension, Some("102".into()));
    assert_eq!((cdr.talk_time(), cdr.cause), (seconds(16), HangupCause::NormalClearing));
    assert_eq!(cdr.recording_length(), Some(seconds(16)));
}

#[test]
fn moving_leg_a_of_an_inbound_call_gives_the_caller_to_another_extension() {
    let mut desk = Desk::new();
    let id = desk.talking(MOBILE, "101");
    desk.transfer(id, Side::A, "102").unwrap();
    assert_eq!(desk.sides(id), [Some(MOBILE), Some("102")]);
    desk.pass(seconds(6));
    assert_eq!(desk.cdr(id).extension, Some("102".into()));
}

#[test]
fn moving_the_extension_itself_releases_the_other_party() {
    for (from, to, moved, after) in [
        ("101", MOBILE, Side::A, [Some("101"), Some("102")]),
        (MOBILE, "101", Side::B, [Some("102"), Some("101")]),
    ] {
        let mut desk = Desk::new();
        let id = desk.talking(from, to);
        desk.transfer(id, moved, "102").unwrap();
        assert_eq!(desk.sides(id), after);
        desk.pass(seconds(6));
        assert_eq!(desk.cdr(id).cause, HangupCause::NormalClearing);
    }
}

#[test]
fn a_transfer_that_is_not_taken_drops_the_moved_leg() {
    let quiet = Behaviour::fails(Outcome::NoAnswer, Distribution::ZERO);
    let declines = Behaviour::fails(Outcome::Reject, Distribution::Fixed(4.0));
    for (habit, cause, length) in
        [(quiet, HangupCause::NoAnswer, 30), (declines, HangupCause::CallRejected, 4)]
    {
        let mut desk = Desk::new();
        desk.exchange.extension_mut("102").unwrap().habit = Some(habit);
        let id = desk.talking("101", MOBILE);
        desk.transfer(id, Side::B, "102").unwrap();
        desk.pass(Duration::MINUTE);
        let cdr = desk.cdr(id);
        assert_eq!((cdr.cause, cdr.duration()), (cause, seconds(length)));
        assert_eq!(cdr.extension, Some("101".into()), "102 never talked");
    }
}

#[test]
fn a_refused_transfer_changes_nothing() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.talking("102", "0907654321");
    desk.does(off("103", true, true));
    desk.does(off("104", false, false));
    for (to, why) in [
        ("102", Unavailable::Busy),
        ("103", Unavailable::Busy),
        ("104", Unavailable::NotRegistered),
    ] {
        assert_eq!(desk.transfer(id, Side::B, to), Err(why.into()));
    }
    assert_eq!(desk.transfer(CallId(99), Side::B, "105"), Err(CallRefused::CallNotFound));
    let ringing = desk.dial("0911111111", "105");
    assert_eq!(desk.transfer(ringing, Side::B, "105"), Err(CallRefused::NotAnswered));
    assert_eq!(desk.sides(id), [Some("101"), Some(MOBILE)]);
}

#[test]
fn the_extension_that_is_released_may_be_the_one_that_is_rung() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.transfer(id, Side::B, "101").unwrap();
    assert_eq!(desk.view(id).state, CallState::Ringing);
    desk.pass(seconds(1));
    assert_eq!(desk.view(id).state, CallState::Answered);
}

#[test]
fn a_caller_moved_before_anybody_answered_belongs_to_whoever_does() {
    let mut desk = Desk::new();
    let id = desk.dial(MOBILE, "101");
    desk.transfer(id, Side::A, "102").unwrap();
    desk.pass(seconds(6));
    let cdr = desk.cdr(id);
    assert_eq!((cdr.extension.clone(), cdr.talk_time()), (Some("102".into()), seconds(5)));
}

#[test]
fn an_order_for_the_called_party_is_not_for_the_one_it_is_moved_to() {
    let mut desk = Desk::new();
    let answers = Behaviour::answers(Distribution::Fixed(20.0), Distribution::Fixed(100.0));
    let id = desk.place(MOBILE, "101", Origin::Phone, Some(answers));
    desk.pass(seconds(20));
    desk.transfer(id, Side::A, "102").unwrap();
    desk.pass(seconds(6));
    assert_eq!(desk.cdr(id).duration(), seconds(26), "102 has its own habit");
}

#[test]
fn the_planned_end_of_a_talk_does_not_outlive_a_transfer() {
    let mut desk = Desk::new();
    let id = desk.dial("101", "0987699200");
    desk.pass(seconds(10));
    desk.transfer(id, Side::B, "102").unwrap();
    desk.pass(seconds(3));
    assert_eq!(desk.view(id).state, CallState::Answered, "99200 would have ended a second ago");
}

#[test]
fn whoever_waits_for_a_transfer_gives_up_and_is_the_one_that_hung_up() {
    let mut desk = Desk::new();
    let cancel = Behaviour::fails(Outcome::Cancel, Distribution::Fixed(3.0));
    desk.exchange.extension_mut("102").unwrap().habit = Some(cancel);
    let id = desk.talking("101", MOBILE);
    desk.transfer(id, Side::B, "102").unwrap();
    desk.pass(seconds(3));
    let cdr = desk.cdr(id);
    assert_eq!((cdr.cause, cdr.hung_up_by), (HangupCause::OriginatorCancel, Some(Side::B)));
}

#[test]
fn nobody_is_transferred_to_themselves() {
    let mut desk = Desk::new();
    let id = desk.talking("101", "102");
    let before = desk.exchange.call(id).cloned();
    assert_eq!(desk.transfer(id, Side::A, "101"), Err(Unavailable::Busy.into()));
    assert_eq!(desk.exchange.call(id).cloned(), before);
}
