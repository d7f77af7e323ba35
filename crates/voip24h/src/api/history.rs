//! Lists of v3: finished calls and extensions. vendors/voip24h-v3.md, 4.2, 4.5

use actix_web::HttpRequest;
use ringback_engine::OffsetDateTime;
use ringback_exchange::Unavailable;
use serde::Serialize;

use super::v3::{Answer, Voip, without_blanks};
use crate::{
    auth,
    error::Fault,
    machine::Filter,
    render::{HistoryRow, Kind, Status},
    wire::{
        fields::Fields,
        reply::{self, Part},
    },
};

/// How many rows a page has unless it is said.
const LIMIT: usize = 25;

/// How many it may have.
const MOST: usize = 10_000;

/// `offset` and `limit`.
pub(crate) fn part(fields: &Fields) -> (usize, usize) {
    (fields.count("offset", 0), fields.count("limit", LIMIT).min(MOST))
}

/// The moments between two of which calls are asked for; either may be left open.
pub(crate) fn between(
    from: Option<OffsetDateTime>,
    to: Option<OffsetDateTime>,
) -> Option<std::ops::RangeInclusive<OffsetDateTime>> {
    if from.is_none() && to.is_none() {
        return None;
    }
    let first = time::macros::datetime!(0001-01-01 00:00 UTC);
    let last = time::macros::datetime!(9999-12-31 23:59:59.999999 UTC);
    Some(from.unwrap_or(first)..=to.unwrap_or(last))
}

/// Reads which calls are asked for, under the names of v3 or those of the generation before.
pub(crate) fn filter(fields: &Fields, is_old: bool) -> Result<Filter, Fault> {
    let [start, end] = if is_old { ["date_start", "date_end"] } else { ["dateStart", "dateEnd"] };
    let (from, to) = (fields.moment(start, false)?, fields.moment(end, true)?);
    let number = |name| Ok::<_, Fault>(fields.text(name)?.map(|number| without_blanks(&number)));
    let trimmed = |text: Option<String>| text.map(|text| text.trim().to_owned());
    Ok(Filter {
        during: between(from, to),
        statuses: fields.words("status", Status::read, &Status::WORDS)?,
        kinds: fields.words("type", Kind::read, &Kind::WORDS)?,
        extensions: fields.list("extension")?,
        did: number("did")?,
        call_id: trimmed(fields.text_or("callid", "callId")?),
        id: if is_old { None } else { trimmed(fields.text("id")?) },
        caller: number("caller")?,
        callee: number("callee")?,
        search: None,
    })
}

/// Returns whether the oldest come first.
pub(crate) fn is_ascending(fields: &Fields) -> bool {
    let sort = fields.text("sort").ok().flatten();
    sort.is_some_and(|sort| sort.trim().eq_ignore_ascii_case("asc"))
}

/// `GET /v3/call/history`
pub(crate) async fn list(voip: Voip, request: HttpRequest) -> Answer {
    let account = auth::bearer(&voip, &request).await?;
    let fields = Fields::of_query(&request);
    let filter = filter(&fields, false)?;
    let (offset, limit) = part(&fields);
    let answer = voip.read(account, |pbx| {
        let page = match is_ascending(&fields) {
            true => pbx.page_ascending(&filter, offset, limit),
            false => pbx.page(&filter, offset, limit),
        };
        let total = page.total;
        reply::list(Part { offset, limit, total }, rows(page.rows))
    });
    answer.ok_or(Fault::Unauthorized)
}

fn rows(rows: Vec<crate::render::Row<'_>>) -> Vec<HistoryRow<'_>> {
    rows.into_iter().map(HistoryRow::from).collect()
}

/// An extension, and whether it can be called.
#[derive(Serialize)]
struct ExtensionRow<'a> {
    extension: &'a str,
    name: &'static str,
    status: &'static str,
}

/// `GET /v3/extension/list`
pub(crate) async fn extensions(voip: Voip, request: HttpRequest) -> Answer {
    let account = auth::bearer(&voip, &request).await?;
    let (offset, limit) = part(&Fields::of_query(&request));
    let answer = voip.read(account, |pbx| {
        let exchange = pbx.exchange();
        let total = exchange.extensions().count();
        let shown = exchange.extensions().skip(offset).take(limit).map(|extension| {
            let number = extension.number.as_str();
            let status = match exchange.available(number, None) {
                Ok(()) => "online",
                Err(Unavailable::Busy) => "busy",
                Err(Unavailable::NotRegistered | Unavailable::Unknown) => "offline",
            };
            ExtensionRow { extension: number, name: "", status }
        });
        reply::list(Part { offset, limit, total }, shown.collect())
    });
    answer.ok_or(Fault::Unauthorized)
}
