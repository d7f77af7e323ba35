//! Statistics.

use std::collections::BTreeMap;

use serde_json::json;
use time::Duration;

use super::{Answer, cdr::filter};
use crate::{
    Face, Filter,
    auth::Caller,
    error::ErrorKind,
    wire::{
        query::Query,
        reply::{self, ListReply},
    },
};

/// Reads the time that a report is about: nothing but that.
fn time(query: &Query) -> Result<Filter, ErrorKind> {
    let Filter { started_from, started_to, .. } = filter(query, Face::First)?;
    Ok(Filter { started_from, started_to, ..Filter::default() })
}

/// `GET /v1/report/call_id`: within a day, for longer lists are not made.
pub(crate) async fn call_ids(caller: Caller) -> Answer {
    let query = Query::of(caller.request());
    let filter = time(&query)?;
    let from = filter.started_from.ok_or(ErrorKind::Missing("start_date"))?;
    let to = filter.started_to.ok_or(ErrorKind::Missing("end_date"))?;
    // The last second counts as a whole, so a day from second to second is a little longer.
    if (to - from).whole_seconds() > Duration::DAY.whole_seconds() {
        return Err(ErrorKind::Bad("date range must be in 24 hours").into());
    }
    let rows: Vec<_> = caller.read(|pbx| {
        let ids = pbx.records(&filter).map(|record| {
            let tag = &record.cdr().tag;
            json!({ "call_id": tag.uuid, "sip_call_id": tag.sip_call_id() })
        });
        ids.collect()
    })?;
    Ok(reply::ok(&ListReply::from(rows)))
}

/// `GET /v1/report/call_status`
pub(crate) async fn call_statuses(caller: Caller) -> Answer {
    let query = Query::of(caller.request());
    let filter = time(&query)?;
    let counts = caller.read(|pbx| {
        let mut counts = BTreeMap::<&str, usize>::new();
        for record in pbx.records(&filter) {
            *counts.entry(record.status()).or_default() += 1;
        }
        counts
    })?;
    let total: usize = counts.values().sum();
    let data: Vec<_> =
        counts.iter().map(|(status, count)| json!({ "count": count, "status": status })).collect();
    Ok(reply::ok(&json!({ "data": data, "total": total })))
}
