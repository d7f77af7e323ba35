//! What requests say about contacts and organizations, and a contact changed by it. All of it has been
//! checked before.

use serde_json::Value;

use super::{Account, AddressBook, Contact, Email, NextIds, Organization, Phone};

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

impl AddressBook {
    /// Returns a contact as a request changes it.
    pub(super) fn changed(
        &mut self,
        at: i64,
        mut contact: Contact,
        fields: ContactFields,
    ) -> Contact {
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
                self.add_organization(at, OrganizationFields { org_name, ..Default::default() })
            }
        }
    }

    /// Adds an organization and returns its identifier.
    pub(super) fn add_organization(&mut self, at: i64, fields: OrganizationFields) -> u64 {
        let org_id = take(&mut self.next.organization);
        let blank = Organization { org_id, when_created: at, ..Organization::default() };
        self.organizations.insert(org_id, blank);
        self.change_organization(org_id, fields);
        org_id
    }

    /// Changes an organization. Its contacts are found by its new name.
    pub(super) fn change_organization(&mut self, id: u64, fields: OrganizationFields) {
        let Some(org) = self.organizations.get_mut(&id) else { return };
        let is_renamed = fields.org_name.as_ref().is_some_and(|name| *name != org.org_name);
        set(&mut org.org_name, fields.org_name);
        set(&mut org.site, fields.site);
        set(&mut org.comment, fields.comment);
        let name = org.org_name.as_str();
        if is_renamed {
            for contact in self.contacts.values_mut().filter(|contact| contact.org == Some(id)) {
                contact.index(Some(name));
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
    pub(super) fn draft(&self) -> Contact {
        let phones = self.phones.clone().unwrap_or_default();
        Contact {
            name: self.name.clone().unwrap_or_default(),
            phones: phones_of(phones, &[], &mut NextIds::default()),
            ..Contact::default()
        }
    }
}

/// Overwrites a value if there is a new one.
pub(super) fn set<T>(value: &mut T, new: Option<T>) {
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
pub(super) fn take(next: &mut u64) -> u64 {
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
