//! What calls can be about: `cc/tags`. vendors/mango.md, 15

use ringback_engine::OffsetDateTime;

use crate::{
    Params, Pbx,
    wire::{Answer, named},
};

/// `cc/tags`
pub(crate) fn list(pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    named("tags", &pbx.tables.tags)
}
