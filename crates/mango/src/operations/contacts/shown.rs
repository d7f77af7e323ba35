//! A contact as clients see it: identifiers are texts here, and lists of them have names.

use serde::Serialize;
use serde_json::Value;

use crate::{
    Pbx,
    machine::tables::{
        book::{Account, Contact, Email, Phone},
        number::digits,
    },
};

#[derive(Serialize)]
pub(crate) struct Shown<'a> {
    contact_id: String,
    r#type: u8,
    name: &'a str,
    office: &'a str,
    site: &'a str,
    org: Option<ShownOrganization<'a>>,
    importance: u8,
    comment: &'a str,
    birthday: &'a str,
    sex: Option<u8>,
    avatar: &'a str,
    url: &'a str,
    phones: Vec<ShownPhone<'a>>,
    emails: Vec<ShownEmail<'a>>,
    groups: Vec<ShownGroup<'a>>,
    nets: Vec<ShownNet<'a>>,
    messengers: Vec<ShownMessenger<'a>>,
    in_favorites: &'a [u64],
    when_created: i64,
    last_call: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_values: Option<&'a [Value]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<Option<u64>>,
}

#[derive(Serialize)]
struct ShownOrganization<'a> {
    org_id: String,
    org_name: &'a str,
}

#[derive(Serialize)]
struct ShownPhone<'a> {
    phone_id: String,
    r#type: u8,
    phone: &'a str,
    phone_num: String,
    comment: &'a str,
    ext: Option<&'a str>,
    is_default: bool,
}

#[derive(Serialize)]
struct ShownEmail<'a> {
    email_id: String,
    email: &'a str,
    comment: &'a str,
    is_default: bool,
}

#[derive(Serialize)]
struct ShownGroup<'a> {
    group_id: String,
    group_name: &'a str,
}

#[derive(Serialize)]
struct ShownNet<'a> {
    net_id: String,
    net: u8,
    uname: &'a str,
}

#[derive(Serialize)]
struct ShownMessenger<'a> {
    mgr_id: String,
    mgr: u8,
    uname: &'a str,
}

impl<'a> Shown<'a> {
    pub(crate) fn of(contact: &'a Contact, pbx: &'a Pbx, ext_fields: bool) -> Self {
        let book = &pbx.tables.book;
        let org = contact.org.and_then(|org| book.organization(org));
        let groups = contact.groups.iter().filter_map(|group| book.group(*group));
        Self {
            contact_id: contact.contact_id.to_string(),
            r#type: 0,
            name: &contact.name,
            office: &contact.office,
            site: &contact.site,
            org: org.map(|org| ShownOrganization {
                org_id: org.org_id.to_string(),
                org_name: &org.org_name,
            }),
            importance: contact.importance,
            comment: &contact.comment,
            birthday: &contact.birthday,
            sex: contact.sex,
            avatar: &contact.avatar,
            url: &contact.url,
            phones: contact.phones.iter().map(ShownPhone::from).collect(),
            emails: contact.emails.iter().map(ShownEmail::from).collect(),
            groups: groups
                .map(|group| ShownGroup {
                    group_id: group.group_id.to_string(),
                    group_name: &group.group_name,
                })
                .collect(),
            nets: contact.nets.iter().map(ShownNet::from).collect(),
            messengers: contact.messengers.iter().map(ShownMessenger::from).collect(),
            in_favorites: &contact.in_favorites,
            when_created: pbx.shifted(contact.when_created),
            last_call: contact.last_call.map(|at| pbx.shifted(at)),
            custom_values: ext_fields.then_some(contact.custom_values.as_slice()),
            user_id: ext_fields.then_some(contact.user_id),
        }
    }
}

impl<'a> From<&'a Phone> for ShownPhone<'a> {
    fn from(phone: &'a Phone) -> Self {
        Self {
            phone_id: phone.phone_id.to_string(),
            r#type: phone.phone_type,
            phone: &phone.phone,
            phone_num: digits(&phone.phone),
            comment: &phone.comment,
            ext: phone.ext.as_deref(),
            is_default: phone.is_default,
        }
    }
}

impl<'a> From<&'a Email> for ShownEmail<'a> {
    fn from(email: &'a Email) -> Self {
        Self {
            email_id: email.email_id.to_string(),
            email: &email.email,
            comment: &email.comment,
            is_default: email.is_default,
        }
    }
}

impl<'a> From<&'a Account> for ShownNet<'a> {
    fn from(net: &'a Account) -> Self {
        Self { net_id: net.id.to_string(), net: net.service, uname: &net.uname }
    }
}

impl<'a> From<&'a Account> for ShownMessenger<'a> {
    fn from(messenger: &'a Account) -> Self {
        Self { mgr_id: messenger.id.to_string(), mgr: messenger.service, uname: &messenger.uname }
    }
}
