//! What goes on beside a client's doings: calls that come by themselves, records that are wrong.

use proptest::{option, prelude::*, sample::select};
use serde_json::{Value, json};

/// Draws controls that set or end traffic and record faults of all kinds, with lengths that the waits
/// of a plan come across.
pub fn background() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => record_faults().prop_map(|rules| json!({ "do": "set_record_faults", "rules": rules })),
        1 => traffic().prop_map(|traffic| json!({ "do": "set_traffic", "traffic": traffic })),
    ]
}

/// Up to three rules, the first of which that is about a call decides; none puts everything right.
fn record_faults() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(record_fault(), 0..3)
}

/// A rule of one fault or of several at once.
fn record_fault() -> impl Strategy<Value = Value> {
    let late = option::of(1_u32..90).prop_map(|late| json!({ "late": late }));
    let doubled = option::of(1_u32..90).prop_map(|doubled| json!({ "doubled": doubled }));
    let wrong = option::of((select(vec![-30, -7, -1, 1, 7, 30]), 1_u32..60));
    let wrong =
        wrong.prop_map(|wrong| json!({ "wrong_duration": wrong.map(|(by, lasting)| json!({ "by": by, "for": lasting })) }));
    let order = option::of((1_u16..5, 1_u32..60));
    let order = order
        .prop_map(|order| json!({ "out_of_order": order.map(|(places, lasting)| json!({ "places": places, "for": lasting })) }));
    let recording = select(vec![json!(null), json!("never"), json!({ "after": 20 })])
        .prop_map(|recording| json!({ "recording": recording }));
    let about = select(vec![
        json!({}),
        json!({ "to": "10?" }),
        json!({ "probability": 0.5 }),
        json!({ "times": 2 }),
        json!({ "direction": "outbound" }),
    ]);
    let faults = (late, doubled, wrong, order, recording);
    (about, faults).prop_filter_map("nothing is wrong", |(about, faults)| {
        let (late, doubled, wrong, order, recording) = faults;
        let mut rule = serde_json::Map::new();
        for part in [about, late, doubled, wrong, order, recording] {
            let fields = part.as_object().cloned().unwrap_or_default();
            rule.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
        }
        let is_about = ["to", "probability", "times", "direction"];
        rule.keys().any(|key| !is_about.contains(&key.as_str())).then_some(Value::Object(rule))
    })
}

/// Calls that come every few minutes, or none any more.
fn traffic() -> impl Strategy<Value = Value> {
    let of = |(rate, inbound): (u32, f64)| json!({ "calls_per_hour": rate, "inbound": inbound });
    let some = (10_u32..80, select(vec![0.0, 0.5, 1.0])).prop_map(of);
    prop_oneof![2 => some, 1 => Just(Value::Null)]
}
