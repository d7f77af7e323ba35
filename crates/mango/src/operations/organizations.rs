//! Organizations of the address book. vendors/mango.md, 12

use ringback_engine::OffsetDateTime;
use serde::Serialize;

use super::{
    contacts::{Changed, ids, rows},
    paging::Request,
};
use crate::{
    Params, Pbx, Refused,
    machine::tables::book::{AddressBook, Organization, OrganizationFields, Page},
    wire::{Answer, Reply, done, named},
};

#[derive(Serialize)]
struct Shown<'a> {
    org_id: String,
    org_name: &'a str,
    site: &'a str,
    comment: &'a str,
    when_created: i64,
}

impl<'a> Shown<'a> {
    fn of(org: &'a Organization, pbx: &Pbx) -> Self {
        Self {
            org_id: org.org_id.to_string(),
            org_name: &org.org_name,
            site: &org.site,
            comment: &org.comment,
            when_created: pbx.shifted(org.when_created),
        }
    }
}

/// `ab/organizations/init`
pub(crate) fn init(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    page(pbx, &Request::init(params)?)
}

/// `ab/organizations/cursor`
pub(crate) fn cursor(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    page(pbx, &Request::cursor(params)?)
}

fn page(pbx: &Pbx, request: &Request) -> Answer {
    let found = pbx.tables.book.organizations();
    let found = request.named(found, |org| &org.org_name);
    request.answer(&Page::of(found.into_iter(), request.page, request.limit), |org| {
        Shown::of(org, pbx)
    })
}

/// `ab/organization`
pub(crate) fn get(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let org = pbx.tables.book.organization(params.id("org_id")?);
    named("data", Shown::of(org.ok_or_else(|| params.blame(3300, "org_id"))?, pbx))
}

fn read(params: &Params) -> Result<OrganizationFields, Refused> {
    let name = if params.has("org_name") { "org_name" } else { "name" };
    Ok(OrganizationFields {
        org_name: params.named(name, 255)?,
        site: params.bounded("site", 255)?,
        comment: params.bounded("comment", 4_096)?,
    })
}

/// `ab/organizations/create`
pub(crate) fn create(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let duplicates = params.word("on_error", &[("skip", false), ("duplicate", true)])?;
    let mut wanted = Vec::new();
    for row in rows(params, "data")? {
        let fields = read(&row)?;
        let name = row.required("org_name", fields.org_name.clone())?;
        wanted.push((name, fields));
    }
    let book = &mut pbx.tables.book;
    if book.organizations().len().saturating_add(wanted.len()) > AddressBook::SETS {
        return Err(Refused::code(4100));
    }
    let (mut made, mut skipped) = (Vec::new(), Vec::new());
    for (place, (name, fields)) in wanted.into_iter().enumerate() {
        let is_there = book.organizations().any(|org| org.org_name == name);
        if is_there && duplicates != Some(true) {
            skipped.push(place);
        } else {
            made.push(book.create_organization(now.unix_timestamp(), fields));
        }
    }
    changed(pbx, &made, skipped)
}

/// `ab/organizations/update`
pub(crate) fn update(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let book = &mut pbx.tables.book;
    let mut wanted = Vec::new();
    for row in rows(params, "data")? {
        let (id, fields) = (row.id("org_id")?, read(&row)?);
        if book.organization(id).is_none() {
            return Err(row.blame(3300, "org_id"));
        }
        wanted.push((id, fields));
    }
    let ids: Vec<u64> = wanted.iter().map(|(id, _)| *id).collect();
    for (id, fields) in wanted {
        book.change_organization(id, fields);
    }
    changed(pbx, &ids, Vec::new())
}

/// `ab/organizations/delete`
pub(crate) fn delete(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let ids = ids(params, "org_ids", "org_id")?;
    let book = &mut pbx.tables.book;
    if ids.iter().any(|id| book.organization(*id).is_none()) {
        return Err(params.blame(3300, if params.has("org_ids") { "org_ids" } else { "org_id" }));
    }
    book.delete_organizations(&ids);
    done()
}

fn changed(pbx: &Pbx, ids: &[u64], skipped: Vec<usize>) -> Answer {
    let shown = ids.iter().filter_map(|id| pbx.tables.book.organization(*id));
    let data = shown.map(|org| (org.org_id.to_string(), Shown::of(org, pbx))).collect();
    Reply::json(&Changed { result: [1000], data, skipped })
}
