//! Dynamic call tracking. vendors/mango.md, 9

use ringback_engine::OffsetDateTime;
use serde::Serialize;
use serde_json::Map;

use crate::{
    Params, Pbx, Refused,
    machine::tables::{number::is_telephone, visitors::Visitor},
    wire::{Answer, Reply},
};

/// These two answers have no result code.
#[derive(Serialize)]
struct Found<T> {
    data: T,
}

fn visitor<'a>(pbx: &'a Pbx, params: &Params) -> Result<Option<&'a Visitor>, Refused> {
    let number = params.text("number")?;
    if !is_telephone(&number) {
        return Err(params.blame(3136, "number"));
    }
    Ok(pbx.tables.visitor(&number))
}

/// `queries/user_info_by_dct_number`
pub(crate) fn info(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    match visitor(pbx, params)? {
        Some(visitor) => Reply::json(&Found { data: &visitor.info }),
        None => Reply::json(&Found { data: Map::new() }),
    }
}

/// `queries/user_history_by_dct_number`
pub(crate) fn history(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let history = visitor(pbx, params)?.map(|visitor| visitor.history.as_slice());
    Reply::json(&Found { data: history.unwrap_or_default() })
}
