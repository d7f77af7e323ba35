use ringback_engine::{ClockState, Rate};
use ringback_exchange::{Change, ChangeKind, ChangedPart};
use time::OffsetDateTime;

use super::*;
use crate::bench::{Source, What};

const NOWHERE: Source = Source { origin: None, account: None, world: 0 };

fn draft(what: What) -> Draft {
    Draft { at: OffsetDateTime::UNIX_EPOCH, source: NOWHERE, command: None, what }
}

fn world(key: usize) -> Draft {
    let key = key.to_string();
    let (what, change) = (ChangedPart::Rule, ChangeKind::Added);
    draft(What::World(Change { what, change, key }))
}

fn clock() -> Draft {
    let now = OffsetDateTime::UNIX_EPOCH;
    draft(What::Clock(ClockState { now, rate: Rate::ONE, frozen: false }))
}

fn cursors(page: &Page) -> Vec<u64> {
    page.items.iter().map(|item| item.cursor).collect()
}

#[test]
fn items_of_all_kinds_come_in_one_order() {
    let feed = Feed::default();
    feed.push([world(1), clock(), world(2)]);
    feed.push([clock()]);
    let page = feed.since(0, Kinds::ALL, 3);
    assert_eq!((cursors(&page), page.next, page.missed), (vec![1, 2, 3], 3, 0));
    let rest = feed.since(page.next, Kinds::ALL, 3);
    assert_eq!((cursors(&rest), rest.next), (vec![4], 4));
    let clocks = feed.since(0, Kind::Clock.into(), 10);
    assert_eq!((cursors(&clocks), clocks.next), (vec![2, 4], 4));
    assert_eq!(feed.since(99, Kinds::ALL, 10).next, 4);
}

#[test]
fn what_was_pushed_out_is_counted_and_pushes_out_nothing_of_another_kind() {
    let feed = Feed::default();
    feed.limit(Kind::World, Limits { entries: 2, bytes: usize::MAX });
    feed.push([clock()]);
    feed.push((0..5).map(world));
    feed.push([clock()]);
    let all = feed.since(0, Kinds::ALL, 10);
    assert_eq!((cursors(&all), all.missed), (vec![1, 5, 6, 7], 3));
    assert_eq!(feed.since(3, Kinds::ALL, 10).missed, 1);
    assert_eq!(feed.since(4, Kinds::ALL, 10).missed, 0);
    assert_eq!(feed.since(0, Kind::Clock.into(), 10).missed, 0);
    assert_eq!(feed.kept(Kind::World).0, 2);
}

#[test]
fn bytes_are_a_limit_too() {
    let feed = Feed::default();
    feed.push((0..10).map(world));
    let (_, bytes, _) = feed.kept(Kind::World);
    feed.limit(Kind::World, Limits { entries: 100, bytes: bytes / 2 });
    let (kept, smaller, evicted) = feed.kept(Kind::World);
    assert_eq!((kept, evicted), (5, 5));
    assert!(smaller <= bytes / 2);
}

#[test]
fn what_is_cleared_is_gone_and_not_missed() {
    let feed = Feed::default();
    feed.push([world(1), clock(), world(2)]);
    feed.clear(Kind::World.into(), |item| item.cursor == 1);
    let page = feed.since(0, Kinds::ALL, 10);
    assert_eq!((cursors(&page), page.missed), (vec![2, 3], 0));
}

#[test]
fn a_thread_that_waits_is_woken_by_the_next_item() {
    let feed = std::sync::Arc::new(Feed::default());
    let until = Instant::now() + std::time::Duration::from_secs(20);
    let waits = {
        let feed = std::sync::Arc::clone(&feed);
        std::thread::spawn(move || feed.wait_blocking(0, until))
    };
    feed.push([clock()]);
    assert!(waits.join().expect("the thread ends"));
    assert!(!feed.wait_blocking(1, Instant::now()));
}
