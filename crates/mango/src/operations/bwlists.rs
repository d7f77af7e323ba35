//! The black and the white list of inbound callers. vendors/mango.md, 11

use ringback_engine::OffsetDateTime;

use crate::{
    Params, Pbx,
    machine::tables::bwlists::{BwLists, EntryRefused, ListKind, NumberType},
    wire::{Answer, done, named},
};

/// `bwlists/state`
pub(crate) fn state(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    named("active", pbx.tables.bwlists.active())
}

/// `bwlists/numbers`
pub(crate) fn numbers(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    named("data", pbx.tables.bwlists.show())
}

/// `bwlists/number/add`
pub(crate) fn add(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let number = params.text("number")?;
    if number.trim().is_empty() {
        return Err(params.missing("number"));
    }
    let shade =
        params.word("list_type", &[("black", ListKind::Black), ("white", ListKind::White)])?;
    let number_type =
        params.word("number_type", &[("tel", NumberType::Tel), ("sip", NumberType::Sip)])?;
    let comment = params.bounded("comment", BwLists::COMMENT)?.unwrap_or_default();
    let shade = shade.unwrap_or(ListKind::Black);
    let number_type = number_type.unwrap_or(NumberType::Tel);
    let added = pbx.tables.bwlists.add(shade, &number, number_type, &comment);
    added.map_err(|refused| match refused {
        EntryRefused::TooLong => params.blame(3109, "number"),
        EntryRefused::Malformed => params.blame(3136, "number"),
        EntryRefused::Taken => params.blame(3106, "number"),
        EntryRefused::Full => crate::Refused::code(5222),
    })?;
    done()
}

/// `bwlists/number/delete`
pub(crate) fn delete(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let number_id = params.id("number_id")?;
    if !pbx.tables.bwlists.delete(number_id) {
        return Err(params.blame(3300, "number_id"));
    }
    done()
}
