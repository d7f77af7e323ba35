//! What the address book keeps, by one set of operations: contacts, organizations and groups are
//! listed, shown, made, changed and deleted alike. vendors/mango.md, 12

use std::collections::BTreeMap;

use ringback_engine::OffsetDateTime;
use ringback_exchange::{ChangeKind, ChangedPart};
use serde::Serialize;

use super::paging::{Request, ext_fields};
use crate::{
    Params, Pbx, Refused,
    machine::tables::{
        Tables,
        book::{AddressBook, Kept, Page},
    },
    wire::{Answer, Reply, done, named},
};

/// A kind of things that the address book keeps, as requests and answers have it.
pub(super) trait Entry: Kept {
    /// What identifies one, and several of them, in requests.
    const IDS: (&'static str, &'static str);

    /// What a new one cannot do without.
    const NAME: &'static str;

    /// Whether a request that changes some may only have words for `on_error` that there are, though
    /// nothing follows from them.
    const MINDS_ON_ERROR: bool = false;

    /// Reads what a request says about one.
    fn read(params: &Params) -> Result<Self::Fields, Refused>;

    /// Refuses what refers to something that does not exist.
    fn check(_fields: &Self::Fields, _params: &Params, _tables: &Tables) -> Result<(), Refused> {
        Ok(())
    }

    /// Finds those that a request is about.
    fn page<'a>(book: &'a AddressBook, request: &Request) -> Page<&'a Self> {
        let found = request.named(Self::all(book), Self::name);
        Page::of(found.into_iter(), request.page, request.limit)
    }

    /// Shows one, with fields of the customer's own or without.
    fn show<'a>(&'a self, pbx: &'a Pbx, ext_fields: bool) -> impl Serialize + 'a;
}

/// What becomes of what is there already: whether there are two of it then.
const ON_ERROR: [(&str, bool); 2] = [("skip", false), ("duplicate", true)];

/// `ab/…/init`
pub(super) fn init<E: Entry>(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    page::<E>(pbx, &Request::init(params)?)
}

/// `ab/…/cursor`
pub(super) fn cursor<E: Entry>(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    page::<E>(pbx, &Request::cursor(params)?)
}

fn page<E: Entry>(pbx: &Pbx, request: &Request) -> Answer {
    let page = E::page(&pbx.tables.book, request);
    request.answer(&page, |entry| entry.show(pbx, request.ext_fields))
}

/// `ab/contact`, `ab/organization`, `ab/group`
pub(super) fn get<E: Entry>(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let (one, _) = E::IDS;
    let entry = E::find(&pbx.tables.book, params.id(one)?);
    let entry = entry.ok_or_else(|| params.blame(3300, one))?;
    named("data", entry.show(pbx, ext_fields(params).unwrap_or(false)))
}

/// `ab/…/create`
pub(super) fn create<E: Entry>(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let duplicates = params.word("on_error", &ON_ERROR)?;
    let mut wanted = Vec::new();
    for row in rows(params)? {
        let fields = E::read(&row)?;
        row.required(E::NAME, E::named(&fields))?;
        E::check(&fields, &row, &pbx.tables)?;
        wanted.push(fields);
    }
    let book = &mut pbx.tables.book;
    if E::all(book).len().saturating_add(wanted.len()) > E::MOST {
        return Err(Refused::code(4100));
    }
    let at = now.unix_timestamp();
    let (made, skipped) = book.create::<E>(at, wanted, duplicates.unwrap_or(false));
    note::<E>(pbx, &made, ChangeKind::Added);
    changed::<E>(pbx, &made, skipped)
}

/// `ab/…/update`
pub(super) fn update<E: Entry>(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let (one, _) = E::IDS;
    if E::MINDS_ON_ERROR {
        params.word("on_error", &ON_ERROR)?;
    }
    let mut wanted = Vec::new();
    for row in rows(params)? {
        let (id, fields) = (row.id(one)?, E::read(&row)?);
        if E::find(&pbx.tables.book, id).is_none() {
            return Err(row.blame(3300, one));
        }
        E::check(&fields, &row, &pbx.tables)?;
        wanted.push((id, fields));
    }
    let ids: Vec<u64> = wanted.iter().map(|(id, _)| *id).collect();
    for (id, fields) in wanted {
        E::change(&mut pbx.tables.book, now.unix_timestamp(), id, fields);
    }
    note::<E>(pbx, &ids, ChangeKind::Changed);
    changed::<E>(pbx, &ids, Vec::new())
}

/// `ab/…/delete`: several under one name, or one under another.
pub(super) fn delete<E: Entry>(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let (one, several) = E::IDS;
    let name = if params.has(several) { several } else { one };
    let ids = params.ids(name)?;
    let book = &mut pbx.tables.book;
    match ids.len() {
        0 => return Err(params.missing(several)),
        count if count > AddressBook::AT_ONCE => return Err(params.blame(3503, name)),
        _ if ids.iter().any(|id| E::find(book, *id).is_none()) => {
            return Err(params.blame(3300, name));
        }
        _ => E::delete(book, &ids),
    }
    note::<E>(pbx, &ids, ChangeKind::Removed);
    done()
}

/// `ab/custom_fields`
pub(super) fn custom_fields(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    named("data", pbx.tables.book.custom_fields())
}

/// Notes changes of contacts for those who watch the world.
fn note<E: Entry>(pbx: &mut Pbx, ids: &[u64], change: ChangeKind) {
    for id in ids.iter().filter(|_| E::IDS.0 == "contact_id") {
        pbx.exchange.note_change(ChangedPart::Contact, change, id);
    }
}

/// Reads the rows of a bulk request, of which there is at least one and not too many.
fn rows(params: &Params) -> Result<Vec<Params>, Refused> {
    let rows = params.objects("data")?;
    match rows.len() {
        0 => Err(params.missing("data")),
        count if count > AddressBook::AT_ONCE => Err(params.blame(3503, "data")),
        _ => Ok(rows),
    }
}

/// The answer to a bulk request. Its `result` is an array, as in the manual's example.
#[derive(Serialize)]
struct Changed<S> {
    result: [u16; 1],
    data: BTreeMap<String, S>,
    skipped: Vec<usize>,
}

fn changed<E: Entry>(pbx: &Pbx, ids: &[u64], skipped: Vec<usize>) -> Answer {
    let entry = |id: &u64| Some((id.to_string(), E::find(&pbx.tables.book, *id)?.show(pbx, false)));
    let data = ids.iter().filter_map(entry).collect();
    Reply::json(&Changed { result: [1000], data, skipped })
}
