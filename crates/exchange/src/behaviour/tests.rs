use super::*;

mod rules;

/// Somebody who is rung on a Monday morning.
fn rung<'a>(from: &'a Number, party: &'a Party) -> Ringing<'a> {
    let now = time::macros::datetime!(2026-01-05 09:00 UTC);
    Ringing { now, from, party, direction: Direction::Outbound, habit: None }
}

#[test]
fn a_pattern_star_stands_for_any_text_and_a_question_mark_for_one_character() {
    for (pattern, text) in
        [("098*", "0987"), ("*", ""), ("*99486", "+84 99486"), ("1?1", "101"), ("a*b*c", "axbybc")]
    {
        assert!(is_like(pattern, text), "{pattern} should match {text}");
    }
    for (pattern, text) in [("098", "0987"), ("?", ""), ("*1", "12"), ("a*b", "acbd"), ("", "1")] {
        assert!(!is_like(pattern, text), "{pattern} should not match {text}");
    }
}

#[test]
fn only_the_tail_of_a_magic_number_counts() {
    let outcome = |number: &str| magic(&number.into()).map(|behaviour| behaviour.outcome);
    assert_eq!(outcome("0987699486"), Some(Outcome::Busy));
    assert_eq!(outcome("+84 (98) 76-99480"), Some(Outcome::NoAnswer));
    assert_eq!(outcome("99404"), Some(Outcome::Fail(HangupCause::UnallocatedNumber)));
    assert_eq!(outcome("99503"), Some(Outcome::Fail(HangupCause::NormalCircuitCongestion)));
    assert_eq!(outcome("99487"), Some(Outcome::Cancel));
    assert_eq!(outcome("99603"), Some(Outcome::Reject));
    assert_eq!(outcome("99200"), Some(Outcome::Answer));
    for ordinary in ["0987654321", "99999", "9486", "98486", "", "99100"] {
        assert_eq!(outcome(ordinary), None, "{ordinary}");
    }
}

#[test]
fn a_rule_with_times_stops_applying_when_they_are_used_up() {
    let behaviour = Behaviour::fails(Outcome::Busy, Distribution::ZERO);
    let rule = Rule { times: Some(1), ..Rule::to("5*", behaviour) };
    let mut behaviours =
        Behaviours { rules: vec![rule], last_rule: 0, profile: Profile::default() };
    let mut outcome = || {
        let party = Party::Outside("55".into());
        let random = &mut Random::new(1);
        behaviours.plan(random, &rung(&"101".into(), &party)).0.outcome
    };
    assert_eq!([outcome(), outcome()], [Outcome::Busy, Outcome::Answer]);
}

/// A vendor whose extensions talk 7 s, and of whose outside numbers a few talk 3 s and most 5 s.
fn of_two_talks(busy_only: bool) -> Profile {
    let seconds = Distribution::Fixed;
    let answers = |talk| Behaviour::answers(seconds(1.0), seconds(talk));
    let busy = (90, Behaviour::fails(Outcome::Busy, Distribution::ZERO));
    let weight = if busy_only { [0, 0] } else { [1, 9] };
    let outside = vec![busy, (weight[0], answers(3.0)), (weight[1], answers(5.0))];
    Profile { extension: answers(7.0), outside, ..Profile::default() }
}

fn rule_of(json: &str) -> Rule {
    serde_json::from_str(json).expect("it is a rule")
}

/// How long a party talks to whom a rule applies, drawn often.
fn talks(profile: Profile, rule: &str, party: &Party, seed: u64) -> Vec<Option<i64>> {
    let mut behaviours = Behaviours { rules: vec![rule_of(rule)], last_rule: 0, profile };
    let random = &mut Random::new(seed);
    let mut talk = || {
        let (plan, _) = behaviours.plan(random, &rung(&"1".into(), party));
        plan.talk.map(Duration::whole_seconds)
    };
    (0..200).map(|_| talk()).collect()
}

#[test]
fn a_rule_without_a_talk_talks_as_long_as_the_vendors_calls_do() {
    let rule = r#"{ "outcome": "answer", "ring": 10 }"#;
    let (outside, inside) = (Party::Outside("55".into()), Party::Extension("101".into()));
    let drawn = talks(of_two_talks(false), rule, &outside, 1);
    let of = |seconds| drawn.iter().filter(|talk| **talk == Some(seconds)).count();
    assert_eq!(of(3) + of(5), drawn.len());
    assert!((1..of(5)).contains(&of(3)), "in the shares of the mix");
    assert_eq!(talks(of_two_talks(false), rule, &outside, 1), drawn, "from the seed alone");
    assert_ne!(talks(of_two_talks(false), rule, &outside, 2), drawn);
    assert_eq!(talks(of_two_talks(false), rule, &inside, 1), [Some(7); 200]);
    // Nobody answers of themselves, and the rule says that this one does.
    assert_eq!(talks(of_two_talks(true), rule, &outside, 1), [Some(3); 200]);
    let none = Profile { outside: Vec::new(), ..of_two_talks(false) };
    assert_eq!(talks(none, rule, &outside, 1), [Some(7); 200]);
}

#[test]
fn a_talk_of_nothing_stays_nothing_and_nobody_else_talks() {
    let outside = Party::Outside("55".into());
    for (rule, talk) in [
        (r#"{ "outcome": "answer", "talk": 0 }"#, Some(0)),
        (r#"{ "outcome": "answer", "talk": 4 }"#, Some(4)),
        (r#"{ "outcome": "busy" }"#, Some(0)),
        (r#"{ "outcome": "no_answer" }"#, Some(0)),
        (r#"{ "outcome": "manual" }"#, None),
    ] {
        assert_eq!(talks(of_two_talks(false), rule, &outside, 1), [talk; 200], "{rule}");
    }
}

#[test]
fn a_rule_is_shown_with_the_talk_that_it_was_given() {
    for (rule, shown) in [
        (r#"{"outcome":"answer"}"#, r#"{"outcome":"answer","setup":0.0,"ring":0.0}"#),
        (
            r#"{"outcome":"answer","talk":0}"#,
            r#"{"outcome":"answer","setup":0.0,"ring":0.0,"talk":0.0}"#,
        ),
    ] {
        let known = serde_json::to_string(&rule_of(rule)).expect("it has a form");
        assert_eq!(known, shown);
    }
}
