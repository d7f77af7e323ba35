use std::time::{Duration as ComputerTime, Instant};

use ringback_engine::{Duration, OffsetDateTime};

use super::*;
use crate::webhook::{Attempt, Policy, Post};

const NOW: OffsetDateTime = crate::FROZEN_AT;
const ACCOUNT: AccountId = AccountId(0);
const PLENTY: usize = 100_000;

fn outbox() -> Outbox {
    Outbox::new(Policy { timeout_seconds: 10, retries: vec![10] }, None)
}

fn post(outbox: &mut Outbox, lane: u64, url: &str) {
    let (event, url, headers) = ("rung".into(), Some(url.into()), Vec::new());
    outbox.post(NOW, Post { lane, call: None, event, url, headers, body: String::new() });
}

fn attempt(status: Option<u16>) -> Attempt {
    Attempt { at: None, status, error: None, response: String::new(), took_ms: 1 }
}

/// Takes all there is, in as many looks as it takes.
fn take(
    board: &mut Board<()>,
    outbox: &Outbox,
    now: OffsetDateTime,
    left: usize,
) -> Vec<Start<()>> {
    let mut starts = Vec::new();
    loop {
        let more = board.read(ACCOUNT, outbox, now);
        let look = board.take(|_| Some((outbox, now)), left, Instant::now());
        starts.extend(look.starts);
        if !more && !look.more {
            return starts;
        }
    }
}

fn to(starts: &[Start<()>], url: &str) -> usize {
    starts.iter().filter(|start| start.delivery.url == url).count()
}

#[test]
fn receivers_that_hang_have_a_share_of_what_is_free_and_there_is_always_a_place_left() {
    let mut outbox = outbox();
    let mut board = Board::default();
    let mut places = Vec::new();
    for receiver in 1..=40_u16 {
        let url = format!("http://127.0.0.1:{receiver}/");
        for lane in 0..200 {
            post(&mut outbox, u64::from(receiver) * 1_000 + lane, &url);
        }
        places.push(to(&take(&mut board, &outbox, NOW, PLENTY), &url));
    }
    assert_eq!(places[..8], [64; 8]);
    assert!(places.is_sorted_by(|one, next| one >= next), "{places:?}");
    assert!(*places.last().unwrap() > 0, "{places:?}");
    assert!(places.iter().sum::<usize>() < AT_ONCE, "{places:?}");
}

#[test]
fn a_receiver_that_answers_gets_more_places_and_silence_takes_them_back() {
    let (mut outbox, mut board) = (outbox(), Board::default());
    for lane in 0..5_000 {
        post(&mut outbox, lane, "http://crm/");
    }
    let mut starts = take(&mut board, &outbox, NOW, PLENTY);
    assert_eq!(starts.len(), UNPROVEN);
    for _ in 0..8 {
        for start in std::mem::take(&mut starts) {
            outbox.note(NOW, start.key.id, attempt(Some(200)));
            board.end(start.key, End::Answered(None), Instant::now());
        }
        starts = take(&mut board, &outbox, NOW, PLENTY);
    }
    assert!(starts.len() > 300, "{}", starts.len());
    let under_way = starts.len();
    let start = starts.remove(0);
    outbox.note(NOW, start.key.id, attempt(None));
    board.end(start.key, End::Silent, Instant::now());
    assert!(take(&mut board, &outbox, NOW, PLENTY).is_empty());
    for start in starts.drain(..under_way - UNPROVEN) {
        outbox.note(NOW, start.key.id, attempt(None));
        board.end(start.key, End::Silent, Instant::now());
    }
    assert_eq!(take(&mut board, &outbox, NOW, PLENTY).len(), 1);
}

/// attack report, B1: each look walked over all that waited.
#[test]
fn a_look_costs_what_has_changed_however_much_waits() {
    let (mut outbox, mut board) = (outbox(), Board::default());
    for lane in 0..100_000 {
        post(&mut outbox, lane, "http://hangs/");
    }
    assert_eq!(take(&mut board, &outbox, NOW, PLENTY).len(), UNPROVEN);
    let began = Instant::now();
    for lane in 100_000..120_000 {
        post(&mut outbox, lane, "http://crm/");
        let starts = take(&mut board, &outbox, NOW, PLENTY);
        assert_eq!(starts.len(), 1);
        for start in starts {
            outbox.note(NOW, start.key.id, attempt(Some(200)));
            board.end(start.key, End::Answered(None), Instant::now());
        }
    }
    assert!(began.elapsed() < ComputerTime::from_secs(10), "{:?}", began.elapsed());
}

#[test]
fn a_retry_waits_for_its_moment_and_the_next_of_the_lane_for_the_retry() {
    let (mut outbox, mut board) = (outbox(), Board::default());
    post(&mut outbox, 1, "http://crm/");
    post(&mut outbox, 1, "http://crm/");
    let first = take(&mut board, &outbox, NOW, PLENTY).remove(0);
    outbox.note(NOW, first.key.id, attempt(Some(503)));
    board.end(first.key, End::Answered(None), Instant::now());
    assert!(take(&mut board, &outbox, NOW, PLENTY).is_empty());
    let due = NOW + Duration::seconds(10);
    assert_eq!(board.next_due(ACCOUNT), Some(due));
    let again = take(&mut board, &outbox, due, PLENTY).remove(0);
    assert_eq!(again.key, first.key);
    // Noted before its place is given back, as it happens between two looks.
    outbox.note(due, again.key.id, attempt(Some(503)));
    let second = take(&mut board, &outbox, due, PLENTY);
    assert_eq!(second.len(), 1);
    assert!(second[0].key.id > first.key.id);
}

#[test]
fn a_delivery_for_which_there_was_no_descriptor_is_tried_later() {
    let (mut outbox, mut board) = (outbox(), Board::default());
    for lane in 0..10 {
        post(&mut outbox, lane, "http://crm/");
    }
    assert!(take(&mut board, &outbox, NOW, 0).is_empty());
    assert!(board.wake_at(Instant::now()).is_some());
    // A look for another reason changes nothing about that.
    assert!(take(&mut board, &outbox, NOW, 0).is_empty());
    assert!(board.wake_at(Instant::now()).is_some());
    board.wake();
    let starts = take(&mut board, &outbox, NOW, 4);
    assert_eq!(starts.len(), 1);
    board.end(starts[0].key, End::Later, Instant::now());
    assert!(take(&mut board, &outbox, NOW, PLENTY).is_empty());
    let at = board.wake_at(Instant::now()).unwrap();
    board.wake();
    board.read(ACCOUNT, &outbox, NOW);
    let later = board.take(|_| Some((&outbox, NOW)), PLENTY, at + ComputerTime::from_millis(1));
    assert_eq!(later.starts.len(), 10);
}

#[test]
fn when_places_are_few_each_receiver_has_its_turn() {
    let (mut outbox, mut board) = (outbox(), Board::default());
    for lane in 0..30 {
        post(&mut outbox, lane, ["http://a/", "http://b/", "http://c/"][lane as usize % 3]);
    }
    let mut served = String::new();
    for _ in 0..6 {
        let start = take(&mut board, &outbox, NOW, 1).remove(0);
        served.push_str(&start.address.unwrap().receiver.host);
        outbox.note(NOW, start.key.id, attempt(None));
        board.end(start.key, End::Silent, Instant::now());
    }
    assert_eq!(served, "abcabc");
}

#[test]
fn another_outbox_in_its_place_is_read_from_its_beginning() {
    let mut board = Board::default();
    let mut first = outbox();
    for lane in 0..3 {
        post(&mut first, lane, "http://crm/");
    }
    let starts = take(&mut board, &first, NOW, PLENTY);
    assert_eq!(starts.len(), 3);
    // A copy, as a reset or a restored snapshot makes one; its numbers are the same.
    let second = first.clone();
    let again = take(&mut board, &second, NOW, PLENTY);
    assert_eq!(again.len(), 3);
    for start in starts.into_iter().chain(again) {
        board.end(start.key, End::Answered(None), Instant::now());
    }
    assert_eq!(take(&mut board, &second, NOW, PLENTY).len(), 3);
}

#[test]
fn idle_connections_are_used_again_and_closed_in_the_end() {
    let (mut outbox, mut board) = (outbox(), Board::default());
    post(&mut outbox, 1, "http://crm/");
    post(&mut outbox, 1, "http://crm/");
    let first = take(&mut board, &outbox, NOW, PLENTY).remove(0);
    assert!(first.connection.is_none());
    outbox.note(NOW, first.key.id, attempt(Some(200)));
    board.end(first.key, End::Answered(Some(())), Instant::now());
    let second = take(&mut board, &outbox, NOW, PLENTY).remove(0);
    assert!(second.connection.is_some());
    outbox.note(NOW, second.key.id, attempt(Some(200)));
    board.end(second.key, End::Answered(Some(())), Instant::now());
    board.sweep(Instant::now() + IDLE * 2);
    assert_eq!((board.idle, board.receivers.len()), (0, 0));
}
