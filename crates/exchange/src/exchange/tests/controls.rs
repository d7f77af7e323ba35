use super::*;
use crate::{CallState, Distribution, HangupCause, LegState, Outcome, Rule};

#[test]
fn a_call_that_is_taken_over_rings_until_it_is_answered_and_talks_until_somebody_hangs_up() {
    let mut desk = Desk::new();
    let id = desk.dial("101", MOBILE);
    desk.does(Control::TakeOver { call: id, leg: None });
    desk.pass(Duration::DAY);
    assert_eq!(desk.view(id).state, CallState::Ringing);
    desk.does(Control::Answer { call: id, leg: None });
    desk.pass(Duration::DAY);
    assert_eq!(desk.view(id).state, CallState::Answered);
    desk.does(Control::HangUp { call: id, leg: Some(LegName::Side(Side::A)) });
    let cdr = desk.cdr(id);
    assert_eq!((cdr.talk_time(), cdr.hung_up_by), (Duration::DAY, Some(Side::A)));
}

#[test]
fn a_phone_that_was_only_dialled_can_be_taken_over_before_it_turns_out_busy() {
    let mut desk = Desk::new();
    let (from, to) = (Party::Outside("0911".into()), Party::Outside("0987699486".into()));
    let (line, behaviour) = (None, None);
    let dial = Dial {
        from,
        to,
        origin: Origin::Phone,
        line,
        record: false,
        behaviour,
        keys: Vec::new(),
        tag: (),
    };
    let id = desk.exchange.dial(desk.now, dial);
    desk.exchange.take_over(id, LegId(1)).unwrap();
    desk.settle();
    assert_eq!(desk.view(id).state, CallState::Ringing);
}

#[test]
fn an_extension_that_cannot_take_a_call_cannot_be_made_to_by_taking_it_over() {
    let mut desk = Desk::new();
    desk.talking("101", MOBILE);
    desk.does(off("103", false, false));
    for (to, why) in [("101", Unavailable::Busy), ("103", Unavailable::NotRegistered)] {
        let (from, to) = (Party::Outside("0911".into()), Party::Extension(to.into()));
        let (line, behaviour) = (None, None);
        let dial = Dial {
            from,
            to,
            origin: Origin::Phone,
            line,
            record: false,
            behaviour,
            keys: Vec::new(),
            tag: (),
        };
        let id = desk.exchange.dial(desk.now, dial);
        assert_eq!(desk.exchange.take_over(id, LegId(1)), Err(why.into()));
        desk.settle();
        assert!(desk.exchange.call(id).is_none());
    }
}

#[test]
fn answering_early_keeps_the_talk_the_phone_had_planned() {
    let mut desk = Desk::new();
    let id = desk.dial("101", MOBILE);
    desk.does(Control::Answer { call: id, leg: None });
    desk.pass(seconds(5));
    assert_eq!(desk.cdr(id).talk_time(), seconds(5));

    let id = desk.dial("101", "0987699480");
    desk.does(Control::Answer { call: id, leg: None });
    desk.pass(Duration::HOUR);
    assert_eq!(desk.view(id).state, CallState::Answered, "one that would ring out has no plan");
}

#[test]
fn hanging_up_before_an_answer_cancels_or_declines() {
    for (side, cause) in
        [(Side::A, HangupCause::OriginatorCancel), (Side::B, HangupCause::CallRejected)]
    {
        let mut desk = Desk::new();
        let id = desk.dial("101", MOBILE);
        desk.does(Control::HangUp { call: id, leg: Some(LegName::Side(side)) });
        let cdr = desk.cdr(id);
        assert_eq!((cdr.cause, cdr.hung_up_by), (cause, Some(side)));
    }
    let mut desk = Desk::new();
    let id = desk.dial("101", MOBILE);
    desk.does(Control::HangUp { call: id, leg: None });
    let cdr = desk.cdr(id);
    assert_eq!((cdr.cause, cdr.hung_up_by), (HangupCause::OriginatorCancel, None));
}

#[test]
fn declining_ends_the_call_as_declined() {
    let mut desk = Desk::new();
    let id = desk.dial(MOBILE, "101");
    desk.does(Control::Reject { call: id, leg: Some(LegName::Side(Side::B)) });
    let cdr = desk.cdr(id);
    assert_eq!((cdr.cause, cdr.hung_up_by), (HangupCause::CallRejected, Some(Side::B)));
}

#[test]
fn what_cannot_be_done_is_refused_for_the_right_reason() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    let a = LegName::Side(Side::A);
    let none = CallId(99);
    let press = |call, leg, digits: &str| Control::Press { call, leg, digits: digits.to_owned() };
    for (control, why) in [
        (Control::Answer { call: id, leg: None }, CallRefused::NotRinging),
        (Control::Answer { call: id, leg: Some(a) }, CallRefused::NotRinging),
        (Control::Reject { call: id, leg: Some(a) }, CallRefused::NotRinging),
        (Control::TakeOver { call: id, leg: Some(a) }, CallRefused::NotRinging),
        (Control::Answer { call: none, leg: None }, CallRefused::CallNotFound),
        (Control::HangUp { call: none, leg: None }, CallRefused::CallNotFound),
        (Control::HangUp { call: id, leg: Some(LegName::Leg(LegId(9))) }, CallRefused::LegNotFound),
        (Control::Resume { call: id, leg: a }, CallRefused::HoldUnchanged),
        (press(id, a, ""), CallRefused::InvalidDigits),
        (press(id, a, "12x"), CallRefused::InvalidDigits),
        (press(id, a, &"1".repeat(65)), CallRefused::InvalidDigits),
        (press(id, LegName::Leg(LegId(7)), "1"), CallRefused::LegNotFound),
        (Control::StartRecording { call: id }, CallRefused::RecordingUnchanged),
        (Control::RemoveExtension { number: "999".into() }, Unavailable::Unknown.into()),
    ] {
        assert_eq!(desk.tries(control.clone()), Err(why), "{control:?}");
    }
    let ringing = desk.dial("102", "0907654321");
    let b = LegName::Side(Side::B);
    for control in [
        press(ringing, b, "1"),
        Control::Hold { call: ringing, leg: b },
        Control::StartRecording { call: ringing },
    ] {
        assert_eq!(desk.tries(control.clone()), Err(CallRefused::NotAnswered), "{control:?}");
    }
}

#[test]
fn a_held_leg_waits_and_comes_back() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    let leg = LegName::Side(Side::B);
    desk.does(Control::Hold { call: id, leg });
    assert_eq!(desk.view(id).legs[1].state, LegState::Held);
    assert_eq!(desk.view(id).state, CallState::Answered);
    assert_eq!(desk.tries(Control::Hold { call: id, leg }), Err(CallRefused::HoldUnchanged));
    desk.does(Control::Resume { call: id, leg });
    assert_eq!(desk.view(id).legs[1].state, LegState::Up);
}

#[test]
fn pressed_keys_are_on_the_timeline() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    let digits = "0123456789*#ABCD".to_owned();
    desk.does(Control::Press { call: id, leg: LegName::Side(Side::A), digits: digits.clone() });
    let pressed = EventKind::DigitsPressed { leg: LegId(0), digits };
    assert_eq!(desk.happened(id).last(), Some(&(0, &pressed)));
}

#[test]
fn a_manual_phone_rings_by_rule_and_a_removed_extension_finishes_its_call() {
    let mut desk = Desk::new();
    let manual = Behaviour::fails(Outcome::Manual, Distribution::ZERO);
    desk.does(Control::AddRule { rule: Rule::to("09*", manual) });
    let id = desk.dial("101", MOBILE);
    desk.does(Control::RemoveExtension { number: "101".into() });
    desk.does(Control::Answer { call: id, leg: None });
    assert_eq!(desk.view(id).state, CallState::Answered);
    desk.does(Control::HangUp { call: id, leg: None });
    assert_eq!(desk.cdr(id).extension, Some("101".into()));
}

#[test]
fn controls_are_read_from_json_as_people_write_them() {
    let read = |json: &str| serde_json::from_str::<Control>(json).unwrap();
    let transfer = read(r#"{"do": "transfer", "call": 3, "moved": "b", "to": "102"}"#);
    let to = Number::from("102");
    assert_eq!(
        transfer,
        Control::Transfer { call: CallId(3), moved: Side::B, to, or_return: false }
    );
    let by_side = read(r#"{"do": "hang_up", "call": 3, "leg": "a"}"#);
    let leg = Some(LegName::Side(Side::A));
    assert_eq!(by_side, Control::HangUp { call: CallId(3), leg });
    let by_leg = read(r#"{"do": "hang_up", "call": 3, "leg": 2}"#);
    assert_eq!(by_leg, Control::HangUp { call: CallId(3), leg: Some(LegName::Leg(LegId(2))) });
    for json in [r#"{"do": "answer"}"#, r#"{"do": "nothing"}"#, r#"{"do":"end","call":1,"x":2}"#] {
        assert!(serde_json::from_str::<Control>(json).is_err(), "{json}");
    }
}

#[test]
fn a_habit_is_changed_kept_or_taken_away() {
    let mut desk = Desk::new();
    let mut set = |control: &str| {
        desk.does(serde_json::from_str(control).unwrap());
        desk.exchange.extension("101").unwrap().habit.map(|habit| habit.outcome)
    };
    let reject = r#"{"do":"set_extension","number":"101","habit":{"outcome":"reject"}}"#;
    assert_eq!(set(reject), Some(Outcome::Reject));
    let other = r#"{"do":"set_extension","number":"101","registered":true}"#;
    assert_eq!(set(other), Some(Outcome::Reject));
    let none = r#"{"do":"set_extension","number":"101","habit":null}"#;
    assert_eq!(set(none), None);
}
