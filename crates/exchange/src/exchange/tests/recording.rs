use super::*;
use crate::Span;

#[test]
fn a_recording_stopped_and_started_again_keeps_both_stretches() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.pass(seconds(10));
    desk.does(Control::StopRecording { call: id });
    let again = desk.tries(Control::StopRecording { call: id });
    assert_eq!(again, Err(CallRefused::RecordingUnchanged));
    desk.pass(seconds(5));
    desk.does(Control::StartRecording { call: id });
    desk.pass(seconds(20));
    desk.does(Control::HangUp { call: id, leg: None });
    let at = |after| START + seconds(after);
    let spans = [Span { from: at(0), to: at(10) }, Span { from: at(15), to: at(35) }];
    assert!(desk.cdr(id).recorded().eq(spans));
    assert_eq!(desk.cdr(id).recording_length(), Some(seconds(30)));
}

#[test]
fn a_recording_that_was_stopped_stays_so_after_a_transfer() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.pass(seconds(4));
    desk.does(Control::StopRecording { call: id });
    desk.transfer(id, Side::B, "102").unwrap();
    desk.pass(seconds(6));
    assert_eq!(desk.cdr(id).recording_length(), Some(seconds(4)));
}

#[test]
fn a_call_that_is_not_to_be_recorded_is_recorded_on_command_only() {
    let mut desk = Desk::new();
    let (from, to) = (Party::Extension("101".into()), Party::Outside("0987699200".into()));
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
    let first = desk.exchange.dial(desk.now, dial.clone());
    desk.pass(seconds(11));
    assert_eq!(desk.cdr(first).recording_length(), None);

    let second = desk.exchange.dial(desk.now, dial);
    desk.pass(seconds(4));
    desk.does(Control::StartRecording { call: second });
    desk.pass(seconds(7));
    assert_eq!(desk.cdr(second).recording_length(), Some(seconds(7)));
}
