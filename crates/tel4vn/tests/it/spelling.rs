//! Rules are told in any usual spelling of a number, and hold for the calls that clients place.

use std::time::Duration as ComputerTime;

use ringback_mock::{AccountId, Accounts};
use ringback_tel4vn::{Pbx, Tel4vn};
use ringback_testkit::Api;
use serde_json::json;
use time::Duration;

use crate::{api, get};

/// Orders a call as a client does, and lets it come to its end.
async fn order(api: &Api<Tel4vn>, phone: &str) {
    let path = format!("/v1/click2call?ext=101&phone={phone}");
    let live = |accounts: &Accounts<Pbx>, _| {
        let calls = accounts.world(AccountId::DEMO)?.exchange().live();
        (calls == 1).then_some(())
    };
    let meanwhile = async {
        api.engine().wait_for(ComputerTime::from_secs(30), live).await.expect("it is ordered");
        api.advance(Duration::minutes(5)).await;
    };
    let (reply, ()) = tokio::join!(get(api, &path), meanwhile);
    assert_eq!(reply.status, 200, "{}", reply.text());
}

#[actix_web::test]
async fn a_rule_is_spelled_as_the_client_dials_and_may_have_blanks_and_dashes() {
    let api = api();
    for (told, kept, phone) in [
        ("0899098899", "0899098899", "0899098899"),
        ("0899 098 899", "0899098899", "0899098899"),
        ("0899-098-899", "0899098899", "0899098899"),
        ("+84 899 098 899", "+84899098899", "%2B84899098899"),
        ("+84 899*", "+84899*", "%2B84899098899"),
        ("0899 098 ???", "0899098???", "0899098899"),
    ] {
        let rules = json!({ "rules": [{ "to": told, "outcome": "busy" }] });
        assert_eq!(api.send("PUT", "/__admin/behaviours", &rules).await.status, 200);
        order(&api, phone).await;
        let rule = api.get("/__admin/behaviours").await.json["rules"][0].clone();
        assert_eq!((&rule["to"], &rule["hits"]), (&json!(kept), &json!(1)), "{told}");
    }
}

#[actix_web::test]
async fn numbers_inside_stay_as_they_were_told() {
    let api = api();
    for told in ["101", "600", "1 0 1", "10?", "19001919"] {
        let rule = json!({ "to": told, "outcome": "busy" });
        assert_eq!(api.post("/__admin/behaviours", &rule).await.json["to"], told);
    }
}
