//! What the address book keeps, all kinds alike: found, made, changed and removed.

use super::{
    AddressBook, Contact, ContactFields, ContactGroup, Organization, OrganizationFields,
    change::{set, take},
};

/// A kind of things that the address book keeps: contacts, organizations and groups.
pub(crate) trait Kept: Sized + 'static {
    /// What a request says about one.
    type Fields;

    /// The most of them.
    const MOST: usize;

    /// Returns all of them in the order of their identifiers.
    fn all(book: &AddressBook) -> impl ExactSizeIterator<Item = &Self>;

    /// Finds one.
    fn find(book: &AddressBook, id: u64) -> Option<&Self>;

    /// Returns the name.
    fn name(&self) -> &str;

    /// Returns the name that a request gives.
    fn named(fields: &Self::Fields) -> Option<&str>;

    /// Returns whether there is one like it already.
    fn is_there(book: &AddressBook, fields: &Self::Fields) -> bool {
        Self::all(book).any(|one| Some(one.name()) == Self::named(fields))
    }

    /// Adds one and returns its identifier.
    fn create(book: &mut AddressBook, at: i64, fields: Self::Fields) -> u64;

    /// Changes one.
    fn change(book: &mut AddressBook, at: i64, id: u64, fields: Self::Fields);

    /// Removes some. What refers to them stays.
    fn delete(book: &mut AddressBook, ids: &[u64]);
}

impl Kept for Contact {
    type Fields = ContactFields;

    const MOST: usize = 1_000_000;

    fn all(book: &AddressBook) -> impl ExactSizeIterator<Item = &Self> {
        book.contacts.values()
    }

    fn find(book: &AddressBook, id: u64) -> Option<&Self> {
        book.contact(id)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn named(fields: &ContactFields) -> Option<&str> {
        fields.name.as_deref()
    }

    fn is_there(book: &AddressBook, fields: &ContactFields) -> bool {
        book.has_twin(&fields.draft())
    }

    fn create(book: &mut AddressBook, at: i64, fields: ContactFields) -> u64 {
        let contact_id = take(&mut book.next.contact);
        let blank = Self { contact_id, when_created: at, ..Self::default() };
        let contact = book.changed(at, blank, fields);
        book.insert(contact);
        contact_id
    }

    fn change(book: &mut AddressBook, at: i64, id: u64, fields: ContactFields) {
        if let Some(contact) = book.remove(id) {
            let contact = book.changed(at, contact, fields);
            book.insert(contact);
        }
    }

    fn delete(book: &mut AddressBook, ids: &[u64]) {
        for id in ids {
            drop(book.remove(*id));
        }
    }
}

impl Kept for Organization {
    type Fields = OrganizationFields;

    const MOST: usize = 10_000;

    fn all(book: &AddressBook) -> impl ExactSizeIterator<Item = &Self> {
        book.organizations.values()
    }

    fn find(book: &AddressBook, id: u64) -> Option<&Self> {
        book.organization(id)
    }

    fn name(&self) -> &str {
        &self.org_name
    }

    fn named(fields: &OrganizationFields) -> Option<&str> {
        fields.org_name.as_deref()
    }

    fn create(book: &mut AddressBook, at: i64, fields: OrganizationFields) -> u64 {
        book.add_organization(at, fields)
    }

    fn change(book: &mut AddressBook, _at: i64, id: u64, fields: OrganizationFields) {
        book.change_organization(id, fields);
    }

    fn delete(book: &mut AddressBook, ids: &[u64]) {
        for id in ids {
            book.organizations.remove(id);
        }
        let is_gone = |contact: &&mut Contact| contact.org.is_some_and(|org| ids.contains(&org));
        for contact in book.contacts.values_mut().filter(is_gone) {
            contact.org = None;
            contact.index(None);
        }
    }
}

impl Kept for ContactGroup {
    type Fields = Option<String>;

    const MOST: usize = 10_000;

    fn all(book: &AddressBook) -> impl ExactSizeIterator<Item = &Self> {
        book.groups.values()
    }

    fn find(book: &AddressBook, id: u64) -> Option<&Self> {
        book.group(id)
    }

    fn name(&self) -> &str {
        &self.group_name
    }

    fn named(fields: &Option<String>) -> Option<&str> {
        fields.as_deref()
    }

    fn create(book: &mut AddressBook, _at: i64, name: Option<String>) -> u64 {
        let group_id = take(&mut book.next.group);
        let group = Self { group_id, group_name: name.unwrap_or_default() };
        book.groups.insert(group_id, group);
        group_id
    }

    fn change(book: &mut AddressBook, _at: i64, id: u64, name: Option<String>) {
        if let Some(group) = book.groups.get_mut(&id) {
            set(&mut group.group_name, name);
        }
    }

    fn delete(book: &mut AddressBook, ids: &[u64]) {
        for id in ids {
            book.groups.remove(id);
        }
        for contact in book.contacts.values_mut() {
            contact.groups.retain(|group| !ids.contains(group));
        }
    }
}

impl AddressBook {
    /// Adds what is wanted, all at the same time, and returns the identifiers and the places of
    /// those that are left out because they are there already.
    pub(crate) fn create<K: Kept>(
        &mut self,
        at: i64,
        wanted: Vec<K::Fields>,
        duplicates: bool,
    ) -> (Vec<u64>, Vec<usize>) {
        let (mut made, mut skipped) = (Vec::new(), Vec::new());
        for (place, fields) in wanted.into_iter().enumerate() {
            // What is left out takes no identifiers and makes no organization.
            if !duplicates && K::is_there(self, &fields) {
                skipped.push(place);
            } else {
                made.push(K::create(self, at, fields));
            }
        }
        (made, skipped)
    }
}
