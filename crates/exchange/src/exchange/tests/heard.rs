use super::*;
use crate::Heard;

/// From when until when, in seconds since the beginning, and who heard whom.
type Stretch = (i64, Option<i64>, Vec<(u16, u16)>);

fn stretches(desk: &Desk, id: CallId) -> Vec<Stretch> {
    let recent = desk.exchange.recent().find(|call| call.id == id);
    let call = desk.exchange.call(id).or(recent).unwrap();
    let since = |at: OffsetDateTime| (at - START).whole_seconds();
    let shown = |heard: Heard| {
        let voices = heard.voices.iter().map(|(speaker, listener)| (speaker.0, listener.0));
        (since(heard.from), heard.to.map(since), voices.collect())
    };
    call.heard().into_iter().map(shown).collect()
}

#[test]
fn who_waits_is_heard_by_nobody_and_who_is_asked_by_who_asks() {
    let mut desk = Desk::new();
    let id = desk.talking(MOBILE, "101");
    desk.pass(seconds(5));
    desk.does(Control::Consult { call: id, by: Side::B, to: "102".into() });
    desk.does(Control::TakeOver { call: id, leg: None });
    desk.pass(seconds(2));
    desk.does(Control::Answer { call: id, leg: None });
    desk.pass(seconds(3));
    desk.does(Control::Complete { call: id });
    desk.pass(seconds(4));
    desk.does(Control::HangUp { call: id, leg: None });
    let both = |one, other| vec![(one, other), (other, one)];
    let wanted = [(0, Some(5), both(0, 1)), (7, Some(10), both(1, 2)), (10, Some(14), both(0, 2))];
    assert_eq!(stretches(&desk, id), wanted);
}

#[test]
fn a_supervisor_whose_part_changes_is_heard_by_others_from_then_on() {
    let mut desk = Desk::new();
    let id = desk.talking("101", MOBILE);
    desk.supervise(id, "103", Supervision::Listen).unwrap();
    desk.pass(seconds(5));
    desk.supervise(id, "103", Supervision::Whisper).unwrap();
    desk.pass(seconds(5));
    let listens = vec![(0, 1), (0, 2), (1, 0), (1, 2)];
    let mut whispers = listens.clone();
    whispers.push((2, 0));
    let found = stretches(&desk, id);
    let [.., (_, _, first), (at, to, second)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((*at, *to, second), (5, None, &whispers));
    assert_eq!(first, &listens);
}
