//! The list of employees: `config/users/request`. vendors/mango.md, 10.1

use ringback_engine::OffsetDateTime;
use serde::Serialize;
use serde_json::Value;

use crate::{
    Params, Pbx,
    machine::tables::{ContactNumber, Employee, Protocol, Tables, number::digits},
    wire::{Answer, Reply},
};

/// `config/users/request`
pub(crate) fn request(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let extension = params.text_or_none("extension")?.filter(|extension| !extension.is_empty());
    let wanted = params.texts("ext_fields")?;
    let is_meant = |employee: &&Employee| {
        extension.as_ref().is_none_or(|extension| *extension == employee.extension)
    };
    let employees = pbx.tables.employees.iter().filter(is_meant);
    let users = employees.map(|employee| User::of(employee, &pbx.tables, &wanted)).collect();
    Reply::json(&Users { users })
}

/// This answer has no result code.
#[derive(Serialize)]
struct Users<'a> {
    users: Vec<User<'a>>,
}

/// An employee. What is only shown when it is asked for is an option of what may be null.
#[derive(Serialize)]
struct User<'a> {
    general: General<'a>,
    telephony: Telephony<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<u64>>,
}

#[derive(Serialize)]
struct General<'a> {
    name: &'a str,
    email: Option<&'a str>,
    department: Option<&'a str>,
    position: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sips: Option<Vec<SipNumber>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_role_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    login: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    use_status: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    use_cc_numbers: Option<u8>,
}

#[derive(Serialize)]
struct SipNumber {
    number: String,
}

#[derive(Serialize)]
struct Telephony<'a> {
    extension: &'a str,
    outgoingline: Option<&'a str>,
    numbers: Vec<Number<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dial_alg: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line_id: Option<Option<u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trunk_number_id: Option<Option<u64>>,
}

#[derive(Serialize)]
struct Number<'a> {
    number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_normalized: Option<String>,
    protocol: Protocol,
    order: usize,
    wait_sec: u32,
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<&'a [Value]>,
}

impl<'a> User<'a> {
    fn of(employee: &'a Employee, tables: &'a Tables, wanted: &[String]) -> Self {
        let wants = |field: &str| wanted.iter().any(|name| name == field);
        let user_id = employee.user_id;
        let line = employee.line_id.and_then(|line| tables.line(line));
        let trunk = employee.trunk_number_id.and_then(|trunk| tables.trunk_number(trunk));
        let numbers = employee.numbers.iter().enumerate();
        let scheduled = wants("telephony.numbers.schedule");
        let sips = || {
            let sips = tables.sips_of(user_id);
            sips.map(|sip| SipNumber { number: format!("{}@{}", sip.login, sip.domain) }).collect()
        };
        let groups = || {
            let is_in = |group: &&crate::machine::tables::Group| {
                group.operators.iter().any(|operator| operator.id == user_id)
            };
            tables.groups.iter().filter(is_in).map(|group| group.id).collect()
        };
        Self {
            general: General {
                name: &employee.name,
                email: employee.email.as_deref(),
                department: employee.department.as_deref(),
                position: employee.position.as_deref(),
                user_id: wants("general.user_id").then_some(user_id),
                sips: wants("general.sips").then(sips),
                access_role_id: wants("general.access_role_id").then_some(employee.access_role_id),
                mobile: wants("general.mobile").then_some(employee.mobile.as_deref()),
                login: wants("general.login").then_some(employee.login.as_deref()),
                use_status: wants("general.use_status").then_some(employee.use_status.into()),
                use_cc_numbers: wants("general.use_cc_numbers")
                    .then_some(employee.use_cc_numbers.into()),
            },
            telephony: Telephony {
                extension: &employee.extension,
                outgoingline: line
                    .map(|line| line.number.as_str())
                    .or(trunk.map(|trunk| trunk.number.as_str())),
                numbers: numbers
                    .map(|(order, number)| Number::of(number, order, scheduled))
                    .collect(),
                dial_alg: wants("telephony.dial_alg").then_some(employee.dial_alg),
                line_id: wants("telephony.line_id").then_some(employee.line_id),
                trunk_number_id: wants("telephony.trunk_number_id")
                    .then_some(employee.trunk_number_id),
            },
            groups: wants("groups").then(groups),
        }
    }
}

impl<'a> Number<'a> {
    fn of(number: &'a ContactNumber, order: usize, scheduled: bool) -> Self {
        Self {
            number: &number.number,
            number_normalized: (number.protocol == Protocol::Tel).then(|| digits(&number.number)),
            protocol: number.protocol,
            order,
            wait_sec: number.wait_sec,
            status: if number.on { "on" } else { "off" },
            schedule: scheduled.then_some(number.schedule.as_slice()),
        }
    }
}
