//! Groups of contacts of the address book. vendors/mango.md, 12

use ringback_engine::OffsetDateTime;
use serde::Serialize;

use super::{
    contacts::{Changed, ids, rows},
    paging::Request,
};
use crate::{
    Params, Pbx, Refused,
    machine::tables::book::{AddressBook, ContactGroup, Page},
    wire::{Answer, Reply, done, named},
};

#[derive(Serialize)]
struct Shown<'a> {
    group_id: String,
    group_name: &'a str,
}

impl<'a> From<&'a ContactGroup> for Shown<'a> {
    fn from(group: &'a ContactGroup) -> Self {
        Self { group_id: group.group_id.to_string(), group_name: &group.group_name }
    }
}

/// `ab/groups/init`
pub(crate) fn init(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    page(pbx, &Request::init(params)?)
}

/// `ab/groups/cursor`
pub(crate) fn cursor(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    page(pbx, &Request::cursor(params)?)
}

fn page(pbx: &Pbx, request: &Request) -> Answer {
    let found = request.named(pbx.tables.book.groups(), |group| &group.group_name);
    request.answer(&Page::of(found.into_iter(), request.page, request.limit), |group| {
        Shown::from(*group)
    })
}

/// `ab/group`
pub(crate) fn get(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let group = pbx.tables.book.group(params.id("group_id")?);
    named("data", Shown::from(group.ok_or_else(|| params.blame(3300, "group_id"))?))
}

fn name(params: &Params) -> Result<Option<String>, Refused> {
    params.named(if params.has("group_name") { "group_name" } else { "name" }, 255)
}

/// `ab/groups/create`
pub(crate) fn create(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let duplicates = params.word("on_error", &[("skip", false), ("duplicate", true)])?;
    let mut wanted = Vec::new();
    for row in rows(params, "data")? {
        wanted.push(row.required("group_name", name(&row)?)?);
    }
    let book = &mut pbx.tables.book;
    if book.groups().len().saturating_add(wanted.len()) > AddressBook::SETS {
        return Err(Refused::code(4100));
    }
    let (mut made, mut skipped) = (Vec::new(), Vec::new());
    for (place, name) in wanted.into_iter().enumerate() {
        let is_there = book.groups().any(|group| group.group_name == name);
        if is_there && duplicates != Some(true) {
            skipped.push(place);
        } else {
            made.push(book.create_group(name));
        }
    }
    changed(book, &made, skipped)
}

/// `ab/groups/update`
pub(crate) fn update(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let book = &mut pbx.tables.book;
    let mut wanted = Vec::new();
    for row in rows(params, "data")? {
        let (id, name) = (row.id("group_id")?, name(&row)?);
        if book.group(id).is_none() {
            return Err(row.blame(3300, "group_id"));
        }
        wanted.push((id, name));
    }
    let ids: Vec<u64> = wanted.iter().map(|(id, _)| *id).collect();
    for (id, name) in wanted {
        book.rename_group(id, name);
    }
    changed(book, &ids, Vec::new())
}

/// `ab/groups/delete`
pub(crate) fn delete(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let ids = ids(params, "group_ids", "group_id")?;
    let book = &mut pbx.tables.book;
    if ids.iter().any(|id| book.group(*id).is_none()) {
        let blamed = if params.has("group_ids") { "group_ids" } else { "group_id" };
        return Err(params.blame(3300, blamed));
    }
    book.delete_groups(&ids);
    done()
}

/// `ab/custom_fields`
pub(crate) fn custom_fields(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    named("data", pbx.tables.book.custom_fields())
}

fn changed(book: &AddressBook, ids: &[u64], skipped: Vec<usize>) -> Answer {
    let shown = ids.iter().filter_map(|id| book.group(*id));
    let data = shown.map(|group| (group.group_id.to_string(), Shown::from(group))).collect();
    Reply::json(&Changed { result: [1000], data, skipped })
}
