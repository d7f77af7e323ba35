use ringback_engine::Duration;
use serde_json::json;
use time::macros::datetime;

use super::{export::Export, *};

const START: OffsetDateTime = datetime!(2026-03-04 09:15:20 UTC);

/// An answered call of 12 s, of which 8 s were talk, as a vendor in +07:00 shows it.
fn call() -> Examined {
    let says = Says {
        started_at: Some(START),
        seconds: Some(12.0),
        talk_seconds: Some(8.0),
        is_answered: Some(true),
        is_over: Some(true),
        words: vec!["ANSWERED".to_owned()],
        ..Says::default()
    };
    let shown = json!({ "callDate": "2026-03-04 16:15:20", "duration": 12 });
    let record = CallShown::new("getCallData", ShownKind::Record, shown, says.clone());
    let truth = Says {
        answered_at: Some(START + Duration::seconds(4)),
        ended_at: Some(START + Duration::seconds(12)),
        words: Vec::new(),
        ..says
    };
    let fields = Map::from_iter([
        ("call".to_owned(), json!("voip24h-0-5")),
        ("vendor_ids".to_owned(), json!({ "callId": "1772615720.9" })),
    ]);
    Examined {
        id: "voip24h-0-5".to_owned(),
        fields,
        truth,
        cause: Some(HangupCause::NormalClearing),
        views: vec![record],
        undelivered: Vec::new(),
    }
}

fn compared(body: &str, reading: Reading) -> Export {
    let (rows, _) = read(body.as_bytes()).unwrap();
    let mut exported = Exported::new(rows, reading);
    exported.compare(&call(), true);
    exported.finish()
}

fn wrong(body: &str) -> Vec<(String, Value)> {
    let report = compared(body, Reading::default());
    let found = report
        .wrong
        .iter()
        .map(|found| (found["field"].as_str().unwrap().to_owned(), found["hint"].clone()));
    found.collect()
}

#[test]
fn a_right_row_is_right_in_every_usual_spelling() {
    for body in [
        "call_id,start,duration,status\nvoip24h-0-5,2026-03-04T09:15:20Z,12,answered\n",
        "\u{feff}Call ID;Call Date;Duration;Disposition\r\n1772615720.9;2026-03-04 16:15:20;00:12;ANSWERED\r\n",
        r#"[{"uuid":"1772615720.9","startedAt":1772615720,"talk_time":8.4,"result":"completed"}]"#,
        "{\"id\":\"voip24h-0-5\",\"billsec\":8}\n",
        r#"{"calls":[{"id":"voip24h-0-5","status":"NORMAL_CLEARING","note":{}}],"total":1}"#,
    ] {
        let report = compared(body, Reading::default());
        assert_eq!((report.correct, report.wrong.len()), (1, 0), "{body}: {:?}", report.wrong);
        assert!(report.lost.is_empty() && report.unclear.is_empty(), "{body}");
    }
}

#[test]
fn a_wrong_value_is_told_with_what_may_have_happened() {
    let zone = "off by +3.00 h: a time zone?";
    for (row, field, hint) in [
        ("2026-03-04T12:15:20Z,12,answered", "start", json!(zone)),
        ("2026-03-04T09:15:24Z,12,answered", "start", json!("that is when it was answered")),
        ("2026-03-04T09:15:20Z,8,answered", "duration", json!("that is the talk alone")),
        ("2026-03-04T09:15:20Z,12000,answered", "duration", json!("these are milliseconds")),
        ("2026-03-04T09:15:20Z,14,answered", "duration", Value::Null),
        ("2026-03-04T09:15:20Z,12,missed", "status", Value::Null),
    ] {
        let body = format!("id,start,duration,status\nvoip24h-0-5,{row}\n");
        assert_eq!(wrong(&body), [(field.to_owned(), hint)], "{row}");
    }
}

#[test]
fn calls_are_lost_and_doubled_and_rows_are_of_no_call() {
    let report =
        compared("id,duration\nother,1\nvoip24h-0-5,12\n1772615720.9,12\n,3\n", Reading::default());
    assert_eq!(report.doubled[0]["rows"], json!([2, 3]));
    assert_eq!(report.unknown, [json!({ "row": 1, "id": "other" })]);
    assert_eq!(report.unclear[0]["row"], 4);
    assert!(report.lost.is_empty());
    let report = compared("id\nother\n", Reading::default());
    assert_eq!(report.lost[0]["call"], "voip24h-0-5");
}

#[test]
fn a_duration_may_be_meant_as_the_talk_and_a_zone_may_be_said() {
    let body = "id,start,duration\nvoip24h-0-5,2026-03-04 10:15:20,8\n";
    let reading = Reading { offset: crate::read_offset("+01:00"), talk: true };
    assert_eq!(compared(body, reading).correct, 1);
}

#[test]
fn what_is_no_export_is_refused() {
    for (body, wanted) in [
        ("", Unread::Empty),
        ("a,b\n1,2\n", Unread::NoId("a, b".to_owned())),
        ("[1]", Unread::Shape),
        ("{\"a\":[],\"b\":[]}", Unread::Shape),
    ] {
        assert_eq!(read(body.as_bytes()), Err(wanted), "{body}");
    }
    assert!(matches!(read(b"[{"), Err(Unread::Json(_))));
}

#[test]
fn a_view_that_says_something_else_is_a_contradiction() {
    let mut call = call();
    assert!(call.contradictions().is_empty(), "{:?}", call.contradictions());
    call.views[0].says.seconds = Some(30.0);
    let found = call.contradictions();
    assert_eq!(found[0]["field"], "seconds");
    assert_eq!(found[0]["values"], json!({ "call": 12.0, "getCallData": 30.0 }));
    call.views.clear();
    assert_eq!(call.contradictions()[0]["kind"], "missing");
}
