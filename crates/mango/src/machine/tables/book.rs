//! The address book: contacts, organizations, groups of contacts.

mod change;
mod kept;
mod search;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    in_order,
    number::{digits, is_telephone},
};

pub(crate) use change::{
    AccountFields, ContactFields, EmailFields, OrganizationFields, OrganizationRef, PhoneFields,
};
pub(crate) use kept::Kept;
pub(crate) use search::{OrderBy, Page, Question};

/// A contact. What is a list of numbers here is shown with names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contact {
    /// Identifies the contact.
    pub(crate) contact_id: u64,
    /// Its name.
    pub(crate) name: String,
    /// What the person does in the organization.
    #[serde(default)]
    pub(crate) office: String,
    /// A web page.
    #[serde(default)]
    pub(crate) site: String,
    /// The organization it belongs to.
    #[serde(default)]
    pub(crate) org: Option<u64>,
    /// From 0 to 9.
    #[serde(default)]
    pub(crate) importance: u8,
    /// A note.
    #[serde(default)]
    pub(crate) comment: String,
    /// As `yyyy-mm-dd`, or empty.
    #[serde(default)]
    pub(crate) birthday: String,
    /// 0 or 1.
    #[serde(default)]
    pub(crate) sex: Option<u8>,
    /// A picture.
    #[serde(default)]
    pub(crate) avatar: String,
    /// An address on the web.
    #[serde(default)]
    pub(crate) url: String,
    /// Its numbers.
    #[serde(default)]
    pub(crate) phones: Vec<Phone>,
    /// Its mail addresses.
    #[serde(default)]
    pub(crate) emails: Vec<Email>,
    /// The groups it belongs to.
    #[serde(default)]
    pub(crate) groups: Vec<u64>,
    /// Its accounts in social networks.
    #[serde(default)]
    pub(crate) nets: Vec<Account>,
    /// Its accounts in messengers.
    #[serde(default)]
    pub(crate) messengers: Vec<Account>,
    /// The employees who marked it.
    #[serde(default)]
    pub(crate) in_favorites: Vec<u64>,
    /// When it was made, in Unix seconds.
    pub(crate) when_created: i64,
    /// When it was last spoken to, in Unix seconds.
    #[serde(default)]
    pub(crate) last_call: Option<i64>,
    /// Values of fields of the customer's own.
    #[serde(default)]
    pub(crate) custom_values: Vec<Value>,
    /// The employee who looks after it.
    #[serde(default)]
    pub(crate) user_id: Option<u64>,
    /// What a search looks through: the name and more, in small letters, a line each.
    #[serde(skip)]
    words: String,
    /// How much of that is the name.
    #[serde(skip)]
    name_length: usize,
}

/// A number of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Phone {
    /// Identifies the number.
    pub(crate) phone_id: u64,
    /// 0 city, 1 mobile, 2 SIP, 3 Skype, 4 other, 5 fax.
    #[serde(rename = "type")]
    pub(crate) phone_type: u8,
    /// The number as it was given.
    pub(crate) phone: String,
    /// A note.
    #[serde(default)]
    pub(crate) comment: String,
    /// An extension behind the number.
    #[serde(default)]
    pub(crate) ext: Option<String>,
    /// Whether it is the one to call.
    #[serde(default)]
    pub(crate) is_default: bool,
}

/// A mail address of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Email {
    /// Identifies the address.
    pub(crate) email_id: u64,
    /// The address.
    pub(crate) email: String,
    /// A note.
    #[serde(default)]
    pub(crate) comment: String,
    /// Whether it is the one to write to.
    #[serde(default)]
    pub(crate) is_default: bool,
}

/// An account in a social network or a messenger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    /// Identifies the account.
    pub(crate) id: u64,
    /// Which network or messenger, in the vendor's numbering.
    pub(crate) service: u8,
    /// The name there.
    pub(crate) uname: String,
}

/// An organization of the address book.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Organization {
    /// Identifies the organization.
    pub(crate) org_id: u64,
    /// Its name.
    pub(crate) org_name: String,
    /// A web page.
    #[serde(default)]
    pub(crate) site: String,
    /// A note.
    #[serde(default)]
    pub(crate) comment: String,
    /// When it was made, in Unix seconds.
    pub(crate) when_created: i64,
}

/// A group of contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactGroup {
    /// Identifies the group.
    pub(crate) group_id: u64,
    /// Its name.
    pub(crate) group_name: String,
}

/// Everything in the address book.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub(crate) struct AddressBook {
    #[serde(serialize_with = "in_order")]
    organizations: BTreeMap<u64, Organization>,
    #[serde(serialize_with = "in_order")]
    groups: BTreeMap<u64, ContactGroup>,
    #[serde(serialize_with = "in_order")]
    contacts: BTreeMap<u64, Contact>,
    custom_fields: Vec<Value>,
    next: NextIds,
    /// Finds contacts by a digest of name and default number.
    #[serde(skip)]
    twins: BTreeSet<(u64, u64)>,
    /// The contacts by name in small letters, which is how most lists are sorted.
    #[serde(skip)]
    names: BTreeSet<(String, u64)>,
    /// Finds contacts by a digest of each of their numbers.
    #[serde(skip)]
    numbers: BTreeSet<(u64, u64)>,
}

/// The next identifier of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct NextIds {
    contact: u64,
    organization: u64,
    phone: u64,
    group: u64,
    email: u64,
    net: u64,
    messenger: u64,
}

impl Default for NextIds {
    fn default() -> Self {
        Self {
            contact: 470_000_001,
            organization: 471_000_001,
            phone: 472_000_001,
            group: 473_000_001,
            email: 474_000_001,
            net: 475_000_001,
            messenger: 476_000_001,
        }
    }
}

/// Raises the next identifier above one that is taken.
fn raise(next: &mut u64, id: u64) {
    *next = id.saturating_add(1).max(*next);
}

/// The serialised form, without what follows from the rest. What a book begins with has this form,
/// too, and may leave things out.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Stored {
    organizations: Vec<Organization>,
    groups: Vec<ContactGroup>,
    contacts: Vec<Contact>,
    custom_fields: Vec<Value>,
    next: NextIds,
}

impl From<Stored> for AddressBook {
    fn from(stored: Stored) -> Self {
        let Stored { organizations, groups, contacts, custom_fields, mut next } = stored;
        organizations.iter().for_each(|org| raise(&mut next.organization, org.org_id));
        groups.iter().for_each(|group| raise(&mut next.group, group.group_id));
        for contact in &contacts {
            raise(&mut next.contact, contact.contact_id);
            contact.phones.iter().for_each(|phone| raise(&mut next.phone, phone.phone_id));
            contact.emails.iter().for_each(|email| raise(&mut next.email, email.email_id));
            contact.nets.iter().for_each(|net| raise(&mut next.net, net.id));
            contact.messengers.iter().for_each(|account| raise(&mut next.messenger, account.id));
        }
        let organizations = organizations.into_iter().map(|org| (org.org_id, org)).collect();
        let groups = groups.into_iter().map(|group| (group.group_id, group)).collect();
        let mut book = Self { organizations, groups, custom_fields, next, ..Self::default() };
        for contact in contacts {
            book.insert(contact);
        }
        book
    }
}

/// FNV-1a, which is stable across versions and computers, unlike the standard hasher.
fn digest(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Writes a number as it is compared: a telephone number by its digits, an address in small letters.
fn same(number: &str) -> String {
    if is_telephone(number) { digits(number) } else { number.trim().to_lowercase() }
}

impl Contact {
    /// Returns the number to call.
    pub(crate) fn default_phone(&self) -> Option<&Phone> {
        self.phones.iter().find(|phone| phone.is_default).or(self.phones.first())
    }

    /// A digest of what makes two contacts the same: name and default number.
    fn likeness(&self) -> u64 {
        let phone = self.default_phone().map(|phone| digits(&phone.phone)).unwrap_or_default();
        digest(self.name.bytes().chain([0]).chain(phone.bytes()))
    }

    /// The digests of the numbers, by which calls find the contact.
    fn numbers(&self) -> impl Iterator<Item = (u64, u64)> {
        let digests = self.phones.iter().map(|phone| digest(same(&phone.phone).bytes()));
        digests.map(|digest| (digest, self.contact_id))
    }

    fn is_like(&self, other: &Self) -> bool {
        let phone = |contact: &Self| contact.default_phone().map(|phone| digits(&phone.phone));
        self.name == other.name && phone(self) == phone(other)
    }
}

impl AddressBook {
    /// Returns the contacts by their identifiers.
    pub(crate) fn contacts_by_id(&self) -> &BTreeMap<u64, Contact> {
        &self.contacts
    }

    /// Returns the organizations by their identifiers.
    pub(crate) fn organizations_by_id(&self) -> &BTreeMap<u64, Organization> {
        &self.organizations
    }

    /// Returns the groups of contacts by their identifiers.
    pub(crate) fn groups_by_id(&self) -> &BTreeMap<u64, ContactGroup> {
        &self.groups
    }

    /// The most of one request.
    pub(crate) const AT_ONCE: usize = 500;

    /// Returns a contact.
    pub(crate) fn contact(&self, id: u64) -> Option<&Contact> {
        self.contacts.get(&id)
    }

    /// Returns the oldest contact that has a number, however it is written.
    pub(crate) fn contact_with(&self, number: &str) -> Option<&Contact> {
        let number = same(number);
        if number.is_empty() {
            return None;
        }
        let digest = digest(number.bytes());
        let alike = self.numbers.range((digest, 0)..=(digest, u64::MAX));
        let mut alike = alike.filter_map(|(_, id)| self.contacts.get(id));
        alike.find(|contact| contact.phones.iter().any(|phone| same(&phone.phone) == number))
    }

    /// Returns the contacts in the order of their identifiers.
    pub(crate) fn contacts(&self) -> impl ExactSizeIterator<Item = &Contact> {
        self.contacts.values()
    }

    /// Returns an organization.
    pub(crate) fn organization(&self, id: u64) -> Option<&Organization> {
        self.organizations.get(&id)
    }

    /// Returns a group of contacts.
    pub(crate) fn group(&self, id: u64) -> Option<&ContactGroup> {
        self.groups.get(&id)
    }

    /// Returns the fields of the customer's own.
    pub(crate) fn custom_fields(&self) -> &[Value] {
        &self.custom_fields
    }

    fn insert(&mut self, mut contact: Contact) {
        let org = contact.org.and_then(|org| self.organizations.get(&org));
        contact.index(org.map(|org| org.org_name.as_str()));
        self.twins.insert((contact.likeness(), contact.contact_id));
        self.names.insert((contact.name.to_lowercase(), contact.contact_id));
        self.numbers.extend(contact.numbers());
        self.contacts.insert(contact.contact_id, contact);
    }

    fn remove(&mut self, id: u64) -> Option<Contact> {
        let contact = self.contacts.remove(&id)?;
        self.twins.remove(&(contact.likeness(), id));
        self.names.remove(&(contact.name.to_lowercase(), id));
        for number in contact.numbers() {
            self.numbers.remove(&number);
        }
        Some(contact)
    }

    fn has_twin(&self, contact: &Contact) -> bool {
        let likeness = contact.likeness();
        let alike = self.twins.range((likeness, 0)..=(likeness, u64::MAX));
        let mut alike = alike.filter_map(|(_, id)| self.contacts.get(id));
        alike.any(|other| other.is_like(contact))
    }
}

#[cfg(test)]
mod tests;
