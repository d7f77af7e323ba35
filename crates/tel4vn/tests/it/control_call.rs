//! Transfer, listen, whisper, barge and park change real legs of real calls.

use ringback_tel4vn::Tel4vn;
use ringback_testkit::{Api, Reply};
use serde_json::{Value, json};
use time::Duration;

use crate::{CALL, api_with, get, post};

fn demo() -> Api<Tel4vn> {
    api_with(json!({ "demo_call": true }))
}

async fn order(api: &Api<Tel4vn>, call: &str, verb: &str, body: Value) -> Reply {
    post(api, &format!("/v1/call/{call}/{verb}"), body).await
}

async fn rows(api: &Api<Tel4vn>) -> Value {
    get(api, "/v1/call").await.json["data"].clone()
}

/// The parties and the states of a call's legs, as the control API shows them.
async fn legs(api: &Api<Tel4vn>, call: &str) -> Vec<(String, String, String)> {
    let view = api.get(&format!("/__admin/calls/{call}")).await.json;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let party = |leg: &Value| text(&leg["party"]["number"]);
    let legs = view["legs"].as_array().unwrap().iter();
    legs.map(|leg| (party(leg), text(&leg["state"]), text(&leg["cause"]))).collect()
}

fn leg(party: &str, state: &str, cause: &str) -> (String, String, String) {
    (party.to_owned(), state.to_owned(), cause.to_owned())
}

async fn inbound(api: &Api<Tel4vn>, to: &str) -> String {
    let call = json!({ "from": "0987654321", "to": to });
    let placed = api.post("/__admin/calls", &call).await;
    api.advance(Duration::seconds(5)).await;
    placed.json["vendor_ids"]["call_id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_transfer_of_the_b_leg_of_an_outbound_call_rings_the_new_extension_for_the_old_one() {
    let api = demo();
    order(&api, CALL, "transfer", json!({ "ext": "102", "legs": "bleg" })).await;
    let found = legs(&api, CALL).await;
    assert_eq!(
        found,
        [
            leg("101", "ended", "BLIND_TRANSFER"),
            leg("0899123456", "up", ""),
            leg("102", "ringing", ""),
        ]
    );
    // The released extension is free at once.
    let reply = get(&api, "/v1/click2call/async?ext=101&phone=0898111222").await;
    assert_eq!(reply.json["status"], "success");
    api.advance(Duration::SECOND).await;
    assert_eq!(legs(&api, CALL).await[2], leg("102", "up", ""));
}

#[actix_web::test]
async fn a_transfer_of_the_a_leg_of_an_outbound_call_releases_the_phone() {
    let api = demo();
    order(&api, CALL, "transfer", json!({ "ext": "102", "legs": "aleg" })).await;
    api.advance(Duration::SECOND).await;
    let found = legs(&api, CALL).await;
    assert_eq!(
        found,
        [leg("101", "up", ""), leg("0899123456", "ended", "BLIND_TRANSFER"), leg("102", "up", ""),]
    );
    let row = &rows(&api).await[0];
    assert_eq!((&row["source"], &row["destination"]), (&json!("101"), &json!("102")));
    assert_eq!((&row["direction"], &row["state"]), (&json!("outbound"), &json!("CS_EXECUTE")));
}

#[actix_web::test]
async fn either_leg_of_an_inbound_call_can_be_transferred() {
    for (legs_moved, source, destination) in [("aleg", "0987654321", "102"), ("bleg", "102", "104")]
    {
        let api = demo();
        let call = inbound(&api, "104").await;
        let reply =
            order(&api, &call, "transfer", json!({ "ext": "102", "legs": legs_moved })).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let row = &rows(&api).await[1];
        assert_eq!(row["call_id"], call);
        let numbers = (row["source"].as_str().unwrap(), row["destination"].as_str().unwrap());
        assert_eq!(numbers, (source, destination));
        assert_eq!(row["direction"], "inbound");
        api.advance(Duration::seconds(2)).await;
        let row = &rows(&api).await[1];
        let numbers = (row["source"].as_str().unwrap(), row["destination"].as_str().unwrap());
        assert_eq!(numbers, (source, destination));
    }
}

#[actix_web::test]
async fn who_is_transferred_and_not_taken_is_dropped_for_that_reason() {
    for (habit, after, cause, shown) in [
        (json!({ "outcome": "no_answer" }), 30, "NO_ANSWER", "NO_ANSWER"),
        (json!({ "outcome": "reject", "ring": 3 }), 3, "CALL_REJECTED", "USER_BUSY"),
    ] {
        let api = demo();
        let habit = json!({ "habit": habit });
        assert_eq!(api.send("PATCH", "/__admin/extensions/102", &habit).await.status, 200);
        order(&api, CALL, "transfer", json!({ "ext": "102", "legs": "bleg" })).await;
        api.advance(Duration::seconds(after) - Duration::MILLISECOND).await;
        assert_eq!(rows(&api).await.as_array().unwrap().len(), 1);
        api.advance(Duration::MILLISECOND).await;
        assert_eq!(rows(&api).await, json!([]));
        assert_eq!(legs(&api, CALL).await[1].2, cause);
        let record = get(&api, &format!("/v1/cdr/{CALL}")).await.json;
        assert_eq!((&record["cause"], &record["status"]), (&json!(shown), &json!("ANSWERED")));
    }
}

#[actix_web::test]
async fn a_parked_call_ends_by_itself_after_ten_seconds_to_the_microsecond() {
    let api = demo();
    api.advance(Duration::milliseconds(1_234)).await;
    let reply = order(&api, CALL, "park", json!({ "legs": "aleg" })).await;
    assert_eq!(reply.json, json!({ "status": "success", "call_id": CALL }));
    let found = legs(&api, CALL).await;
    assert_eq!(found, [leg("101", "ended", "NORMAL_CLEARING"), leg("0899123456", "parked", "")]);
    api.advance(Duration::seconds(10) - Duration::MICROSECOND).await;
    let row = &rows(&api).await[0];
    assert_eq!(row["state"], "CS_PARK");
    assert_eq!((&row["source"], &row["destination"]), (&json!("101"), &json!("0899123456")));
    api.advance(Duration::MICROSECOND).await;
    assert_eq!(rows(&api).await, json!([]));
    let record = get(&api, &format!("/v1/cdr/{CALL}")).await.json;
    assert_eq!((&record["cause"], &record["duration"]), (&json!("NORMAL_CLEARING"), &json!(11)));
}

#[actix_web::test]
async fn a_transfer_takes_a_parked_call_for_good_whatever_leg_it_names() {
    for (cut, waits) in [("aleg", 1), ("bleg", 0)] {
        for named in ["aleg", "bleg"] {
            let api = demo();
            order(&api, CALL, "park", json!({ "legs": cut })).await;
            api.advance(Duration::seconds(9)).await;
            let reply = order(&api, CALL, "transfer", json!({ "ext": "102", "legs": named })).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
            api.advance(Duration::seconds(40)).await;
            let found = legs(&api, CALL).await;
            assert_eq!((found[waits].1.as_str(), found[2].0.as_str()), ("up", "102"));
            assert_eq!(found[2].1, "up");
        }
    }
}

#[actix_web::test]
async fn the_length_of_a_park_can_be_changed_while_calls_are_live() {
    let api = demo();
    let set = json!({ "do": "set", "park_seconds": 3 });
    assert_eq!(api.post("/__admin/control", &set).await.status, 200);
    order(&api, CALL, "park", json!({ "legs": "bleg" })).await;
    api.advance(Duration::milliseconds(2_999)).await;
    assert_eq!(rows(&api).await.as_array().unwrap().len(), 1);
    api.advance(Duration::MILLISECOND).await;
    assert_eq!(rows(&api).await, json!([]));
}

/// Whose voices reach the extension side (leg 0) and the phone side (leg 1).
async fn heard(api: &Api<Tel4vn>) -> [Value; 2] {
    let view = api.get(&format!("/__admin/calls/{CALL}")).await.json;
    [0, 1].map(|leg| view["legs"][leg]["hears"].clone())
}

#[actix_web::test]
async fn a_whisper_reaches_the_extension_and_never_the_phone() {
    let api = demo();
    for (mode, extension, phone) in [
        ("listen", json!([1]), json!([0])),
        ("whisper", json!([1, 2]), json!([0])),
        ("barge", json!([1, 2]), json!([0, 2])),
        ("whisper", json!([1, 2]), json!([0])),
        ("listen", json!([1]), json!([0])),
    ] {
        let before = rows(&api).await;
        let reply = order(&api, CALL, mode, json!({ "ext": "103" })).await;
        assert_eq!(reply.json, json!({ "status": "success", "call_id": CALL, "ext": "103" }));
        api.advance(Duration::seconds(2)).await;
        assert_eq!(heard(&api).await, [extension, phone], "{mode}");
        // No second leg, no row, no change of anything that is listed.
        assert_eq!(legs(&api, CALL).await.len(), 3);
        assert_eq!(rows(&api).await, before);
    }
    // The supervisor leaves, the call does not; the call's end ends the supervisor.
    let control = |leg: Value| json!({ "leg": leg });
    api.post(&format!("/__admin/calls/{CALL}/hang_up"), &control(json!(2))).await;
    assert_eq!(rows(&api).await.as_array().unwrap().len(), 1);
    order(&api, CALL, "barge", json!({ "ext": "104" })).await;
    api.advance(Duration::seconds(2)).await;
    api.post(&format!("/__admin/calls/{CALL}/hang_up"), &control(json!("b"))).await;
    assert!(legs(&api, CALL).await.iter().all(|(_, state, _)| state == "ended"));
}

#[actix_web::test]
async fn several_supervise_one_call_and_all_leave_when_it_is_parked() {
    let api = demo();
    for ext in ["102", "103", "104"] {
        order(&api, CALL, "listen", json!({ "ext": ext })).await;
    }
    // A party of the call itself is not busy for it: the published sample.
    assert_eq!(order(&api, CALL, "whisper", json!({ "ext": "101" })).await.status, 200);
    api.advance(Duration::seconds(2)).await;
    assert_eq!(legs(&api, CALL).await.iter().filter(|leg| leg.1 == "up").count(), 6);
    order(&api, CALL, "park", json!({ "legs": "aleg" })).await;
    assert_eq!(legs(&api, CALL).await.iter().filter(|leg| leg.1 != "ended").count(), 1);
}

#[actix_web::test]
async fn a_whisper_in_an_inbound_or_local_call_reaches_the_extension_side_alone() {
    let api = demo();
    let call = inbound(&api, "104").await;
    order(&api, &call, "whisper", json!({ "ext": "103" })).await;
    api.advance(Duration::seconds(2)).await;
    let view = api.get(&format!("/__admin/calls/{call}")).await.json;
    assert_eq!(
        [&view["legs"][0]["hears"], &view["legs"][1]["hears"]],
        [&json!([1]), &json!([0, 2])]
    );

    let local = get(&api, "/v1/click2call/async?ext=105&phone=106").await.json["call_id"].clone();
    let local = local.as_str().unwrap();
    api.advance(Duration::seconds(3)).await;
    order(&api, local, "whisper", json!({ "ext": "107" })).await;
    api.advance(Duration::seconds(2)).await;
    let view = api.get(&format!("/__admin/calls/{local}")).await.json;
    assert_eq!(
        [&view["legs"][0]["hears"], &view["legs"][1]["hears"]],
        [&json!([1, 2]), &json!([0])]
    );
}

#[actix_web::test]
async fn a_refused_order_changes_nothing_at_all() {
    let api = demo();
    get(&api, "/v1/click2call/async?ext=102&phone=0898111222").await;
    let ringing = rows(&api).await[1]["call_id"].as_str().unwrap().to_owned();
    api.advance(Duration::milliseconds(500)).await;
    let before = api.engine().snapshot().unwrap().to_bytes().unwrap();
    let transfer = |ext: &str| json!({ "ext": ext, "legs": "bleg" });
    let mut refused = vec![
        order(&api, &ringing, "park", json!({ "legs": "aleg" })).await,
        order(&api, &ringing, "transfer", transfer("104")).await,
        order(&api, &ringing, "barge", json!({ "ext": "104" })).await,
        order(&api, CALL, "park", json!({ "legs": "both" })).await,
        order(&api, "x", "park", json!({ "legs": "aleg" })).await,
        get(&api, "/v1/click2call/async?ext=109&phone=0898111222").await,
        get(&api, "/v1/click2call/async?ext=108&phone=0898111222").await,
        get(&api, "/v1/click2call?ext=101&phone=0898111222").await,
        post(&api, "/v1/event", json!({ "event": "cdr", "callback_url": "x" })).await,
        post(
            &api,
            "/v3/extension",
            json!({ "extension": "101", "password": "x", "enabled": true }),
        )
        .await,
        post(&api, "/v1/campaign", json!({ "campaign_name": "autocall_test_01" })).await,
        post(&api, "/v1/autocall/ivr", json!({ "template": "x", "phone_number": "1" })).await,
    ];
    for ext in ["102", "108", "109", "999", "101x", ""] {
        refused.push(order(&api, CALL, "transfer", transfer(ext)).await);
        for verb in ["listen", "whisper", "barge"] {
            refused.push(order(&api, CALL, verb, json!({ "ext": ext })).await);
        }
    }
    for reply in &refused {
        assert!((400..500).contains(&reply.status), "{}", reply.text());
    }
    assert_eq!(refused[12].json, json!({ "status": "fail", "error": "USER_BUSY" }));
    assert_eq!(api.engine().snapshot().unwrap().to_bytes().unwrap(), before);
}

#[actix_web::test]
async fn a_call_of_another_tenant_is_none() {
    let settings = json!({ "demo_call": true });
    let builder = Tel4vn::builder().seed(7).frozen_clock().open_accounts().settings(settings);
    let api = Api::of(builder);
    let token = async |key: &str| {
        let reply = api.post("/v1/auth/token", &json!({ "api_key": key })).await;
        format!("Bearer {}", reply.json["data"]["token"].as_str().unwrap())
    };
    let (own, other) = (token("aaaaaaaa-bbbb-cccc-dddd-eeeeeeee").await, token("other").await);
    let as_user = async |bearer: &str, method: &str, path: &str| {
        api.request(method, path, &[("authorization", bearer)], "").await
    };
    let placed = as_user(&own, "GET", "/v1/click2call/async?ext=102&phone=0898111222").await;
    let call = placed.json["call_id"].as_str().unwrap().to_owned();
    let body = r#"{"legs":"aleg"}"#;
    let path = format!("/v1/call/{call}/park");
    let reply = api.request("POST", &path, &[("authorization", other.as_str())], body).await;
    assert_eq!(reply.status, 404);
    let listed = as_user(&other, "GET", "/v1/call").await;
    let ids: Vec<_> = listed.json["data"].as_array().unwrap().iter().collect();
    assert!(ids.iter().all(|row| row["call_id"] != call.as_str()), "{ids:?}");
}

#[actix_web::test]
async fn who_dialled_on_its_own_phone_is_not_answered_before_somebody_answers() {
    let never = json!({ "outcome": "no_answer" });
    for (from, to) in [("0987654321", "104"), ("104", "0899111222"), ("0987654321", "600")] {
        let api = demo();
        for ext in ["102", "103"] {
            api.send("PATCH", &format!("/__admin/extensions/{ext}"), &json!({ "habit": never }))
                .await;
        }
        let call = json!({ "from": from, "to": to, "behaviour": never });
        let placed = api.post("/__admin/calls", &call).await;
        let call = placed.json["vendor_ids"]["call_id"].as_str().unwrap().to_owned();
        api.advance(Duration::seconds(5)).await;
        let before = api.engine().snapshot().unwrap().to_bytes().unwrap();
        let mut refused = Vec::new();
        for verb in ["listen", "whisper", "barge"] {
            refused.push(order(&api, &call, verb, json!({ "ext": "107" })).await);
        }
        for leg in ["aleg", "bleg"] {
            refused
                .push(order(&api, &call, "transfer", json!({ "ext": "107", "legs": leg })).await);
        }
        for reply in refused {
            let wanted = json!({ "status": "fail", "error": "CALL_NOT_ANSWERED" });
            assert_eq!((reply.status, reply.json), (400, wanted), "{from} to {to}");
        }
        // Who is asked for comes first.
        let busy = order(&api, &call, "listen", json!({ "ext": "108" })).await;
        assert_eq!(busy.json["error"], "USER_BUSY");
        assert_eq!(api.engine().snapshot().unwrap().to_bytes().unwrap(), before);
    }
}

#[actix_web::test]
async fn a_queue_that_answered_has_answered_the_caller_and_so_has_who_ordered_a_call() {
    let api = demo();
    let never = json!({ "habit": { "outcome": "no_answer" } });
    for ext in ["104", "105"] {
        api.send("PATCH", &format!("/__admin/extensions/{ext}"), &never).await;
    }
    let waits = inbound(&api, "3333").await;
    let reply = order(&api, &waits, "transfer", json!({ "ext": "107", "legs": "aleg" })).await;
    assert_eq!(reply.status, 200, "{}", reply.text());

    let ordered = get(&api, "/v1/click2call/async?ext=102&phone=0899199480").await;
    let ordered = ordered.json["call_id"].as_str().unwrap();
    api.advance(Duration::milliseconds(900)).await;
    let too_soon = order(&api, ordered, "listen", json!({ "ext": "103" })).await;
    assert_eq!(too_soon.json["error"], "CALL_NOT_ANSWERED");
    api.advance(Duration::seconds(2)).await;
    let reply = order(&api, ordered, "listen", json!({ "ext": "103" })).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}

#[actix_web::test]
async fn nobody_is_supervised_in_a_parked_call() {
    let api = demo();
    order(&api, CALL, "park", json!({ "legs": "aleg" })).await;
    for verb in ["listen", "whisper", "barge"] {
        let reply = order(&api, CALL, verb, json!({ "ext": "103" })).await;
        assert_eq!((reply.status, &reply.json["error"]), (400, &json!("CALL_NOT_ANSWERED")));
    }
    // It can be once somebody talks again.
    order(&api, CALL, "transfer", json!({ "ext": "102", "legs": "bleg" })).await;
    api.advance(Duration::seconds(2)).await;
    assert_eq!(order(&api, CALL, "listen", json!({ "ext": "103" })).await.status, 200);
}
