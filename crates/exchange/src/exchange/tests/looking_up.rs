use super::*;
use crate::{CallState, CdrInput, Direction, Facts, HangupCause, Times};

fn finished(exchange: &mut Exchange<()>, extension: &str, created_at: OffsetDateTime) -> CallId {
    let facts = Facts {
        direction: Direction::Outbound,
        cause: HangupCause::NoAnswer,
        hung_up_by: None,
        from: extension.into(),
        to: MOBILE.into(),
        extension: Some(extension.into()),
        line: None,
    };
    let ended_at = created_at.saturating_add(seconds(30));
    let times = Times { created_at, ringing_at: None, answered_at: None, ended_at };
    exchange.record(|id| Cdr::new(id, facts, times, &[], ()))
}

fn ids<'a>(calls: impl Iterator<Item = &'a Cdr<()>>) -> Vec<u64> {
    calls.map(|cdr| cdr.id.0).collect()
}

#[test]
fn the_history_is_listed_by_time_whatever_the_order_of_recording() {
    let mut desk = Desk::new();
    let exchange = &mut desk.exchange;
    for (extension, after) in [("101", 20), ("102", 0), ("101", 10), ("101", 10)] {
        finished(exchange, extension, START + seconds(after));
    }
    let history = desk.exchange.history();
    let at = |after| START + seconds(after);
    assert_eq!(ids(history.iter()), [1, 2, 3, 4]);
    assert_eq!(ids(history.during(at(0)..=at(20))), [2, 3, 4, 1]);
    assert_eq!(ids(history.during(at(10)..=at(10))), [3, 4], "both ends are included");
    assert_eq!(ids(history.during(at(0)..=at(20)).rev()), [1, 4, 3, 2]);
    assert_eq!(ids(history.of("101")), [3, 4, 1]);
    assert_eq!(ids(history.of("101").rev()), [1, 4, 3]);
    assert_eq!(ids(history.of_during("101", at(11)..=at(99))), [1]);
    assert_eq!(ids(history.of("999")), Vec::<u64>::new());
}

#[test]
fn an_inverted_range_holds_nothing() {
    let mut desk = Desk::new();
    finished(&mut desk.exchange, "101", START);
    let history = desk.exchange.history();
    let inverted = START + seconds(1)..=START - seconds(1);
    assert_eq!(history.during(inverted.clone()).count(), 0);
    assert_eq!(history.of_during("101", inverted).count(), 0);
}

#[test]
fn calls_at_both_ends_of_the_calendar_are_found() {
    let mut desk = Desk::new();
    let (first, last) = (datetime!(-9999-01-01 0:00 UTC), datetime!(9999-12-31 23:59:59.999 UTC));
    for at in [last, first, datetime!(1969-12-31 23:59 UTC)] {
        finished(&mut desk.exchange, "101", at);
    }
    let history = desk.exchange.history();
    assert_eq!(ids(history.of("101")), [2, 3, 1]);
    assert_eq!(ids(history.during(first..=last)), [2, 3, 1]);
    assert_eq!(history.get(CallId(2)).unwrap().created_at(), first);
}

#[test]
fn live_calls_are_listed_by_number_while_they_live() {
    let mut desk = Desk::new();
    let out = desk.dial("101", MOBILE);
    let inbound = desk.dial("0907654321", "102");
    let of = |desk: &Desk, number: &str| {
        desk.exchange.calls_of(&number.into()).map(|call| call.id).collect::<Vec<_>>()
    };
    assert_eq!(of(&desk, "101"), [out]);
    assert_eq!(of(&desk, MOBILE), [out]);
    assert_eq!(of(&desk, "102"), [inbound]);
    assert!(desk.exchange.calls().map(|call| call.id).eq([out, inbound]));
    desk.pass(Duration::MINUTE);
    assert_eq!(of(&desk, "101"), []);
}

#[test]
fn all_calls_are_shown_live_ones_first_then_the_newest() {
    let mut desk = Desk::new();
    for _ in 0..70 {
        desk.dial("101", "0987699486");
    }
    let live = desk.dial("102", MOBILE);
    let shown = desk.exchange.show_all(200);
    assert_eq!(shown.len(), 71);
    assert_eq!((shown[0].id, shown[0].state), (live, CallState::Ringing));
    assert_eq!(shown[1].id, CallId(70));
    assert!(!shown[1].timeline.is_empty(), "the last 64 keep their timeline");
    assert!(shown[70].timeline.is_empty());
    for call in &shown[1..] {
        assert_eq!((call.state, call.cause), (CallState::Ended, Some(HangupCause::UserBusy)));
        assert_eq!(call.ended_at, Some(START));
    }
    assert_eq!(desk.exchange.show_all(3).len(), 3);
    assert!(desk.exchange.show(CallId(999)).is_none());
}

#[test]
fn a_past_call_given_by_a_user_gets_its_times_from_its_lengths() {
    let desk = Desk::new();
    let draft = |json: &str| {
        let call: CdrInput = serde_json::from_str(json).unwrap();
        call.draft(&desk.exchange, Some("1900".into()))
    };
    let talked = draft(
        r#"{"from": "0911", "to": "101", "created_at": "2026-03-04T16:15:20+07:00", "ring": 4, "talk": 9}"#,
    );
    assert_eq!(
        (talked.facts.direction, talked.facts.extension),
        (Direction::Inbound, Some("101".into()))
    );
    assert_eq!(talked.facts.cause, HangupCause::NormalClearing);
    let (answered_at, ended_at) = (Some(START + seconds(4)), START + seconds(13));
    let ringing_at = Some(START);
    assert_eq!(talked.times, Times { created_at: START, ringing_at, answered_at, ended_at });

    let missed = draft(r#"{"from": "101", "to": "0911", "created_at": "2026-03-04T09:15:20Z"}"#);
    assert_eq!(missed.facts.cause, HangupCause::NoAnswer);
    assert_eq!((missed.times.ringing_at, missed.times.ended_at), (None, START));

    let late = draft(
        r#"{"from": "101", "to": "0911", "created_at": "9999-12-31T23:59:59-23:00", "talk": 4294967295}"#,
    );
    let cdr = Cdr::new(CallId(1), late.facts, late.times, &[], ());
    assert!(cdr.ended_at() >= cdr.created_at());
}

#[test]
fn a_history_that_loses_its_latest_records_is_as_it_was_without_them() {
    let mut exchange = Desk::new().exchange;
    let add = |exchange: &mut Exchange<()>, calls: &[(&str, u32)]| {
        for (extension, after) in calls {
            finished(exchange, extension, START + Duration::seconds((*after).into()));
        }
    };
    add(&mut exchange, &[("101", 20), ("102", 0)]);
    let mut history = exchange.take_history();
    assert!(exchange.history().is_empty());
    let before = history.clone();
    exchange.put_history(history);
    add(&mut exchange, &[("101", 10), ("103", 0), ("102", 30)]);
    history = exchange.take_history();
    let removed = history.split_off(2);
    assert_eq!(ids(removed.iter()), [3, 4, 5]);
    assert_eq!(history, before, "its indexes too");
    assert_eq!((history.place(CallId(2)), history.place(CallId(3))), (Some(1), None));
    removed.into_iter().for_each(|cdr| history.add(cdr));
    assert_eq!(ids(history.of("102")), [2, 5]);
    assert!(history.split_off(9).is_empty());
}
