//! Finished calls: pages, scrolls, and single records.

use ringback_exchange::Direction;
use serde::Serialize;

use super::Answer;
use crate::{
    Face, Filter, Position, Record,
    auth::Caller,
    error::{ErrorKind, NOT_FOUND},
    render::Rows,
    wire::{query::Query, reply, stamp::End},
};

/// How many records an answer has unless told otherwise, and at most.
const USUAL: usize = 10;
const MOST: usize = 1_000;

/// The longest id of a scroll: it fits into a URL, with other parameters beside it.
const LONGEST_ID: usize = ringback_mock::URL_LIMIT / 2;

/// Reads which records are wanted, in the words of a generation of the API.
pub(crate) fn filter(query: &Query, face: Face) -> Result<Filter, ErrorKind> {
    let filter = Filter {
        started_from: query.moment("start_date", End::First)?,
        started_to: query.moment("end_date", End::Last)?,
        ended_from: query.moment("start_date_ended", End::First)?,
        ended_to: query.moment("end_date_ended", End::Last)?,
        duration: query.exact("duration")?,
        // Longer than any of them is longer than the least.
        min_duration: query.exact("min_duration")?.into_iter().min(),
        extension: query.texts("extension"),
        recordingfile: query.texts("recordingfile"),
        status: query.texts("status"),
        phone: query.values("phone").into_iter().map(|phone| phone.trim().to_owned()).collect(),
        hotline: query.texts("hotline"),
        campaign: query.texts("campaign_uuid"),
        direction: directions(query)?,
        face,
    };
    // The words are the vendor's, the wrong way round as they are.
    if is_inverted(filter.started_from, filter.started_to) {
        return Err(ErrorKind::Bad("start_date must be after end_date"));
    }
    if is_inverted(filter.ended_from, filter.ended_to) {
        return Err(ErrorKind::Bad("start_date_ended must be after end_date_ended"));
    }
    Ok(filter)
}

fn is_inverted<T: Ord>(from: Option<T>, to: Option<T>) -> bool {
    matches!((from, to), (Some(from), Some(to)) if from > to)
}

fn directions(query: &Query) -> Result<Vec<Direction>, ErrorKind> {
    let read = |word| match word {
        "inbound" | "1" => Ok(Direction::Inbound),
        "local" | "2" => Ok(Direction::Local),
        "outbound" | "3" => Ok(Direction::Outbound),
        _ => Err(ErrorKind::Invalid("direction")),
    };
    query.values("direction").into_iter().map(read).collect()
}

fn limit(query: &Query) -> Option<usize> {
    query.number("limit").filter(|limit| *limit > 0).map(|limit| limit.min(MOST))
}

#[derive(Serialize)]
struct Page<T> {
    data: T,
    limit: usize,
    page: usize,
    total: usize,
}

#[derive(Serialize)]
struct Batch<'a, T> {
    data: T,
    scroll_id: &'a str,
}

/// `GET /v1/cdr`
pub(crate) async fn list(caller: Caller) -> Answer {
    let query = Query::of(caller.request());
    let base = caller.base();
    if query.get("page").is_some() || query.get("offset").is_some() {
        let filter = filter(&query, Face::First)?;
        let limit = limit(&query).unwrap_or(USUAL);
        let page = query.number("page").filter(|page| *page > 0).unwrap_or(1);
        let (page, offset) = match query.number("offset") {
            Some(offset) => (offset / limit + 1, offset),
            None => (page, (page - 1).saturating_mul(limit)),
        };
        let answer = caller.read(|pbx| {
            let (total, records) = pbx.page(&filter, offset, limit);
            let data = Rows { records: &records, base: &base, write: Record::written };
            reply::rows(&Page { data, limit, page, total }, records.len())
        });
        return Ok(answer?);
    }
    let limit = limit(&query);
    let position = match query.get("scroll_id") {
        Some(id) => Some(Position::from_id(id).ok_or(ErrorKind::Bad("scroll_id is invalid"))?),
        None => None,
    };
    let filter = filter(&query, Face::First)?;
    let answer = caller.read(|pbx| {
        let position = match position {
            Some(position) => position.by(limit),
            None => pbx.begin_scroll(filter, limit.unwrap_or(USUAL)),
        };
        let scroll = pbx.scroll(&position).ok_or(ErrorKind::Bad("scroll_id is invalid"));
        let (records, next) = scroll?;
        // Where nothing follows, the same id comes back.
        let id = match (query.get("scroll_id"), records.is_empty()) {
            (Some(id), true) => id.to_owned(),
            _ => next.to_id(),
        };
        // An id that could not be sent again would end the scroll.
        if id.len() > LONGEST_ID {
            return Err(ErrorKind::Bad("too many filters"));
        }
        let data = Rows { records: &records, base: &base, write: Record::written };
        Ok(reply::rows(&Batch { data, scroll_id: &id }, records.len()))
    });
    Ok(answer??)
}

/// `GET /v1/cdr/{id}`: by its id or its SIP Call-ID.
pub(crate) async fn show(caller: Caller) -> Answer {
    let base = caller.base();
    let answer = caller.read(|pbx| {
        pbx.record(caller.parameter("id")).map(|record| reply::ok(&record.written(&base)))
    });
    answer?.ok_or(NOT_FOUND.into())
}

/// `GET /v3/cdr`: `limit` and `offset` are -1 unless given. Where both are, nothing is listed; where
/// one is, it is the usual one, so a client that says how much it wants has the first page.
// field report, T9
pub(crate) async fn list_v3(caller: Caller) -> Answer {
    let query = Query::of(caller.request());
    let (filter, base) = (filter(&query, Face::Third)?, caller.base());
    let (limit, offset) = (limit(&query), query.number("offset"));
    let answer = caller.read(|pbx| {
        let (total, records) = match (limit, offset) {
            (None, None) => pbx.page(&filter, 0, 0),
            _ => pbx.page(&filter, offset.unwrap_or(0), limit.unwrap_or(USUAL)),
        };
        reply::written(records.len(), |out| {
            out.extend_from_slice(b"{\"data\":[");
            for (place, record) in records.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                record.write_v3(&base, &pbx.whose(record), out);
            }
            // What was not given is -1.
            let number = |number: Option<usize>| {
                number.and_then(|number| i64::try_from(number).ok()).unwrap_or(-1)
            };
            let (limit, offset) = (number(limit), number(offset));
            let end = format!("],\"limit\":{limit},\"offset\":{offset},\"total\":{total}}}");
            out.extend_from_slice(end.as_bytes());
        })
    });
    Ok(answer?)
}

/// `GET /v3/cdr/{id}`
pub(crate) async fn show_v3(caller: Caller) -> Answer {
    let base = caller.base();
    let answer = caller.read(|pbx| {
        let record = pbx.record(caller.parameter("id"))?;
        let whose = pbx.whose(&record);
        Some(reply::written(1, |out| record.write_v3(&base, &whose, out)))
    });
    answer?.ok_or(NOT_FOUND.into())
}
