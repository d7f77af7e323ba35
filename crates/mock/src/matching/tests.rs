use serde_json::json;

use super::{names::EVENTS, *};

fn holds(matched: Value) -> bool {
    let event = json!({
        "event": "leg_answered", "vendor": "mango", "call": "mango-0-17", "from": "101",
        "to": { "kind": "outside", "number": "0912345" }, "cause": null, "leg": 2,
        "at": "2026-01-05T09:00:02.000000Z",
    });
    let matched = Match::read(&matched, "", Some(Kind::Event)).unwrap();
    matched.holds(&Shown::of(&event, Some(Kind::Event)))
}

#[test]
fn all_conditions_have_to_hold() {
    for matched in [
        json!({}),
        json!({ "event": "leg_answered", "from": "101" }),
        json!({ "from": 101, "leg": "2" }),
        json!({ "to": { "like": "0912*" }, "leg": { "gte": 2, "lt": 3 } }),
        json!({ "at": { "gt": "2026-01-05T09:00:01.999999Z" } }),
        json!({ "event": { "in": ["call_ended", "leg_answered"] } }),
        json!({ "call": { "match": "^mango-[0-9]+-17$" } }),
        json!({ "cause": { "exists": false }, "from": { "exists": true } }),
        json!({ "any": [{ "event": "call_ended" }, { "leg": 2 }], "not": { "vendor": "scfm" } }),
        json!({ "event": { "not": { "like": "call_*" } }, "from": { "ne": "102" } }),
    ] {
        assert!(holds(matched.clone()), "{matched}");
    }
    for matched in [
        json!({ "event": "leg_answered", "from": "102" }),
        json!({ "leg": { "gt": 2 } }),
        json!({ "digits": "1" }),
        json!({ "any": [{ "leg": 1 }, { "leg": 3 }] }),
        json!({ "not": { "vendor": "mango" } }),
    ] {
        assert!(!holds(matched.clone()), "{matched}");
    }
}

#[test]
fn what_would_never_match_is_refused() {
    for matched in [
        json!([]),
        json!({ "colour": "red" }),
        json!({ "kind": "requests" }),
        json!({ "kind": "event", "operation": "getUser" }),
        json!({ "leg": { "above": 1 } }),
        json!({ "from": { "match": "(" } }),
        json!({ "from": { "like": 1 } }),
        json!({ "any": [] }),
        json!({ "event": "call_endd" }),
        json!({ "event": { "in": ["call_ended", "Call Ended"] } }),
        json!({ "direction": "in" }),
        json!({ "not": { "cause": "BUSY" } }),
    ] {
        assert!(Match::read(&matched, "/until", Some(Kind::Event)).is_err(), "{matched}");
    }
}

#[test]
fn the_names_of_events_are_those_of_the_exchange() {
    let unknown = json!({ "event": "", "at": "2026-01-05T09:00:00Z", "call": 0 });
    let refused = serde_json::from_value::<ringback_exchange::EventKind>(unknown);
    let refused = refused.unwrap_err().to_string();
    let known: Vec<&str> = refused.split('`').skip(3).step_by(2).collect();
    assert_eq!(known, EVENTS, "{refused}");
}

fn request() -> Value {
    json!({
        "kind": "request", "method": "POST", "url": "/vpbx/commands/callback?x=1", "status": 7,
        "headers": [["Content-Type", "application/x-www-form-urlencoded"]],
        "body": "vpbx_api_key=k&sign=s&json=%7B%22to%22%3A%7B%22number%22%3A%227999%22%7D%2C%22n%22%3A%5B1%2C2%5D%7D",
        "response": { "status": 200, "headers": [], "body": "{\"result\":1000}" },
        "refused": { "step": "auth" },
    })
}

fn asks(matched: Value) -> bool {
    let request = request();
    Match::read(&matched, "/match", None).unwrap().holds(&Shown::new(&request))
}

#[test]
fn bodies_are_asked_by_path_and_a_form_with_json_in_it_is_that_json() {
    assert!(asks(json!({ "body": { "$.to.number": { "match": "^7999" }, "$.n[*]": 2 } })));
    assert!(asks(
        json!({ "answer": { "$.result": 1000 }, "body": { "$.m": { "exists": false } } })
    ));
    assert!(asks(json!({ "path": { "like": "/vpbx/*/callback" }, "query": { "x": "1" } })));
    assert!(asks(json!({ "header": { "content-type": { "like": "*form*" } }, "refused": true })));
    assert!(asks(json!({ "kind": { "in": ["event", "request"] }, "step": "auth" })));
    assert!(!asks(json!({ "body": { "$.n[*]": 3 } })));
    assert!(!asks(json!({ "kind": "event" })));
    assert!(!asks(json!({ "refused": false })));
}

#[test]
fn a_form_is_an_object_of_its_fields() {
    let request = json!({ "kind": "request", "headers": [], "body": "a=1&b=x+y&b=z" });
    let wanted = json!({ "body": { "$.a": 1, "$.b[1]": "z" } });
    let wanted = Match::read(&wanted, "", None).unwrap();
    assert!(wanted.holds(&Shown::new(&request)));
}

#[test]
fn what_differs_is_told_condition_by_condition_and_secrets_are_not() {
    let wanted = json!({
        "kind": "request", "method": "GET", "body": { "$.to.number": "1", "$.token": "t" },
        "header": { "x-other": "1" },
    });
    let request = json!({ "kind": "request", "method": "GET", "body": "{\"token\":\"abc\"}" });
    let compared = Match::read(&wanted, "/match", None).unwrap().compare(&Shown::new(&request));
    let told: Vec<Value> = compared.iter().map(Compared::show).collect();
    let at = |at: &str| told.iter().find(|one| one["at"] == at).unwrap();
    assert_eq!(at("/match/method")["holds"], true);
    assert_eq!(at("/match/body/$.to.number")["found"], Value::Null);
    assert_eq!(at("/match/body/$.token")["found"], "***");
}

#[test]
fn a_misspelt_name_is_told_the_nearest_of_its_kind() {
    let refused = |matched: Value| Match::read(&matched, "/match", None).unwrap_err().to_string();
    let told = refused(json!({ "kind": "request", "operatoin": "getUser" }));
    assert_eq!(told, "/match/operatoin: unknown condition; did you mean operation?");
    let told = refused(json!({ "kind": "request", "digits": "1" }));
    assert!(told.contains("it can be asked of the kinds event"), "{told}");
    assert!(refused(json!({ "kind": "evnt" })).contains("did you mean event?"));
    assert!(refused(json!({ "body": { "to": 1 } })).contains("is no JSONPath"));
}
