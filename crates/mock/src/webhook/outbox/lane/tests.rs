use ringback_engine::Duration;

use super::*;
use crate::webhook::{Attempt, Policy, Post};

const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

fn at(seconds: i64) -> OffsetDateTime {
    START + Duration::seconds(seconds)
}

fn outbox() -> Outbox {
    let policy = Policy { timeout_seconds: 1, retries: vec![10] };
    Outbox::new(policy, Some("http://localhost:9".to_owned()))
}

fn post(outbox: &mut Outbox, seconds: i64) -> DeliveryId {
    let (event, body) = (String::new(), String::new());
    let post = Post { lane: 1, call: None, event, url: None, headers: Vec::new(), body };
    outbox.post(at(seconds), post).unwrap()
}

fn attempt(status: u16) -> Attempt {
    Attempt { at: None, status: Some(status), error: None, response: String::new(), took_ms: 0 }
}

fn hold(outbox: &mut Outbox, id: DeliveryId, seconds: i64, overtaken_by: Option<u32>) {
    outbox.hold(id, Hold { until: at(seconds), overtaken_by });
}

/// Sends whatever is ready at a moment, and returns in which order.
fn send(outbox: &mut Outbox, seconds: i64) -> Vec<u64> {
    let mut sent = Vec::new();
    loop {
        let next = outbox.ready(at(seconds)).next().map(|delivery| delivery.id);
        let Some(id) = next else { return sent };
        outbox.note(at(seconds), id, attempt(200));
        sent.push(id.0);
    }
}

#[test]
fn one_that_is_put_back_is_sent_after_as_many_others() {
    let mut outbox = outbox();
    let first = post(&mut outbox, 0);
    for second in 1..4 {
        post(&mut outbox, second);
    }
    hold(&mut outbox, first, 60, Some(2));
    assert_eq!(send(&mut outbox, 100), [2, 3, 1, 4]);
}

#[test]
fn one_that_is_put_back_goes_when_its_time_is_up_though_fewer_came() {
    let mut outbox = outbox();
    let first = post(&mut outbox, 0);
    hold(&mut outbox, first, 60, Some(2));
    assert_eq!(outbox.next_attempt_at(first), Some(at(60)));
    assert_eq!(send(&mut outbox, 59), [0; 0]);
    post(&mut outbox, 30);
    assert_eq!(send(&mut outbox, 30), [2]);
    assert_eq!(send(&mut outbox, 60), [1]);
    assert_eq!(outbox.counts(), [0, 2, 0, 0]);
}

#[test]
fn a_jump_over_a_hold_keeps_the_order_of_time() {
    let mut outbox = outbox();
    let ids: Vec<_> = [0, 10, 30].into_iter().map(|second| post(&mut outbox, second)).collect();
    hold(&mut outbox, ids[0], 20, None);
    assert_eq!(send(&mut outbox, 100), [2, 1, 3]);
}

#[test]
fn a_held_one_is_tried_again_like_any_other_and_is_held_once() {
    let mut outbox = outbox();
    let (first, _) = (post(&mut outbox, 0), post(&mut outbox, 0));
    hold(&mut outbox, first, 5, None);
    assert_eq!(send(&mut outbox, 4), [2]);
    hold(&mut outbox, first, 50, None);
    outbox.note(at(5), first, attempt(503));
    post(&mut outbox, 6);
    assert_eq!(outbox.next_attempt_at(first), Some(at(15)));
    assert_eq!(send(&mut outbox, 15), [1, 3]);
}

#[test]
fn a_wait_is_skipped_where_there_is_one() {
    let mut outbox = outbox();
    let (first, second) = (post(&mut outbox, 0), post(&mut outbox, 0));
    assert!(outbox.skip_wait(at(0), second).unwrap_err().contains("behind 1"));
    assert!(outbox.skip_wait(at(0), first).unwrap_err().contains("now"));
    hold(&mut outbox, first, 60, Some(9));
    hold(&mut outbox, second, 70, Some(9));
    outbox.skip_wait(at(1), second).unwrap();
    assert_eq!(send(&mut outbox, 1), [2]);
    outbox.skip_wait(at(1), first).unwrap();
    assert_eq!(send(&mut outbox, 1), [1]);
    assert!(outbox.skip_wait(at(1), first).unwrap_err().contains("over"));
}

#[test]
fn one_that_is_dropped_says_why_and_lets_the_next_one_go() {
    let mut outbox = outbox();
    let (first, _) = (post(&mut outbox, 0), post(&mut outbox, 0));
    outbox.discard(first, "lost".to_owned());
    let dropped = outbox.find(first).unwrap();
    assert_eq!((dropped.state, dropped.reason.as_deref()), (DeliveryState::Dropped, Some("lost")));
    assert_eq!(send(&mut outbox, 0), [2]);
    assert_eq!(outbox.counts(), [0, 1, 0, 1]);
}
