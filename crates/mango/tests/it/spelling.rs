//! Rules are told in any usual spelling of a number, and hold for the calls that clients place.

use ringback_mango::Mango;
use ringback_testkit::Api;
use serde_json::{Value, json};
use time::Duration;

use crate::desk::ask;

/// Sets one rule, lets it be put to use, and returns the rule afterwards.
async fn ruled(api: &Api<Mango>, rule: Value, call: impl AsyncFnOnce(&Api<Mango>)) -> Value {
    let rules = json!({ "rules": [rule] });
    assert_eq!(api.send("PUT", "/__admin/behaviours", &rules).await.status, 200);
    call(api).await;
    api.advance(Duration::minutes(5)).await;
    api.get("/__admin/behaviours").await.json["rules"][0].clone()
}

#[actix_web::test]
async fn a_rule_in_any_spelling_holds_for_a_callback() {
    let api = Api::<Mango>::frozen();
    for (told, kept) in [
        ("79161234567", "79161234567"),
        ("+79161234567", "79161234567"),
        ("+7 (916) 123-45-67", "79161234567"),
        ("8 916 123-45-67", "79161234567"),
        ("+7916*", "7916*"),
        ("7 916 ???????", "7916???????"),
        ("*4567", "*4567"),
    ] {
        let busy = json!({ "to": told, "outcome": "busy" });
        let rule = ruled(&api, busy, async |api| {
            let order = json!({ "command_id": told, "from": { "extension": "101" }, "to_number": "89161234567" });
            assert_eq!(ask(api, "commands/callback", &order).await.json["result"], 1000);
        });
        let rule = rule.await;
        assert_eq!((&rule["to"], &rule["hits"]), (&json!(kept), &json!(1)), "{told}");
    }
}

#[actix_web::test]
async fn calls_by_hand_are_told_the_same_way() {
    let api = Api::<Mango>::frozen();
    for from in ["79161234567", "+7 916 123-45-67", "89161234567"] {
        let busy = json!({ "from": "+79161234567", "to": "101", "outcome": "busy" });
        let rule = ruled(&api, busy, async |api| {
            let call = json!({ "from": from, "to": "101" });
            let call = api.post("/__admin/calls", &call).await;
            assert_eq!(call.json["from"]["number"], "79161234567", "{}", call.text());
        });
        assert_eq!(rule.await["hits"], 1, "{from}");
    }
    // An own number is one in any spelling.
    let call = json!({ "from": "79161234567", "to": "+7 495 000-00-01" });
    let call = api.post("/__admin/calls", &call).await;
    assert_eq!((call.status, &call.json["direction"]), (201, &json!("inbound")), "{}", call.text());
}

#[actix_web::test]
async fn what_may_be_meant_otherwise_stays_as_it_was_told() {
    let api = Api::<Mango>::frozen();
    for told in ["101", "1??", "200", "8916*", "sip:user101@demo.mangosip.ru", "+10", "", "*"] {
        let rule = json!({ "to": told, "outcome": "busy" });
        assert_eq!(api.post("/__admin/behaviours", &rule).await.json["to"], told);
    }
}
