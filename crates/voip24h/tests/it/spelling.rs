//! Rules are told in any usual spelling of a number, and hold for the calls that clients place.

use ringback_testkit::Api;
use ringback_voip24h::Voip24h;
use serde_json::json;
use time::Duration;

use crate::ask;

#[actix_web::test]
async fn a_rule_is_spelled_as_the_client_dials_and_may_have_blanks_and_dashes() {
    let api = Api::<Voip24h>::frozen();
    for (told, kept, phone) in [
        ("0987654321", "0987654321", "0987654321"),
        ("0987 654 321", "0987654321", "0987654321"),
        ("(0987) 654-321", "0987654321", "0987654321"),
        ("+84 987 654 321", "+84987654321", "+84987654321"),
        ("0987 654*", "0987654*", "0987654321"),
    ] {
        let rules = json!({ "rules": [{ "to": told, "outcome": "busy" }] });
        assert_eq!(api.send("PUT", "/__admin/behaviours", &rules).await.status, 200);
        ask(&api, "makeDial", json!({ "extension": "101", "phone": phone })).await;
        api.advance(Duration::minutes(5)).await;
        let rule = api.get("/__admin/behaviours").await.json["rules"][0].clone();
        assert_eq!((&rule["to"], &rule["hits"]), (&json!(kept), &json!(1)), "{told}");
    }
}
