//! What is said about vendors by their names: which are started, and what is for them alone.

use std::collections::BTreeMap;

use ringback_mock::webhook::Targets;
use serde_json::{Value, json};

use super::{
    addresses,
    layers::{Layers, Origin},
};
use crate::{
    Fault,
    contacts::Contacts,
    nearest,
    vendors::{self, Known},
};

/// Speaks of what was set for a vendor that is not started: a flag is about this run and wrong in
/// it, while variables and files serve several runs.
pub(super) fn idle(
    name: &str,
    key: &str,
    origin: Origin,
    layers: &Layers,
    warnings: &mut Vec<String>,
) -> Result<(), Fault> {
    let place = match key {
        "set" => layers.place_of_setting(origin, name),
        _ => layers.place(origin, key),
    };
    let what = format!("{place}: {name} is not started");
    if origin == Origin::Flag {
        return Err(Fault::new(what));
    }
    warnings.push(what);
    Ok(())
}

/// Speaks of a past that vendors do not have.
pub(super) fn history(
    said: Option<usize>,
    wanted: &[(Known, u16)],
    layers: &Layers,
    warnings: &mut Vec<String>,
) -> Result<(), Fault> {
    let mut without: Vec<&str> = wanted
        .iter()
        .filter(|(known, _)| !known.has_history && said.is_some_and(|calls| calls > 0))
        .map(|(known, _)| known.name)
        .collect();
    without.dedup();
    if without.is_empty() {
        return Ok(());
    }
    let names = without.join(", ");
    let what =
        format!("{}: {names} begins without finished calls all the same", layers.name("history"));
    if layers.origin("history") == Origin::Flag
        && wanted.iter().all(|(known, _)| !known.has_history)
    {
        return Err(Fault::new(what));
    }
    warnings.push(what);
    Ok(())
}

/// Reads `NAME[=PORT]`; nothing said means all vendors.
pub(super) fn wanted(said: &[String], layers: &Layers) -> Result<Vec<(Known, u16)>, Fault> {
    if said.is_empty() {
        return Ok(vendors::ALL.iter().map(|known| (*known, known.port)).collect());
    }
    let place = layers.name("vendor");
    let mut wanted: Vec<(Known, u16)> = Vec::new();
    for said in said.iter().flat_map(|said| said.split(',')).map(str::trim) {
        let (name, port) = said.split_once('=').map_or((said, None), |(n, p)| (n.trim(), Some(p)));
        let known = vendors::find(name).ok_or_else(|| {
            let hint = nearest::hint(name, &vendors::NAMES);
            Fault::new(format!("{place} {said}: unknown vendor {name:?}{hint}"))
        })?;
        let port = match port.map(str::trim) {
            None => known.port,
            Some(port) => port.parse().map_err(|_| {
                let what = format!("{port:?} is no port, a number from 0 to 65535");
                Fault::new(format!("{place} {said}: {what}"))
            })?,
        };
        if port != 0 && wanted.iter().any(|(other, p)| other.name == name && *p == port) {
            return Err(Fault::new(format!("{place} {said}: {name} is on port {port} already")));
        }
        wanted.push((known, port));
    }
    Ok(wanted)
}

/// Reads `NAME=URL`.
pub(super) fn webhooks(
    said: &[String],
    targets: Targets,
    wanted: &[(Known, u16)],
    layers: &Layers,
    warnings: &mut Vec<String>,
) -> Result<BTreeMap<String, String>, Fault> {
    let place = layers.name("webhook");
    let mut webhooks = BTreeMap::new();
    for said in said {
        let (name, url) = said
            .split_once('=')
            .ok_or_else(|| Fault::new(format!("{place} {said}: write NAME=URL")))?;
        let name = name.trim();
        if vendors::find(name).is_none() {
            let hint = nearest::hint(name, &vendors::NAMES);
            return Err(Fault::new(format!("{place} {said}: unknown vendor {name:?}{hint}")));
        }
        let url = addresses::webhook(url, targets)
            .map_err(|error| Fault::new(format!("{place} {name}: {error}")))?;
        if wanted.iter().any(|(known, _)| known.name == name) {
            webhooks.insert(name.to_owned(), url);
        } else {
            idle(name, "webhook", layers.origin("webhook"), layers, warnings)?;
        }
    }
    Ok(webhooks)
}

/// Reads `NAME=N`: how many calls come by themselves in the busiest hour.
pub(super) fn traffic(
    said: &[String],
    wanted: &[(Known, u16)],
    layers: &Layers,
    warnings: &mut Vec<String>,
) -> Result<BTreeMap<String, f64>, Fault> {
    const MOST: f64 = 36_000.0;
    let place = layers.name("traffic");
    let mut traffic = BTreeMap::new();
    for said in said.iter().map(|said| said.trim()) {
        let (name, calls) =
            said.split_once('=').map(|(name, calls)| (name.trim(), calls.trim())).ok_or_else(
                || Fault::new(format!("{place} {said}: write NAME=N, calls an hour")),
            )?;
        if vendors::find(name).is_none() {
            let hint = nearest::hint(name, &vendors::NAMES);
            return Err(Fault::new(format!("{place} {said}: unknown vendor {name:?}{hint}")));
        }
        let calls_per_hour: f64 =
            calls.parse().ok().filter(|calls| *calls > 0.0 && *calls <= MOST).ok_or_else(|| {
                let what = format!("{calls:?} is no number of calls above 0, {MOST} at most");
                Fault::new(format!("{place} {said}: {what}"))
            })?;
        if !wanted.iter().any(|(known, _)| known.name == name) {
            idle(name, "traffic", layers.origin("traffic"), layers, warnings)?;
        } else if traffic.insert(name.to_owned(), calls_per_hour).is_some() {
            return Err(Fault::new(format!("{place} {said}: {name} is there twice")));
        }
    }
    Ok(traffic)
}

/// Adds traffic to a vendor's scenario; what that says of its hours stays.
pub(super) fn with_traffic(mut scenario: Value, calls_per_hour: Option<f64>) -> Value {
    if let (Some(calls), Some(scenario)) = (calls_per_hour, scenario.as_object_mut()) {
        let traffic = scenario.entry("traffic").or_insert(Value::Null);
        match traffic.as_object_mut() {
            Some(traffic) => drop(traffic.insert("calls_per_hour".to_owned(), calls.into())),
            None => *traffic = json!({ "calls_per_hour": calls }),
        }
    }
    scenario
}

/// Reads `N|FILE`, which somebody has to have a use for.
pub(super) fn contacts(
    said: String,
    wanted: &[(Known, u16)],
    layers: &Layers,
) -> Result<Contacts, Fault> {
    if !wanted.iter().any(|(known, _)| known.build_with.is_some()) {
        let with: Vec<&str> = vendors::with_contacts().collect();
        return Err(Fault::new(format!(
            "{} {said}: no vendor that is started has contacts; {} has",
            layers.name("contacts"),
            with.join(", ")
        )));
    }
    Contacts::read(said)
}
