//! Contacts of the address book. vendors/mango.md, 12

mod fields;
mod shown;

use std::collections::BTreeMap;

use ringback_engine::OffsetDateTime;
use serde::Serialize;

use super::paging::{Request, ext_fields};
use crate::{
    Params, Pbx, Refused,
    machine::tables::book::AddressBook,
    wire::{Answer, Reply, done, named},
};
use shown::Shown;

/// `ab/contact/init`
pub(crate) fn init(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    page(pbx, &Request::init(params)?)
}

/// `ab/contact/cursor`
pub(crate) fn cursor(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    page(pbx, &Request::cursor(params)?)
}

fn page(pbx: &Pbx, request: &Request) -> Answer {
    let page = pbx.tables.book.find(&request.question, request.page, request.limit);
    request.answer(&page, |contact| Shown::of(contact, pbx, request.ext_fields))
}

/// `ab/contact`
pub(crate) fn get(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let contact = pbx.tables.book.contact(params.id("contact_id")?);
    let contact = contact.ok_or_else(|| params.blame(3300, "contact_id"))?;
    named("data", Shown::of(contact, pbx, ext_fields(params).unwrap_or(false)))
}

/// `ab/contacts/create`
pub(crate) fn create(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let duplicates = params.word("on_error", &[("skip", false), ("duplicate", true)])?;
    let rows = rows(params, "data")?;
    let mut wanted = Vec::new();
    for row in &rows {
        let fields = fields::read(row)?;
        row.required("name", fields.name.as_ref())?;
        fields::check(row, &fields, &pbx.tables)?;
        wanted.push(fields);
    }
    if pbx.tables.book.contacts().len().saturating_add(wanted.len()) > AddressBook::MOST {
        return Err(Refused::code(4100));
    }
    let book = &mut pbx.tables.book;
    let at = now.unix_timestamp();
    let (made, skipped) = book.create_contacts(at, wanted, duplicates.unwrap_or(false));
    changed(pbx, &made, skipped)
}

/// `ab/contacts/update`
pub(crate) fn update(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    params.word("on_error", &[("skip", false), ("duplicate", true)])?;
    let rows = rows(params, "data")?;
    let mut wanted = Vec::new();
    for row in &rows {
        let id = row.id("contact_id")?;
        let fields = fields::read(row)?;
        if pbx.tables.book.contact(id).is_none() {
            return Err(row.blame(3300, "contact_id"));
        }
        fields::check(row, &fields, &pbx.tables)?;
        wanted.push((id, fields));
    }
    let book = &mut pbx.tables.book;
    let ids: Vec<u64> = wanted.iter().map(|(id, _)| *id).collect();
    for (id, fields) in wanted {
        book.change_contact(now.unix_timestamp(), id, fields);
    }
    changed(pbx, &ids, Vec::new())
}

/// `ab/contacts/delete`
pub(crate) fn delete(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let ids = ids(params, "contact_ids", "contact_id")?;
    if ids.iter().any(|id| pbx.tables.book.contact(*id).is_none()) {
        let blamed = if params.has("contact_ids") { "contact_ids" } else { "contact_id" };
        return Err(params.blame(3300, blamed));
    }
    pbx.tables.book.delete_contacts(&ids);
    done()
}

/// Reads the rows of a bulk request, of which there is at least one and not too many.
pub(super) fn rows(params: &Params, name: &str) -> Result<Vec<Params>, Refused> {
    let rows = params.objects(name)?;
    match rows.len() {
        0 => Err(params.missing(name)),
        count if count > AddressBook::AT_ONCE => Err(params.blame(3503, name)),
        _ => Ok(rows),
    }
}

/// Reads which rows to delete: several under one name, or one under another.
pub(super) fn ids(params: &Params, several: &str, one: &str) -> Result<Vec<u64>, Refused> {
    let name = if params.has(several) { several } else { one };
    let ids = params.ids(name)?;
    match ids.len() {
        0 => Err(params.missing(several)),
        count if count > AddressBook::AT_ONCE => Err(params.blame(3503, name)),
        _ => Ok(ids),
    }
}

/// The answer to a bulk request. Its `result` is an array, as in the manual's example.
#[derive(Serialize)]
pub(super) struct Changed<S> {
    pub(super) result: [u16; 1],
    pub(super) data: BTreeMap<String, S>,
    pub(super) skipped: Vec<usize>,
}

fn changed(pbx: &Pbx, ids: &[u64], skipped: Vec<usize>) -> Answer {
    let shown = ids.iter().filter_map(|id| pbx.tables.book.contact(*id));
    let data =
        shown.map(|contact| (contact.contact_id.to_string(), Shown::of(contact, pbx, false)));
    Reply::json(&Changed { result: [1000], data: data.collect(), skipped })
}
