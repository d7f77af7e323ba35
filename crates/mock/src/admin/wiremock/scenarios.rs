//! Scenarios: their states.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Answer, Ask, Done, Refused, answered, body, done, mappings};
use crate::{
    stable_hash,
    stubs::{StubRefused, id},
};

/// `GET scenarios`
pub(in crate::admin) async fn list(ask: Ask) -> Answer {
    answered(show(&ask))
}

fn show(ask: &Ask) -> Done {
    ask.takes_no_account()?;
    let stubs = mappings::all(ask);
    let mut found: BTreeMap<String, (Value, BTreeSet<String>)> = BTreeMap::new();
    for mount in &ask.mounts {
        for (name, scenario) in mount.stubs().scenarios() {
            let first = || (scenario.state.as_str().into(), BTreeSet::new());
            let shown = found.entry(name).or_insert_with(first);
            shown.1.extend(scenario.possible);
        }
    }
    let shown = found.into_iter().map(|(name, (state, possible))| {
        let is_of = |scenario: Option<&str>| scenario == Some(name.as_str());
        let of = stubs.iter().filter(|stub| is_of(stub.scenario.as_ref().map(|it| &*it.name)));
        json!({
            "id": id(stable_hash(0, name.as_bytes()), 0),
            "name": name,
            "state": state,
            "possibleStates": possible,
            "mappings": of.map(|stub| stub.show()).collect::<Vec<_>>(),
        })
    });
    done(&json!({ "scenarios": shown.collect::<Vec<_>>() }))
}

/// `POST scenarios/reset`
pub(in crate::admin) async fn reset(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    ask.mounts.iter().for_each(|mount| mount.stubs().reset_scenarios());
    answered(done(&json!({})))
}

/// `PUT scenarios/{name}/state` `{"state": "…"}`; without a body back to where it began.
pub(in crate::admin) async fn set(mut ask: Ask) -> Answer {
    answered(set_state(&mut ask))
}

fn set_state(ask: &mut Ask) -> Done {
    ask.takes_no_account()?;
    let given = match ask.bytes().iter().all(u8::is_ascii_whitespace) {
        true => json!({}),
        false => body(ask)?,
    };
    let fields = given.as_object().ok_or_else(|| StubRefused::new("", "has to be an object"))?;
    if let Some(name) = fields.keys().find(|name| *name != "state") {
        return Err(StubRefused::unknown(&format!("/{name}"), "key", name, &["state"]).into());
    }
    let state = match fields.get("state") {
        None | Some(Value::Null) => None,
        Some(Value::String(state)) => Some(state.as_str()),
        Some(_) => return Err(StubRefused::new("/state", "has to be a text").into()),
    };
    let mut is_there = false;
    for mount in &ask.mounts {
        is_there |= mount.stubs().set_state(ask.param("name"), state)?;
    }
    match is_there {
        true => done(&json!({})),
        false => Err(Refused::NotFound("scenario")),
    }
}
