//! What a request says about a contact.

use serde_json::Value;

use crate::{
    Params, Refused,
    machine::tables::{
        Tables,
        book::{AccountFields, ContactFields, EmailFields, OrganizationRef, PhoneFields},
    },
    wire::calendar_day,
};

/// The most characters of a short text.
const SHORT: usize = 255;

/// The most characters of a long one.
const LONG: usize = 4_096;

/// The most phones, mail addresses, accounts and so on of one contact.
const PARTS: usize = 50;

/// The kinds of phones.
const PHONES: [u8; 6] = [0, 1, 2, 3, 4, 5];

/// The social networks.
const NETS: [u8; 11] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/// Reads what is said about a contact.
pub(super) fn read(params: &Params) -> Result<ContactFields, Refused> {
    let short = |name| params.bounded(name, SHORT);
    // There is no other type of contacts, but it may be named.
    params.one_of("type", &[0])?;
    Ok(ContactFields {
        name: params.named("name", SHORT)?,
        office: short("office")?,
        site: short("site")?,
        org: organization(params)?,
        importance: params.one_of("importance", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9])?,
        comment: params.bounded("comment", LONG)?,
        birthday: birthday(params)?,
        sex: params.one_of("sex", &[0, 1])?,
        avatar: params.bounded("avatar", LONG)?,
        url: params.bounded("url", LONG)?,
        phones: parts(params, "phones", "phone", phone)?,
        emails: parts(params, "emails", "email", email)?,
        groups: references(params, "groups", "group_id")?,
        nets: parts(params, "nets", "uname", |net| account(net, "net_id", "net", &NETS))?,
        messengers: parts(params, "messengers", "uname", |messenger| {
            account(messenger, "mgr_id", "mgr", &[0, 1, 2, 3])
        })?,
        in_favorites: references(params, "in_favorites", "user_id")?,
        custom_values: {
            params.free("custom_values", LONG)?;
            items(params, "custom_values")?
        },
        user_id: params.id_or_none("user_id")?,
    })
}

/// Refuses what refers to something that does not exist.
pub(super) fn check(
    params: &Params,
    fields: &ContactFields,
    tables: &Tables,
) -> Result<(), Refused> {
    let (book, is_unknown_user) = (&tables.book, |id: &u64| tables.user(*id).is_none());
    if let Some(OrganizationRef::Id(id)) = &fields.org
        && book.organization(*id).is_none()
    {
        return Err(params.blame(3300, "org"));
    }
    if fields.groups.iter().flatten().any(|id| book.group(*id).is_none()) {
        return Err(params.blame(3300, "groups"));
    }
    if fields.in_favorites.iter().flatten().any(is_unknown_user) {
        return Err(params.blame(3300, "in_favorites"));
    }
    if fields.user_id.as_ref().is_some_and(is_unknown_user) {
        return Err(params.blame(3300, "user_id"));
    }
    Ok(())
}

fn birthday(params: &Params) -> Result<Option<String>, Refused> {
    let day = params.text_or_none("birthday")?;
    match &day {
        Some(day) if !day.is_empty() && calendar_day(day).is_none() => {
            Err(params.malformed("birthday"))
        }
        Some(_) | None => Ok(day),
    }
}

/// Reads an organization: an object with its identifier or name, or the identifier alone.
fn organization(params: &Params) -> Result<Option<OrganizationRef>, Refused> {
    let (id, name) = match params.value("org") {
        Some(Value::Object(_)) => {
            let org = params.object_or_none("org")?.unwrap_or_default();
            (org.id_or_none("org_id")?, org.named("org_name", SHORT)?)
        }
        Some(_) => (params.id_or_none("org")?, None),
        None => (params.id_or_none("org_id")?, None),
    };
    Ok(id.map(OrganizationRef::Id).or(name.map(OrganizationRef::Name)))
}

/// Returns the items of a list, if it is there, unless there are too many.
fn items(params: &Params, name: &str) -> Result<Option<Vec<Value>>, Refused> {
    if !params.has(name) {
        return Ok(None);
    }
    let items = params.list(name)?;
    if items.len() > PARTS { Err(params.blame(3107, name)) } else { Ok(Some(items)) }
}

/// Reads a list of objects; a bare text stands for an object with that under its main name.
fn parts<T>(
    params: &Params,
    name: &str,
    main: &'static str,
    read: impl Fn(&Params) -> Result<T, Refused>,
) -> Result<Option<Vec<T>>, Refused> {
    if items(params, name)?.is_none() {
        return Ok(None);
    }
    let parts = params.objects_or(name, main)?;
    parts.iter().map(read).collect::<Result<_, _>>().map(Some)
}

/// Reads a list of identifiers, which may be in objects.
fn references(params: &Params, name: &str, id: &'static str) -> Result<Option<Vec<u64>>, Refused> {
    let ids = parts(params, name, id, |part| part.id(id))?;
    Ok(ids.map(|ids| {
        let mut once = Vec::new();
        for id in ids {
            if !once.contains(&id) {
                once.push(id);
            }
        }
        once
    }))
}

fn phone(params: &Params) -> Result<PhoneFields, Refused> {
    Ok(PhoneFields {
        phone_id: params.id_or_none("phone_id")?,
        phone_type: params.one_of("type", &PHONES)?.unwrap_or(1),
        phone: params.required("phone", params.named("phone", SHORT)?)?,
        comment: params.bounded("comment", SHORT)?.unwrap_or_default(),
        ext: params.bounded("ext", SHORT)?.filter(|ext| !ext.is_empty()),
        is_default: params.flag_or_none("is_default")?.unwrap_or(false),
    })
}

fn email(params: &Params) -> Result<EmailFields, Refused> {
    Ok(EmailFields {
        email_id: params.id_or_none("email_id")?,
        email: params.required("email", params.named("email", SHORT)?)?,
        comment: params.bounded("comment", SHORT)?.unwrap_or_default(),
        is_default: params.flag_or_none("is_default")?.unwrap_or(false),
    })
}

fn account(
    params: &Params,
    id: &str,
    service: &str,
    services: &[u8],
) -> Result<AccountFields, Refused> {
    Ok(AccountFields {
        id: params.id_or_none(id)?,
        service: params.one_of(service, services)?.unwrap_or(0),
        uname: params.required("uname", params.named("uname", SHORT)?)?,
    })
}
