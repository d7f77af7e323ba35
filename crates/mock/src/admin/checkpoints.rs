//! Named moments of accounts: going back to them, and what happened since.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::{Value, json};

use super::{Answer, Ask, Problem, answer, ask::value, clock, ok};
use crate::{
    AccountId, CheckpointInfo, Mount, mount::CheckpointChange, shown::read_rfc3339, view::moment,
};

/// Accounts, each with its instance.
pub(super) type Covered<'a> = Vec<(&'a Arc<dyn Mount>, AccountId)>;

fn shown(mount: &dyn Mount, account: AccountId, checkpoint: &CheckpointInfo) -> Value {
    let mut accounts = mount.accounts().into_iter();
    let credential = accounts.find(|(id, _)| *id == account).and_then(|(_, name)| name);
    json!({
        "name": checkpoint.name,
        "vendor": mount.name(),
        "account": credential,
        "at": moment(checkpoint.at),
    })
}

/// Every account that a request is about, with its instance.
fn covered(ask: &Ask) -> Result<Covered<'_>, Problem> {
    let several = ask.several()?.into_iter();
    Ok(several.flat_map(|(mount, all)| all.into_iter().map(move |id| (mount, id))).collect())
}

fn has(mount: &dyn Mount, account: AccountId, name: &str) -> bool {
    mount.checkpoints(account).iter().any(|checkpoint| checkpoint.name == name)
}

/// The accounts that a request is about and that have a checkpoint; at least one.
pub(super) fn having<'a>(ask: &'a Ask, name: &str) -> Result<Covered<'a>, Problem> {
    let all = covered(ask)?;
    let mut known: Vec<String> = Vec::new();
    for (mount, account) in &all {
        known.extend(mount.checkpoints(*account).into_iter().map(|checkpoint| checkpoint.name));
    }
    let having: Vec<_> =
        all.into_iter().filter(|(mount, account)| has(mount.as_ref(), *account, name)).collect();
    match having.is_empty() {
        true => Err(unknown(name, &known)),
        false => Ok(having),
    }
}

fn unknown(name: &str, known: &[String]) -> Problem {
    let mut known: Vec<&str> = known.iter().map(String::as_str).collect();
    known.sort_unstable();
    known.dedup();
    match known.is_empty() {
        true => Problem::no_such("checkpoint")
            .hint("POST /__admin/checkpoints {\"name\"} makes one".to_owned()),
        false => Problem::unknown("checkpoint", name, &known).with_status(StatusCode::NOT_FOUND),
    }
}

/// Answers with the one object there is, or with a list of them.
fn objects(status: StatusCode, mut objects: Vec<Value>) -> HttpResponse {
    let total = objects.len();
    match objects.pop() {
        Some(one) if total == 1 => answer(status, &one),
        last => {
            objects.extend(last);
            answer(status, &json!({ "checkpoints": objects, "total": total, "next": null }))
        }
    }
}

/// `GET checkpoints`
pub(super) async fn list(ask: Ask) -> Answer {
    let mut checkpoints = Vec::new();
    for (mount, account) in covered(&ask)? {
        let all = mount.checkpoints(account);
        checkpoints.extend(all.iter().map(|one| shown(mount.as_ref(), account, one)));
    }
    let total = checkpoints.len();
    ok(&json!({ "checkpoints": checkpoints, "total": total, "next": null }))
}

/// `POST checkpoints` `{"name": "before"}`: in one account, or in each that the request is about.
pub(super) async fn save(mut ask: Ask) -> Answer {
    let mut fields = ask.fields(&["name"])?;
    let name = value::<String>(&mut fields, "name")?;
    let name = name.ok_or_else(|| Problem::at("/name", "is missing"))?;
    if name == "now" || ask.bench()?.read_cursor(&name).is_some() || read_rfc3339(&name).is_some() {
        let why = "means something else where a checkpoint is named: a cursor, a moment, or now";
        return Err(Problem::at("/name", why));
    }
    let accounts = covered(&ask)?;
    // All of them or none, as far as names go.
    if accounts.iter().any(|(mount, account)| has(mount.as_ref(), *account, &name)) {
        let why = "there is a checkpoint of that name";
        let hint = format!("DELETE /__admin/checkpoints/{name} first");
        return Err(Problem::new(StatusCode::CONFLICT, why).hint(hint));
    }
    let mut saved = Vec::new();
    for (mount, account) in accounts {
        let change = CheckpointChange::Save(name.clone());
        let checkpoint = mount.change_checkpoint(account, change).await?;
        saved.extend(checkpoint.map(|one| shown(mount.as_ref(), account, &one)));
    }
    Ok(objects(StatusCode::CREATED, saved))
}

/// `GET checkpoints/{name}`
pub(super) async fn show(ask: Ask) -> Answer {
    let name = ask.param("name");
    let mut found = Vec::new();
    for (mount, account) in having(&ask, name)? {
        let all = mount.checkpoints(account);
        let named = all.iter().filter(|checkpoint| checkpoint.name == name);
        found.extend(named.map(|one| shown(mount.as_ref(), account, one)));
    }
    Ok(objects(StatusCode::OK, found))
}

/// `DELETE checkpoints/{name}`
pub(super) async fn remove(ask: Ask) -> Answer {
    let name = ask.param("name");
    for (mount, account) in having(&ask, name)? {
        mount.change_checkpoint(account, CheckpointChange::Drop(name.to_owned())).await?;
    }
    Ok(HttpResponse::NoContent().finish())
}

/// `POST checkpoints/{name}/rewind`: brings worlds and their own time back.
pub(super) async fn rewind(ask: Ask) -> Answer {
    let name = ask.param("name");
    let mut rewound = Vec::new();
    for (mount, account) in having(&ask, name)? {
        let change = CheckpointChange::Rewind(name.to_owned());
        let Some(checkpoint) = mount.change_checkpoint(account, change).await? else { continue };
        let mut shown = shown(mount.as_ref(), account, &checkpoint);
        if let Some(fields) = shown.as_object_mut() {
            fields.insert("clock".to_owned(), clock::of_account(mount.as_ref(), account));
        }
        rewound.push(shown);
    }
    Ok(objects(StatusCode::OK, rewound))
}

/// `GET changes?since=NAME`: what came, went and changed in one account.
pub(super) async fn changes(ask: Ask) -> Answer {
    let limit = ask.limit()?;
    let name = ask.query("since").ok_or_else(|| Problem::at("since", "is missing"))?.to_owned();
    let (mount, account) = ask.one()?;
    if !has(mount.as_ref(), account, &name) {
        let all = mount.checkpoints(account).into_iter().map(|checkpoint| checkpoint.name);
        return Err(unknown(&name, &all.collect::<Vec<_>>()));
    }
    ok(&json!(mount.changes(account, &name, limit)?))
}
