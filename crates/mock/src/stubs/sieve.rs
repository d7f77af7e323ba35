//! Mappings that are about the same requests at first sight, to be found by a text that each of them asks
//! for in full: of a header, a parameter, the body.

use std::collections::HashMap;

use actix_web::http::header::HeaderName;
use serde_json::Value;

use super::{Asked, Pattern};

/// Where a text stands in a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Header(HeaderName),
    Query(String),
    Form(String),
    Body,
    /// A member of the body, which is an object of JSON.
    Member(String),
}

/// Mappings by the places that they have among all.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    /// Those that ask for no text in full.
    others: Vec<usize>,
    by_text: Vec<(Place, HashMap<String, Vec<usize>>)>,
}

impl Sieve {
    /// Makes one of mappings; each is found by that text which the fewest others ask for.
    pub(super) fn new(patterns: &[(usize, &Pattern)]) -> Self {
        let texts: Vec<_> = patterns.iter().map(|(_, pattern)| pattern.exact_texts()).collect();
        let mut counts: HashMap<&(Place, String), usize> = HashMap::new();
        for text in texts.iter().flatten() {
            *counts.entry(text).or_default() += 1;
        }
        let mut sieve = Self::default();
        for ((number, _), texts) in patterns.iter().zip(&texts) {
            let Some((place, text)) = texts.iter().min_by_key(|text| counts.get(text)) else {
                sieve.others.push(*number);
                continue;
            };
            let known = sieve.by_text.iter().position(|(known, _)| known == place);
            let known = known.unwrap_or_else(|| {
                sieve.by_text.push((place.clone(), HashMap::new()));
                sieve.by_text.len() - 1
            });
            if let Some((_, found)) = sieve.by_text.get_mut(known) {
                found.entry(text.clone()).or_default().push(*number);
            }
        }
        sieve
    }

    /// Adds those that a request has to be compared with; one may be added twice.
    pub(super) fn find(&self, asked: &Asked<'_>, found: &mut Vec<usize>) {
        found.extend(&self.others);
        for (place, by_text) in &self.by_text {
            let mut add = |text: &str| found.extend(by_text.get(text).into_iter().flatten());
            let pairs = |pairs: &[(String, String)], name: &str, add: &mut dyn FnMut(&str)| {
                pairs.iter().filter(|(known, _)| known == name).for_each(|(_, text)| add(text));
            };
            match place {
                Place::Header(name) => {
                    asked.header(name.as_str()).iter().for_each(|text| add(text))
                }
                Place::Query(name) => pairs(asked.query(), name, &mut add),
                Place::Form(name) => pairs(asked.form(), name, &mut add),
                Place::Body => str::from_utf8(asked.body).into_iter().for_each(&mut add),
                Place::Member(name) => {
                    let member = asked.body_json().and_then(|body| body.get(name));
                    member.and_then(text_of).iter().for_each(|text| add(text));
                }
            }
        }
    }
}

/// Returns a scalar in the form in which equal ones are the same text; `None` of what has none.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(format!("\"{text}")),
        Value::Number(number) => number.as_f64().map(|number| (number + 0.0).to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
