use super::*;
use crate::{Distribution, Outcome, Rule, Shape};

/// An exchange with a live call in every state there is.
fn lively() -> Desk {
    let mut desk = Desk::new();
    let slow = Behaviour {
        setup: Distribution::Fixed(9.0),
        ..Behaviour::fails(Outcome::Busy, Distribution::ZERO)
    };
    desk.does(Control::AddRule { rule: Rule { times: Some(3), ..Rule::to("05*", slow) } });
    let varied =
        Behaviour::answers(Shape::Uniform(0.1, 0.3).into(), Shape::Lognormal(45.1, 0.9).into());
    desk.does(Control::AddRule { rule: Rule::to("06?1*", varied) });
    desk.dial("0611", "0512345");
    desk.dial("0612", "061123456");
    let supervised = desk.talking("101", MOBILE);
    desk.supervise(supervised, "102", Supervision::Whisper).unwrap();
    let parked = desk.talking("0911111111", "103");
    desk.park(parked, Side::B).unwrap();
    let transferred = desk.talking("0922222222", "104");
    desk.transfer(transferred, Side::A, "105").unwrap();
    desk.pass(Duration::microseconds(1_234_567));
    desk.dial("103", "0987699603");
    desk.dial("104", "0987699486");
    desk
}

#[test]
fn an_exchange_with_live_calls_survives_its_serialised_form() {
    let mut desk = lively();
    assert!(desk.exchange.live() > 4);
    let before = bytes(&desk.exchange);
    let restored: Exchange<()> = serde_json::from_str(&before).unwrap();
    assert_eq!(restored, desk.exchange);
    assert_eq!(bytes(&restored), before);

    let mut other = Desk { exchange: restored, now: desk.now, events: desk.events.clone() };
    for desk in [&mut desk, &mut other] {
        desk.pass(Duration::HOUR);
        desk.dial("101", MOBILE);
    }
    assert_eq!(other.events, desk.events);
    assert_eq!(bytes(&other.exchange), bytes(&desk.exchange));
}

#[test]
fn times_in_other_offsets_are_the_same_times() {
    let mut desk = lively();
    let mut other = lively();
    other.now = desk.now.to_offset(time::macros::offset!(-11));
    for desk in [&mut desk, &mut other] {
        desk.pass(seconds(7));
    }
    assert_eq!(other.exchange.history(), desk.exchange.history());
    assert_eq!(other.exchange.next_due(), desk.exchange.next_due());
}

#[test]
fn figures_of_rules_survive_to_the_last_bit() {
    let mut random = crate::Random::new(11);
    for _ in 0..20_000 {
        let fixed = Distribution::Fixed(random.fraction() * 100.0);
        let json = serde_json::to_string(&fixed).unwrap();
        assert_eq!(serde_json::from_str::<Distribution>(&json).unwrap(), fixed);
    }
}

#[test]
fn a_broken_snapshot_is_an_error_and_not_a_panic() {
    let whole = bytes(&lively().exchange);
    for end in (0..whole.len()).step_by(97) {
        assert!(serde_json::from_str::<Exchange<()>>(&whole[..end]).is_err());
    }
}
