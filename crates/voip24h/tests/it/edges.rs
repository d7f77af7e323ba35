use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::json;
use time::Duration;

use crate::{ask, recording::link};

/// Lets an outside number call 105, and returns the id of that call.
async fn call_from(api: &Api<Voip24h>, number: &str) -> String {
    let behaviour = json!({ "outcome": "answer", "ring": 0, "talk": 1 });
    let call = json!({ "from": number, "to": "105", "behaviour": behaviour });
    assert_eq!(api.post("/__admin/calls", &call).await.status, 201);
    api.advance(Duration::seconds(5)).await;
    let reply = ask(api, "getUser", json!({ "user": "105" })).await;
    reply.json["data"][0]["callId"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_recording_of_a_caller_with_an_odd_number_can_be_fetched() {
    let api = Api::<Voip24h>::frozen();
    for number in ["09\n1", "0\u{0}9", "0\"9", "é", "+84 912", "a/b"] {
        let id = call_from(&api, number).await;
        for kind in ["recordingDownload", "recordingListen"] {
            let reply = api.get(&link(&api, kind, &id).await).await;
            assert_eq!(reply.status, 200, "{kind} {number:?}");
        }
        let reply = api.get(&link(&api, "recordingDownload", &id).await).await;
        let disposition = reply.header("content-disposition");
        assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
    }
}

#[actix_web::test]
async fn records_of_the_last_hours_there_may_be_are_listed() {
    let api = Api::<Voip24h>::frozen();
    let at = "8999-12-31T23:59:59Z";
    let record = json!({ "from": "09", "to": "101", "created_at": at, "talk": 9 });
    let added = json!({ "do": "add_records", "records": [record] });
    assert_eq!(api.post("/__admin/control", &added).await.status, 200);
    let reply = ask(&api, "getUser", json!({ "user": "101" })).await;
    assert_eq!(reply.json["data"][0]["callDate"], "9000-01-01 06:59:59");
}

#[actix_web::test]
async fn records_that_no_call_id_can_tell_are_refused() {
    let api = Api::<Voip24h>::frozen();
    for at in ["0000-01-01T00:00:00+10:00", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-05:00"] {
        let record = json!({ "from": "09", "to": "101", "created_at": at, "talk": 9 });
        let added = json!({ "do": "add_records", "records": [record] });
        assert_eq!(api.post("/__admin/control", &added).await.status, 409, "{at}");
    }
    assert_eq!(api.get("/__admin/calls").await.status, 200);
}

#[actix_web::test]
async fn a_call_of_which_no_extension_is_part_is_refused_and_changes_nothing() {
    let api = Api::<Voip24h>::frozen();
    let call = json!({ "from": "0912345678", "to": "0899199799" });
    let reply = api.post("/__admin/calls", &call).await;
    assert_eq!(reply.status, 409, "{}", reply.text());
    let at = "2020-01-01T00:00:00Z";
    let records =
        ["101", "0987"].map(|to| json!({ "from": "0912", "to": to, "created_at": at, "talk": 1 }));
    let added = json!({ "do": "add_records", "records": records });
    assert_eq!(api.post("/__admin/control", &added).await.status, 409);
    assert_eq!(api.get("/__admin/calls").await.json["calls"].as_array().unwrap().len(), 4);
}

#[actix_web::test]
async fn another_spelling_of_a_call_id_is_no_call() {
    let api = Api::<Voip24h>::frozen();
    for id in ["1532857052.0131132", "01532857052.131132"] {
        let reply = ask(&api, "getCallData", json!({ "uniqueId": id })).await;
        assert_eq!(reply.json["respMsg"], "Call not found", "{id}");
    }
}

#[test]
fn a_fresh_record_that_would_end_after_the_calendar_is_no_panic() {
    let fresh = json!({
        "partner_secrets": ["a"],
        "company_number": "1",
        "records": [{
            "callId": "253402300799.1", "user": "101", "phoneNumber": "09",
            "callType": "INBOUND", "callStatus": "ANSWERED", "duration": 4_000_000_000_u32, "talk": 3
        }]
    });
    assert!(Voip24h::builder().fresh(fresh.to_string()).build().is_ok());
}
