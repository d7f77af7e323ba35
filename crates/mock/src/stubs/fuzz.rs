//! Fuzz targets: mappings as clients of WireMock write them, and what they make of requests.

use std::cell::OnceCell;
use std::sync::Arc;

use actix_web::http::header::{HeaderMap, HeaderValue};
use ringback_engine::OffsetDateTime;
use serde_json::{Value, json};
use time::macros::datetime;

use super::{
    Asked, Looked, Matcher, Slot, Stub,
    json::{self as patch, Leniency},
    table::Table,
    template::{Template, model},
    url::{self, UrlPattern, Whole},
};

const ID: &str = "6b86b273-ff34-4ce1-8d6b-804eff5a3f57";
const NOW: OffsetDateTime = datetime!(2026-01-05 09:00 UTC);

/// A text of several lines as two parts: what stands before the last line, and that line.
fn parts(input: &[u8]) -> Option<(&str, &str)> {
    str::from_utf8(input).ok()?.rsplit_once('\n')
}

fn asked<'a>(headers: &'a HeaderMap, url: &'a str, body: &'a [u8]) -> Asked<'a> {
    Asked::live("POST", url, headers, body)
}

/// JSON of a mapping, and the address that is asked for.
#[test]
fn mappings() {
    ringback_fuzz::target!(|input| {
        let Some((mapping, url)) = parts(input) else { return };
        let Ok(value) = serde_json::from_str::<Value>(mapping) else { return };
        let stub = match Stub::read(&value, "", ID, &[]) {
            Ok(stub) => stub,
            Err(refused) => {
                assert!(!refused.to_string().is_empty());
                return;
            }
        };
        let shown = stub.show();
        let again = Stub::read(&shown, "", ID, &[]);
        let again = again.unwrap_or_else(|refused| panic!("{shown} is refused: {refused}"));
        assert_eq!(again.show(), shown);
        assert!(stub.size() < 1 << 20);
        let headers = HeaderMap::new();
        let asked = asked(&headers, url, b"a=1&b=2");
        let holds = stub.request.holds(&asked, None);
        assert_eq!(holds, again.request.holds(&asked, None));
        let distance = stub.request.distance(&asked, None);
        assert!((0.0..=1.0).contains(&distance), "{distance}");
        stub.take();
    });
}

/// A pattern and an address: an index that goes by what a pattern asks for leaves nothing out.
#[test]
fn url_patterns() {
    ringback_fuzz::target!(|input| {
        let Some((pattern, url)) = parts(input) else { return };
        let path = url.split('?').next().unwrap_or_default();
        let whole = Whole::read(pattern, "");
        let patterns = [
            whole.clone().map(UrlPattern::UrlMatches),
            whole.map(UrlPattern::PathMatches),
            url::template(pattern, ""),
            Ok(UrlPattern::Url(pattern.to_owned())),
            Ok(UrlPattern::Path(pattern.to_owned())),
        ];
        for pattern in patterns.into_iter().flatten() {
            if pattern.matches(url) {
                let holds = |literal: &Vec<u8>| {
                    literal.is_empty()
                        || url.as_bytes().windows(literal.len()).any(|at| at == literal)
                };
                assert!(pattern.literals().iter().all(holds), "{pattern:?}");
                assert!(pattern.literal().is_none_or(|literal| literal == path), "{pattern:?}");
            }
            pattern.params(path);
            pattern.text();
        }
    });
}

/// Lines of kinds and patterns, and the address that is asked for: every mapping that holds is found,
/// in the order of all.
#[test]
fn tables() {
    ringback_fuzz::target!(|input| {
        let Some((lines, url)) = parts(input) else { return };
        let stub = |(number, line): (u64, &str)| {
            let (word, text) = line.split_once(' ')?;
            let (method, word) = word.split_once(':').unwrap_or(("ANY", word));
            let mapping = json!({ "request": { "method": method, word: text },
                "priority": text.len() % 3 });
            let stub = Stub::read(&mapping, "", &format!("{number}"), &[]).ok()?;
            Some((number, Slot { stub: Arc::new(stub), until: None }))
        };
        let slots: Vec<(u64, Slot)> = (0..).zip(lines.lines().take(64)).filter_map(stub).collect();
        let headers = HeaderMap::new();
        all_are_found(&slots, &asked(&headers, url, b""));
    });
}

/// Lines of what mappings of one path ask for, in JSON; a line of headers, a query, and a body: every mapping
/// that holds is found.
#[test]
fn sieves() {
    ringback_fuzz::target!(|input| {
        let Some((rest, body)) = parts(input) else { return };
        let Some((rest, query)) = rest.rsplit_once('\n') else { return };
        let Some((patterns, heads)) = rest.rsplit_once('\n') else { return };
        let stub = |(number, line): (u64, &str)| {
            let mut request = serde_json::from_str::<Value>(line).ok()?;
            request.as_object_mut()?.insert("urlPath".to_owned(), "/a".into());
            let mapping = json!({ "request": request, "priority": line.len() % 3 });
            let stub = Stub::read(&mapping, "", &format!("{number}"), &[]).ok()?;
            Some((number, Slot { stub: Arc::new(stub), until: None }))
        };
        let lines = (0..).zip(patterns.lines().take(64));
        let slots: Vec<(u64, Slot)> = lines.filter_map(stub).collect();
        let mut headers = HeaderMap::new();
        for (name, value) in heads.split(';').filter_map(|head| head.split_once('=')) {
            if let (Ok(name), Ok(value)) = (name.parse(), HeaderValue::from_str(value)) {
                headers.append(name, value);
            }
        }
        all_are_found(&slots, &asked(&headers, &format!("/a?{query}"), body.as_bytes()));
    });
}

/// Asserts that a table finds those mappings that one search after the other finds, in the order of all.
fn all_are_found(slots: &[(u64, Slot)], asked: &Asked<'_>) {
    let mut naive: Vec<&(u64, Slot)> = slots.iter().collect();
    naive.sort_by_key(|(number, slot)| (slot.stub.priority, std::cmp::Reverse(*number)));
    let naive = naive.into_iter().filter(|(_, slot)| slot.stub.request.holds(asked, None));
    let naive: Vec<&str> = naive.map(|(_, slot)| slot.stub.id.as_str()).collect();
    let table = Table::new(slots.iter().cloned());
    let found = table.candidates(asked, &[]).into_iter();
    let found = found.filter(|slot| slot.stub.request.holds(asked, None));
    let found: Vec<&str> = found.map(|slot| slot.stub.id.as_str()).collect();
    assert_eq!(found, naive);
}

/// JSON of a matcher, and a value.
#[test]
fn matchers() {
    ringback_fuzz::target!(|input| {
        let Some((matcher, text)) = parts(input) else { return };
        let Ok(value) = serde_json::from_str::<Value>(matcher) else { return };
        let Ok(matcher) = Matcher::read(&value, "") else { return };
        let not = Matcher::read(&json!({ "not": value }), "");
        let json = OnceCell::new();
        for looked in [None, Some(Looked::new(text.as_bytes(), &json))] {
            let holds = matcher.holds(looked);
            assert!(not.as_ref().is_ok_and(|not| not.holds(looked) != holds));
        }
        for values in [&[] as &[&str], &[text], &[text, "b"]] {
            matcher.holds_values(values);
        }
        matcher.is_about_absence();
    });
}

/// A template, and the body of the request that it is rendered for.
#[test]
fn templates() {
    ringback_fuzz::target!(|input| {
        let Some((template, body)) = parts(input) else { return };
        let Ok(template) = Template::read(template, "") else { return };
        let request = json!({ "url": "/a/b?c=1", "path": "/a/b", "pathSegments": ["a", "b"],
            "query": { "c": ["1", "2"] }, "method": "POST", "headers": { "X-One": "1" },
            "cookies": {}, "body": body });
        let model = model(request, &json!({ "list": [1, 2, 3], "name": "Ann" }));
        let made = template.render(&model, NOW, 7);
        assert_eq!(template.render(&model, NOW, 7), made);
        assert!(made.is_err() || made.is_ok_and(|made| made.len() <= 1 << 20));
    });
}

/// Two JSON texts: what is equal, and what a merge patch makes of the first.
#[test]
fn json_values() {
    ringback_fuzz::target!(|input| {
        let Some((wanted, found)) = parts(input) else { return };
        let (Ok(wanted), Ok(found)) =
            (serde_json::from_str::<Value>(wanted), serde_json::from_str::<Value>(found))
        else {
            return;
        };
        for (ignores_array_order, ignores_extra_elements) in
            [(false, false), (true, false), (false, true), (true, true)]
        {
            let leniency = Leniency { ignores_array_order, ignores_extra_elements };
            patch::is_equal(&wanted, &found, leniency);
            // A placeholder is no value that it stands for.
            if !wanted.to_string().contains("json-unit.") {
                assert!(patch::is_equal(&wanted, &wanted, leniency), "{wanted}");
            }
        }
        let mut patched = found;
        patch::merge(&mut patched, &wanted);
        let once = patched.clone();
        patch::merge(&mut patched, &wanted);
        assert_eq!(patched, once);
    });
}

/// The head and the body of a request: what mappings read of it.
#[test]
fn asked_parts() {
    ringback_fuzz::target!(|input| {
        let Some((head, body)) = parts(input) else { return };
        let mut lines = head.lines();
        let url = lines.next().unwrap_or_default();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let asked = Asked::kept("POST", url, headers, body.as_bytes());
        asked.query();
        asked.form();
        for (name, value) in asked.cookies() {
            assert!(!name.contains([';', '=']) && !value.contains(';'));
        }
        if let Some((user, _)) = asked.basic_auth() {
            assert!(!user.contains(':'));
        }
        asked.has_number("7999*");
        asked.body_json();
        assert!(!asked.path().contains('?'));
    });
}
