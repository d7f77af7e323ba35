use serde_json::json;

use super::*;
use crate::webhook::{Outbox, Policy, Post};
use ringback_engine::OffsetDateTime;

fn delivery(event: &str, body: &str) -> Delivery {
    let mut outbox = Outbox::new(Policy { timeout_seconds: 1, retries: Vec::new() }, None);
    let post = Post {
        lane: 1,
        call: None,
        event: event.to_owned(),
        url: Some("http://localhost:9".to_owned()),
        headers: vec![("X-Sign".to_owned(), "a+b/c=".to_owned())],
        body: body.to_owned(),
    };
    let id = outbox.post(OffsetDateTime::UNIX_EPOCH, post).unwrap();
    outbox.find(id).unwrap().clone()
}

fn read(chaos: serde_json::Value) -> Chaos {
    serde_json::from_value(chaos).unwrap()
}

#[test]
fn as_many_fall_as_their_share_says_and_the_same_ones_each_time() {
    let chaos = read(json!({ "drop": 0.1, "duplicate": 0.5 }));
    let delivery = delivery("rung", "");
    let plans: Vec<Plan> =
        (0..10_000).map(|key| chaos.plan(key, &delivery, NaturalOrder::IN_ORDER)).collect();
    let count = |is: fn(&Plan) -> bool| plans.iter().filter(|plan| is(plan)).count();
    let (dropped, doubled) = (count(|plan| plan.drop), count(|plan| plan.duplicate));
    assert!((900..1_100).contains(&dropped), "{dropped}");
    assert!((4_800..5_200).contains(&doubled), "{doubled}");
    assert_eq!(count(|plan| plan.hold.is_some() || plan.corrupt_signature), 0);
    // One aspect changes nothing about another.
    let alone = read(json!({ "drop": 0.1 }));
    let again = (0..10_000).map(|key| alone.plan(key, &delivery, NaturalOrder::IN_ORDER).drop);
    assert!(again.eq(plans.iter().map(|plan| plan.drop)));
}

#[test]
fn a_delay_counts_from_the_event_and_goes_before_an_order() {
    let chaos = read(json!({ "delay": { "uniform": [1, 5] }, "reorder": 3 }));
    let delivery = delivery("rung", "");
    for key in 0..100 {
        let hold = chaos.plan(key, &delivery, NaturalOrder::IN_ORDER).hold.unwrap();
        let late = hold.until - delivery.created_at;
        assert!((Duration::SECOND..=Duration::seconds(5)).contains(&late), "{late}");
        assert_eq!(hold.overtaken_by, None);
    }
}

#[test]
fn only_what_the_vendor_names_is_overtaken_in_its_natural_order() {
    let natural = NaturalOrder { overtaken: 1.0, within_ms: 500, events: &["hangup"] };
    let chaos = read(json!({ "order": "natural" }));
    let hold = |event: &str| chaos.plan(1, &delivery(event, ""), natural).hold;
    let until = OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(500);
    assert_eq!(hold("hangup"), Some(Hold { until, overtaken_by: Some(1) }));
    assert_eq!(hold("cdr"), None);
}

#[test]
fn a_signature_is_changed_where_it_stands() {
    let mut signed = delivery("rung", "key=1&sign=0badc0de&json=2");
    assert!(corrupt(&mut signed, "0badc0de"));
    assert_eq!(signed.body, "key=1&sign=1badc0de&json=2");
    assert!(corrupt(&mut signed, "a+b/c="));
    assert_eq!(signed.headers[0].1, "0+b/c=");
    assert!(!corrupt(&mut signed, "elsewhere"));
}

#[test]
fn what_cannot_be_is_refused_by_its_name() {
    for (wrong, key) in [
        (json!({ "drop": 1.5 }), "drop"),
        (json!({ "duplicate": -0.1 }), "duplicate"),
        (json!({ "corrupt_signature": 2 }), "corrupt_signature"),
        (json!({ "content_type": 2 }), "content_type"),
        (json!({ "reorder": 101 }), "reorder"),
        (json!({ "delay": -1 }), "delay"),
        (json!({ "delay": { "uniform": [5, 1] } }), "delay"),
        (json!({ "delay": { "exponential": 1e9 } }), "delay"),
    ] {
        assert_eq!(read(wrong.clone()).check().unwrap_err().0, key, "{wrong}");
    }
    assert!(serde_json::from_value::<Chaos>(json!({ "dropp": 0.1 })).is_err());
}
