//! The list of employees: `config/users/request`. vendors/mango.md, 10.1

use ringback_engine::OffsetDateTime;
use serde::Serialize;

use crate::{
    Params, Pbx,
    machine::tables::{
        ContactNumber, Employee, Group, Protocol, Tables, number::digits, sips::Sip,
    },
    wire::{Answer, Each, Reply, shown},
};

/// `config/users/request`
pub(crate) fn request(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let extension = params.text_or_none("extension")?.filter(|extension| !extension.is_empty());
    let wanted = params.texts("ext_fields")?;
    let is_meant = |employee: &&Employee| {
        extension.as_ref().is_none_or(|extension| *extension == employee.extension)
    };
    let employees = pbx.tables.employees.iter().filter(is_meant);
    let wanted = Wanted(&wanted);
    let users = employees.map(|user| User { user, tables: &pbx.tables, wanted });
    Reply::json(&Users { users: Each(users) })
}

/// This answer has no result code.
#[derive(Serialize)]
struct Users<T> {
    users: T,
}

/// What is only shown when it is asked for.
#[derive(Clone, Copy)]
struct Wanted<'a>(&'a [String]);

impl Wanted<'_> {
    fn has(self, field: &str) -> bool {
        self.0.iter().any(|name| name == field)
    }
}

shown! {
    User<'a> { user: &'a Employee, tables: &'a Tables, wanted: Wanted<'a> }
    "general" => General { user, tables, wanted },
    "telephony" => Telephony { user, tables, wanted },
    "groups" if wanted.has("groups") => {
        let is_in = |group: &&Group| group.operators.iter().any(|member| member.id == user.user_id);
        Each(tables.groups.iter().filter(is_in).map(|group| group.id))
    },
}

shown! {
    General<'a> { user: &'a Employee, tables: &'a Tables, wanted: Wanted<'a> }
    "name" => user.name,
    "email" => user.email,
    "department" => user.department,
    "position" => user.position,
    "user_id" if wanted.has("general.user_id") => user.user_id,
    "sips" if wanted.has("general.sips") => {
        Each(tables.sips_of(user.user_id).map(|sip| SipNumber { sip }))
    },
    "access_role_id" if wanted.has("general.access_role_id") => user.access_role_id,
    "mobile" if wanted.has("general.mobile") => user.mobile,
    "login" if wanted.has("general.login") => user.login,
    "use_status" if wanted.has("general.use_status") => u8::from(user.use_status),
    "use_cc_numbers" if wanted.has("general.use_cc_numbers") => u8::from(user.use_cc_numbers),
}

shown! {
    SipNumber<'a> { sip: &'a Sip }
    "number" => format_args!("{}@{}", sip.login, sip.domain),
}

shown! {
    Telephony<'a> { user: &'a Employee, tables: &'a Tables, wanted: Wanted<'a> }
    "extension" => user.extension,
    "outgoingline" => tables.calls_out_by(user),
    "numbers" => Each(user.numbers.iter().enumerate().map(|(order, number)| {
        let scheduled = wanted.has("telephony.numbers.schedule");
        Number { number, order, scheduled }
    })),
    "dial_alg" if wanted.has("telephony.dial_alg") => user.dial_alg,
    "line_id" if wanted.has("telephony.line_id") => user.line_id,
    "trunk_number_id" if wanted.has("telephony.trunk_number_id") => user.trunk_number_id,
}

shown! {
    Number<'a> { number: &'a ContactNumber, order: usize, scheduled: bool }
    "number" => number.number,
    "number_normalized" if number.protocol == Protocol::Tel => digits(&number.number),
    "protocol" => number.protocol,
    "order" => order,
    "wait_sec" => number.wait_sec,
    "status" => if number.on { "on" } else { "off" },
    "schedule" if scheduled => number.schedule,
}
