//! Hiring, changing and dismissing employees. vendors/mango.md, 10.2

use ringback_engine::OffsetDateTime;
use serde_json::Value;

use super::records::{Field, Record, changed, made, put};
use crate::{
    Params, Pbx, Refused,
    machine::tables::{
        ContactNumber, Employee, Protocol, Tables,
        number::{is_extension, is_telephone},
    },
    wire::{Answer, done, named},
};

/// The most characters of a text.
const TEXT: usize = 255;

/// The most numbers of an employee.
const NUMBERS: usize = 50;

/// The most bytes of a schedule, as JSON.
const SCHEDULE: usize = 4_096;

/// The longest a number may ring, in seconds, and how long it does unless told otherwise.
const WAIT: (i64, u32) = (600, 30);

impl Record for Employee {
    const ID: &'static str = "user_id";

    const REQUIRED: &'static str = "access_role_id";

    const FIELDS: &'static [Field<Self>] = &[
        Field::Name("name", TEXT, |user, name| user.name = name),
        Field::Of("access_role_id", Tables::has_role, |user, role| user.access_role_id = role),
        Field::Own(|params, _, user| put(&mut user.extension, extension(params)?)),
        Field::Fit("email", TEXT, (3112, |text| text.contains('@')), |user, email| {
            user.email = Some(email);
        }),
        Field::Fit("mobile", TEXT, (3136, is_telephone), |user, mobile| {
            user.mobile = Some(mobile);
        }),
        Field::Own(login),
        Field::Text("department", TEXT, |user, department| user.department = Some(department)),
        Field::Text("position", TEXT, |user, position| user.position = Some(position)),
        Field::Flag("use_status", |user, uses| user.use_status = uses),
        Field::Flag("use_cc_numbers", |user, uses| user.use_cc_numbers = uses),
        Field::Of("line_id", Tables::has_line, |user, line| user.line_id = Some(line)),
        Field::Of("trunk_number_id", Tables::has_trunk_number, |user, trunk| {
            user.trunk_number_id = Some(trunk);
        }),
        Field::OneOf("dial_alg", &[0, 1, 2], |user, order| user.dial_alg = order),
        Field::Own(|params, _, user| put(&mut user.numbers, numbers(params)?)),
    ];

    fn blank(_now: OffsetDateTime) -> Self {
        Self::default()
    }

    fn find(tables: &Tables, id: u64) -> Option<&Self> {
        tables.user(id)
    }

    fn check(&self, params: &Params, tables: &Tables, old: Option<&Self>) -> Result<(), Refused> {
        let keeps_extension = old.is_some_and(|old| old.extension == self.extension);
        if !keeps_extension && !tables.is_free(&self.extension) {
            return Err(params.blame(3106, "extension"));
        }
        let keeps_login = self.login.is_none() || old.is_some_and(|old| old.login == self.login);
        if !keeps_login && tables.employees.iter().any(|other| other.login == self.login) {
            return Err(params.blame(3106, "login"));
        }
        Ok(())
    }
}

/// `member/create`
pub(crate) fn create(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    for name in ["name", "access_role_id", "extension"] {
        if !params.has(name) {
            return Err(params.missing(name));
        }
    }
    let employee = made(pbx, now, params)?;
    if pbx.tables.employees.len() >= Tables::EMPLOYEES {
        return Err(Refused::code(5228));
    }
    let user_id = pbx.tables.hire(employee);
    pbx.sync_exchange();
    named("user_id", user_id)
}

/// `member/update`
pub(crate) fn update(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let employee = changed(pbx, now, params)?;
    pbx.tables.replace_employee(employee);
    pbx.sync_exchange();
    done()
}

/// `member/delete`
pub(crate) fn delete(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    if !pbx.tables.dismiss(params.id("user_id")?) {
        return Err(params.blame(3300, "user_id"));
    }
    pbx.sync_exchange();
    done()
}

/// Reads an extension, if it is there: digits.
pub(super) fn extension(params: &Params) -> Result<Option<String>, Refused> {
    let extension = params.text_or_none("extension")?;
    match &extension {
        Some(text) if text.is_empty() => Err(params.missing("extension")),
        Some(text) if !is_extension(text) => Err(params.malformed("extension")),
        Some(_) | None => Ok(extension),
    }
}

/// Reads a login and a password, which come together. A login is within the product:
/// `400000001/anna`.
fn login(params: &Params, pbx: &Pbx, user: &mut Employee) -> Result<(), Refused> {
    let filled =
        |name| Ok::<_, Refused>(params.bounded(name, TEXT)?.filter(|text| !text.is_empty()));
    match (filled("login")?, filled("password")?) {
        (None, None) => {}
        (Some(login), Some(_)) => {
            let is_whole = login.contains('/');
            let login = if is_whole { login } else { format!("{}/{login}", pbx.product_id()) };
            user.login = Some(login);
        }
        (Some(_), None) => return Err(params.blame(3125, "password")),
        (None, Some(_)) => return Err(params.blame(3125, "login")),
    }
    Ok(())
}

fn numbers(params: &Params) -> Result<Option<Vec<ContactNumber>>, Refused> {
    if !params.has("numbers") {
        return Ok(None);
    }
    let given = params.objects("numbers")?;
    if given.len() > NUMBERS {
        return Err(params.blame(3107, "numbers"));
    }
    let mut numbers: Vec<ContactNumber> = Vec::new();
    for given in given {
        let number = number(&given)?;
        if numbers.iter().any(|known| known.number == number.number) {
            return Err(given.blame(3106, "number"));
        }
        numbers.push(number);
    }
    Ok(Some(numbers))
}

fn number(params: &Params) -> Result<ContactNumber, Refused> {
    let number = params.required("number", params.named("number", TEXT)?)?;
    let protocol = params.word("protocol", &Protocol::WORDS)?;
    let is_address = number.contains('@') || number.starts_with("sip:");
    let protocol = protocol.unwrap_or(if is_address { Protocol::Sip } else { Protocol::Tel });
    if protocol == Protocol::Tel && !is_telephone(&number) {
        return Err(params.blame(3136, "number"));
    }
    let wait_sec = match params.integer_or_none("wait_sec")? {
        None => WAIT.1,
        Some(..0) => return Err(params.blame(3108, "wait_sec")),
        Some(wait) if wait > WAIT.0 => return Err(params.blame(3109, "wait_sec")),
        Some(wait) => u32::try_from(wait).unwrap_or(WAIT.1),
    };
    let on = match params.value("status") {
        Some(Value::String(status)) if status == "on" => true,
        Some(Value::String(status)) if status == "off" => false,
        _ => params.flag_or_none("status")?.unwrap_or(true),
    };
    params.free("schedule", SCHEDULE)?;
    let schedule = params.list("schedule")?;
    Ok(ContactNumber { number, protocol, wait_sec, on, schedule })
}
