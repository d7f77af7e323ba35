use super::*;

#[test]
fn a_pattern_star_stands_for_any_text_and_a_question_mark_for_one_character() {
    for (pattern, text) in
        [("098*", "0987"), ("*", ""), ("*99486", "+84 99486"), ("1?1", "101"), ("a*b*c", "axbybc")]
    {
        assert!(matches(pattern, text), "{pattern} should match {text}");
    }
    for (pattern, text) in [("098", "0987"), ("?", ""), ("*1", "12"), ("a*b", "acbd"), ("", "1")] {
        assert!(!matches(pattern, text), "{pattern} should not match {text}");
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
    let mut behaviours = Behaviours { rules: vec![rule], profile: Profile::default() };
    let mut outcome = || {
        let party = Party::Outside("55".into());
        let random = &mut Random::new(1);
        behaviours.plan(random, &"101".into(), &party, Direction::Outbound, None).outcome
    };
    assert_eq!([outcome(), outcome()], [Outcome::Busy, Outcome::Answer]);
}
