//! Groups of operators. vendors/mango.md, 10.3 and 10.4

use ringback_engine::OffsetDateTime;

use super::{
    members::extension,
    records::{Field, Record, changed, made, put},
};
use crate::{
    Params, Pbx, Refused,
    machine::tables::{Employee, Group, Operator, Tables},
    wire::{Answer, Each, done, named, shown},
};

shown! {
    Shown<'a> { group: &'a Group, tables: &'a Tables, with_users: bool }
    "id" => group.id,
    "name" => group.name,
    "description" => group.description,
    "extension" => group.extension,
    "dial_alg_group" => group.dial_alg_group,
    "dial_alg_users" => group.dial_alg_users,
    "auto_redirect" => group.auto_redirect,
    "auto_dial" => group.auto_dial,
    "line_id" => group.line_id,
    "use_dynamic_ivr" => group.use_dynamic_ivr,
    "use_dynamic_seq_num" => group.use_dynamic_seq_num,
    "melody_id" => group.melody_id,
    "operators" if with_users => Each(group.operators.iter().filter_map(|operator| {
        Some(ShownOperator { operator, employee: tables.user(operator.id)? })
    })),
}

shown! {
    ShownOperator<'a> { operator: &'a Operator, employee: &'a Employee }
    "id" => operator.id,
    "name" => employee.name,
    "extension" => employee.extension,
    "priority" => operator.priority,
    "order" => operator.order,
}

/// `groups`
pub(crate) fn list(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let tables = &pbx.tables;
    let with_users = params.flag_or_none("show_users")?.unwrap_or(false);
    let group_id = params.id_or_none("group_id")?;
    let operator_id = params.id_or_none("operator_id")?;
    let extension = params.text_or_none("operator_extension")?.filter(|text| !text.is_empty());
    // Given several, the first of them counts. vendors/mango.md, 3, row 15
    let operator = match (group_id, operator_id, extension) {
        (Some(id), _, _) if tables.group_by_id(id).is_none() => {
            return Err(params.blame(3300, "group_id"));
        }
        (Some(_), _, _) | (None, None, None) => None,
        (None, Some(id), _) => Some(tables.user(id)),
        (None, None, Some(extension)) => Some(tables.employee(&extension)),
    };
    let is_meant = |group: &&Group| match (group_id, operator) {
        (Some(id), _) => group.id == id,
        (None, None) => true,
        (None, Some(None)) => false,
        (None, Some(Some(employee))) => {
            group.operators.iter().any(|operator| operator.id == employee.user_id)
        }
    };
    let groups = tables.groups.iter().filter(is_meant);
    named("groups", Each(groups.map(|group| Shown { group, tables, with_users })))
}

impl Record for Group {
    const ID: &'static str = "group_id";

    const WITHIN: Option<&'static str> = Some("group");

    const REQUIRED: &'static str = "name";

    const FIELDS: &'static [Field<Self>] = &[
        Field::Name("name", 255, |group, name| group.name = name),
        Field::Text("description", 4_096, |group, text| group.description = text),
        Field::Own(|params, _, group| {
            // A group need not have an extension, and may give it up.
            let given = match params.text_or_none("extension")? {
                Some(none) if none.is_empty() => Some(none),
                Some(_) | None => extension(params)?,
            };
            put(&mut group.extension, given)
        }),
        Field::OneOf("dial_alg_group", &[0, 1, 2, 3, 5], |group, way| group.dial_alg_group = way),
        Field::OneOf("dial_alg_users", &[1, 2, 3, 4, 5], |group, way| group.dial_alg_users = way),
        Field::Flag("auto_redirect", |group, on| group.auto_redirect = on.into()),
        Field::Flag("auto_dial", |group, on| group.auto_dial = on.into()),
        Field::Of("line_id", Tables::has_line, |group, line| group.line_id = Some(line)),
        Field::Flag("use_dynamic_ivr", |group, on| group.use_dynamic_ivr = on.into()),
        Field::Flag("use_dynamic_seq_num", |group, on| group.use_dynamic_seq_num = on.into()),
        Field::Id("melody_id", |group, melody| group.melody_id = Some(melody)),
        Field::Own(|params, _, group| put(&mut group.operators, operators(params)?)),
    ];

    fn blank(_now: OffsetDateTime) -> Self {
        Self { dial_alg_users: 1, ..Self::default() }
    }

    fn find(tables: &Tables, id: u64) -> Option<&Self> {
        tables.group_by_id(id)
    }

    fn check(&self, params: &Params, tables: &Tables, old: Option<&Self>) -> Result<(), Refused> {
        let is_audio = |id: u64| tables.audio_files.iter().any(|file| file.id == id);
        if params.id_or_none("melody_id")?.is_some_and(|id| !is_audio(id)) {
            return Err(params.blame(3340, "melody_id"));
        }
        let unknown = |operator: &Operator| tables.user(operator.id).is_none();
        if params.has("operators") && self.operators.iter().any(unknown) {
            return Err(params.blame(3300, "operators"));
        }
        let keeps_extension = old.is_some_and(|old| old.extension == self.extension);
        let is_free = || self.extension.is_empty() || tables.is_free(&self.extension);
        if keeps_extension || is_free() { Ok(()) } else { Err(params.blame(3106, "extension")) }
    }
}

/// `group/create`
pub(crate) fn create(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let group = made(pbx, now, params)?;
    if pbx.tables.groups.len() >= Tables::GROUPS {
        return Err(Refused::code(3107));
    }
    let group_id = pbx.tables.form_group(group);
    pbx.sync_exchange();
    named("group_id", group_id)
}

/// `group/update`
pub(crate) fn update(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let group = changed(pbx, now, params)?;
    pbx.tables.replace_group(group);
    pbx.sync_exchange();
    done()
}

/// `group/delete`
pub(crate) fn delete(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    if !pbx.tables.dissolve_group(params.id("group_id")?) {
        return Err(params.blame(3300, "group_id"));
    }
    pbx.sync_exchange();
    done()
}

fn operators(params: &Params) -> Result<Option<Vec<Operator>>, Refused> {
    if !params.has("operators") {
        return Ok(None);
    }
    let given = params.objects_or("operators", "id")?;
    if given.len() > Tables::EMPLOYEES {
        return Err(params.blame(3107, "operators"));
    }
    let mut operators: Vec<Operator> = Vec::new();
    for (given, place) in given.iter().zip(1..) {
        let id = given.id("id")?;
        if operators.iter().any(|operator| operator.id == id) {
            return Err(given.blame(3106, "id"));
        }
        let priority = given.integer_or_none("priority")?.unwrap_or(1);
        let order = given.integer_or_none("order")?.unwrap_or(place);
        operators.push(Operator { id, priority, order });
    }
    Ok(Some(operators))
}
