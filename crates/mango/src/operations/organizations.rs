//! Organizations and groups of the address book.

use serde::Serialize;

use super::{book::Entry, contacts::ShownGroup};
use crate::{
    Params, Pbx, Refused,
    machine::tables::book::{ContactGroup, Organization, OrganizationFields},
    wire::shown,
};

shown! {
    Shown<'a> { org: &'a Organization, pbx: &'a Pbx }
    "org_id" => org.org_id.to_string(),
    "org_name" => org.org_name,
    "site" => org.site,
    "comment" => org.comment,
    "when_created" => pbx.shifted(org.when_created),
}

/// Reads a name under either of two.
fn name(params: &Params, name: &str) -> Result<Option<String>, Refused> {
    params.named(if params.has(name) { name } else { "name" }, 255)
}

impl Entry for Organization {
    const IDS: (&'static str, &'static str) = ("org_id", "org_ids");
    const NAME: &'static str = "org_name";

    fn read(params: &Params) -> Result<OrganizationFields, Refused> {
        Ok(OrganizationFields {
            org_name: name(params, "org_name")?,
            site: params.bounded("site", 255)?,
            comment: params.bounded("comment", 4_096)?,
        })
    }

    fn show<'a>(&'a self, pbx: &'a Pbx, _ext_fields: bool) -> impl Serialize + 'a {
        Shown { org: self, pbx }
    }
}

impl Entry for ContactGroup {
    const IDS: (&'static str, &'static str) = ("group_id", "group_ids");
    const NAME: &'static str = "group_name";

    fn read(params: &Params) -> Result<Option<String>, Refused> {
        name(params, "group_name")
    }

    fn show<'a>(&'a self, _pbx: &'a Pbx, _ext_fields: bool) -> impl Serialize + 'a {
        ShownGroup { group: self }
    }
}
