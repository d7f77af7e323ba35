use super::*;
use crate::{HangupCause, LegState, Outcome};

fn consult(call: CallId, by: Side, to: &str) -> Control {
    Control::Consult { call, by, to: to.into() }
}

#[test]
fn an_attended_transfer_holds_the_customer_and_completes_when_the_initiator_leaves() {
    let mut desk = Desk::new();
    let id = desk.talking(MOBILE, "101");
    desk.does(consult(id, Side::B, "102"));
    assert_eq!(desk.view(id).legs[0].state, LegState::Held);
    desk.pass(seconds(1));
    assert_eq!(desk.view(id).legs[2].state, LegState::Up);
    assert_eq!(desk.sides(id), [Some(MOBILE), Some("101")]);

    desk.does(Control::HangUp { call: id, leg: Some(LegName::Side(Side::B)) });
    assert_eq!(desk.sides(id), [Some(MOBILE), Some("102")]);
    let released = desk.view(id).legs[1].cause;
    assert_eq!(released, Some(HangupCause::AttendedTransfer));
    let transferred = EventKind::LegTransferred { leg: LegId(0), to: Some(LegId(2)) };
    assert!(desk.happened(id).iter().any(|(_, what)| **what == transferred));
    assert_eq!(desk.view(id).legs[0].state, LegState::Up);
    desk.pass(seconds(5));
    let cdr = desk.cdr(id);
    assert_eq!((cdr.extension.as_ref(), cdr.talk_time()), (Some(&"102".into()), seconds(6)));
}

#[test]
fn a_consultation_completes_by_itself_after_the_consultants_talk() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.does(consult(id, Side::A, "102"));
    desk.pass(seconds(6));
    assert_eq!(desk.sides(id), [Some("102"), Some(MOBILE)]);
    desk.pass(seconds(5));
    assert_eq!(desk.cdr(id).duration(), seconds(11));
}

#[test]
fn a_consultation_that_fails_or_is_cancelled_gives_the_two_sides_the_rest_of_their_talk() {
    let declines = Behaviour::fails(Outcome::Reject, Distribution::Fixed(4.0));
    for by_command in [true, false] {
        let mut desk = Desk::new();
        desk.exchange.extension_mut("102").unwrap().habit = Some(declines);
        let id = desk.dial("101", MOBILE);
        desk.pass(seconds(4)); // 2 s of 5 are talked
        desk.does(consult(id, Side::A, "102"));
        match by_command {
            true => {
                desk.pass(seconds(2));
                desk.does(Control::CancelConsultation { call: id });
            }
            false => desk.pass(seconds(4)),
        }
        assert_eq!(desk.view(id).legs[1].state, LegState::Up);
        assert!(desk.exchange.call(id).unwrap().consultation().is_none());
        desk.pass(seconds(3) - Duration::MILLISECOND);
        assert!(desk.exchange.call(id).is_some());
        desk.pass(Duration::MILLISECOND);
        assert_eq!(desk.cdr(id).extension, Some("101".into()));
    }
}

#[test]
fn leaving_while_the_consultant_still_rings_moves_the_customer_there() {
    let mut desk = Desk::new();
    let id = desk.talking(MOBILE, "101");
    desk.does(consult(id, Side::B, "0911"));
    desk.does(Control::Complete { call: id });
    assert_eq!(desk.sides(id), [Some(MOBILE), Some("0911")]);
    desk.pass(seconds(2));
    assert!(desk.exchange.call(id).unwrap().is_bridged());
    desk.pass(seconds(5));
    assert_eq!(desk.cdr(id).cause, HangupCause::NormalClearing);
}

#[test]
fn a_refused_consultation_changes_nothing() {
    let mut desk = Desk::with_services();
    let [id, _] = ["101", "102"].map(|extension| desk.talking(extension, "0911"));
    desk.does(off("103", false, false));
    for (to, why) in [
        ("102", Unavailable::Busy.into()),
        ("103", Unavailable::NotRegistered.into()),
        ("0911", Unavailable::Busy.into()),
        ("200", CallRefused::from(Unavailable::Unknown)),
    ] {
        assert_eq!(desk.tries(consult(id, Side::A, to)), Err(why), "{to}");
    }
    let refused = desk.tries(Control::Complete { call: id });
    assert_eq!(refused, Err(CallRefused::NotConsulting));
    desk.does(consult(id, Side::A, "104"));
    for refused in [
        consult(id, Side::B, "105"),
        Control::Transfer { call: id, moved: Side::B, to: "105".into(), or_return: false },
        Control::Park { call: id, cut: Side::A, seconds: None },
    ] {
        assert_eq!(desk.tries(refused), Err(CallRefused::Consulting));
    }
}
