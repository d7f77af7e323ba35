//! The control API: calls of one's own making.

use ringback_impactpbx::ImpactPbx;
use ringback_testkit::Api;
use serde_json::{Value, json};
use time::Duration;

use crate::{actions, events_by_call, listed, unserved, wire};

#[actix_web::test]
async fn a_call_is_placed_driven_and_shown_by_hand() {
    let api = Api::<ImpactPbx>::frozen();
    let rule = json!({ "to": "35799123456", "outcome": "manual" });
    assert_eq!(api.post("/__admin/behaviours", &rule).await.status, 201);
    let dial = json!({ "from": "35725262136", "to": "35799123456" });
    let placed = api.post("/__admin/calls", &dial).await;
    assert_eq!(placed.status, 201, "{}", placed.text());
    let call = placed.json;
    assert_eq!(call["direction"], "outbound");
    api.advance(Duration::seconds(40)).await;
    let id = call["id"].as_str().unwrap();
    let reply = api.post(&format!("/__admin/calls/{id}/answer"), &json!({})).await;
    assert_eq!(reply.json["state"], "answered");
    api.advance(Duration::seconds(2)).await;
    let reply = api.post(&format!("/__admin/calls/{id}/hang_up"), &json!({})).await;
    assert_eq!(reply.json["state"], "ended");
    let record = api.get("/get_cdr").await.json["data"][0].clone();
    assert_eq!(record["duration"], 42);

    // By the vendor's own identifier too, once it is over.
    let uuid = record["uuid"].as_str().unwrap();
    let shown = api.get(&format!("/__admin/calls/{uuid}")).await;
    assert_eq!(shown.json["id"], id);
    assert_eq!(shown.json["vendor_ids"], json!({ "uuid": uuid }));
    assert_eq!(api.get("/__admin/calls/999").await.status, 404);
    assert_eq!(api.get("/__admin/calls/nobody").await.status, 404);
    let again = api.post(&format!("/__admin/calls/{id}/answer"), &json!({})).await;
    assert_eq!(again.status, 404);
    assert_eq!(api.get("/__admin/calls").await.json["calls"].as_array().unwrap().len(), 6);
}

#[actix_web::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let api = Api::<ImpactPbx>::frozen();
    for to in ["", "0987", "+0987654321", "anonymous", "1234567890123456"] {
        let dial = json!({ "from": "35725262136", "to": to });
        assert_eq!(api.post("/__admin/calls", &dial).await.status, 409, "{to}");
    }
    let odd = [
        json!({ "do": "trigger", "stops_after": "BUSY" }),
        json!({ "do": "trigger", "colour": "red" }),
        json!({ "do": "dance" }),
    ];
    for control in odd {
        assert_eq!(api.post("/__admin/control", &control).await.status, 400, "{control}");
    }
    let none = json!({ "do": "hang_up", "call": 1 });
    assert_eq!(api.post("/__admin/control", &none).await.status, 404);
    let record = json!({ "from": "1", "to": "x", "created_at": "2026-01-01T00:00:00Z" });
    let records = json!({ "do": "add_records", "records": [record] });
    assert_eq!(api.post("/__admin/control", &records).await.status, 409);
    assert_eq!(api.get("/get_cdr").await.json["total"], 5);
}

#[test]
fn a_lost_hangup_can_be_asked_for() {
    let pbx = unserved(json!({}));
    let answers = json!({ "outcome": "answer", "setup": 1, "ring": 2, "talk": 3 });
    for (last, listed) in [("ORIGINATE", true), ("RING", false), ("ANSWERED", true)] {
        let control = json!({
            "do": "trigger", "stops_after": last, "listed": listed, "behaviour": answers,
        });
        pbx.demo().control(control).unwrap();
    }
    pbx.advance(Duration::MINUTE);
    let calls = events_by_call(&pbx);
    let last: Vec<_> = calls.iter().map(|call| *actions(call).last().unwrap()).collect();
    assert_eq!(last, ["ORIGINATE", "RING", "ANSWERED"]);
    let uuids: Vec<_> = listed(&pbx).iter().map(|record| record["uuid"].clone()).collect();
    assert_eq!(uuids, [calls[0][0]["uuid"].clone(), calls[2][0]["uuid"].clone()]);
}

#[test]
fn calls_of_the_past_can_be_added() {
    let pbx = unserved(json!({}));
    let past = |ring: u32, talk: u32| {
        json!({ "from": "35725262136", "to": "35799123456", "ring": ring, "talk": talk,
                "created_at": "2026-01-01T10:00:00+02:00" })
    };
    let records = json!({ "do": "add_records", "records": [past(5, 60), past(9, 0), past(0, 0)] });
    assert_eq!(pbx.demo().control(records).unwrap(), json!({ "added": 3 }));
    let listed = listed(&pbx);
    listed.iter().for_each(wire::check_listed);
    let starts: Vec<_> = listed.iter().map(|record| record["call_start"].clone()).collect();
    let wanted =
        ["2026-01-01T08:00:00.000Z", "2026-01-01T08:00:01.000Z", "2026-01-01T08:00:02.000Z"];
    assert_eq!(starts, wanted.map(Value::from));
    assert!(events_by_call(&pbx).is_empty());
}

#[test]
fn a_transferred_call_rings_and_is_answered_once_to_clients() {
    let pbx = unserved(json!({ "unfinished": {}, "answered": 1.0 }));
    pbx.demo().control(json!({ "do": "trigger" })).unwrap();
    pbx.demo().control(json!({ "do": "set_extension", "number": "101" })).unwrap();
    while pbx.demo().read(|pbx| pbx.exchange().calls().any(|call| call.is_bridged())) == Some(false)
    {
        pbx.advance(Duration::SECOND);
    }
    let transfer = json!({ "do": "transfer", "call": 1, "moved": "a", "to": "101" });
    pbx.demo().control(transfer).unwrap();
    pbx.advance(Duration::minutes(5));
    let call = &events_by_call(&pbx)[0];
    wire::check_events(call);
    assert_eq!(actions(call), ["ORIGINATE", "RING", "ANSWERED", "HANGUP"]);
}

#[test]
fn a_scenario_s_rules_decide_triggered_calls() {
    let scenario = json!({ "rules": [{ "to": "357*", "outcome": "busy", "setup": 2 }] });
    let builder = ImpactPbx::builder().frozen_clock().scenario(scenario);
    let pbx = builder.settings(json!({ "unfinished": {} })).build().unwrap();
    crate::trigger(&pbx);
    pbx.advance(Duration::MINUTE);
    assert_eq!(actions(&events_by_call(&pbx)[0]), ["ORIGINATE", "HANGUP"]);
    assert_eq!(listed(&pbx)[0]["duration"], 2);
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let odd = [
        json!({ "answered": 1.5 }),
        json!({ "outside_directory": -0.1 }),
        json!({ "generation": "2019" }),
        json!({ "webhook_url": "ftp://x" }),
        json!({ "tenant": "me" }),
        json!({ "colour": "red" }),
    ];
    for settings in odd {
        let built = ImpactPbx::builder().settings(settings.clone()).build();
        let error = built.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.starts_with("impactpbx: settings: "), "{settings}: {error}");
    }
}
