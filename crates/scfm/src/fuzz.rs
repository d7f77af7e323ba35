//! Fuzz targets: what clients of SCFM send, and the lists of contacts that people import.

use serde_json::Value;

use crate::{
    Msisdn, Platform, Scfm, bulk,
    json::{Json, Object},
    moment::Micros,
    times::BOUNDS,
    wire::{pages::Page, rack},
};

#[test]
fn requests() {
    ringback_fuzz::target!(|input| {
        ringback_testkit::fuzzed::ask::<Scfm>(input, || Value::Null, |_| {}, Platform::verify);
    });
}

/// A form body as Rack nests it: never deeper than Rack would, and good for the links between pages.
#[test]
fn forms() {
    ringback_fuzz::target!(|input| {
        let pairs = match (str::from_utf8(input).map(rack::query), rack::form(input)) {
            (Ok(Ok(_)), Ok(pairs)) | (Err(_), Ok(pairs)) => pairs,
            (Ok(Err(_)), Ok(_)) => panic!("a query is read as a form is"),
            (_, Err(_)) => return,
        };
        let Ok(nested) = rack::nested(&pairs) else { return };
        assert!(Json::Object(nested.clone()).is_within(2 * rack::DEPTH));
        let page = Page::of(&nested);
        page.offset();
        page.links("http://localhost/api/contacts", &nested, 1_000);
    });
}

/// JSON as Rails writes it: what was written is read again as it was.
#[test]
fn json() {
    ringback_fuzz::target!(|input| {
        let Ok(json) = serde_json::from_slice::<Json>(input) else { return };
        let written = json.to_string();
        let again: Json = serde_json::from_str(&written).unwrap();
        assert_eq!(again.to_string(), written);
        assert!(!written.contains(['<', '>', '&']));
        json.text();
    });
}

/// A number in any spelling: its own spelling is read as the same.
#[test]
fn msisdns() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        let Ok(msisdn) = Msisdn::parse(text) else { return };
        if !msisdn.begins_with_trunk() {
            assert_eq!(Msisdn::parse(&msisdn.to_string()), Ok(msisdn), "{text}");
        }
        let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
        let of_it = msisdn.to_string().chars().skip(1).all(|digit| digits.contains(&digit));
        assert!(of_it, "{text} gives {msisdn}");
    });
}

/// A time of a filter: the four bounds divide all moments in the same places.
#[test]
fn times() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        let ranges = BOUNDS.map(|bound| bound.range(text));
        let [Some(before), Some(or_before), Some(after), Some(or_after)] = ranges else {
            assert_eq!(BOUNDS.map(|bound| bound.range(text)), [const { None }; 4], "{text}");
            return;
        };
        assert_eq!((before.end, or_before.end), (or_after.start, after.start), "{text}");
        assert!(before.end <= or_before.end, "{text}");
        let at = before.end.to_string();
        assert_eq!(at.len(), 24, "{at}");
        assert_eq!(Micros::from(before.end.moment()), before.end, "{text}");
    });
}

/// A list of contacts: all of it is read, or the line at fault is named.
#[test]
fn contact_lists() {
    ringback_fuzz::target!(|input| {
        let Ok(csv) = str::from_utf8(input) else { return };
        let lines = csv.lines().count() + csv.matches('\r').count() + 1;
        let mut told = 0;
        match bulk::read(csv, &mut |count| told = count) {
            Ok(contacts) => assert_eq!(told, contacts.len()),
            Err(refused) => {
                let line = refused.line;
                assert!((1..=lines).contains(&line), "line {line} of {lines}");
            }
        }
    });
}

/// JSON of a filter by metadata, nested as deep as it may be.
#[test]
fn metadata() {
    ringback_fuzz::target!(|input| {
        let Ok(Json::Object(object)) = serde_json::from_slice::<Json>(input) else { return };
        let nested: Object = object;
        let page = Page::of(&nested);
        let links = page.links("http://localhost/", &nested, u64::MAX);
        assert!(links.is_none_or(|links| links.is_ascii()));
    });
}
