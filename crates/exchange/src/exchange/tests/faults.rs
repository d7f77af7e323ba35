use super::*;
use crate::{RecordFaults, TrafficSettings};

fn faults(json: &str) -> Control {
    let rules: RecordFaults = serde_json::from_str(json).unwrap();
    Control::SetRecordFaults { rules }
}

/// An exchange with three finished calls, one after the other, and what is wrong with their records.
fn over(json: &str) -> Desk {
    let mut desk = Desk::new();
    desk.does(faults(json));
    for to in ["0911", "0912", "0913"] {
        desk.dial("101", to);
        desk.pass(Duration::seconds(10));
    }
    desk
}

impl Desk {
    /// Who was called in the records that are shown, newest first, and for how many seconds they last.
    fn shown(&self) -> Vec<(String, i64)> {
        let records = self.exchange.published(self.exchange.history().iter().rev());
        let shown = records.map(|cdr| (cdr.to.to_string(), cdr.talk_time().whole_seconds()));
        shown.collect()
    }

    fn shown_numbers(&self) -> Vec<String> {
        self.shown().into_iter().map(|(to, _)| to).collect()
    }
}

#[test]
fn a_late_record_appears_when_its_time_has_come() {
    // The call to 0912 ends 17 s after the beginning, 7 s after it was placed.
    let mut desk = over(r#"[{ "to": "0912", "late": 60 }]"#);
    assert_eq!(desk.shown_numbers(), ["0913", "0911"]);
    assert!(desk.exchange.published_record(CallId(2)).is_none());
    desk.pass(Duration::seconds(46));
    assert_eq!(desk.shown_numbers(), ["0913", "0911"]);
    desk.pass(Duration::SECOND);
    assert_eq!(desk.shown_numbers(), ["0913", "0912", "0911"]);
    assert!(desk.exchange.publishes_the_truth());
    let changed = desk.events.last().map(|event| (event.call, event.kind.clone()));
    assert_eq!(changed, Some((CallId(2), EventKind::RecordChanged)));
}

#[test]
fn a_doubled_record_is_shown_twice_for_its_time() {
    let mut desk = over(r#"[{ "to": "0912", "doubled": 600 }]"#);
    assert_eq!(desk.shown_numbers(), ["0913", "0912", "0912", "0911"]);
    desk.pass(Duration::seconds(600));
    assert_eq!(desk.shown_numbers(), ["0913", "0912", "0911"]);
}

#[test]
fn a_wrong_duration_is_corrected_and_the_history_never_wrong() {
    for (by, wrong) in [(-2, 3), (7, 12), (-100, 0)] {
        let json =
            format!(r#"[{{ "to": "0912", "wrong_duration": {{ "by": {by}, "for": 300 }} }}]"#);
        let mut desk = over(&json);
        assert_eq!(desk.shown()[1], ("0912".to_owned(), wrong));
        let truth = desk.exchange.history().get(CallId(2)).unwrap();
        assert_eq!(truth.talk_time(), Duration::seconds(5));
        desk.pass(Duration::seconds(300));
        assert_eq!(desk.shown()[1], ("0912".to_owned(), 5));
    }
}

#[test]
fn a_record_out_of_order_stands_behind_older_ones() {
    let mut desk = over(r#"[{ "to": "0913", "out_of_order": { "places": 1, "for": 60 } }]"#);
    assert_eq!(desk.shown_numbers(), ["0912", "0913", "0911"]);
    let mut far = over(r#"[{ "to": "0913", "out_of_order": { "places": 9 } }]"#);
    assert_eq!(far.shown_numbers(), ["0912", "0911", "0913"]);
    desk.pass(Duration::seconds(60));
    far.pass(Duration::HOUR);
    assert_eq!([desk.shown_numbers(), far.shown_numbers()], [["0913", "0912", "0911"]; 2]);
}

#[test]
fn a_recording_is_not_ready_for_a_while_or_never_until_all_is_put_right() {
    let mut desk = over(
        r#"[{ "to": "0912", "recording": { "after": 30 } }, { "to": "0913", "recording": "never" }]"#,
    );
    let ready = |desk: &Desk| [1, 2, 3].map(|id| desk.exchange.has_recording_ready(CallId(id)));
    assert_eq!(ready(&desk), [true, false, false]);
    desk.pass(Duration::seconds(30));
    assert_eq!(ready(&desk), [true, true, false]);
    desk.pass(Duration::days(30));
    assert_eq!(ready(&desk), [true, true, false]);
    desk.does(faults("[]"));
    assert_eq!(ready(&desk), [true, true, true]);
}

#[test]
fn faults_follow_from_the_seed_and_the_call_alone_and_change_nothing_else() {
    let run = |json: &str| {
        let mut desk = Desk::new();
        let varied = Behaviour::answers(
            crate::Shape::Uniform(1.0, 3.0).into(),
            crate::Shape::Uniform(1.0, 3.0).into(),
        );
        desk.does(Control::AddRule { rule: crate::Rule::to("09*", varied) });
        desk.does(faults(json));
        for _ in 0..200 {
            desk.dial("101", MOBILE);
            desk.pass(Duration::seconds(10));
        }
        let hidden = |id: &CallId| desk.exchange.published_record(*id).is_none();
        let ids: Vec<CallId> = desk.exchange.history().iter().map(|cdr| cdr.id).collect();
        let hidden: Vec<CallId> = ids.into_iter().filter(hidden).collect();
        let times: Vec<_> = desk.exchange.history().iter().map(Cdr::ended_at).collect();
        (hidden, times)
    };
    let half = r#"[{ "probability": 0.5, "late": 100000 }]"#;
    let (hidden, times) = run(half);
    assert!((70..130).contains(&hidden.len()), "{}", hidden.len());
    assert_eq!(run(half).0, hidden);
    assert_eq!(run("[]").1, times);
}

#[test]
fn a_faulty_exchange_survives_its_serialised_form() {
    let mut desk = over(
        r#"[{ "to": "0912", "late": 60, "doubled": 60, "wrong_duration": { "by": 3 } },
            { "recording": { "after": 600 }, "out_of_order": { "places": 2 } }]"#,
    );
    let written = serde_json::to_string(&desk.exchange).unwrap();
    let read: Exchange<()> = serde_json::from_str(&written).unwrap();
    assert!(read == desk.exchange);
    let mut other = Desk { exchange: read, now: desk.now, events: Vec::new() };
    for length in [20, 100, 400, 4_000] {
        desk.pass(Duration::seconds(length));
        (0..length).for_each(|_| other.pass(Duration::SECOND));
        assert_eq!(desk.shown(), other.shown());
    }
}

#[test]
fn keys_of_a_rule_are_pressed_by_either_side_and_lead_through_a_menu() {
    let mut desk = Desk::with_services();
    let rule = |json: &str| Control::AddRule { rule: serde_json::from_str(json).unwrap() };
    desk.does(rule(
        r#"{ "to": "400", "outcome": "answer",
             "keys": [{"digits": "9", "after": 1, "by": "caller"}, {"digits": "2", "by": "caller"}] }"#,
    ));
    desk.does(rule(r##"{ "to": "103", "outcome": "answer", "talk": 60, "keys": [{"digits": "7#", "after": 3}] }"##));
    let call = desk.dial(MOBILE, "400");
    desk.pass(Duration::seconds(20));
    let pressed: Vec<(i64, String)> = desk
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::DigitsPressed { digits, .. } => {
                Some(((event.at - START).whole_seconds(), digits.clone()))
            }
            _ => None,
        })
        .collect();
    // 2 leads to the queue, where 103 answers at once.
    let pressed: Vec<(i64, &str)> =
        pressed.iter().map(|(at, digits)| (*at, digits.as_str())).collect();
    assert_eq!(pressed, [(1, "9"), (2, "2"), (5, "7#")]);
    assert!(desk.exchange.call(call).unwrap().is_bridged());
}

#[test]
fn traffic_follows_its_curve_and_its_seed() {
    let settings: TrafficSettings =
        serde_json::from_str(r#"{ "calls_per_hour": 600, "curve": "office", "inbound": 0.25 }"#)
            .unwrap();
    let mut desk = Desk::new();
    desk.does(Control::SetTraffic { traffic: Some(settings) });
    let (mut by_hour, mut inbound) = ([0_u32; 24], 0);
    let end = START + Duration::days(1);
    while let Some(at) = desk.exchange.traffic_due().filter(|at| *at < end) {
        if let Some((is_inbound, mut random)) = desk.exchange.next_traffic() {
            by_hour[usize::from(at.hour())] += 1;
            inbound += u32::from(is_inbound);
            assert!(desk.exchange.draw_parties(&mut random, is_inbound).is_some());
        }
    }
    let all: u32 = by_hour.iter().sum();
    assert!((500..700).contains(&by_hour[10]), "{by_hour:?}");
    assert!(by_hour[3] < 20 && by_hour[12] < by_hour[10], "{by_hour:?}");
    assert!((20..30).contains(&(inbound * 100 / all)), "{inbound} of {all}");
    for wrong in [
        r#"{ "calls_per_hour": 0 }"#,
        r#"{ "calls_per_hour": 36001 }"#,
        r#"{ "calls_per_hour": 1, "curve": "night" }"#,
        r#"{ "calls_per_hour": 1, "curve": [1, 2] }"#,
        r#"{ "calls_per_hour": 1, "inbound": 2 }"#,
    ] {
        assert!(serde_json::from_str::<TrafficSettings>(wrong).is_err(), "{wrong}");
    }
}
