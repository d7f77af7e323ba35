use ringback_engine::{Duration, OffsetDateTime};
use ringback_exchange::Random;

use super::super::{Attempt, Policy, Post};
use super::*;

fn outbox() -> Outbox {
    let policy = Policy { timeout_seconds: 5, retries: vec![2] };
    Outbox::new(policy, Some("http://127.0.0.1:9/".to_owned()))
}

fn post(outbox: &mut Outbox, now: OffsetDateTime, call: Option<u64>) {
    let (url, headers, body, event) = (None, Vec::new(), String::new(), "state".to_owned());
    let lane = call.unwrap_or_else(|| outbox.own_lane());
    outbox.post(now, Post { lane, call: call.map(CallId), event, url, headers, body });
}

fn ids<'a>(deliveries: impl Iterator<Item = &'a Delivery>) -> Vec<u64> {
    deliveries.map(|delivery| delivery.id.0).collect()
}

/// What a look at all of them finds.
fn looked_for(outbox: &Outbox, call: CallId) -> Vec<u64> {
    let mut found = ids(outbox.deliveries().filter(|delivery| delivery.call == Some(call)));
    found.sort_unstable();
    found
}

#[test]
fn it_finds_what_a_look_at_all_of_them_finds_whatever_happens() {
    let (mut outbox, mut random) = (outbox(), Random::new(3));
    let mut now = OffsetDateTime::UNIX_EPOCH;
    for step in 0..6_000 {
        now += Duration::seconds(random.between(0, 3));
        let call = random.between(0, 40);
        match random.below(8) {
            0..4 => post(&mut outbox, now, u64::try_from(call).ok().filter(|call| *call > 0)),
            4..7 => {
                let status = if random.chance(0.5) { 200 } else { 500 };
                let ready = outbox.ready(now).next().map(|delivery| delivery.id);
                if let Some(id) = ready {
                    outbox.note(now, id, Attempt { status: Some(status), ..Attempt::default() });
                }
            }
            _ if step == 3_000 => outbox.forget_waiting(),
            _ => {
                let ready = outbox.ready(now).next().map(|delivery| delivery.id);
                if let Some(id) = ready {
                    outbox.discard(id, "lost".to_owned());
                }
            }
        }
        // Others are asked for now and then, so that the first question comes late.
        if step > 500 {
            let call = CallId(u64::try_from(call).unwrap_or(0));
            assert_eq!(ids(outbox.of_call(call)), looked_for(&outbox, call), "step {step}");
        }
    }
    assert_eq!(outbox.past.len(), Outbox::PAST, "the oldest have been forgotten");
    // It is no part of what a log or a snapshot keeps.
    let text = serde_json::to_string(&outbox).unwrap();
    let read: Outbox = serde_json::from_str(&text).unwrap();
    assert_eq!(read, outbox);
    for call in (0..40).map(CallId) {
        assert_eq!(ids(read.of_call(call)), looked_for(&outbox, call));
    }
}

#[test]
fn a_question_visits_the_deliveries_of_its_call_alone() {
    let mut outbox = outbox();
    let calls = 10_000;
    for call in 1..=calls {
        for _ in 0..4 {
            post(&mut outbox, OffsetDateTime::UNIX_EPOCH, Some(call));
        }
    }
    // A look at all of them for each call would be 400,000,000 steps.
    let visited: usize = (1..=calls).map(|call| outbox.of_call(CallId(call)).count()).sum();
    assert_eq!(visited, 40_000);
    let known = outbox.by_call.0.get().unwrap();
    assert_eq!(known.calls.values().map(BTreeMap::len).max(), Some(4));
}
