//! The account: its balance.

use ringback_engine::OffsetDateTime;
use serde::Serialize;

use crate::{Params, Pbx, wire::Answer, wire::Reply};

#[derive(Serialize)]
struct Balance<'a> {
    result: u16,
    balance: f64,
    currency: &'a str,
    response_at: String,
}

/// `account/balance`
pub(crate) fn balance(pbx: &Pbx, now: OffsetDateTime, _params: &Params) -> Answer {
    Reply::json(&Balance {
        result: 1000,
        balance: pbx.tables.balance,
        currency: "RUB",
        response_at: crate::render::moscow(now),
    })
}
