use std::collections::BTreeMap;

use time::{UtcOffset, macros::offset};

use super::*;
use crate::{Direction, Disposition, HistoryProfile, Random};

const OFFSET: UtcOffset = offset!(+7);

fn past(calls: usize) -> HistoryProfile<'static> {
    HistoryProfile {
        calls,
        days: 30,
        until: START,
        offset: OFFSET,
        outside: &["09########", "03########"],
        line: Some("19001919".into()),
        inbound: 0.4,
        local: 0.0,
        record: true,
    }
}

fn generated(seed: u64, calls: usize) -> Exchange<()> {
    let mut desk = Desk::new();
    *desk.exchange.random() = Random::new(seed);
    desk.exchange.generate(&past(calls), |_, _| ());
    desk.settle();
    desk.exchange
}

#[test]
fn the_same_seed_gives_the_same_past() {
    assert_eq!(bytes(&generated(5, 500)), bytes(&generated(5, 500)));
    assert_ne!(bytes(&generated(5, 500)), bytes(&generated(6, 500)));
}

#[test]
fn all_calls_of_the_past_are_over_and_within_its_days() {
    let exchange = generated(5, 2_000);
    assert_eq!(exchange.history().len(), 2_000);
    for cdr in exchange.history().iter() {
        assert!(cdr.ended_at() <= START);
        assert!(cdr.created_at() > START - Duration::days(31));
        let outside = if cdr.direction == Direction::Inbound { &cdr.from } else { &cdr.to };
        assert_eq!(outside.as_str().len(), 10, "{outside}");
        assert_eq!(cdr.line, Some("19001919".into()));
        assert_eq!(cdr.recording_length().is_some(), cdr.answered_at().is_some());
    }
}

#[test]
fn no_extension_is_in_two_calls_of_the_past_at_once() {
    // So many calls in so few days that extensions are called while they talk.
    let mut desk = Desk::new();
    desk.exchange.generate(&HistoryProfile { days: 2, ..past(5_000) }, |_, _| ());
    let mut free: BTreeMap<&Number, OffsetDateTime> = BTreeMap::new();
    let mut busy = 0;
    for cdr in desk.exchange.history().during(START - Duration::days(9)..=START) {
        let extension = cdr.extension.as_ref().unwrap();
        let free_from = free.entry(extension).or_insert(cdr.created_at());
        if cdr.created_at() < *free_from {
            assert_eq!((cdr.ringing_at(), cdr.disposition()), (None, Disposition::Busy));
            assert_eq!(cdr.direction, Direction::Inbound);
            busy += 1;
        } else {
            *free_from = cdr.ended_at();
        }
    }
    assert!(busy > 0);
}

#[test]
fn days_are_busier_than_nights_and_working_days_than_sundays() {
    let exchange = generated(9, 5_000);
    let mut hours = [0; 24];
    let (mut wednesdays, mut sundays) = (0, 0);
    for cdr in exchange.history().iter() {
        let local = cdr.created_at().to_offset(OFFSET);
        hours[usize::from(local.hour())] += 1;
        wednesdays += i32::from(local.weekday() == time::Weekday::Wednesday);
        sundays += i32::from(local.weekday() == time::Weekday::Sunday);
    }
    let sum = |range: std::ops::Range<usize>| hours[range].iter().sum::<i32>();
    assert!(sum(8..18) > 4_000, "{hours:?}");
    assert!(sum(0..6) < 100, "{hours:?}");
    assert!(hours[12] < hours[10], "there is a lunch break: {hours:?}");
    assert!(wednesdays > 3 * sundays, "{wednesdays} and {sundays}");
}

#[test]
fn calls_end_as_calls_do() {
    let exchange = generated(9, 5_000);
    let share = |disposition| {
        exchange.history().iter().filter(|cdr| cdr.disposition() == disposition).count()
    };
    let answered = share(Disposition::Answered);
    assert!((3_000..3_800).contains(&answered), "{answered}");
    assert!(share(Disposition::NoAnswer) > 500);
    assert!(share(Disposition::Busy) > 200);
    assert!(share(Disposition::Failed) > 50);
}

#[test]
fn without_extensions_there_is_no_past() {
    let mut exchange: Exchange<()> = Exchange::new(1, Profile::default());
    exchange.generate(&past(10), |_, _| ());
    assert!(exchange.history().is_empty());
}

#[test]
fn only_those_who_can_be_called_take_part_in_the_past() {
    let mut desk = Desk::new();
    desk.exchange.set_extension(Extension { registered: false, ..Extension::new("106") });
    desk.exchange.set_extension(Extension { do_not_disturb: true, ..Extension::new("107") });
    desk.exchange.generate(&past(1_000), |_, _| ());
    assert_eq!(desk.exchange.history().len(), 1_000);
    for cdr in desk.exchange.history().iter() {
        let extension = cdr.extension.as_ref().unwrap().as_str();
        assert!(!["106", "107"].contains(&extension), "{extension}");
    }
}

#[test]
fn a_call_from_outside_never_fails_on_its_way_out() {
    let exchange = generated(9, 5_000);
    let failed = |cdr: &&Cdr<()>| cdr.disposition() == Disposition::Failed;
    let mut failed = exchange.history().iter().filter(failed).peekable();
    assert!(failed.peek().is_some());
    assert!(failed.all(|cdr| cdr.direction == Direction::Outbound));
}

#[test]
fn a_share_of_the_calls_stays_within_and_takes_two_who_are_free() {
    let mut desk = Desk::new();
    desk.exchange.generate(&HistoryProfile { local: 0.06, ..past(2_000) }, |_, _| ());
    let mut free: BTreeMap<&Number, OffsetDateTime> = BTreeMap::new();
    let mut within = 0;
    for cdr in desk.exchange.history().during(START - Duration::days(40)..=START) {
        let is_local = cdr.direction == Direction::Local;
        let own = [cdr.extension.as_ref().unwrap(), if is_local { &cdr.to } else { &cdr.from }];
        let own = &own[..if is_local { 2 } else { 1 }];
        let taken = own.iter().any(|who| free.get(who).is_some_and(|at| *at > cdr.created_at()));
        if is_local {
            within += 1;
            assert!(!taken && cdr.from != cdr.to && cdr.line.is_none());
            assert_eq!(cdr.extension.as_ref(), Some(&cdr.from));
        }
        if !taken {
            free.extend(own.iter().map(|who| (*who, cdr.ended_at())));
        }
    }
    assert!((60..160).contains(&within), "{within}");
}
