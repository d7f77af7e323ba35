//! Records that are late or wrong, as statistics and recordings of this vendor show them.

use ringback_mango::Mango;
use ringback_mock::Builder;
use ringback_testkit::Api;
use serde_json::{Value, json};
use time::Duration;

use crate::desk::{Told, ask};

/// The number of a customer.
fn customer(place: usize) -> String {
    format!("799912345{place:02}")
}

/// So many calls of a customer each, one after the other, each ten seconds long after it was answered.
async fn calls(count: usize, faults: Value) -> Api<Mango> {
    let settings = json!({ "stats_delay_ms": 0 });
    let api = Api::of(
        Builder::<Mango>::default().seed(7).frozen_clock().settings(settings).webhook("inbox:crm"),
    );
    assert_eq!(api.send("PUT", "/__admin/record_faults", &faults).await.status, 200);
    for place in 0..count {
        let behaviour = json!({ "outcome": "answer", "ring": 2, "talk": 10 });
        let call = json!({ "from": "101", "to": customer(place), "behaviour": behaviour });
        assert_eq!(api.post("/__admin/calls", &call).await.status, 201);
        api.advance(Duration::seconds(30)).await;
    }
    api
}

/// The rows of the statistics to customers, oldest first as they are listed: number, answer, finish.
async fn rows(api: &Api<Mango>) -> Vec<(String, i64, i64)> {
    let fields = "to_number,answer,finish";
    let period = json!({ "date_from": 1_767_600_000, "date_to": 1_767_690_000, "fields": fields });
    let key = ask(api, "stats/request", &period).await.json["key"].clone();
    let csv = ask(api, "stats/result", &json!({ "key": key })).await;
    let rows = csv.text().lines().filter(|line| line.starts_with("7999")).map(|line| {
        let cells: Vec<&str> = line.split(';').collect();
        let number = |place: usize| cells[place].trim().parse().unwrap();
        (cells[0].to_owned(), number(1), number(2))
    });
    rows.collect()
}

/// The calls of the extended statistics, which are another list.
async fn extended(api: &Api<Mango>) -> String {
    let period = json!({ "start_date": "05.01.2026", "end_date": "05.01.2026 23:59:59",
        "limit": "100", "offset": "0" });
    let key = ask(api, "stats/calls/request", &period).await.json["key"].clone();
    assert!(key.is_string(), "{key}");
    ask(api, "stats/calls/result", &json!({ "key": key })).await.text().to_owned()
}

fn count(rows: &[(String, i64, i64)], place: usize) -> usize {
    rows.iter().filter(|(to, ..)| *to == customer(place)).count()
}

#[actix_web::test]
async fn late_and_doubled_records_are_so_in_both_statistics() {
    let late = json!({ "to": customer(0), "late": 600 });
    let doubled = json!({ "to": customer(1), "doubled": 600 });
    let api = calls(3, json!({ "rules": [late, doubled] })).await;
    let listed = rows(&api).await;
    assert_eq!([0, 1, 2].map(|place| count(&listed, place)), [0, 2, 1], "{listed:?}");
    let text = extended(&api).await;
    let found = [0, 1, 2]
        .map(|place| text.matches(&format!("\"called_number\":\"{}\"", customer(place))).count());
    assert_eq!(found, [0, 2, 1], "{text}");
    api.advance(Duration::seconds(900)).await;
    let listed = rows(&api).await;
    assert_eq!([0, 1, 2].map(|place| count(&listed, place)), [1, 1, 1], "{listed:?}");
    let text = extended(&api).await;
    let found = [0, 1, 2]
        .map(|place| text.matches(&format!("\"called_number\":\"{}\"", customer(place))).count());
    assert_eq!(found, [1, 1, 1], "{text}");
}

#[actix_web::test]
async fn a_wrong_duration_is_corrected() {
    let api = calls(1, json!({ "wrong_duration": { "by": -7, "for": 300 } })).await;
    let talked = |rows: &[(String, i64, i64)]| {
        rows.iter().map(|(_, answer, finish)| finish - answer).collect::<Vec<_>>()
    };
    assert_eq!(talked(&rows(&api).await), [3]);
    api.advance(Duration::seconds(300)).await;
    assert_eq!(talked(&rows(&api).await), [10]);
}

#[actix_web::test]
async fn a_record_out_of_order_stands_elsewhere_until_it_is_in_its_place() {
    let faults = json!({ "to": customer(2), "out_of_order": { "places": 2, "for": 600 } });
    let api = calls(5, faults).await;
    let order =
        |rows: Vec<(String, i64, i64)>| rows.into_iter().map(|(to, ..)| to).collect::<Vec<_>>();
    let wrong = order(rows(&api).await);
    api.advance(Duration::seconds(600)).await;
    let right = order(rows(&api).await);
    let place = |order: &[String]| order.iter().position(|to| *to == customer(2)).unwrap();
    assert_eq!(place(&wrong).abs_diff(place(&right)), 2, "{wrong:?} {right:?}");
    let others = |order: &[String]| {
        order.iter().filter(|to| **to != customer(2)).cloned().collect::<Vec<_>>()
    };
    assert_eq!(others(&wrong), others(&right));
    assert!(right.is_sorted(), "{right:?}");
}

#[actix_web::test]
async fn a_recording_is_refused_until_it_is_ready_or_for_ever() {
    let after = json!({ "to": customer(0), "recording": { "after": 120 } });
    let never = json!({ "to": customer(1), "recording": "never" });
    let api = calls(3, json!({ "rules": [after, never] })).await;
    // Notifications tell the truth at its time.
    let told = api.inbox("crm").messages();
    let told = told.iter().filter(|message| message.path == "/events/recording");
    let told = told.map(|message| Told::of("events/recording", &message.text()).json);
    let completed = told.filter(|json| json["recording_state"] == "Completed");
    let recordings: Vec<Value> = completed.map(|json| json["recording_id"].clone()).collect();
    assert_eq!(recordings.len(), 3, "{recordings:?}");
    let result = async |place: usize| {
        let post = json!({ "recording_id": recordings[place], "action": "download" });
        ask(&api, "queries/recording/post", &post).await
    };
    let refused = json!(3320);
    assert_eq!(result(0).await.json["result"], refused);
    assert_eq!(result(1).await.json["result"], refused);
    assert_eq!(result(2).await.status, 302);
    api.advance(Duration::seconds(120)).await;
    assert_eq!(result(0).await.status, 302);
    api.advance(Duration::days(1)).await;
    assert_eq!(result(1).await.json["result"], refused);
}
