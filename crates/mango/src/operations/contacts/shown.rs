//! A contact as clients see it: identifiers are texts here, and lists of them have names.

use crate::{
    Pbx,
    machine::tables::{
        book::{Account, Contact, ContactGroup, Email, Organization, Phone},
        number::digits,
    },
    wire::{Each, shown},
};

shown! {
    pub(super) Shown<'a> { contact: &'a Contact, pbx: &'a Pbx, ext_fields: bool }
    "contact_id" => contact.contact_id.to_string(),
    "type" => 0,
    "name" => contact.name,
    "office" => contact.office,
    "site" => contact.site,
    "org" => contact.org.and_then(|id| pbx.tables.book.organization(id)).map(|org| ShownOrg { org }),
    "importance" => contact.importance,
    "comment" => contact.comment,
    "birthday" => contact.birthday,
    "sex" => contact.sex,
    "avatar" => contact.avatar,
    "url" => contact.url,
    "phones" => Each(contact.phones.iter().map(|phone| ShownPhone { phone })),
    "emails" => Each(contact.emails.iter().map(|email| ShownEmail { email })),
    "groups" => Each(
        contact.groups.iter().filter_map(|id| pbx.tables.book.group(*id)).map(|group| ShownGroup { group }),
    ),
    "nets" => Each(contact.nets.iter().map(|net| ShownNet { net })),
    "messengers" => Each(contact.messengers.iter().map(|messenger| ShownMessenger { messenger })),
    "in_favorites" => contact.in_favorites,
    "when_created" => pbx.shifted(contact.when_created),
    "last_call" => contact.last_call.map(|at| pbx.shifted(at)),
    "custom_values" if ext_fields => contact.custom_values,
    "user_id" if ext_fields => contact.user_id,
}

shown! {
    ShownOrg<'a> { org: &'a Organization }
    "org_id" => org.org_id.to_string(),
    "org_name" => org.org_name,
}

shown! {
    ShownPhone<'a> { phone: &'a Phone }
    "phone_id" => phone.phone_id.to_string(),
    "type" => phone.phone_type,
    "phone" => phone.phone,
    "phone_num" => digits(&phone.phone),
    "comment" => phone.comment,
    "ext" => phone.ext,
    "is_default" => phone.is_default,
}

shown! {
    ShownEmail<'a> { email: &'a Email }
    "email_id" => email.email_id.to_string(),
    "email" => email.email,
    "comment" => email.comment,
    "is_default" => email.is_default,
}

shown! {
    /// A group of contacts, on its own or of a contact.
    pub(in crate::operations) ShownGroup<'a> { group: &'a ContactGroup }
    "group_id" => group.group_id.to_string(),
    "group_name" => group.group_name,
}

shown! {
    ShownNet<'a> { net: &'a Account }
    "net_id" => net.id.to_string(),
    "net" => net.service,
    "uname" => net.uname,
}

shown! {
    ShownMessenger<'a> { messenger: &'a Account }
    "mgr_id" => messenger.id.to_string(),
    "mgr" => messenger.service,
    "uname" => messenger.uname,
}
