//! Worlds as bytes, and copies of accounts.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use super::{Answer, Ask, Problem, accounts, answer, ask::value, clock, ok, world::is_shared};
use crate::{
    ControlError, Mount, Snapshot, SnapshotPart, SnapshotScope, accounts::is_name,
    snapshots::ShelvedInfo, view::moment,
};

/// The parts of a snapshot, each with the instance on whose shelf it stands.
type Parts<'a> = Vec<(&'a Arc<dyn Mount>, ShelvedInfo)>;

fn shown(name: &str, parts: &Parts<'_>) -> Value {
    let part = |(_, part): &(&Arc<dyn Mount>, ShelvedInfo)| {
        json!({
            "vendor": part.instance,
            "scope": part.scope,
            "account": part.account,
            "at": moment(part.at),
            "bytes": part.bytes,
        })
    };
    json!({ "name": name, "parts": parts.iter().map(part).collect::<Vec<_>>() })
}

/// Every snapshot of the instances that the request is about, by name.
fn all(ask: &Ask) -> BTreeMap<String, Parts<'_>> {
    let mut all: BTreeMap<String, Parts<'_>> = BTreeMap::new();
    for mount in &ask.mounts {
        for (name, info) in mount.shelf().list() {
            all.entry(name).or_default().push((mount, info));
        }
    }
    all
}

/// The parts of the snapshot that the path names.
fn named(ask: &Ask) -> Result<Parts<'_>, Problem> {
    let (name, mut all) = (ask.param("name"), all(ask));
    all.remove(name).ok_or_else(|| {
        let known: Vec<&str> = all.keys().map(String::as_str).collect();
        match known.is_empty() {
            true => Problem::no_such("snapshot")
                .hint("POST /__admin/snapshots {\"name\"} takes one".to_owned()),
            false => Problem::unknown("snapshot", name, &known).with_status(StatusCode::NOT_FOUND),
        }
    })
}

/// `GET snapshots`
pub(super) async fn list(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    let snapshots: Vec<Value> = all(&ask).iter().map(|(name, parts)| shown(name, parts)).collect();
    let total = snapshots.len();
    ok(&json!({ "snapshots": snapshots, "total": total, "next": null }))
}

/// What tells a snapshot from any other body.
#[derive(Deserialize)]
struct Form<'a> {
    #[serde(borrow)]
    ringback_snapshot: Option<&'a RawValue>,
}

/// `POST snapshots` `{"name": "loaded"}`: takes one of everything that the request is about, or of one
/// account. `POST snapshots?name=loaded` with the bytes of one keeps that.
pub(super) async fn take(mut ask: Ask) -> Answer {
    let form = serde_json::from_slice::<Form<'_>>(ask.bytes()).ok();
    let parts = if form.is_some_and(|form| form.ringback_snapshot.is_some()) {
        let name = ask.query("name").ok_or_else(|| {
            Problem::at("name", "is missing").hint("POST /__admin/snapshots?name=NAME".to_owned())
        })?;
        let name = name.to_owned();
        ask.takes_no_account()?;
        let snapshot = Snapshot::from_bytes(ask.bytes()).map_err(ControlError::from)?;
        (name, uploaded(&ask, &snapshot)?)
    } else {
        let mut fields = ask.fields(&["name"])?;
        let name = value::<String>(&mut fields, "name")?;
        let name = name.ok_or_else(|| Problem::at("/name", "is missing"))?;
        if ask.query("name").is_some() {
            return Err(Problem::at("name", "stands in the body where that is no snapshot"));
        }
        (name, taken(&ask)?)
    };
    let (name, parts) = parts;
    if !is_name(&name) {
        let why = "has 1 to 100 characters, and no slash or control character among them";
        return Err(Problem::at("/name", why));
    }
    for (mount, part) in &parts {
        mount.shelf().check(&name, part.bytes()).map_err(ControlError::from)?;
    }
    let mut kept: Parts<'_> = Vec::new();
    for (mount, part) in parts {
        let info = ShelvedInfo::of(&part);
        mount.shelf().put(&name, part).map_err(ControlError::from)?;
        kept.push((mount, info));
    }
    Ok(answer(StatusCode::CREATED, &shown(&name, &kept)))
}

type Taken<'a> = Vec<(&'a Arc<dyn Mount>, SnapshotPart)>;

fn taken(ask: &Ask) -> Result<Taken<'_>, Problem> {
    if ask.names_account() {
        let (mount, account) = ask.one()?;
        return Ok(vec![(mount, mount.take_part(Some(account))?)]);
    }
    let parts = ask.mounts.iter().map(|mount| Ok((mount, mount.take_part(None)?)));
    parts.collect()
}

/// Finds the instances of an uploaded snapshot and reads it to its end.
fn uploaded<'a>(ask: &'a Ask, snapshot: &Snapshot) -> Result<Taken<'a>, Problem> {
    let mut parts: Taken<'a> = Vec::new();
    for part in snapshot.parts() {
        let of = |mount: &&Arc<dyn Mount>| mount.vendor() == part.vendor;
        let named = ask.mounts.iter().filter(of).find(|mount| mount.name() == part.instance);
        let Some(mount) = named.or_else(|| ask.mounts.iter().find(of)) else {
            let here: Vec<&str> = ask.mounts.iter().map(|mount| mount.name()).collect();
            let why = format!("a snapshot of {}; here is {}", part.vendor, here.join(", "));
            return Err(Problem::malformed(why));
        };
        if parts.iter().any(|(known, _)| Arc::ptr_eq(known, mount)) {
            return Err(Problem::malformed(format!("two parts of {}", mount.name())));
        }
        mount.check_part(part)?;
        parts.push((mount, part.clone()));
    }
    match parts.is_empty() {
        true => Err(Problem::malformed("a snapshot of nothing")),
        false => Ok(parts),
    }
}

/// `GET snapshots/{name}`: its bytes, for a client to keep.
pub(super) async fn show(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    let name = ask.param("name");
    let parts = named(&ask)?;
    let parts = parts.iter().filter_map(|(mount, _)| mount.shelf().get(name)).collect();
    let mut bytes = Snapshot::new(parts).to_bytes().map_err(ControlError::from)?;
    bytes.push(b'\n');
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let disposition = format!("attachment; filename=\"{plain}.ringback.json\"");
    let mut response = HttpResponse::Ok();
    response.insert_header(("content-disposition", disposition));
    Ok(response.content_type("application/json").body(bytes))
}

/// `DELETE snapshots/{name}`
pub(super) async fn remove(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    let name = ask.param("name");
    for (mount, _) in named(&ask)? {
        mount.shelf().remove(name);
    }
    Ok(HttpResponse::NoContent().finish())
}

/// `POST snapshots/{name}/restore`: puts worlds and their time back; with `account` the world of a
/// snapshot of one account into that one.
pub(super) async fn restore(ask: Ask) -> Answer {
    let name = ask.param("name");
    let parts = named(&ask)?;
    if ask.names_account() {
        let (mount, account) = ask.one()?;
        let part = mount.shelf().get(name).ok_or_else(|| Problem::no_such("snapshot"))?;
        if part.scope() == SnapshotScope::Instance {
            let why = "this is a snapshot of all accounts, and not restored into one";
            return Err(Problem::at("account", why));
        }
        mount.restore_part(part, Some(account), false).await?;
        let clock = clock::of_account(mount.as_ref(), account);
        return ok(&json!({ "restored": name, "clock": clock }));
    }
    // The clock goes back only if all who go by it are restored.
    let mounts: Vec<Arc<dyn Mount>> = parts
        .iter()
        .filter(|(_, part)| part.scope == SnapshotScope::Instance)
        .map(|(mount, _)| Arc::clone(mount))
        .collect();
    let mut taken: Vec<(&Arc<dyn Mount>, SnapshotPart)> =
        parts.iter().filter_map(|(mount, _)| Some((*mount, mount.shelf().get(name)?))).collect();
    taken.sort_by_key(|(_, part)| part.at());
    for (mount, part) in taken {
        let rewinds = part.scope() == SnapshotScope::Instance && !is_shared(mount, &mounts);
        mount.restore_part(part, None, rewinds).await?;
    }
    ok(&json!({ "restored": name, "clock": clock::of(&ask.mounts) }))
}

/// `POST accounts/{credential}/fork` `{"to": "CREDENTIAL"}`: copies a world, live calls and all.
pub(super) async fn fork(mut ask: Ask) -> Answer {
    let mut fields = ask.fields(&["to"])?;
    let to = value::<String>(&mut fields, "to")?;
    let to = to.ok_or_else(|| Problem::at("/to", "is missing"))?;
    accounts::check_credential("/to", &to)?;
    let (mount, of) = accounts::named(&ask)?;
    let forked = mount.fork(of, to).await?;
    Ok(answer(StatusCode::CREATED, &accounts::shown(&ask, mount, forked)))
}
