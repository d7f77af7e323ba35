use time::macros::datetime;

use super::*;

fn rules(json: &[&str]) -> Behaviours {
    let rules = json.iter().map(|json| rule_of(json)).collect();
    Behaviours { rules, last_rule: 0, profile: Profile::default() }
}

fn at(behaviours: &mut Behaviours, random: &mut Random, now: OffsetDateTime) -> Outcome {
    let (from, party) = ("1".into(), Party::Outside("55".into()));
    behaviours.plan(random, &Ringing { now, ..rung(&from, &party) }).0.outcome
}

#[test]
fn a_rule_with_a_life_ends_with_it() {
    let begun = datetime!(2026-01-05 09:00 UTC);
    let rule = rule_of(r#"{ "outcome": "busy", "ttl": 1.5 }"#).begun(begun, 1);
    let mut behaviours = Behaviours { rules: vec![rule], ..Behaviours::default() };
    let random = &mut Random::new(1);
    let outcomes = [0, 1_499, 1_500, 90_000]
        .map(|later| at(&mut behaviours, random, begun + Duration::milliseconds(later)));
    assert_eq!(outcomes, [Outcome::Busy, Outcome::Busy, Outcome::Answer, Outcome::Answer]);
}

#[test]
fn a_probable_rule_decides_its_share_of_calls_by_the_seed() {
    let drawn = |seed| {
        let mut behaviours = rules(&[r#"{ "outcome": "busy", "probability": 0.3 }"#]);
        let (random, now) = (&mut Random::new(seed), datetime!(2026-01-05 09:00 UTC));
        let outcomes: Vec<Outcome> = (0..1_000).map(|_| at(&mut behaviours, random, now)).collect();
        let hits = behaviours.rules.iter().map(|rule| rule.hits).sum::<u64>();
        (outcomes, hits)
    };
    let (outcomes, hits) = drawn(1);
    assert!((250..350).contains(&hits), "{hits}");
    let busy = outcomes.iter().filter(|outcome| **outcome == Outcome::Busy).count();
    assert_eq!(u64::try_from(busy), Ok(hits));
    assert_eq!(drawn(1).0, outcomes);
    assert_ne!(drawn(2).0, outcomes);
    for (probability, hits) in [("0", 0), ("1", 1_000)] {
        let json = format!(r#"{{ "outcome": "busy", "probability": {probability} }}"#);
        let mut behaviours = rules(&[&json]);
        let (random, now) = (&mut Random::new(1), datetime!(2026-01-05 09:00 UTC));
        for _ in 0..1_000 {
            at(&mut behaviours, random, now);
        }
        assert_eq!(behaviours.rules[0].hits, hits);
    }
}

#[test]
fn hours_hold_on_their_days_in_their_zone_and_past_midnight() {
    let day = r#"{ "from": "09:00", "to": "18:00", "days": ["mon"], "utc_offset": "+07:00" }"#;
    let night = r#"{ "from": "22:00", "to": "06:00", "days": ["sun"] }"#;
    for (hours, now, hold) in [
        // Monday 9 o'clock in Hanoi.
        (day, datetime!(2026-01-05 01:59:59 UTC), false),
        (day, datetime!(2026-01-05 02:00 UTC), true),
        (day, datetime!(2026-01-05 10:59:59 UTC), true),
        (day, datetime!(2026-01-05 11:00 UTC), false),
        (day, datetime!(2026-01-06 02:00 UTC), false),
        // The night from Sunday to Monday.
        (night, datetime!(2026-01-04 21:59 UTC), false),
        (night, datetime!(2026-01-04 22:00 UTC), true),
        (night, datetime!(2026-01-05 05:59 UTC), true),
        (night, datetime!(2026-01-05 06:00 UTC), false),
        (night, datetime!(2026-01-05 23:00 UTC), false),
    ] {
        let hours: Hours = serde_json::from_str(hours).unwrap();
        assert_eq!(hours.hold_at(now), hold, "{hours:?} at {now}");
    }
}

#[test]
fn a_rule_that_cannot_be_is_refused() {
    for (field, why) in [
        (r#""probability": 1.1"#, "from 0 to 1"),
        (r#""probability": -0.1"#, "from 0 to 1"),
        (r#""ttl": 0"#, "above 0"),
        (r#""ttl": 1e10"#, "above 0"),
        (r#""hours": {"from": "9:00", "to": "18:00"}"#, "time of day"),
        (r#""hours": {"from": "09:60", "to": "18:00"}"#, "time of day"),
        (r#""hours": {"from": "09:00", "to": "24:01"}"#, "time of day"),
        (r#""hours": {"from": "09:00", "to": "18:00", "days": ["moon"]}"#, "unknown variant"),
        (r#""hours": {"from": "09:00", "to": "18:00", "utc_offset": "7"}"#, "an offset"),
        (r#""keys": [{"digits": "12x"}]"#, "digits are"),
        (r#""keys": [{"digits": "1", "who": "callee"}]"#, "unknown field"),
    ] {
        let json = format!(r#"{{ "outcome": "busy", {field} }}"#);
        let refused = serde_json::from_str::<Rule>(&json).expect_err(&json).to_string();
        assert!(refused.contains(why), "{json}: {refused}");
    }
}

#[test]
fn a_rule_with_everything_is_read_as_it_is_written() {
    let rule = rule_of(
        r##"{ "outcome": "answer", "ttl": 60, "probability": 0.5, "hours": {"from": "22:00",
            "to": "24:00", "days": ["sat", "sun"], "utc_offset": "-03:30"},
            "keys": [{"digits": "1"}, {"digits": "2#", "after": {"uniform": [1, 2]}, "by": "caller"}] }"##,
    );
    let rule = rule.begun(datetime!(2026-01-05 09:00 UTC), 3);
    let written = serde_json::to_string(&rule).unwrap();
    assert_eq!(rule_of(&written), rule, "{written}");
    assert!(written.contains(r#""utc_offset":"-03:30""#), "{written}");
    assert!(written.contains(r#""to":"24:00""#), "{written}");
}
