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
    let advanced = advance(&engine, seconds(5));
    assert_eq!((advanced.from, advanced.to), (START, START + seconds(5)));
    assert_eq!(advanced.events, [2, 1]);
    assert_eq!(engine.read(Kitchen::numbers), [2, 1]);
    assert_eq!(advance(&engine, seconds(-5)).to, START + seconds(5), "time does not go back");
}

#[test]
fn a_command_finds_everything_done_that_was_due_before_it() {
    let engine = frozen();
    set(&engine, seconds(1));
    jump(&engine, seconds(2));
    set(&engine, seconds(0));
    assert_eq!(engine.read(|kitchen| kitchen.rung.len()), 2, "reads see what is due too");
}

#[test]
fn reads_see_what_is_due_though_no_timer_runs() {
    let engine = frozen();
    set(&engine, seconds(1));
    let changes = engine.changes();
    jump(&engine, seconds(1));
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
    advance(&one, seconds(10));
    for _ in 0..1_000 {
        advance(&many, Duration::milliseconds(10));
    }
    assert_eq!(bytes(&one), bytes(&many));
}

#[test]
fn the_clock_shows_whole_microseconds_whatever_it_is_given() {
    let engine =
        Engine::new(Start::Frozen(START + Duration::nanoseconds(1_999)).clock(), Kitchen::open);
    assert_eq!(engine.clock().now(), START + Duration::MICROSECOND);
    advance(&engine, Duration::nanoseconds(2_999));
    assert_eq!(engine.clock().now(), START + Duration::microseconds(3));
}

#[test]
fn the_clock_stops_at_the_end_of_the_calendar() {
    let engine = frozen();
    advance(&engine, Duration::MAX);
    advance(&engine, Duration::MAX);
    let last = datetime!(9999-12-31 23:59:59.999_999 UTC);
    assert_eq!(engine.clock().now(), last);
    let off_the_calendar = datetime!(9999-12-31 23:59:59 -23:00);
    assert_eq!(Start::Frozen(off_the_calendar).clock().now(), last);
}

#[test]
fn a_rate_is_whole_millionths_within_bounds_and_never_a_number_that_is_none() {
    for (given, millionths) in [(60.0, 60_000_000), (0.000_001, 1), (1e6, 1_000_000_000_000)] {
        let rate = Rate::from_f64(given).unwrap();
        assert_eq!(rate.millionths(), millionths);
        assert_eq!(
            rate.as_f64().to_bits(),
            f64::to_bits(given),
            "{given} is shown as it was given"
        );
    }
    for given in [0.0, -5.0, 1e99, f64::NAN, f64::INFINITY, 1_000_000.1] {
        assert_eq!(Rate::from_f64(given), None, "{given}");
    }
    assert_eq!(Rate::from_millionths(0), Rate::SLOWEST);
    assert_eq!(Rate::from_millionths(u64::MAX), Rate::FASTEST);
    let kept: Rate = serde_json::from_str("0").unwrap();
    assert_eq!(kept, Rate::SLOWEST, "out of a log too");
}

#[test]
fn a_running_clock_runs_at_its_rate_and_never_back() {
    let clock = Start::Running(Rate::FASTEST).clock();
    let mut before = clock.now();
    for round in 0..1_000 {
        clock.change(match round % 4 {
            0 => ClockCommand::Freeze,
            1 => ClockCommand::Release,
            2 => ClockCommand::SetRate(Rate::from_millionths(round * 1_000_000)),
            _ => ClockCommand::SetRate(Rate::FASTEST),
        });
        let now = clock.now();
        assert!(now >= before);
        before = now;
    }
    clock.change(ClockCommand::Freeze);
    assert_eq!(clock.now(), clock.now());
    assert!(clock.now() > clock.started_at());
    assert_eq!(clock.wait_until(clock.now() + Duration::DAY), None);
}
