//! Contacts of the address book.

mod fields;
mod shown;

use serde::Serialize;

use super::{book::Entry, paging::Request};
use crate::{
    Params, Pbx, Refused,
    machine::tables::{
        Tables,
        book::{AddressBook, Contact, ContactFields, Page},
    },
};
use shown::Shown;
pub(super) use shown::ShownGroup;

impl Entry for Contact {
    const IDS: (&'static str, &'static str) = ("contact_id", "contact_ids");
    const NAME: &'static str = "name";
    const MINDS_ON_ERROR: bool = true;

    fn read(params: &Params) -> Result<ContactFields, Refused> {
        fields::read(params)
    }

    fn check(fields: &ContactFields, params: &Params, tables: &Tables) -> Result<(), Refused> {
        fields::check(params, fields, tables)
    }

    fn page<'a>(book: &'a AddressBook, request: &Request) -> Page<&'a Self> {
        book.find(&request.question, request.page, request.limit)
    }

    fn show<'a>(&'a self, pbx: &'a Pbx, ext_fields: bool) -> impl Serialize + 'a {
        Shown { contact: self, pbx, ext_fields }
    }
}
