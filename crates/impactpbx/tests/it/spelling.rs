//! Rules are told in any usual spelling of a number, and hold for the calls that clients place.

use ringback_impactpbx::ImpactPbx;
use ringback_testkit::Api;
use serde_json::json;
use time::Duration;

#[actix_web::test]
async fn a_rule_and_a_call_in_any_spelling_are_of_the_same_number() {
    let api = Api::<ImpactPbx>::frozen();
    for (told, kept) in [
        ("35799123456", "35799123456"),
        ("+35799123456", "35799123456"),
        ("+357 99 123-456", "35799123456"),
        ("+357*", "357*"),
        ("*123456", "*123456"),
    ] {
        for to in ["35799123456", "+357 99 123456"] {
            let rules = json!({ "rules": [{ "to": told, "outcome": "busy" }] });
            assert_eq!(api.send("PUT", "/__admin/behaviours", &rules).await.status, 200);
            let call = json!({ "from": "35725262136", "to": to });
            let call = api.post("/__admin/calls", &call).await;
            assert_eq!(call.json["to"]["number"], "35799123456", "{}", call.text());
            api.advance(Duration::minutes(5)).await;
            let rule = api.get("/__admin/behaviours").await.json["rules"][0].clone();
            assert_eq!((&rule["to"], &rule["hits"]), (&json!(kept), &json!(1)), "{told}");
        }
    }
}

#[actix_web::test]
async fn the_vendor_triggers_the_call_that_a_rule_is_about() {
    let api = Api::<ImpactPbx>::frozen();
    let busy = api.demo().when("+357 99 123-456").is_busy().unwrap();
    let trigger = json!({ "do": "trigger", "from": "35725262136", "to": "35799123456" });
    api.demo().control(trigger).unwrap();
    api.advance(Duration::minutes(5)).await;
    assert_eq!(busy.hits(), Some(1));
}
