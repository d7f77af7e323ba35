use serde_json::json;

use super::*;

fn holds(matched: Value) -> bool {
    let event = json!({
        "event": "leg_answered", "vendor": "mango", "call": "mango-0-17", "from": "101",
        "to": { "kind": "outside", "number": "0912345" }, "cause": null, "leg": 2,
        "at": "2026-01-05T09:00:02.000000Z",
    });
    Match::read(&matched, "").unwrap().holds(&event)
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
        json!({ "kind": "request" }),
        json!({ "leg": { "above": 1 } }),
        json!({ "from": { "match": "(" } }),
        json!({ "from": { "like": 1 } }),
        json!({ "any": [] }),
        json!({ "event": "call_endd" }),
        json!({ "event": { "in": ["call_ended", "Call Ended"] } }),
        json!({ "direction": "in" }),
        json!({ "not": { "cause": "BUSY" } }),
    ] {
        assert!(Match::read(&matched, "/until").is_err(), "{matched}");
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
