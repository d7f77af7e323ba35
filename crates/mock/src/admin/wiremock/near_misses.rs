//! What nearly matched: mappings beside requests, and requests beside a pattern.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Answer, Ask, answered, body, done, mappings, named,
    requests::{self, Kept},
};
use crate::stubs::{Asked, Pattern, Stub, StubRefused, one_or_more};

/// How many come nearest of each.
const NEAREST: usize = 3;

/// For how many requests they are looked for.
const REQUESTS: usize = 100;

/// Returns those that come nearest, the nearest first.
fn nearest<T>(all: impl Iterator<Item = (f64, T)>) -> Vec<(f64, T)> {
    let mut all: Vec<(f64, T)> = all.collect();
    all.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    all.truncate(NEAREST);
    all
}

fn beside(request: &Value, stub: &Stub, distance: f64) -> Value {
    json!({
        "request": request,
        "stubMapping": stub.show(),
        "requestPattern": stub.show_request(),
        "matchResult": { "distance": distance },
    })
}

/// `GET requests/unmatched/near-misses`
pub(in crate::admin) async fn unmatched(ask: Ask) -> Answer {
    answered(requests::without_answer(&ask).and_then(|found| {
        let stubs = mappings::all(&ask);
        let latest = found.iter().rev().take(REQUESTS);
        let each = latest.flat_map(|kept| of_request(kept, &stubs));
        done(&json!({ "nearMisses": each.collect::<Vec<_>>() }))
    }))
}

fn of_request(kept: &Kept, stubs: &[Arc<Stub>]) -> Vec<Value> {
    let Some(entry) = kept.entry() else { return Vec::new() };
    let asked = entry.asked();
    let far = stubs.iter().map(|stub| (stub.request.distance(&asked, kept.endpoint()), stub));
    let shown = kept.logged();
    nearest(far).into_iter().map(|(distance, stub)| beside(&shown, stub, distance)).collect()
}

/// `POST near-misses/request` with a request as WireMock logs it.
pub(in crate::admin) async fn of(mut ask: Ask) -> Answer {
    answered(body(&mut ask).and_then(|value| {
        let given = value.as_object();
        let given = given.ok_or_else(|| StubRefused::new("", "has to be an object"))?;
        let text = |name: &str| given.get(name).and_then(Value::as_str);
        let headers = given.get("headers").and_then(Value::as_object);
        let headers = headers.into_iter().flatten().flat_map(|(name, value)| {
            let texts = one_or_more(value).iter().filter_map(Value::as_str);
            texts.map(|text| (name.clone(), text.to_owned())).collect::<Vec<_>>()
        });
        let (method, url) = (text("method").unwrap_or("GET"), text("url").unwrap_or("/"));
        let content = text("body").unwrap_or_default();
        let asked = Asked::kept(method, url, headers.collect(), content.as_bytes());
        let stubs = mappings::all(&ask);
        let far = stubs.iter().map(|stub| (stub.request.distance(&asked, None), stub));
        let each = nearest(far).into_iter();
        let each = each.map(|(distance, stub)| beside(&value, stub, distance));
        done(&json!({ "nearMisses": each.collect::<Vec<_>>() }))
    }))
}

/// `POST near-misses/request-pattern`
pub(in crate::admin) async fn of_pattern(mut ask: Ask) -> Answer {
    answered(body(&mut ask).and_then(|value| {
        let pattern = Pattern::read(&value, "", &named(&ask.mounts))?;
        let kept = requests::kept(&ask)?;
        let far = kept.iter().rev().filter_map(|kept| {
            let asked = kept.entry()?.asked();
            Some((pattern.distance(&asked, kept.endpoint()), kept))
        });
        let each = nearest(far).into_iter().map(|(distance, kept)| {
            json!({
                "request": kept.logged(),
                "requestPattern": value,
                "matchResult": { "distance": distance },
            })
        });
        done(&json!({ "nearMisses": each.collect::<Vec<_>>() }))
    }))
}
