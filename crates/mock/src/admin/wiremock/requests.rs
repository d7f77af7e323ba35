//! The journal in WireMock's form: every request, whoever answered it.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{Answer, Ask, Done, Refused, answered, body, done, mappings, named, number};
use crate::{
    Endpoint, Mount,
    admin::Problem,
    bench::{Item, Kind, journal::Entry, verify::Scope},
    stable_hash,
    stubs::{Named, Pattern, id, logged_entry},
};

/// A request of the journal with the instance it came to.
pub(super) struct Kept {
    pub(super) mount: Arc<dyn Mount>,
    pub(super) item: Item,
}

impl Kept {
    pub(super) fn entry(&self) -> Option<&Entry> {
        self.item.what.note()?.as_any().downcast_ref()
    }

    /// Returns its id: a UUID, as WireMock's clients expect.
    fn id(&self) -> String {
        let number = self.entry().map_or(0, Entry::number);
        id(stable_hash(self.mount.seed(), self.mount.name().as_bytes()), number)
    }

    pub(super) fn endpoint(&self) -> Option<&'static Endpoint> {
        let operation = self.entry()?.operation()?;
        self.mount.endpoints().iter().find(|endpoint| endpoint.operation == operation)
    }

    /// Returns whether a mapping or an endpoint of the vendor has answered.
    fn is_matched(&self) -> bool {
        self.entry().is_some_and(|entry| entry.stub().is_some() || entry.operation().is_some())
    }

    /// Returns whether it holds a pattern; `None` where that is not known, for its body is not kept whole.
    fn holds(&self, pattern: &Pattern) -> Option<bool> {
        let Some(entry) = self.entry() else { return Some(false) };
        let named = Named { name: self.mount.name(), endpoints: self.mount.endpoints() };
        let asked = entry.asked();
        if !pattern.is_about(&named) {
            return Some(false);
        }
        if !asked.is_whole && pattern.asks_for_body() {
            return if pattern.without_body().holds(&asked, self.endpoint()) {
                None
            } else {
                Some(false)
            };
        }
        Some(pattern.holds(&asked, self.endpoint()))
    }

    /// Shows the request.
    pub(super) fn logged(&self) -> Value {
        let Some(entry) = self.entry() else { return Value::Null };
        let mut shown = logged_entry(entry, self.item.real_began());
        if let Some(fields) = shown.as_object_mut() {
            fields.insert("id".to_owned(), self.id().into());
        }
        shown
    }

    /// Shows the request with its answer.
    fn show(&self) -> Value {
        let Some(entry) = self.entry() else { return Value::Null };
        let (status, headers, answer) = entry.answered();
        let headers = headers.into_iter().fold(serde_json::Map::new(), |mut all, (name, value)| {
            match all.get_mut(&name) {
                None => drop(all.insert(name, value.into())),
                Some(Value::Array(several)) => several.push(value.into()),
                Some(one) => *one = json!([one.take(), value]),
            }
            all
        });
        let note = entry.stub();
        let mut definition =
            note.map_or_else(|| json!({ "status": status }), |note| note.stub.show_response());
        let is_from_stub = note.is_some_and(|note| !note.is_passed);
        if let Some(fields) = definition.as_object_mut() {
            fields.insert("fromConfiguredStub".to_owned(), is_from_stub.into());
        }
        let took = u64::try_from(crate::bench::Note::took(entry).as_millis()).unwrap_or(u64::MAX);
        let delay = u64::try_from(entry.delay().as_millis()).unwrap_or(u64::MAX);
        let mut shown = json!({
            "id": self.id(),
            "request": self.logged(),
            "responseDefinition": definition,
            "response": {
                "status": status,
                "headers": headers,
                "body": String::from_utf8_lossy(answer),
                "bodyAsBase64": BASE64_STANDARD.encode(answer),
                "fault": note.and_then(|note| note.fault).map(|fault| fault.word()),
            },
            "wasMatched": self.is_matched(),
            "timing": {
                "addedDelay": delay,
                "processTime": took,
                "responseSendTime": 0,
                "serveTime": took,
                "totalTime": took.saturating_add(delay),
            },
            "subEvents": [],
            "vendor": self.mount.name(),
            "operation": entry.operation(),
            "journal": format!("{}-r{}", self.mount.name(), entry.number()),
        });
        if let Some(fields) = shown.as_object_mut()
            && let Some(note) = note
        {
            fields.insert("stubMapping".to_owned(), note.stub.show());
        }
        shown
    }
}

/// Whose requests these paths are about: all of the port, unless an account is named.
fn scope(ask: &Ask) -> Result<Scope, Problem> {
    match ask.names_account() {
        true => ask.scope(),
        false => Ok(Scope::all(ask.mounts.clone())),
    }
}

fn is_off(ask: &Ask) -> Result<bool, Problem> {
    Ok(!ask.bench()?.keeps_journal())
}

/// Returns the requests of the journal, oldest first.
pub(super) fn kept(ask: &Ask) -> Result<Vec<Kept>, Refused> {
    let scope = scope(ask)?;
    let page = ask.bench()?.feed().since(0, Kind::Request.into(), usize::MAX);
    let of = |item: Item| {
        let mount = ask.mounts.iter().find(|mount| Some(mount.origin()) == item.source.origin)?;
        scope.has(&item).then(|| Kept { mount: Arc::clone(mount), item })
    };
    Ok(page.items.into_iter().filter_map(of).collect())
}

/// Returns how many requests were pushed out.
fn missed(ask: &Ask) -> Result<u64, Refused> {
    Ok(ask.bench()?.feed().kept(Kind::Request).2)
}

/// `GET requests?limit=&since=&unmatched=&matchingStub=`: newest first.
pub(in crate::admin) async fn list(ask: Ask) -> Answer {
    answered(page(&ask))
}

fn page(ask: &Ask) -> Done {
    let mut kept = kept(ask)?;
    kept.reverse();
    if let Some(since) = ask.query("since") {
        let since = crate::shown::read_rfc3339(since)
            .ok_or_else(|| Problem::at("since", "has to be a moment of RFC 3339"))?;
        kept.retain(|kept| kept.item.real_began() >= since);
    }
    match ask.query("unmatched") {
        None | Some("false") => {}
        Some("true") => kept.retain(|kept| !kept.is_matched()),
        Some(_) => return Err(Problem::at("unmatched", "has to be true or false").into()),
    }
    if let Some(wanted) = ask.query("matchingStub") {
        let wanted = wanted.to_ascii_lowercase();
        let is_it = |kept: &Kept| {
            let note = kept.entry().and_then(Entry::stub);
            note.is_some_and(|note| note.stub.id == wanted)
        };
        kept.retain(is_it);
    }
    let total = kept.len();
    kept.truncate(number(ask, "limit")?.unwrap_or(usize::MAX));
    let shown: Vec<Value> = kept.iter().map(Kept::show).collect();
    let meta = json!({ "total": total, "missed": missed(ask)? });
    done(&json!({ "requests": shown, "meta": meta, "requestJournalDisabled": is_off(ask)? }))
}

/// `GET requests/{id}`
pub(in crate::admin) async fn show(ask: Ask) -> Answer {
    let wanted = ask.param("id").to_ascii_lowercase();
    answered(kept(&ask).and_then(|kept| {
        let found = kept.iter().find(|kept| kept.id() == wanted);
        done(&found.ok_or(Refused::NotFound("request"))?.show())
    }))
}

/// Removes those requests of the journal that are said to go.
fn remove(ask: &Ask, going: &[Kept]) -> Result<(), Refused> {
    let cursors: Vec<u64> = going.iter().map(|kept| kept.item.cursor).collect();
    let goes = |item: &Item| cursors.binary_search(&item.cursor).is_ok();
    ask.bench()?.feed().clear(Kind::Request.into(), goes);
    Ok(())
}

/// `DELETE requests/{id}`
pub(in crate::admin) async fn remove_one(ask: Ask) -> Answer {
    let wanted = ask.param("id").to_ascii_lowercase();
    answered(kept(&ask).and_then(|kept| {
        let going: Vec<Kept> = kept.into_iter().filter(|kept| kept.id() == wanted).collect();
        match going.is_empty() {
            true => Err(Refused::NotFound("request")),
            false => remove(&ask, &going).and_then(|()| done(&json!({}))),
        }
    }))
}

/// `DELETE requests`, `POST requests/reset`
pub(in crate::admin) async fn clear(ask: Ask) -> Answer {
    answered(kept(&ask).and_then(|kept| {
        remove(&ask, &kept)?;
        done(&json!({}))
    }))
}

/// The requests that hold a pattern, and of how many that is not known.
fn holding(ask: &mut Ask) -> Result<(Vec<Kept>, usize), Refused> {
    let value = body(ask)?;
    let pattern = Pattern::read(&value, "", &named(&ask.mounts))?;
    let (mut found, mut undecided) = (Vec::new(), 0);
    for kept in kept(ask)? {
        match kept.holds(&pattern) {
            Some(true) => found.push(kept),
            Some(false) => {}
            None => undecided += 1,
        }
    }
    Ok((found, undecided))
}

/// `POST requests/count`
pub(in crate::admin) async fn count(mut ask: Ask) -> Answer {
    answered(holding(&mut ask).and_then(|(found, undecided)| {
        let off = is_off(&ask)?;
        let mut shown = json!({ "count": found.len(), "requestJournalDisabled": off });
        tell(&mut shown, undecided, missed(&ask)?);
        done(&shown)
    }))
}

/// Says what an answer cannot know.
fn tell(shown: &mut Value, undecided: usize, missed: u64) {
    if let Some(fields) = shown.as_object_mut() {
        if undecided > 0 {
            fields.insert("undecided".to_owned(), undecided.into());
        }
        if missed > 0 {
            fields.insert("missed".to_owned(), missed.into());
        }
    }
}

/// `POST requests/find`
pub(in crate::admin) async fn find(mut ask: Ask) -> Answer {
    answered(holding(&mut ask).and_then(|(found, undecided)| {
        let requests: Vec<Value> = found.iter().map(Kept::logged).collect();
        let off = is_off(&ask)?;
        let mut shown = json!({ "requests": requests, "requestJournalDisabled": off });
        tell(&mut shown, undecided, missed(&ask)?);
        done(&shown)
    }))
}

/// `POST requests/remove`
pub(in crate::admin) async fn remove_matching(mut ask: Ask) -> Answer {
    answered(holding(&mut ask).and_then(|(found, _)| {
        remove(&ask, &found)?;
        let shown: Vec<Value> = found.iter().map(Kept::show).collect();
        done(&json!({ "serveEvents": shown }))
    }))
}

/// `POST requests/remove-by-metadata`: by the metadata of the mapping that answered.
pub(in crate::admin) async fn remove_by_metadata(mut ask: Ask) -> Answer {
    answered(mappings::metadata(&mut ask).and_then(|holds| {
        let is_it = |kept: &Kept| {
            let note = kept.entry().and_then(Entry::stub);
            note.is_some_and(|note| holds(&note.stub))
        };
        let found: Vec<Kept> = kept(&ask)?.into_iter().filter(is_it).collect();
        remove(&ask, &found)?;
        let shown: Vec<Value> = found.iter().map(Kept::show).collect();
        done(&json!({ "serveEvents": shown }))
    }))
}

/// The requests that neither a mapping nor an endpoint of the vendor has answered, oldest first.
pub(super) fn without_answer(ask: &Ask) -> Result<Vec<Kept>, Refused> {
    Ok(kept(ask)?.into_iter().filter(|kept| !kept.is_matched()).collect())
}

/// `GET requests/unmatched`
pub(in crate::admin) async fn unmatched(ask: Ask) -> Answer {
    answered(without_answer(&ask).and_then(|found| {
        let shown: Vec<Value> = found.iter().rev().map(Kept::logged).collect();
        done(&json!({ "requests": shown, "requestJournalDisabled": is_off(&ask)? }))
    }))
}
