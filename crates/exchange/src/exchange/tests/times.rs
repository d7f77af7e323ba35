use super::*;
use crate::{Agenda, Distribution, HangupCause, HistoryProfile, Random, Shape};

const LAST: OffsetDateTime = datetime!(9999-12-31 23:59:59.999_999 UTC);

#[test]
fn a_call_at_the_end_of_the_calendar_ends_there() {
    let mut desk = Desk::new();
    desk.now = LAST - Duration::MILLISECOND;
    let id = desk.dial("101", MOBILE);
    desk.does(Control::TakeOver { call: id, leg: None });
    desk.does(Control::Answer { call: id, leg: None });
    desk.does(Control::Park { call: id, cut: Side::A, seconds: Some(u32::MAX) });
    desk.now = LAST;
    desk.settle();
    assert_eq!(desk.cdr(id).cause, HangupCause::NormalClearing);
    assert_eq!(desk.cdr(id).ended_at(), LAST);
}

#[test]
fn whatever_figures_a_distribution_has_its_lengths_are_between_zero_and_a_day() {
    let odd = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        86_400.0,
        86_401.0,
        1e300,
        -1e300,
        f64::MAX,
        f64::MIN,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MIN_POSITIVE,
    ];
    let mut random = Random::new(1);
    let mut check = |distribution: Distribution| {
        for _ in 0..20 {
            let length = distribution.draw(&mut random);
            assert!(
                (Duration::ZERO..=Duration::DAY).contains(&length),
                "{distribution:?}: {length}"
            );
            assert_eq!(length.subsec_nanoseconds() % 1_000_000, 0);
        }
    };
    for a in odd {
        check(Distribution::Fixed(a));
        check(Shape::Exponential(a).into());
        for b in odd {
            check(Shape::Uniform(a, b).into());
            check(Shape::Normal(a, b).into());
            check(Shape::Lognormal(a, b).into());
        }
    }
    for (low, high) in [(0, 0), (5, 1), (1, 5), (0, u32::MAX), (u32::MAX, u32::MAX)] {
        check(Shape::WholeSeconds(low, high).into());
    }
}

#[test]
fn draws_stay_within_the_bounds_that_were_given() {
    let mut random = Random::new(3);
    let mut draws = |shape: Shape| -> Vec<Duration> {
        (0..2_000).map(|_| Distribution::from(shape).draw(&mut random)).collect()
    };
    let uniform = draws(Shape::Uniform(1.0, 6.0));
    assert!(uniform.iter().all(|length| (seconds(1)..=seconds(6)).contains(length)));
    let mut whole = draws(Shape::WholeSeconds(1, 6));
    whole.sort_unstable();
    whole.dedup();
    assert_eq!(whole, (1..=6).map(seconds).collect::<Vec<_>>());
    let mut around = draws(Shape::Lognormal(45.0, 0.9));
    around.sort_unstable();
    assert!((seconds(40)..=seconds(50)).contains(&around[1_000]), "the median is the median");
}

#[test]
fn a_fixed_length_is_exact_to_the_millisecond() {
    let mut random = Random::new(1);
    for milliseconds in 0..20_000_u32 {
        let fixed = Distribution::Fixed(f64::from(milliseconds) / 1_000.0);
        assert_eq!(fixed.draw(&mut random), Duration::milliseconds(milliseconds.into()));
    }
}

#[test]
fn a_distribution_is_read_as_its_documentation_writes_it() {
    let read = |json: &str| serde_json::from_str::<Distribution>(json).unwrap();
    assert_eq!(read("5"), Distribution::Fixed(5.0));
    assert_eq!(read(r#"{"uniform": [1, 6]}"#), Shape::Uniform(1.0, 6.0).into());
    assert_eq!(read(r#"{"whole_seconds": [1, 6]}"#), Shape::WholeSeconds(1, 6).into());
    assert_eq!(read(r#"{"normal": [30, 10]}"#), Shape::Normal(30.0, 10.0).into());
    assert_eq!(read(r#"{"lognormal": [45, 0.9]}"#), Shape::Lognormal(45.0, 0.9).into());
    assert_eq!(read(r#"{"exponential": 90}"#), Shape::Exponential(90.0).into());
}

#[test]
fn an_agenda_keeps_whole_microseconds_in_time_order_and_equal_moments_in_order_of_entry() {
    let mut agenda = Agenda::default();
    agenda.enter(START + Duration::nanoseconds(1), "late");
    agenda.enter(START, "first");
    agenda.enter_after(START, seconds(-9), "second");
    agenda.enter_after(START, Duration::MAX, "last");
    let struck = agenda.enter(START, "never");
    assert_eq!(agenda.strike(struck), Some("never"));
    assert_eq!(agenda.strike(struck), None);
    assert_eq!(agenda.pop(START), Some((START, "first")));
    assert_eq!(agenda.pop(START), Some((START, "second")));
    assert_eq!(agenda.pop(START), None);
    assert_eq!(agenda.next_due(), Some(START + Duration::MICROSECOND));
    assert_eq!(agenda.len(), 2);
    assert_eq!(agenda.pop(LAST).map(|(_, what)| what), Some("late"));
    assert_eq!(agenda.pop(LAST), Some((LAST, "last")));
}

#[test]
fn a_past_is_generated_wherever_in_time_and_the_world_it_ends() {
    let offsets = [time::macros::offset!(+23:59), time::macros::offset!(-23:59)];
    let edges = [datetime!(-9999-01-01 0:00 UTC), LAST, datetime!(0000-01-01 0:00 +14)];
    for (until, offset) in edges.into_iter().flat_map(|at| offsets.map(|offset| (at, offset))) {
        let mut exchange: Exchange<()> = Exchange::new(1, Profile::default());
        exchange.set_extension(Extension::new("101"));
        let (line, outside) = (None, &[][..]);
        let (days, inbound, local, record) = (u16::MAX, f64::NAN, f64::NAN, true);
        let past =
            HistoryProfile { calls: 3, days, until, offset, outside, line, inbound, local, record };
        exchange.generate(&past, |_, _| ());
        exchange.verify().unwrap();
    }
}
