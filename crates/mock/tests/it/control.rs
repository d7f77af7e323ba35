use ringback_mock::AccountId;
use ringback_testkit::Api;
use serde_json::{Value, json};

use crate::bell::Bell;

#[actix_web::test]
async fn the_clock_is_frozen_released_hurried_and_advanced() {
    let api = Api::of(Bell::builder());
    let clock = api.get("/__admin/clock").await.json;
    let nine = "2026-01-05T09:00:00.000000Z";
    assert_eq!(clock, json!({ "now": nine, "rate": 1.0, "frozen": true, "offset": 0.0 }));

    api.post("/bell/ring", &json!({ "lane": 1, "again": true })).await;
    let advanced = api.post("/__admin/clock/advance", &json!({ "seconds": 30 })).await.json;
    assert_eq!(advanced["to"], "2026-01-05T09:00:30.000000Z");
    assert_eq!((&advanced["event_count"], &advanced["events"]), (&json!(0), &json!([])));
    assert_eq!(api.get("/bell/rung").await.json, 2);

    let rate = api.post("/__admin/clock/rate", &json!({ "rate": 60 })).await.json;
    assert_eq!(rate["rate"], 60.0);
    assert_eq!(api.post("/__admin/clock/release", &json!({})).await.json["frozen"], false);
    assert_eq!(api.post("/__admin/clock/freeze", &json!({})).await.json["frozen"], true);

    assert_eq!(api.post("/__admin/reset", &json!({})).await.json["reset"], true);
    assert_eq!(api.get("/bell/rung").await.json, 0);
    assert_eq!(api.get("/__admin/clock").await.json["now"], nine);
}

#[actix_web::test]
async fn an_advance_lists_the_events_and_the_instance_publishes_them_with_their_command() {
    let api = Api::of(Bell::builder());
    let placed = api.post("/__admin/calls", &json!({ "from": "2", "to": "1" })).await;
    assert_eq!((placed.status, &placed.json["id"]), (201, &json!("bell-0-1")));
    let made = api.engine().events_since(0, 100);
    assert!(made.events.len() >= 2, "created, and a leg: {made:?}");
    assert!(made.events.iter().all(|event| event.command == Some(1)), "{made:?}");

    let advanced = api.post("/__admin/clock/advance", &json!({ "seconds": 3600 })).await.json;
    let listed = advanced["events"].as_array().unwrap();
    assert_eq!(advanced["event_count"], listed.len());
    assert_eq!(listed.last().unwrap()["event"], "call_ended");
    let about = |event: &Value| {
        event["vendor"] == "bell" && event["account"] == "keeper" && event["call"] == "bell-0-1"
    };
    assert!(listed.iter().all(about), "{listed:?}");
    let later = api.engine().events_since(made.next, 100);
    assert_eq!((later.events.len(), later.missed), (listed.len(), 0));
    assert!(later.events.iter().all(|event| event.command.is_none()), "time did it: {later:?}");
}

#[actix_web::test]
async fn who_waits_is_woken_by_the_change() {
    let api = Api::of(Bell::builder());
    let rung = |rung: u64| {
        move |accounts: &ringback_mock::Accounts<crate::bell::Tower>, _| {
            accounts.world(AccountId::DEMO).filter(|tower| tower.rung == rung).map(|_| ())
        }
    };
    let long = std::time::Duration::from_secs(30);
    let engine = api.engine().clone();
    let waits = std::thread::spawn(move || engine.wait_for_blocking(long, rung(2)));
    let ring = async {
        api.post("/bell/ring", &json!({ "lane": 1, "again": true })).await;
        api.post("/__admin/clock/advance", &json!({ "seconds": 10 })).await;
    };
    let (found, ()) = tokio::join!(api.engine().wait_for(long, rung(2)), ring);
    assert_eq!((found, waits.join().unwrap()), (Some(()), Some(())));
    let short = std::time::Duration::from_millis(20);
    assert_eq!(api.engine().wait_for(short, rung(3)).await, None);
    assert_eq!(api.engine().wait_for_blocking(short, rung(3)), None);
}

#[actix_web::test]
async fn what_is_malformed_is_refused_with_a_reason_and_changes_nothing() {
    let api = Api::of(Bell::builder());
    let before = api.engine().snapshot().unwrap();
    for (path, body, status) in [
        ("/__admin/clock/advance", "{}", 400),
        ("/__admin/clock/advance", r#"{"seconds":-1}"#, 400),
        ("/__admin/clock/advance", r#"{"seconds":1e300}"#, 400),
        ("/__admin/clock/advance", r#"{"seconds":"1"}"#, 400),
        ("/__admin/clock/advance", "[1]", 400),
        ("/__admin/clock/advance", "{", 400),
        ("/__admin/clock/rate", r#"{"rate":0}"#, 400),
        ("/__admin/control", "{}", 400),
        ("/__admin/control", r#"{"do":"x"}"#, 400),
        ("/__admin/control", r#"{"do":"ring","lane":13}"#, 409),
        ("/__admin/calls/7/answer", "{}", 404),
        ("/__admin/calls?account=nobody", "{}", 404),
        ("/__admin/nobody/clock/freeze", "{}", 404),
        ("/__admin/nothing", "{}", 404),
        ("/__admin/clock", "{}", 405),
        ("/__admin/clock/advance", r#"{"seconds":1,"to":"2026-01-06T00:00:00Z"}"#, 400),
        ("/__admin/clock/advance", r#"{"seconds":1,"max":2}"#, 400),
        ("/__admin/clock/advance", r#"{"to":"2026-01-05T08:00:00Z"}"#, 400),
        ("/__admin/clock/advance", r#"{"until":{"colour":"red"}}"#, 400),
        ("/__admin/clock/advance", r#"{"second":1}"#, 400),
        ("/__admin/clock/freeze", r#"{"now":true}"#, 400),
        ("/__admin/clock/freeze?colour=red", "{}", 400),
        ("/__admin/clock/freeze?account=nobody", "{}", 404),
        ("/__admin/reset?account=nobody", "{}", 404),
        ("/__admin/reset?only=everything", "{}", 400),
        ("/__admin/calls", r#"{"from":"2","to":"1","colour":"red"}"#, 400),
        ("/__admin/calls", r#"{"from":"2"}"#, 400),
        ("/__admin/behaviours", r#"{"to":"1","outcome":"busy","id":3}"#, 400),
        ("/__admin/behaviours", r#"{"to":"1","outcome":"bussy"}"#, 400),
        ("/__admin/behaviours?account=*", r#"{"to":"1","outcome":"busy"}"#, 400),
    ] {
        let reply = api.request("POST", path, &[], body).await;
        assert_eq!(reply.status, status, "{path} {body}: {}", reply.text());
        assert_eq!(reply.header("content-type"), "application/problem+json", "{path}");
        assert_eq!(reply.json["status"], status, "{path} {body}");
        assert!(reply.json["detail"].is_string(), "{path} {body}: {}", reply.text());
    }
    let wrong = api.request("DELETE", "/__admin/bell/calls", &[], "").await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET, POST"));
    assert_eq!(api.get("/__admin/calls?account=nobody").await.status, 404);
    assert_eq!(api.get("/__admin/calls?limit=x").await.status, 400);
    assert_eq!(api.engine().snapshot().unwrap(), before);
}

#[actix_web::test]
async fn health_is_answered_on_every_port() {
    let api = Api::of(Bell::builder());
    assert_eq!(api.get("/livez").await.text(), "ok\n");
    assert_eq!(api.get("/readyz").await.text(), "ok\n");
    let health = api.get("/__admin/health").await.json;
    assert_eq!((&health["status"], &health["vendors"][0]["name"]), (&json!("ok"), &json!("bell")));
    assert_eq!(api.get("/__admin/bell/clock").await.status, 200);
}

#[actix_web::test]
async fn what_is_slightly_wrong_is_told_in_words_of_the_api() {
    let api = Api::of(Bell::builder());
    for (method, path, body, status, says) in [
        ("GET", "behavior", "", 404, "did you mean /__admin/behaviours?"),
        ("GET", "calls/1/view", "", 404, "did you mean /__admin/calls/1/views?"),
        ("GET", "calls/1/anser", "", 404, "did you mean /__admin/calls/1/answer?"),
        ("GET", "calls/1/answer", "", 405, "here it is POST"),
        ("GET", "nothing/like/it", "", 404, "GET /__admin lists what there is"),
        ("GET", "journal?vendor=bell", "", 400, "the path says which: /__admin/{vendor}/journal"),
        ("GET", "journal?step=rout", "", 400, "did you mean routing?"),
        (
            "POST",
            "behaviours",
            r#"{"to":912,"outcome":"busy"}"#,
            400,
            "/to: has to be a text, not 912",
        ),
        ("POST", "behaviours", r#"{"to":"1"}"#, 400, "/outcome: is missing"),
        (
            "POST",
            "behaviours",
            r#"{"outcome":"busy","ring":"2s"}"#,
            400,
            "/ring: has to be seconds: a number",
        ),
        (
            "POST",
            "behaviours",
            r#"{"outcome":"busy","ring":-1}"#,
            400,
            "/ring: has to be seconds from 0 to 86400",
        ),
        (
            "POST",
            "behaviours",
            r#"{"outcome":"answer","talk":{"uniform":[5,2]}}"#,
            400,
            "the lower first",
        ),
        (
            "POST",
            "clock/advance",
            r#"{"seconds":"30"}"#,
            400,
            "/seconds: has to be a number, not \\\"30\\\"",
        ),
        ("PUT", "chaos", r#"{"order":"random"}"#, 400, "known are in_order, natural"),
        ("PUT", "inboxes/x", r#"{"plan":[{"dely":1}]}"#, 400, "did you mean delay?"),
        (
            "PUT",
            "inboxes/x",
            r#"{"plan":[{"reset":"yes"}]}"#,
            400,
            "/plan/0/reset: has to be true or false",
        ),
        ("POST", "verify", r#"{"order":[]}"#, 400, "has to be a list of matches, one at least"),
        ("POST", "calls", r#"{"from":101,"to":"1"}"#, 400, "/from: has to be a text, not 101"),
        ("POST", "control", r#"{"do":"park","call":1,"cut":"x"}"#, 400, r#""at":"/cut""#),
        (
            "POST",
            "control",
            r#"{"do":"dtmf","call":1,"leg":"c","digits":"1"}"#,
            400,
            "has to be a leg",
        ),
        ("PUT", "traffic", r#"{"calls_per_hour":9,"curve":"offce"}"#, 400, "/curve: has to be"),
        ("PUT", "record_faults", r#"{"late":-1}"#, 400, "/late: has to be seconds from 0 to 86400"),
        (
            "PUT",
            "services/600",
            r#"{"kind":"queue"}"#,
            400,
            "has to be an object with this one key",
        ),
        ("POST", "checkpoints", r#"{"name":"17"}"#, 400, "means something else"),
        ("POST", "checkpoints", r#"{"name":"now"}"#, 400, "means something else"),
    ] {
        let headers = [("content-type", "application/json")];
        let answer = api.request(method, &format!("/__admin/{path}"), &headers, body).await;
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.text());
        assert!(answer.text().contains(says), "{path} {body}: {}", answer.text());
    }
}
