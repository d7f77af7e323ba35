//! Lines, schemes of calls, trunk numbers, sounds and roles. vendors/mango.md, 10.6-10.9 and 10.11

use ringback_engine::OffsetDateTime;
use serde::Serialize;

use crate::{
    Params, Pbx, Refused,
    wire::{Answer, done, named},
};

#[derive(Serialize)]
struct ShownLine<'a> {
    line_id: u64,
    number: &'a str,
    name: Option<&'a str>,
    comment: Option<&'a str>,
    region: &'a str,
    schema_id: u64,
    schema_name: &'a str,
}

/// `incominglines`
pub(crate) fn incoming(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    let tables = &pbx.tables;
    let lines = tables.lines.iter().map(|line| ShownLine {
        line_id: line.line_id,
        number: &line.number,
        name: line.name.as_deref(),
        comment: line.comment.as_deref(),
        region: &line.region,
        schema_id: line.schema_id,
        schema_name: tables.schema(line.schema_id).map_or("", |schema| schema.name.as_str()),
    });
    named("lines", lines.collect::<Vec<_>>())
}

/// `audiofiles`
pub(crate) fn audio_files(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    named("audiofiles", &pbx.tables.audio_files)
}

#[derive(Serialize)]
struct ShownSchema<'a> {
    schema_id: u64,
    name: &'a str,
    description: Option<&'a str>,
    incominglines: Vec<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sip_trunks_numbers: Option<Vec<u64>>,
}

/// `schemas`
pub(crate) fn schemas(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let tables = &pbx.tables;
    let with_trunks = params.texts("ext_fields")?.iter().any(|field| field == "trunks_numbers");
    let lines = |id| {
        let lines = tables.lines.iter().filter(|line| line.schema_id == id);
        lines.map(|line| line.line_id).collect()
    };
    let trunks = |id| {
        let numbers = tables.trunk_numbers.iter().filter(|number| number.schema_id == Some(id));
        numbers.map(|number| number.trunk_number_id).collect()
    };
    let schemas = tables.schemas.iter().map(|schema| ShownSchema {
        schema_id: schema.schema_id,
        name: &schema.name,
        description: schema.description.as_deref(),
        incominglines: lines(schema.schema_id),
        sip_trunks_numbers: with_trunks.then(|| trunks(schema.schema_id)),
    });
    named("data", schemas.collect::<Vec<_>>())
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
    pbx.rewire();
    done()
}

/// `roles`
pub(crate) fn roles(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    named("roles", &pbx.tables.roles)
}

#[derive(Serialize)]
struct ShownTrunkNumber<'a> {
    trunk_number_id: u64,
    trunk_id: u64,
    number: &'a str,
    options: u8,
    desc: &'a str,
}

/// `trunks/numbers`
pub(crate) fn trunk_numbers(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    let numbers = pbx.tables.trunk_numbers.iter().map(|number| ShownTrunkNumber {
        trunk_number_id: number.trunk_number_id,
        trunk_id: number.trunk_id,
        number: &number.number,
        options: number.options,
        desc: &number.desc,
    });
    named("data", numbers.collect::<Vec<_>>())
}
