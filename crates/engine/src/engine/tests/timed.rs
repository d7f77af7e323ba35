use super::*;

#[test]
fn a_command_answers_with_its_own_outcome_and_a_refusal_is_one() {
    let engine = frozen();
    assert_eq!(engine.execute_blocking(SetTimer { after: seconds(3) }).unwrap(), Ok(1));
    let refused = engine.execute_blocking(SetTimer { after: Duration::days(2) }).unwrap();
    assert_eq!(refused, Err(TooLong));
    assert_eq!(engine.read(|kitchen| kitchen.set), 1);
}

#[test]
fn with_a_standing_clock_nothing_happens_until_it_is_advanced() {
    let engine = frozen();
    for after in [seconds(5), seconds(3), seconds(9)] {
        set(&engine, after);
    }
    assert_eq!(engine.clock().now(), START);
    let advanced = engine.advance(seconds(5));
    assert_eq!((advanced.from, advanced.to), (START, START + seconds(5)));
    assert_eq!(advanced.events, [2, 1]);
    assert_eq!(engine.read(Kitchen::numbers), [2, 1]);
    assert_eq!(engine.advance(seconds(-5)).to, START + seconds(5), "time does not go back");
}

#[test]
fn a_command_finds_everything_done_that_was_due_before_it() {
    let engine = frozen();
    set(&engine, seconds(1));
    engine.clock().jump(seconds(2));
    set(&engine, seconds(0));
    assert_eq!(engine.read(|kitchen| kitchen.rung.len()), 2, "reads see what is due too");
}

#[test]
fn reads_see_what_is_due_though_no_timer_runs() {
    let engine = frozen();
    set(&engine, seconds(1));
    let changes = engine.changes();
    engine.clock().jump(seconds(1));
    let (numbers, now) = engine.read_at(|kitchen, now| (kitchen.numbers(), now));
    assert_eq!((numbers, now), (vec![1], START + seconds(1)));
    assert!(changes.has_changed().unwrap(), "whoever waits for a change is told");
}

#[test]
fn one_advance_is_as_good_as_many() {
    let (one, many) = (frozen(), frozen());
    for engine in [&one, &many] {
        for after in [4, 2, 2, 7, 30] {
            set(engine, seconds(after));
        }
    }
    one.advance(seconds(10));
    for _ in 0..1_000 {
        many.advance(Duration::milliseconds(10));
    }
    assert_eq!(bytes(&one), bytes(&many));
}

#[test]
fn the_clock_shows_whole_microseconds_whatever_it_is_given() {
    let engine =
        Engine::new(Start::Frozen(START + Duration::nanoseconds(1_999)).clock(), Kitchen::open);
    assert_eq!(engine.clock().now(), START + Duration::MICROSECOND);
    engine.advance(Duration::nanoseconds(2_999));
    assert_eq!(engine.clock().now(), START + Duration::microseconds(3));
}

#[test]
fn the_clock_stops_at_the_end_of_the_calendar() {
    let engine = frozen();
    engine.advance(Duration::MAX);
    engine.advance(Duration::MAX);
    let last = datetime!(9999-12-31 23:59:59.999_999 UTC);
    assert_eq!(engine.clock().now(), last);
    let off_the_calendar = datetime!(9999-12-31 23:59:59 -23:00);
    assert_eq!(Start::Frozen(off_the_calendar).clock().now(), last);
}

#[test]
fn a_rate_is_kept_within_bounds_and_never_a_number_that_is_none() {
    let clock = Start::Running(f64::NAN).clock();
    assert_eq!(clock.state().rate.to_bits(), 1.0_f64.to_bits());
    for (given, kept) in [(60.0, 60.0), (0.0, 0.000_001), (-5.0, 0.000_001), (1e99, 1_000_000.0)] {
        clock.set_rate(given);
        assert_eq!(clock.state().rate.to_bits(), f64::to_bits(kept), "{given}");
    }
    clock.set_rate(60.0);
    clock.set_rate(f64::NAN);
    clock.set_rate(f64::INFINITY);
    assert_eq!(clock.state().rate.to_bits(), 60.0_f64.to_bits());
}

#[test]
fn a_running_clock_runs_at_its_rate_and_never_back() {
    let clock = Start::Running(1_000_000.0).clock();
    let mut before = clock.now();
    for round in 0..1_000 {
        match round % 4 {
            0 => clock.freeze(),
            1 => clock.release(),
            2 => clock.set_rate(f64::from(round)),
            _ => clock.set_rate(1_000_000.0),
        }
        let now = clock.now();
        assert!(now >= before);
        before = now;
    }
    clock.freeze();
    assert_eq!(clock.now(), clock.now());
    assert!(clock.now() > clock.started_at());
    assert_eq!(clock.wait_until(clock.now() + Duration::DAY), None);
}
