use super::*;
use crate::{Behaviour, Distribution, HangupCause, LegState, Outcome, Role};

/// The sides that hear the supervisor of leg 2.
fn hearing(desk: &Desk, id: CallId) -> Vec<Side> {
    let call = desk.view(id);
    let hears = call.legs.iter().filter(|leg| leg.hears.contains(&LegId(2)));
    hears
        .filter_map(|leg| if let Role::Talks(side) = leg.role { Some(side) } else { None })
        .collect()
}

#[test]
fn a_supervisor_is_heard_as_its_part_says() {
    use Supervision::{Barge, Listen, Whisper};
    for (from, to, supervision, sides) in [
        ("101", MOBILE, Listen, vec![]),
        ("101", MOBILE, Whisper, vec![Side::A]),
        ("101", MOBILE, Barge, vec![Side::A, Side::B]),
        (MOBILE, "101", Whisper, vec![Side::B]),
        (MOBILE, "101", Barge, vec![Side::A, Side::B]),
        ("101", "102", Whisper, vec![Side::A]),
    ] {
        let mut desk = Desk::new();
        let id = desk.talking(from, to);
        desk.supervise(id, "103", supervision).unwrap();
        assert_eq!(hearing(&desk, id), [], "the supervisor's phone only rings");
        desk.pass(seconds(1));
        assert_eq!(hearing(&desk, id), sides, "{supervision:?} on a call from {from} to {to}");
    }
}

#[test]
fn the_same_supervisor_asking_again_changes_its_part_without_a_second_leg() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.supervise(id, "103", Supervision::Barge).unwrap();
    desk.pass(seconds(1));
    desk.supervise(id, "103", Supervision::Listen).unwrap();
    desk.supervise(id, "103", Supervision::Listen).unwrap();
    assert_eq!(hearing(&desk, id), []);
    assert_eq!(desk.exchange.call(id).unwrap().legs.len(), 3);
    let changes = desk.happened(id);
    let changes = changes.iter().filter(|(_, w)| matches!(w, EventKind::SupervisionChanged { .. }));
    assert_eq!(changes.count(), 1);
}

#[test]
fn supervisors_come_and_go_without_touching_the_call() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.supervise(id, "103", Supervision::Listen).unwrap();
    desk.supervise(id, "104", Supervision::Whisper).unwrap();
    desk.pass(seconds(10));
    assert_eq!(desk.exchange.call(id).unwrap().supervisors().count(), 2);
    assert_eq!(desk.exchange.available("103", None), Err(Unavailable::Busy));
    desk.does(Control::HangUp { call: id, leg: Some(LegName::Leg(LegId(2))) });
    assert_eq!(desk.exchange.available("103", None), Ok(()));
    assert_eq!(desk.sides(id), [Some("101"), Some(MOBILE)]);

    desk.does(Control::HangUp { call: id, leg: None });
    assert_eq!(desk.exchange.available("104", None), Ok(()));
    assert_eq!(desk.cdr(id).extension, Some("101".into()));
}

#[test]
fn a_supervisor_that_does_not_pick_up_leaves_the_call_alone() {
    let behaviours = [
        (Outcome::NoAnswer, HangupCause::NoAnswer),
        (Outcome::Reject, HangupCause::CallRejected),
        (Outcome::Busy, HangupCause::UserBusy),
        (Outcome::Cancel, HangupCause::OriginatorCancel),
    ];
    for (outcome, cause) in behaviours {
        let mut desk = Desk::new();
        let habit = Some(Behaviour::fails(outcome, Distribution::Fixed(2.0)));
        desk.exchange.extension_mut("103").unwrap().habit = habit;
        let id = desk.talking("101", MOBILE);
        desk.supervise(id, "103", Supervision::Barge).unwrap();
        desk.pass(Duration::MINUTE);
        let call = desk.exchange.call(id).unwrap();
        assert!(call.is_bridged(), "{outcome:?}");
        assert_eq!((call.legs[2].state, call.legs[2].cause), (LegState::Ended, Some(cause)));
    }
}

#[test]
fn a_supervisor_answers_and_declines_by_command() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.supervise(id, "103", Supervision::Barge).unwrap();
    desk.does(Control::Answer { call: id, leg: None });
    assert_eq!(hearing(&desk, id), [Side::A, Side::B]);
    desk.supervise(id, "104", Supervision::Barge).unwrap();
    desk.does(Control::Reject { call: id, leg: Some(LegName::Leg(LegId(3))) });
    assert!(desk.exchange.call(id).unwrap().is_bridged());
}

#[test]
fn a_party_of_the_call_itself_may_supervise_it_and_a_party_of_another_may_not() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.supervise(id, "101", Supervision::Listen).unwrap();
    desk.talking("102", "0907654321");
    desk.does(off("103", true, true));
    desk.does(off("104", false, false));
    for (extension, why) in [
        ("102", Unavailable::Busy),
        ("103", Unavailable::Busy),
        ("104", Unavailable::NotRegistered),
        ("999", Unavailable::Unknown),
    ] {
        let refused = desk.supervise(id, extension, Supervision::Listen);
        assert_eq!(refused, Err(why.into()), "{extension}");
    }
}

#[test]
fn a_call_nobody_has_answered_cannot_be_supervised() {
    let mut desk = Desk::new();
    let id = desk.click("101", MOBILE);
    let refused = desk.supervise(id, "102", Supervision::Listen);
    assert_eq!(refused, Err(CallRefused::NotAnswered));
    desk.pass(seconds(1));
    desk.supervise(id, "102", Supervision::Listen).unwrap();
    let refused = desk.supervise(CallId(99), "102", Supervision::Listen);
    assert_eq!(refused, Err(CallRefused::CallNotFound));
}

#[test]
fn a_call_has_room_for_a_thousand_legs_and_refuses_more_without_a_change() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    for leg in 2..1_000 {
        desk.exchange.supervise(desk.now, id, "103", Supervision::Listen).unwrap();
        desk.exchange.hang_up(desk.now, id, LegId(leg)).unwrap();
    }
    desk.settle();
    let refused = desk.supervise(id, "103", Supervision::Listen);
    assert_eq!(refused, Err(CallRefused::TooManyLegs));
    assert_eq!(desk.transfer(id, Side::A, "104"), Err(CallRefused::TooManyLegs));
    assert!(desk.exchange.call(id).unwrap().is_bridged());
    assert_eq!(desk.exchange.call(id).unwrap().timeline.len(), Exchange::<()>::TIMELINE);

    desk.does(Control::HangUp { call: id, leg: None });
    let view = desk.view(id);
    assert_eq!((view.ended_at, view.cause), (Some(START), Some(HangupCause::NormalClearing)));
}

#[test]
fn a_supervisor_hears_both_sides_and_who_rings_or_waits_hears_nobody() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.supervise(id, "103", Supervision::Whisper).unwrap();
    let hears = |desk: &Desk| -> Vec<Vec<u16>> {
        let legs = desk.view(id).legs;
        legs.iter().map(|leg| leg.hears.iter().map(|leg| leg.0).collect()).collect()
    };
    assert_eq!(hears(&desk), [vec![1], vec![0], vec![]], "103 rings");
    desk.pass(seconds(1));
    assert_eq!(hears(&desk), [vec![1, 2], vec![0], vec![0, 1]], "the phone does not hear 103");
    desk.does(Control::Hold { call: id, leg: LegName::Side(Side::B) });
    assert_eq!(hears(&desk), [vec![2], vec![], vec![0]]);
}

#[test]
fn a_supervisor_who_is_given_the_call_has_one_leg() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.supervise(id, "103", Supervision::Barge).unwrap();
    desk.pass(seconds(1));
    desk.transfer(id, Side::B, "103").unwrap();
    let legs = desk.view(id).legs;
    let live = legs.iter().filter(|leg| leg.cause.is_none());
    let live: Vec<&str> = live.map(|leg| leg.party.number().as_str()).collect();
    assert_eq!(live, [MOBILE, "103"]);
    desk.pass(seconds(1));
    assert_eq!(desk.sides(id), [Some("103"), Some(MOBILE)]);
}
