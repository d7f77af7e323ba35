//! Lines, schemes of calls, trunk numbers, sounds and roles. vendors/mango.md, 10.6-10.9 and 10.11

use ringback_engine::OffsetDateTime;

use crate::{
    Params, Pbx, Refused,
    machine::tables::{Line, Schema, Tables, TrunkNumber},
    wire::{Answer, Each, done, named, shown},
};

shown! {
    ShownLine<'a> { line: &'a Line, tables: &'a Tables }
    "line_id" => line.line_id,
    "number" => line.number,
    "name" => line.name,
    "comment" => line.comment,
    "region" => line.region,
    "schema_id" => line.schema_id,
    "schema_name" => tables.schema(line.schema_id).map_or("", |schema| schema.name.as_str()),
}

/// `incominglines`
pub(crate) fn incoming(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    let tables = &pbx.tables;
    named("lines", Each(tables.lines.iter().map(|line| ShownLine { line, tables })))
}

/// `audiofiles`
pub(crate) fn audio_files(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    named("audiofiles", &pbx.tables.audio_files)
}

shown! {
    ShownSchema<'a> { schema: &'a Schema, tables: &'a Tables, with_trunks: bool }
    "schema_id" => schema.schema_id,
    "name" => schema.name,
    "description" => schema.description,
    "incominglines" => Each(
        tables.lines.iter().filter(|line| line.schema_id == schema.schema_id).map(|line| line.line_id),
    ),
    "sip_trunks_numbers" if with_trunks => {
        let numbers = tables.trunk_numbers.iter();
        let numbers = numbers.filter(|number| number.schema_id == Some(schema.schema_id));
        Each(numbers.map(|number| number.trunk_number_id))
    },
}

/// `schemas`
pub(crate) fn schemas(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let tables = &pbx.tables;
    let with_trunks = params.texts("ext_fields")?.iter().any(|field| field == "trunks_numbers");
    let shown = |schema| ShownSchema { schema, tables, with_trunks };
    named("data", Each(tables.schemas.iter().map(shown)))
}

/// `schema/set`
pub(crate) fn set_schema(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let tables = &mut pbx.tables;
    let schema_id = params.id("schema_id")?;
    let (line, trunk) = (params.id_or_none("line_id")?, params.id_or_none("trunk_number_id")?);
    let known = tables.schema(schema_id).is_some();
    let known = || if known { Ok(()) } else { Err(params.blame(3300, "schema_id")) };
    match (line, trunk) {
        (None, None) => return Err(Refused::code(3135)),
        (Some(_), Some(_)) => return Err(Refused::code(3123)),
        (Some(id), None) => {
            known()?;
            let line = tables.lines.iter_mut().find(|line| line.line_id == id);
            line.ok_or_else(|| params.blame(3300, "line_id"))?.schema_id = schema_id;
        }
        (None, Some(id)) => {
            known()?;
            let numbers = &mut tables.trunk_numbers;
            let number = numbers.iter_mut().find(|number| number.trunk_number_id == id);
            let number = number.ok_or_else(|| params.blame(3300, "trunk_number_id"))?;
            if !number.takes_calls() {
                return Err(params.unusable("trunk_number_id", 3100));
            }
            number.schema_id = Some(schema_id);
        }
    }
    pbx.sync_exchange();
    done()
}

/// `roles`
pub(crate) fn roles(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    named("roles", &pbx.tables.roles)
}

shown! {
    ShownTrunkNumber<'a> { number: &'a TrunkNumber }
    "trunk_number_id" => number.trunk_number_id,
    "trunk_id" => number.trunk_id,
    "number" => number.number,
    "options" => number.options,
    "desc" => number.desc,
}

/// `trunks/numbers`
pub(crate) fn trunk_numbers(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    let numbers = pbx.tables.trunk_numbers.iter();
    named("data", Each(numbers.map(|number| ShownTrunkNumber { number })))
}
