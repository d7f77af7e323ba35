//! Groups of operators. vendors/mango.md, 10.3 and 10.4

use ringback_engine::OffsetDateTime;
use serde::Serialize;

use super::members::extension;
use crate::{
    Params, Pbx, Refused,
    machine::tables::{Group, Operator, Tables, groups::GroupFields},
    wire::{Answer, done, named},
};

/// The most characters of a name, and of a description.
const TEXT: usize = 255;

#[derive(Serialize)]
struct Shown<'a> {
    id: u64,
    name: &'a str,
    description: &'a str,
    extension: &'a str,
    dial_alg_group: u8,
    dial_alg_users: u8,
    auto_redirect: u8,
    auto_dial: u8,
    line_id: Option<u64>,
    use_dynamic_ivr: u8,
    use_dynamic_seq_num: u8,
    melody_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operators: Option<Vec<ShownOperator<'a>>>,
}

#[derive(Serialize)]
struct ShownOperator<'a> {
    id: u64,
    name: &'a str,
    extension: &'a str,
    priority: i64,
    order: i64,
}

impl<'a> Shown<'a> {
    fn of(group: &'a Group, tables: &'a Tables, with_users: bool) -> Self {
        let operator = |operator: &Operator| {
            let employee = tables.user(operator.id)?;
            Some(ShownOperator {
                id: operator.id,
                name: &employee.name,
                extension: &employee.extension,
                priority: operator.priority,
                order: operator.order,
            })
        };
        Self {
            id: group.id,
            name: &group.name,
            description: &group.description,
            extension: &group.extension,
            dial_alg_group: group.dial_alg_group,
            dial_alg_users: group.dial_alg_users,
            auto_redirect: group.auto_redirect,
            auto_dial: group.auto_dial,
            line_id: group.line_id,
            use_dynamic_ivr: group.use_dynamic_ivr,
            use_dynamic_seq_num: group.use_dynamic_seq_num,
            melody_id: group.melody_id,
            operators: with_users.then(|| group.operators.iter().filter_map(operator).collect()),
        }
    }
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
    let shown: Vec<_> = groups.map(|group| Shown::of(group, tables, with_users)).collect();
    named("groups", shown)
}

/// `group/create`
pub(crate) fn create(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let within = params.object_or_none("group")?;
    let params = within.as_ref().unwrap_or(params);
    let fields = read(params)?;
    params.required("name", fields.name.as_ref())?;
    check(params, &fields, &pbx.tables, None)?;
    if pbx.tables.groups.len() >= Tables::GROUPS {
        return Err(Refused::code(3107));
    }
    let group_id = pbx.tables.form_group(fields);
    pbx.rewire();
    named("group_id", group_id)
}

/// `group/update`: the fields stand beside the identifier or within `group`.
pub(crate) fn update(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let group_id = params.id("group_id")?;
    let within = params.object_or_none("group")?;
    let fields = read(within.as_ref().unwrap_or(params))?;
    let group = pbx.tables.group_by_id(group_id).ok_or_else(|| params.blame(3300, "group_id"))?;
    check(within.as_ref().unwrap_or(params), &fields, &pbx.tables, Some(group))?;
    pbx.tables.change_group(group_id, fields);
    pbx.rewire();
    done()
}

/// `group/delete`
pub(crate) fn delete(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    if !pbx.tables.dissolve_group(params.id("group_id")?) {
        return Err(params.blame(3300, "group_id"));
    }
    pbx.rewire();
    done()
}

fn read(params: &Params) -> Result<GroupFields, Refused> {
    let bit = |name| Ok::<_, Refused>(params.flag_or_none(name)?.map(u8::from));
    Ok(GroupFields {
        name: params.named("name", TEXT)?,
        description: params.bounded("description", 4_096)?,
        // A group need not have an extension, and may give it up.
        extension: match params.text_or_none("extension")? {
            Some(none) if none.is_empty() => Some(none),
            Some(_) | None => extension(params)?,
        },
        dial_alg_group: params.one_of("dial_alg_group", &[0, 1, 2, 3, 5])?,
        dial_alg_users: params.one_of("dial_alg_users", &[1, 2, 3, 4, 5])?,
        auto_redirect: bit("auto_redirect")?,
        auto_dial: bit("auto_dial")?,
        line_id: params.id_or_none("line_id")?,
        use_dynamic_ivr: bit("use_dynamic_ivr")?,
        use_dynamic_seq_num: bit("use_dynamic_seq_num")?,
        melody_id: params.id_or_none("melody_id")?,
        operators: operators(params)?,
    })
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

/// Refuses what is taken by another or refers to something that does not exist.
fn check(
    params: &Params,
    fields: &GroupFields,
    tables: &Tables,
    own: Option<&Group>,
) -> Result<(), Refused> {
    if fields.line_id.is_some_and(|id| tables.line(id).is_none()) {
        return Err(params.blame(3300, "line_id"));
    }
    let is_audio = |id: u64| tables.audio_files.iter().any(|file| file.id == id);
    if fields.melody_id.is_some_and(|id| !is_audio(id)) {
        return Err(params.blame(3340, "melody_id"));
    }
    let unknown = |operator: &Operator| tables.user(operator.id).is_none();
    if fields.operators.iter().flatten().any(unknown) {
        return Err(params.blame(3300, "operators"));
    }
    let is_own = |extension: &str| own.is_some_and(|own| own.extension == extension);
    if let Some(extension) = fields.extension.as_deref().filter(|extension| !extension.is_empty())
        && !is_own(extension)
        && !tables.is_free(extension)
    {
        return Err(params.blame(3106, "extension"));
    }
    Ok(())
}
