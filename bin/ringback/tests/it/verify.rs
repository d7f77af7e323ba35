//! What was expected is verified, over HTTP and in process.

use ringback_engine::Duration;
use ringback_mango::Mango;
use ringback_testkit::{Api, Receiver, Temper};
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};

use crate::journal::{callback, partner, signed};

#[actix_web::test]
async fn requests_are_counted_exactly_at_least_at_most_and_never() {
    let api = Api::<Voip24h>::frozen();
    for phone in ["0911111111", "0922222222"] {
        partner(&api, "makeDial", &json!({ "extension": "101", "phone": phone })).await;
    }
    let dials = json!({ "kind": "request", "body": { "$.requestType": "makeDial" } });
    let second = json!({ "kind": "request", "body": { "$.data.phone": { "like": "092*" } } });
    let none = json!({ "kind": "request", "body": { "$.requestType": "getDate" } });
    for (expected, status, count) in [
        (json!({ "match": dials }), 200, 2),
        (json!({ "match": dials, "times": 2 }), 200, 2),
        (json!({ "match": dials, "times": 1 }), 422, 2),
        (json!({ "match": dials, "at_least": 3 }), 422, 2),
        (json!({ "match": dials, "at_most": 2 }), 200, 2),
        (json!({ "match": dials, "at_least": 1, "at_most": 3 }), 200, 2),
        (json!({ "match": second, "times": 1 }), 200, 1),
        (json!({ "match": none, "never": true }), 200, 0),
        (json!({ "match": dials, "never": true }), 422, 2),
        (json!({ "match": dials, "times": 0 }), 422, 2),
        (json!({ "match": dials, "since": "now", "never": true }), 200, 0),
    ] {
        let answer = api.post("/__admin/verify", &expected).await;
        assert_eq!((answer.status, &answer.json["count"]), (status, &json!(count)), "{expected}");
        assert_eq!(answer.json["passed"], status == 200, "{expected}");
    }
    let found = api.post("/__admin/verify", &json!({ "match": second })).await.json;
    assert_eq!(found["found"], json!(["voip24h-r2"]));
}

#[actix_web::test]
async fn a_failure_names_the_nearest_and_what_was_there_instead() {
    let api = Api::<Mango>::frozen();
    callback(&api, "79990000001").await;
    signed(&api, "account/balance", &json!({})).await;
    let expected = json!({ "match": {
        "kind": "request", "operation": "callback",
        "body": { "$.to_number": "79990000002", "$.from.extension": "101" },
    } });
    let failed = api.post("/__admin/verify", &expected).await;
    assert_eq!(failed.status, 422);
    assert_eq!(failed.header("content-type"), "application/problem+json");
    let nearest = &failed.json["nearest"][0];
    assert_eq!(nearest["id"], "mango-r1");
    let conditions = nearest["conditions"].as_array().unwrap();
    let at = |at: &str| conditions.iter().find(|one| one["at"] == at).unwrap();
    assert_eq!(at("/match/body/$.to_number")["found"], "79990000001");
    assert_eq!(at("/match/body/$.to_number")["expected"], "79990000002");
    assert_eq!(at("/match/body/$.from.extension")["holds"], true);
    assert_eq!(failed.json["expected"], "at least 1");
    assert_eq!(failed.json["nearest"].as_array().unwrap().len(), 2);
    assert!(failed.json["hint"].as_str().unwrap().contains("the clock stands"));

    let told = api.demo().verify(&expected).unwrap_err().to_string();
    let wanted = "/match/body/$.to_number: expected \"79990000002\", was \"79990000001\"";
    assert!(told.contains(wanted), "{told}");
    assert!(
        told.starts_with("expected at least 1, found 0\n  near  mango-r1: request POST"),
        "{told}"
    );
}

#[actix_web::test]
async fn an_order_holds_over_requests_events_and_deliveries_alike() {
    let receiver = Receiver::start(Temper::Answers(200));
    let api = Api::of(Mango::builder().seed(7).frozen_clock().webhook(receiver.url()));
    callback(&api, "79991234567").await;
    api.advance(Duration::minutes(10)).await;
    let order = |strict: bool, steps: &[Value]| json!({ "order": steps, "strict": strict });
    let steps = [
        json!({ "kind": "request", "operation": "callback" }),
        json!({ "kind": "event", "event": "call_created" }),
        json!({ "kind": "event", "event": "call_ended" }),
        json!({ "kind": "delivery", "event": "events/summary", "state": "delivered" }),
    ];
    let passed = api.post("/__admin/verify", &order(false, &steps)).await;
    assert_eq!((passed.status, &passed.json["count"]), (200, &json!(4)), "{}", passed.json);
    assert_eq!(passed.json["found"][0], "mango-r1");
    let strict = api.post("/__admin/verify", &order(true, &steps)).await;
    assert_eq!((strict.status, &strict.json["count"]), (422, &json!(2)), "{}", strict.json);
    let first = api.post("/__admin/verify", &order(true, &steps[..2])).await;
    assert_eq!(first.status, 200, "{}", first.json);
    let backwards: Vec<Value> = steps.iter().rev().cloned().collect();
    let failed = api.post("/__admin/verify", &order(false, &backwards)).await;
    assert_eq!((failed.status, &failed.json["count"]), (422, &json!(1)), "{}", failed.json);
}

#[actix_web::test]
async fn finished_calls_are_verified_as_records() {
    let api = Api::<Voip24h>::frozen();
    // …99486 is always busy.
    partner(&api, "makeDial", &json!({ "extension": "101", "phone": "0899199486" })).await;
    let busy = json!({ "kind": "record", "to": "0899199486", "cause": "USER_BUSY" });
    let expected = json!({ "match": busy, "times": 1 });
    let early = api.post("/__admin/verify", &expected).await;
    assert_eq!(early.status, 422, "{}", early.json);
    api.advance(Duration::minutes(1)).await;
    let passed = api.post("/__admin/verify", &expected).await;
    assert_eq!(passed.status, 200, "{}", passed.json);
    let call = &passed.json["found"][0];
    let order = api.get("/__admin/journal").await.json;
    assert_eq!(order["requests"][0]["call"], *call);
}

#[actix_web::test]
async fn accounts_are_verified_apart() {
    let api = Api::of(Voip24h::builder().frozen_clock());
    let mine = api.open_account("mine").unwrap();
    mine.advance(Duration::seconds(90)).unwrap();
    partner(&api, "makeDial", &json!({ "extension": "101", "phone": "0912345678" })).await;
    let expected = json!({ "match": { "kind": "request" }, "times": 1 });
    assert_eq!(api.post("/__admin/verify", &expected).await.status, 200);
    let failed = api.post("/__admin/verify?account=mine", &expected).await;
    assert_eq!((failed.status, &failed.json["nearest"]), (422, &json!([])));
    let hint = failed.json["hint"].as_str().unwrap();
    assert!(hint.starts_with("the clock stands at 2026-01-05T09:01:30.000000Z"), "its own: {hint}");
    assert_eq!(api.post("/__admin/verify?account=*", &expected).await.status, 200);
    assert_eq!(api.post("/__admin/verify?account=other", &expected).await.status, 404);
}

#[actix_web::test]
async fn what_cannot_be_verified_is_refused_with_its_place() {
    let api = Api::<Voip24h>::frozen();
    for (body, at) in [
        (json!({}), "/match"),
        (json!({ "match": {}, "order": [{}] }), "/order"),
        (json!({ "match": {}, "time": 1 }), "/time"),
        (json!({ "match": { "kind": "evnt" } }), "/match/kind"),
        (json!({ "match": { "operation": "makeDial" } }), "/match/operation"),
        (json!({ "match": {}, "times": -1 }), "/times"),
        (json!({ "match": {}, "times": 1, "at_most": 2 }), "/times"),
        (json!({ "match": {}, "at_least": 3, "at_most": 2 }), "/at_least"),
        (json!({ "match": {}, "strict": true }), "/strict"),
        (json!({ "order": [] }), "/order"),
        (json!({ "order": [{ "kind": "record" }] }), "/order/0"),
        (json!({ "match": {}, "since": 99 }), "/since"),
    ] {
        let refused = api.post("/__admin/verify", &body).await;
        assert_eq!((refused.status, &refused.json["errors"][0]["at"]), (400, &json!(at)), "{body}");
    }
    let unknown = api.post("/__admin/verify", &json!({ "match": {}, "since": "begin" })).await;
    assert_eq!(unknown.status, 404);
}
