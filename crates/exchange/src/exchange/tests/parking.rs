use super::*;
use crate::{CallState, HangupCause, LegState};

#[test]
fn a_parked_customer_is_taken_by_a_transfer_within_ten_seconds() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.pass(seconds(4));
    desk.park(id, Side::A).unwrap();
    assert_eq!((desk.view(id).state, desk.sides(id)), (CallState::Parked, [None, Some(MOBILE)]));
    assert_eq!(desk.exchange.available("101", None), Ok(()));
    assert_eq!(desk.view(id).from.as_str(), "101", "the row does not change");

    desk.pass(Duration::milliseconds(9_999));
    desk.transfer(id, Side::A, "102").unwrap();
    assert_eq!(
        desk.sides(id),
        [Some("102"), Some(MOBILE)],
        "the waiting leg moves, whatever named"
    );
    desk.pass(seconds(5));
    assert_eq!(desk.view(id).state, CallState::Answered, "the ten seconds are cancelled for good");
    desk.pass(seconds(1));
    assert_eq!(desk.cdr(id).extension, Some("102".into()));
}

#[test]
fn a_parked_customer_whom_nobody_takes_is_dropped_after_ten_seconds() {
    for (from, to, cut) in [("101", MOBILE, Side::A), (MOBILE, "101", Side::B)] {
        let mut desk = Desk::new();
        let id = desk.talking(from, to);
        desk.pass(seconds(3));
        desk.park(id, cut).unwrap();
        desk.pass(Duration::milliseconds(9_999));
        assert_eq!(desk.view(id).state, CallState::Parked);
        desk.pass(Duration::milliseconds(1));
        let cdr = desk.cdr(id);
        assert_eq!((cdr.cause, cdr.hung_up_by), (HangupCause::NormalClearing, None));
        assert_eq!(cdr.duration(), seconds(13));
        assert_eq!(cdr.recording_length(), Some(seconds(13)), "the recording spans the call");
        let late = desk.transfer(id, Side::B, "102");
        assert_eq!(late, Err(CallRefused::CallNotFound));
    }
}

#[test]
fn only_a_call_whose_sides_talk_can_be_parked_and_only_once() {
    let mut desk = Desk::new();
    assert_eq!(desk.park(CallId(1), Side::A), Err(CallRefused::CallNotFound));
    let ringing = desk.dial("101", MOBILE);
    assert_eq!(desk.park(ringing, Side::A), Err(CallRefused::NotAnswered));
    let id = desk.talking("102", "0907654321");
    desk.park(id, Side::B).unwrap();
    assert_eq!(desk.park(id, Side::A), Err(CallRefused::AlreadyParked));
}

#[test]
fn supervisors_leave_a_call_that_is_parked_whether_they_joined_or_still_ring() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.supervise(id, "102", Supervision::Listen).unwrap();
    desk.pass(seconds(1));
    desk.supervise(id, "103", Supervision::Barge).unwrap();
    desk.park(id, Side::A).unwrap();
    assert_eq!(desk.exchange.call(id).unwrap().supervisors().count(), 0);
    for extension in ["101", "102", "103"] {
        assert_eq!(desk.exchange.available(extension, None), Ok(()));
    }
}

#[test]
fn a_parked_leg_that_was_on_hold_talks_again_after_the_transfer() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.does(Control::Hold { call: id, leg: LegName::Side(Side::B) });
    desk.park(id, Side::A).unwrap();
    desk.transfer(id, Side::B, "102").unwrap();
    let call = desk.exchange.call(id).unwrap();
    assert_eq!(call.side(Side::B).unwrap().1.state, LegState::Up);
}

#[test]
fn the_waiting_party_may_hang_up_and_the_length_may_be_chosen() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.does(Control::Park { call: id, cut: Side::A, seconds: Some(60) });
    desk.pass(seconds(59));
    desk.does(Control::HangUp { call: id, leg: Some(LegName::Side(Side::B)) });
    let cdr = desk.cdr(id);
    assert_eq!((cdr.cause, cdr.hung_up_by), (HangupCause::NormalClearing, Some(Side::B)));
    assert_eq!(desk.exchange.next_due(), None);
}

#[test]
fn a_length_below_zero_parks_for_no_time_at_all() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.exchange.park(desk.now, id, Side::A, seconds(-5)).unwrap();
    desk.settle();
    assert_eq!(desk.cdr(id).ended_at(), START);
}
