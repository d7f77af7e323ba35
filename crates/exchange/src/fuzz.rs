//! Fuzz targets: what people and tests do to an exchange, as they write it.

use time::{Duration, OffsetDateTime, macros::datetime};

use crate::{Control, Dial, Exchange, Extension, Party, Profile, is_like};

const START: OffsetDateTime = datetime!(2026-03-04 09:15:20 UTC);

/// An exchange with a call that rings and one that talks.
fn exchange() -> Exchange<()> {
    let mut exchange = Exchange::new(7, Profile::default());
    for number in ["101", "102", "103"] {
        exchange.set_extension(Extension::new(number));
    }
    for to in ["0987699487", "0912345678"] {
        exchange.dial(
            START,
            Dial::click(Party::Extension("101".into()), Party::Outside(to.into()), ()),
        );
    }
    run(&mut exchange, START + Duration::seconds(4));
    exchange
}

fn run(exchange: &mut Exchange<()>, until: OffsetDateTime) {
    // A rule may let so much happen in a day that it takes long.
    for _ in 0..2_000 {
        if exchange.step(until).is_none() {
            break;
        }
    }
}

fn bytes<S: serde::Serialize>(value: &S) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn controls() {
    ringback_fuzz::target!(|input| {
        let Ok(controls) = serde_json::from_slice::<Vec<Control>>(input) else { return };
        let mut exchange = exchange();
        let mut now = START + Duration::seconds(4);
        for control in controls.into_iter().take(16) {
            let written = bytes(&control);
            let read: Control = serde_json::from_str(&written).unwrap();
            assert_eq!(bytes(&read), written);
            let before = bytes(&exchange);
            let is_refused = exchange.control(now, control).is_err();
            assert!(!is_refused || bytes(&exchange) == before, "{written} was refused");
            now += Duration::seconds(3);
            run(&mut exchange, now);
        }
        run(&mut exchange, now + Duration::DAY);
        let written = bytes(&exchange);
        let read: Exchange<()> = serde_json::from_str(&written).unwrap();
        assert_eq!(bytes(&read), written);
    });
}

#[test]
fn snapshots() {
    ringback_fuzz::target!(|input| {
        let Ok(exchange) = serde_json::from_slice::<Exchange<()>>(input) else { return };
        let written = bytes(&exchange);
        let read: Exchange<()> = serde_json::from_str(&written).unwrap();
        assert_eq!(bytes(&read), written);
    });
}

#[test]
fn number_patterns() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = std::str::from_utf8(input) else { return };
        let (pattern, number) = text.split_once('\n').unwrap_or((text, text));
        let holds = is_like(pattern, number);
        assert!(!number.is_empty() || holds == pattern.chars().all(|c| c == '*'));
        assert!(is_like("*", number));
        if !pattern.contains(['*', '?']) {
            assert_eq!(holds, pattern == number, "{pattern} {number}");
        }
    });
}
