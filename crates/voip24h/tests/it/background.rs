use ringback_engine::Duration;
use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};

const PARTNER: &str = "/api/v1/partner/voip24h";

async fn partner(api: &Api<Voip24h>, kind: &str, data: Value) -> Value {
    let secret = "rdn7mllWMqND7S5DnZF8";
    let request = json!({ "requestType": kind, "partnerSecret": secret, "data": data });
    api.post(PARTNER, &request).await.json
}

/// The durations in an extension's list of calls, of the call to a number alone.
async fn durations(api: &Api<Voip24h>, phone: &str) -> Vec<i64> {
    let listed = partner(api, "getUser", json!({ "user": "101" })).await;
    let calls = listed["data"].as_array().unwrap().iter();
    let own = calls.filter(|call| call["phoneNumber"] == phone);
    own.map(|call| call["duration"].as_i64().unwrap()).collect()
}

async fn talked(faults: Value) -> (Api<Voip24h>, String, String) {
    let api = Api::<Voip24h>::frozen();
    let set = api.send("PUT", "/__admin/record_faults", &faults).await;
    assert_eq!(set.status, 200, "{}", set.text());
    let behaviour = json!({ "outcome": "answer", "talk": 30 });
    let call = json!({ "from": "101", "to": "0912345678", "behaviour": behaviour });
    let placed = api.post("/__admin/calls", &call).await.json;
    api.advance(Duration::seconds(60)).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (api, text(&placed["id"]), text(&placed["vendor_ids"]["callId"]))
}

#[actix_web::test]
async fn a_record_that_is_late_doubled_and_wrong_is_right_in_all_views_in_the_end() {
    let faults = json!({
        "to": "0912*", "late": 300, "doubled": 300, "wrong_duration": { "by": 7, "for": 600 },
    });
    let (api, id, call_id) = talked(faults).await;
    let one = json!({ "callId": call_id });
    assert_eq!(durations(&api, "0912345678").await, [0_i64; 0]);
    assert_eq!(partner(&api, "getCallData", one.clone()).await["respMsg"], "Call not found");
    let truth = api.get(&format!("/__admin/calls/{id}")).await.json;
    assert_eq!(truth["recording_seconds"], 30.0);
    assert_eq!(truth["record"]["published"], false);
    let names: Vec<&Value> =
        truth["record"]["faults"].as_array().unwrap().iter().map(|one| &one["fault"]).collect();
    assert_eq!(names, ["late", "doubled", "wrong_duration"]);

    api.advance(Duration::seconds(300)).await;
    assert_eq!(durations(&api, "0912345678").await, [37, 37]);
    assert_eq!(partner(&api, "getCallData", one.clone()).await["data"]["duration"], 37);
    api.advance(Duration::seconds(300)).await;
    assert_eq!(durations(&api, "0912345678").await, [37]);
    api.advance(Duration::seconds(300)).await;
    assert_eq!(durations(&api, "0912345678").await, [30]);
    assert_eq!(partner(&api, "getCallData", one).await["data"]["duration"], 30);
    let over = api.get(&format!("/__admin/calls/{id}")).await.json;
    assert_eq!(over["record"]["over"], true);
}

#[actix_web::test]
async fn a_recording_is_refused_in_the_vendors_form_until_it_is_ready() {
    let (api, _, call_id) = talked(json!({ "recording": { "after": 120 } })).await;
    let one = json!({ "callId": call_id });
    let refused = partner(&api, "recordingListen", one.clone()).await;
    assert_eq!(refused["respMsg"], "Recording not found");
    api.advance(Duration::seconds(120)).await;
    assert_eq!(partner(&api, "recordingListen", one).await["respMsg"], "Success");
}

#[actix_web::test]
async fn everything_is_right_at_once_when_the_faults_are_taken_away() {
    let (api, _, _) = talked(json!({ "late": 300, "recording": "never" })).await;
    assert_eq!(api.request("DELETE", "/__admin/record_faults", &[], "").await.status, 204);
    assert_eq!(durations(&api, "0912345678").await, [30]);
    let shown = api.get("/__admin/record_faults").await.json;
    assert_eq!([&shown["rules"], &shown["faulty_records"]], [&json!([]), &json!(0)]);
}

#[actix_web::test]
async fn traffic_is_the_same_in_one_jump_and_in_many_and_ends_when_it_is_stopped() {
    let run = |steps: i64| async move {
        let api = Api::<Voip24h>::frozen();
        let traffic = json!({ "calls_per_hour": 120, "curve": "office", "inbound": 0.5 });
        assert_eq!(api.send("PUT", "/__admin/traffic", &traffic).await.status, 200);
        for _ in 0..steps {
            api.advance(Duration::seconds(7_200 / steps)).await;
        }
        let calls = api.get("/__admin/calls?limit=1000").await.json;
        assert_eq!(api.request("DELETE", "/__admin/traffic", &[], "").await.status, 204);
        api.advance(Duration::DAY).await;
        let after = api.get("/__admin/calls?limit=1").await.json;
        assert_eq!(after["total"], calls["total"], "no more calls come");
        calls
    };
    let (whole, pieces) = (run(1).await, run(24).await);
    assert_eq!(whole, pieces);
    assert!((100..400).contains(&whole["total"].as_i64().unwrap()), "{}", whole["total"]);
}

#[actix_web::test]
async fn a_refusal_points_at_the_part_of_a_rule_that_is_wrong() {
    let api = Api::<Voip24h>::frozen();
    for (path, body, at) in [
        ("behaviours", json!({ "outcome": "answer", "talk": { "log": 1 } }), "/talk"),
        (
            "behaviours",
            json!({ "outcome": "answer", "keys": [{ "digits": "x" }] }),
            "/keys/0/digits",
        ),
        ("behaviours", json!({ "outcome": "answer", "rings": 1 }), "/rings"),
        (
            "behaviours",
            json!({ "outcome": "answer", "expires_at": "2026-01-05T09:00:00Z" }),
            "/expires_at",
        ),
        (
            "calls",
            json!({ "from": "101", "to": "1", "behaviour": { "outcome": "anser" } }),
            "/behaviour/outcome",
        ),
    ] {
        let refused = api.post(&format!("/__admin/{path}"), &body).await;
        assert_eq!(refused.status, 400, "{body}");
        assert_eq!(refused.json["errors"][0]["at"], at, "{}", refused.text());
    }
    assert_eq!(api.get("/__admin/behaviours").await.json["total"], 0);
    assert_eq!(api.get("/__admin/calls?state=created").await.json["total"], 0);
}
