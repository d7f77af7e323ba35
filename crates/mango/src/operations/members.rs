//! Hiring, changing and dismissing employees. vendors/mango.md, 10.2

use ringback_engine::OffsetDateTime;
use serde_json::Value;

use crate::{
    Params, Pbx, Refused,
    machine::tables::{
        ContactNumber, Employee, Protocol, Tables,
        number::{is_extension, is_telephone},
        staff::EmployeeFields,
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

/// `member/create`
pub(crate) fn create(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    for name in ["name", "access_role_id", "extension"] {
        if !params.has(name) {
            return Err(params.missing(name));
        }
    }
    let fields = read(params, pbx.product_id())?;
    params.required("access_role_id", fields.access_role_id)?;
    check(params, &fields, &pbx.tables, None)?;
    if pbx.tables.employees.len() >= Tables::EMPLOYEES {
        return Err(Refused::code(5228));
    }
    let user_id = pbx.tables.hire(fields);
    pbx.rewire();
    named("user_id", user_id)
}

/// `member/update`
pub(crate) fn update(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let user_id = params.id("user_id")?;
    let fields = read(params, pbx.product_id())?;
    let employee = pbx.tables.user(user_id).ok_or_else(|| params.blame(3300, "user_id"))?;
    check(params, &fields, &pbx.tables, Some(employee))?;
    pbx.tables.change_employee(user_id, fields);
    pbx.rewire();
    done()
}

/// `member/delete`
pub(crate) fn delete(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    if !pbx.tables.dismiss(params.id("user_id")?) {
        return Err(params.blame(3300, "user_id"));
    }
    pbx.rewire();
    done()
}

fn read(params: &Params, product_id: u64) -> Result<EmployeeFields, Refused> {
    let text = |name| params.bounded(name, TEXT);
    let name = params.named("name", TEXT)?;
    let access_role_id = params.id_or_none("access_role_id")?;
    let extension = extension(params)?;
    let email = text("email")?;
    if email.as_ref().is_some_and(|email| !email.is_empty() && !email.contains('@')) {
        return Err(params.blame(3112, "email"));
    }
    let mobile = text("mobile")?;
    if mobile.as_ref().is_some_and(|mobile| !mobile.is_empty() && !is_telephone(mobile)) {
        return Err(params.blame(3136, "mobile"));
    }
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let (login, password) = (filled(text("login")?), filled(text("password")?));
    if login.is_some() != password.is_some() {
        return Err(params.blame(3125, if login.is_some() { "password" } else { "login" }));
    }
    Ok(EmployeeFields {
        name,
        email,
        department: text("department")?,
        position: text("position")?,
        mobile,
        login: login.map(|login| whole_login(login, product_id)),
        access_role_id,
        use_status: params.flag_or_none("use_status")?,
        use_cc_numbers: params.flag_or_none("use_cc_numbers")?,
        extension,
        line_id: params.id_or_none("line_id")?,
        trunk_number_id: params.id_or_none("trunk_number_id")?,
        dial_alg: params.one_of("dial_alg", &[0, 1, 2])?,
        numbers: numbers(params)?,
    })
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

/// A login is within the product: `400000001/anna`.
fn whole_login(login: String, product_id: u64) -> String {
    if login.contains('/') { login } else { format!("{product_id}/{login}") }
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

/// Refuses what is taken by another or refers to something that does not exist.
fn check(
    params: &Params,
    fields: &EmployeeFields,
    tables: &Tables,
    own: Option<&Employee>,
) -> Result<(), Refused> {
    let unknown = |name: &str| Err(params.blame(3300, name));
    let is_role = |id: u64| tables.roles.iter().any(|role| role.role_id == id);
    if fields.access_role_id.is_some_and(|id| !is_role(id)) {
        return unknown("access_role_id");
    }
    if fields.line_id.is_some_and(|id| tables.line(id).is_none()) {
        return unknown("line_id");
    }
    if fields.trunk_number_id.is_some_and(|id| tables.trunk_number(id).is_none()) {
        return unknown("trunk_number_id");
    }
    let is_own = |extension: &str| own.is_some_and(|own| own.extension == extension);
    if let Some(extension) = &fields.extension
        && !is_own(extension)
        && !tables.is_free(extension)
    {
        return Err(params.blame(3106, "extension"));
    }
    let id = own.map(|own| own.user_id);
    let mut others = tables.employees.iter().filter(|employee| Some(employee.user_id) != id);
    if fields.login.is_some() && others.any(|employee| employee.login == fields.login) {
        return Err(params.blame(3106, "login"));
    }
    Ok(())
}
