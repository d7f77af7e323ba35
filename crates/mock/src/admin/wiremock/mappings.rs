//! Mappings: set, shown, found, removed.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Ask, Done, Refused, answer, answered, body, done, named, number, requests};
use crate::{
    Mount,
    stubs::{Looked, Matcher, Named, Stub, StubRefused},
};

/// The most mappings of one import.
const IMPORTED: usize = 10_000;

/// Returns the mappings of all instances, each once, the latest first.
pub(super) fn all(ask: &Ask) -> Vec<Arc<Stub>> {
    let mut known = HashSet::new();
    let all = ask.mounts.iter().flat_map(|mount| mount.stubs().list(mount.clock().now()));
    all.filter(|stub| known.insert(stub.id.clone())).collect()
}

fn find(ask: &Ask, id: &str) -> Option<Arc<Stub>> {
    let id = id.to_ascii_lowercase();
    ask.mounts.iter().find_map(|mount| mount.stubs().get(&id, mount.clock().now()))
}

fn remove(ask: &Ask, id: &str) -> bool {
    // Of every instance, so each has to be asked.
    let removed = ask.mounts.iter().filter(|mount| mount.stubs().remove(id));
    removed.count() > 0
}

fn shown(stubs: &[Arc<Stub>], total: usize) -> Value {
    let shown: Vec<Value> = stubs.iter().map(|stub| stub.show()).collect();
    json!({ "mappings": shown, "meta": { "total": total } })
}

/// Reads a mapping; one without an id gets one.
fn read(ask: &Ask, value: &Value, at: &str) -> Result<Arc<Stub>, StubRefused> {
    let id = ask.mounts.first().map(|mount| mount.stubs().new_id()).unwrap_or_default();
    Stub::read(value, at, &id, &named(&ask.mounts)).map(Arc::new)
}

/// Sets a mapping in the instances whose requests it may be about.
fn set(ask: &Ask, stub: &Arc<Stub>) -> Result<(), StubRefused> {
    let is_about = |mount: &&Arc<dyn Mount>| {
        stub.request.is_about(&Named { name: mount.name(), endpoints: mount.endpoints() })
    };
    let (about, others): (Vec<_>, Vec<_>) = ask.mounts.iter().partition(is_about);
    about.into_iter().try_for_each(|mount| mount.stubs().add(stub, mount.clock().now()))?;
    for mount in others {
        mount.stubs().remove(&stub.id);
    }
    Ok(())
}

/// `GET mappings?limit=&offset=`
pub(in crate::admin) async fn list(ask: Ask) -> Answer {
    answered(page(&ask))
}

fn page(ask: &Ask) -> Done {
    ask.takes_no_account()?;
    let stubs = all(ask);
    let total = stubs.len();
    let (offset, limit) = (number(ask, "offset")?, number(ask, "limit")?);
    let stubs = stubs.into_iter().skip(offset.unwrap_or(0)).take(limit.unwrap_or(usize::MAX));
    done(&shown(&stubs.collect::<Vec<_>>(), total))
}

/// `POST mappings`
pub(in crate::admin) async fn create(mut ask: Ask) -> Answer {
    let create = |ask: &mut Ask| {
        ask.takes_no_account()?;
        let value = body(ask)?;
        let stub = read(ask, &value, "")?;
        set(ask, &stub)?;
        Ok(answer(StatusCode::CREATED, &stub.show()))
    };
    answered(create(&mut ask))
}

/// `GET mappings/{id}`
pub(in crate::admin) async fn show(ask: Ask) -> Answer {
    let stub = find(&ask, ask.param("id"));
    answered(stub.ok_or(Refused::NotFound("mapping")).and_then(|stub| done(&stub.show())))
}

/// `PUT mappings/{id}`
pub(in crate::admin) async fn replace(mut ask: Ask) -> Answer {
    let replace = |ask: &mut Ask| {
        ask.takes_no_account()?;
        let mut value = body(ask)?;
        let id = ask.param("id").to_ascii_lowercase();
        find(ask, &id).ok_or(Refused::NotFound("mapping"))?;
        if let Some(fields) = value.as_object_mut() {
            fields.remove("uuid");
            fields.insert("id".to_owned(), id.into());
        }
        let stub = read(ask, &value, "")?;
        set(ask, &stub)?;
        done(&stub.show())
    };
    answered(replace(&mut ask))
}

/// `DELETE mappings/{id}`
pub(in crate::admin) async fn remove_one(ask: Ask) -> Answer {
    answered(match remove(&ask, &ask.param("id").to_ascii_lowercase()) {
        true => done(&json!({})),
        false => Err(Refused::NotFound("mapping")),
    })
}

/// Does something to the mappings of every instance.
fn each(ask: &Ask, act: impl Fn(&dyn Mount)) -> Answer {
    ask.takes_no_account()?;
    ask.mounts.iter().for_each(|mount| act(mount.as_ref()));
    answered(done(&json!({})))
}

/// `DELETE mappings`
pub(in crate::admin) async fn clear(ask: Ask) -> Answer {
    each(&ask, |mount| mount.stubs().clear())
}

/// `POST mappings/reset`: what was saved is there, and nothing else.
pub(in crate::admin) async fn reset(ask: Ask) -> Answer {
    each(&ask, |mount| mount.stubs().reset(mount.clock().now()))
}

/// `POST mappings/save`: remembers all mappings for a reset, in memory.
pub(in crate::admin) async fn save(ask: Ask) -> Answer {
    each(&ask, |mount| mount.stubs().save(mount.clock().now()))
}

/// `POST mappings/import` `{"mappings": […], "importOptions": {…}}`: all of them, or none.
pub(in crate::admin) async fn import(mut ask: Ask) -> Answer {
    answered(import_all(&mut ask))
}

fn import_all(ask: &mut Ask) -> Done {
    ask.takes_no_account()?;
    let value = body(ask)?;
    let known = ["mappings", "importOptions", "meta"];
    let given = value.as_object().ok_or_else(|| StubRefused::new("", "has to be an object"))?;
    if let Some(name) = given.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(StubRefused::unknown(&format!("/{name}"), "key", name, &known).into());
    }
    let options = given.get("importOptions").cloned().unwrap_or_else(|| json!({}));
    let (keeps_known, is_all) = read_options(&options)?;
    let mappings = given.get("mappings").and_then(Value::as_array);
    let mappings = mappings.filter(|mappings| mappings.len() <= IMPORTED);
    let mappings = mappings.ok_or_else(|| {
        StubRefused::new("/mappings", format!("has to be a list of at most {IMPORTED}"))
    })?;
    let read = |(place, value)| read(ask, value, &format!("/mappings/{place}"));
    let stubs = mappings.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
    // The first of the list is to be the first that answers, as if it had come last.
    for stub in stubs.iter().rev() {
        if !keeps_known || find(ask, &stub.id).is_none() {
            set(ask, stub)?;
        }
    }
    if is_all {
        let imported: HashSet<&str> = stubs.iter().map(|stub| stub.id.as_str()).collect();
        for stub in all(ask).iter().filter(|stub| !imported.contains(stub.id.as_str())) {
            remove(ask, &stub.id);
        }
    }
    done(&json!({}))
}

/// Reads whether mappings that are there stay as they are, and whether others go.
fn read_options(options: &Value) -> Result<(bool, bool), StubRefused> {
    let at = "/importOptions";
    let given = options.as_object().ok_or_else(|| StubRefused::new(at, "has to be an object"))?;
    let (mut keeps_known, mut is_all) = (false, false);
    for (name, value) in given {
        let at = format!("{at}/{name}");
        match (name.as_str(), value) {
            ("duplicatePolicy", Value::String(word)) if word == "OVERWRITE" => {}
            ("duplicatePolicy", Value::String(word)) if word == "IGNORE" => keeps_known = true,
            ("duplicatePolicy", _) => {
                return Err(StubRefused::new(&at, "is OVERWRITE or IGNORE"));
            }
            ("deleteAllNotInImport", Value::Bool(flag)) => is_all = *flag,
            ("deleteAllNotInImport", _) => {
                return Err(StubRefused::new(&at, "has to be true or false"));
            }
            _ => {
                let known = ["duplicatePolicy", "deleteAllNotInImport"];
                return Err(StubRefused::unknown(&at, "key", name, &known));
            }
        }
    }
    Ok((keeps_known, is_all))
}

/// Reads what is asked of metadata.
pub(super) fn metadata(ask: &mut Ask) -> Result<impl Fn(&Stub) -> bool + use<>, Refused> {
    let matcher = Matcher::read(&body(ask)?, "")?;
    Ok(move |stub: &Stub| {
        let text = stub.metadata.to_string();
        let json = std::cell::OnceCell::new();
        !stub.metadata.is_null() && matcher.holds(Some(Looked::new(text.as_bytes(), &json)))
    })
}

/// `POST mappings/find-by-metadata`
pub(in crate::admin) async fn find_by_metadata(mut ask: Ask) -> Answer {
    answered(metadata(&mut ask).and_then(|holds| {
        let found: Vec<_> = all(&ask).into_iter().filter(|stub| holds(stub)).collect();
        done(&shown(&found, found.len()))
    }))
}

/// `POST mappings/remove-by-metadata`
pub(in crate::admin) async fn remove_by_metadata(mut ask: Ask) -> Answer {
    answered(metadata(&mut ask).and_then(|holds| {
        let found: Vec<_> = all(&ask).into_iter().filter(|stub| holds(stub)).collect();
        for stub in &found {
            remove(&ask, &stub.id);
        }
        done(&shown(&found, found.len()))
    }))
}

/// Returns the mappings that no request of the journal was answered by.
fn unused(ask: &Ask) -> Result<Vec<Arc<Stub>>, Refused> {
    let kept = requests::kept(ask)?;
    let used = kept.iter().filter_map(|kept| kept.entry()?.stub());
    let used: BTreeMap<&str, ()> = used.map(|note| (note.stub.id.as_str(), ())).collect();
    Ok(all(ask).into_iter().filter(|stub| !used.contains_key(stub.id.as_str())).collect())
}

/// `GET mappings/unmatched`
pub(in crate::admin) async fn unmatched(ask: Ask) -> Answer {
    answered(unused(&ask).and_then(|found| done(&shown(&found, found.len()))))
}

/// `DELETE mappings/unmatched`
pub(in crate::admin) async fn remove_unmatched(ask: Ask) -> Answer {
    answered(unused(&ask).and_then(|found| {
        for stub in &found {
            remove(&ask, &stub.id);
        }
        done(&json!({}))
    }))
}
