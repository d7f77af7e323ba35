//! Changing the address book. What it is changed with has been checked before.

use serde_json::Value;

use super::{Account, AddressBook, Contact, ContactGroup, Email, NextIds, Organization, Phone};

/// What a request says about a contact. What is absent keeps its value.
#[derive(Debug, Clone, Default)]
pub(crate) struct ContactFields {
    pub(crate) name: Option<String>,
    pub(crate) office: Option<String>,
    pub(crate) site: Option<String>,
    pub(crate) org: Option<OrganizationRef>,
    pub(crate) importance: Option<u8>,
    pub(crate) comment: Option<String>,
    pub(crate) birthday: Option<String>,
    pub(crate) sex: Option<u8>,
    pub(crate) avatar: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) phones: Option<Vec<PhoneFields>>,
    pub(crate) emails: Option<Vec<EmailFields>>,
    pub(crate) groups: Option<Vec<u64>>,
    pub(crate) nets: Option<Vec<AccountFields>>,
    pub(crate) messengers: Option<Vec<AccountFields>>,
    pub(crate) in_favorites: Option<Vec<u64>>,
    pub(crate) custom_values: Option<Vec<Value>>,
    pub(crate) user_id: Option<u64>,
}

/// An organization by its identifier, or by a name that may be new.
#[derive(Debug, Clone)]
pub(crate) enum OrganizationRef {
    Id(u64),
    Name(String),
}

/// A number of a contact; it keeps its identifier if that is one of the contact's.
#[derive(Debug, Clone)]
pub(crate) struct PhoneFields {
    pub(crate) phone_id: Option<u64>,
    pub(crate) phone_type: u8,
    pub(crate) phone: String,
    pub(crate) comment: String,
    pub(crate) ext: Option<String>,
    pub(crate) is_default: bool,
}

/// A mail address of a contact; it keeps its identifier if that is one of the contact's.
#[derive(Debug, Clone)]
pub(crate) struct EmailFields {
    pub(crate) email_id: Option<u64>,
    pub(crate) email: String,
    pub(crate) comment: String,
    pub(crate) is_default: bool,
}

/// An account of a contact; it keeps its identifier if that is one of the contact's.
#[derive(Debug, Clone)]
pub(crate) struct AccountFields {
    pub(crate) id: Option<u64>,
    pub(crate) service: u8,
    pub(crate) uname: String,
}

/// What a request says about an organization. What is absent keeps its value.
#[derive(Debug, Default)]
pub(crate) struct OrganizationFields {
    pub(crate) org_name: Option<String>,
    pub(crate) site: Option<String>,
    pub(crate) comment: Option<String>,
}

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
        let org_id = take(&mut book.next.organization);
        let blank = Self { org_id, when_created: at, ..Self::default() };
        book.organizations.insert(org_id, blank);
        Self::change(book, at, org_id, fields);
        org_id
    }

    /// Its contacts are found by its new name.
    fn change(book: &mut AddressBook, _at: i64, id: u64, fields: OrganizationFields) {
        let Some(org) = book.organizations.get_mut(&id) else { return };
        let is_renamed = fields.org_name.as_ref().is_some_and(|name| *name != org.org_name);
        set(&mut org.org_name, fields.org_name);
        set(&mut org.site, fields.site);
        set(&mut org.comment, fields.comment);
        let name = org.org_name.as_str();
        if is_renamed {
            for contact in book.contacts.values_mut().filter(|contact| contact.org == Some(id)) {
                contact.index(Some(name));
            }
        }
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

    fn changed(&mut self, at: i64, mut contact: Contact, fields: ContactFields) -> Contact {
        set(&mut contact.name, fields.name);
        set(&mut contact.office, fields.office);
        set(&mut contact.site, fields.site);
        if let Some(org) = fields.org {
            contact.org = Some(match org {
                OrganizationRef::Id(id) => id,
                OrganizationRef::Name(name) => self.organization_named(at, &name),
            });
        }
        set(&mut contact.importance, fields.importance);
        set(&mut contact.comment, fields.comment);
        set(&mut contact.birthday, fields.birthday);
        set_some(&mut contact.sex, fields.sex);
        set(&mut contact.avatar, fields.avatar);
        set(&mut contact.url, fields.url);
        if let Some(phones) = fields.phones {
            let old: Vec<u64> = contact.phones.iter().map(|phone| phone.phone_id).collect();
            contact.phones = phones_of(phones, &old, &mut self.next);
        }
        if let Some(emails) = fields.emails {
            let old: Vec<u64> = contact.emails.iter().map(|email| email.email_id).collect();
            contact.emails = emails_of(emails, &old, &mut self.next);
        }
        set(&mut contact.groups, fields.groups);
        if let Some(nets) = fields.nets {
            contact.nets = accounts_of(nets, &contact.nets, &mut self.next.net);
        }
        if let Some(messengers) = fields.messengers {
            contact.messengers =
                accounts_of(messengers, &contact.messengers, &mut self.next.messenger);
        }
        set(&mut contact.in_favorites, fields.in_favorites);
        set(&mut contact.custom_values, fields.custom_values);
        set_some(&mut contact.user_id, fields.user_id);
        contact
    }

    /// Finds an organization by name, or adds it.
    fn organization_named(&mut self, at: i64, name: &str) -> u64 {
        let known = self.organizations.values().find(|org| org.org_name == name);
        match known.map(|org| org.org_id) {
            Some(id) => id,
            None => {
                let org_name = Some(name.to_owned());
                Organization::create(
                    self,
                    at,
                    OrganizationFields { org_name, ..Default::default() },
                )
            }
        }
    }

    /// Takes an employee who is gone out of all contacts.
    pub(crate) fn forget_user(&mut self, user_id: u64) {
        for contact in self.contacts.values_mut() {
            contact.in_favorites.retain(|user| *user != user_id);
            contact.user_id = contact.user_id.filter(|user| *user != user_id);
        }
    }
}

impl ContactFields {
    /// What a new contact would be recognised by: its name and its default number.
    fn draft(&self) -> Contact {
        let phones = self.phones.clone().unwrap_or_default();
        Contact {
            name: self.name.clone().unwrap_or_default(),
            phones: phones_of(phones, &[], &mut NextIds::default()),
            ..Contact::default()
        }
    }
}

/// Overwrites a value if there is a new one.
fn set<T>(value: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *value = new;
    }
}

/// Overwrites a value that may be absent, if there is a new one.
fn set_some<T>(value: &mut Option<T>, new: Option<T>) {
    if new.is_some() {
        *value = new;
    }
}

/// Takes the next identifier of a kind.
fn take(next: &mut u64) -> u64 {
    let id = *next;
    *next = id.saturating_add(1);
    id
}

/// Keeps an identifier that is one of the old ones, once, or takes the next one.
fn keep(wanted: Option<u64>, old: &[u64], kept: &mut Vec<u64>, next: &mut u64) -> u64 {
    let known = wanted.filter(|id| old.contains(id) && !kept.contains(id));
    let id = known.unwrap_or_else(|| take(next));
    kept.push(id);
    id
}

/// Returns the place of the default: the first that says so, or else the first.
fn default_of<T>(parts: &[T], says_so: impl Fn(&T) -> bool) -> usize {
    parts.iter().position(says_so).unwrap_or(0)
}

fn phones_of(phones: Vec<PhoneFields>, old: &[u64], next: &mut NextIds) -> Vec<Phone> {
    let (mut kept, default) = (Vec::new(), default_of(&phones, |phone| phone.is_default));
    let phones = phones.into_iter().enumerate();
    let phone = |(place, fields): (usize, PhoneFields)| Phone {
        phone_id: keep(fields.phone_id, old, &mut kept, &mut next.phone),
        phone_type: fields.phone_type,
        phone: fields.phone,
        comment: fields.comment,
        ext: fields.ext,
        is_default: place == default,
    };
    phones.map(phone).collect()
}

fn emails_of(emails: Vec<EmailFields>, old: &[u64], next: &mut NextIds) -> Vec<Email> {
    let (mut kept, default) = (Vec::new(), default_of(&emails, |email| email.is_default));
    let emails = emails.into_iter().enumerate();
    let email = |(place, fields): (usize, EmailFields)| Email {
        email_id: keep(fields.email_id, old, &mut kept, &mut next.email),
        email: fields.email,
        comment: fields.comment,
        is_default: place == default,
    };
    emails.map(email).collect()
}

fn accounts_of(accounts: Vec<AccountFields>, old: &[Account], next: &mut u64) -> Vec<Account> {
    let old: Vec<u64> = old.iter().map(|account| account.id).collect();
    let mut kept = Vec::new();
    let account = |fields: AccountFields| Account {
        id: keep(fields.id, &old, &mut kept, next),
        service: fields.service,
        uname: fields.uname,
    };
    accounts.into_iter().map(account).collect()
}
