//! Statistics: `stats/…`.

use std::collections::BTreeSet;

use ringback_engine::{Duration, OffsetDateTime};
use serde::Serialize;
use serde_json::Value;
use time::Time;

use super::commands::extension;
use crate::{
    Params, Pbx, Refused,
    machine::stats::{Job, Wanted, basic, basic::Field, basic::Whose, calls},
    render::MOSCOW,
    wire::{Answer, Reply, day_and_time},
};

/// The longest window of basic statistics: the manual says a month.
const MONTH: i64 = 31 * 86_400;

/// Extended statistics have to be about less than this.
const THIRTY_DAYS: Duration = Duration::days(30);

/// The most bytes of a `request_id`.
const REQUEST_ID: usize = 128;

#[derive(Serialize)]
struct Key<'a> {
    key: &'a str,
}

/// `stats/request`. vendors/mango.md, 7.1
pub(crate) fn request(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let shift = i64::from(pbx.settings().time_shift_seconds);
    let [from, to] = ["date_from", "date_to"].map(|name| params.integer(name));
    let [from, to] = [from?.saturating_sub(shift), to?.saturating_sub(shift)];
    if from > to || to.saturating_sub(from) > MONTH {
        return Err(params.unusable("date_to", 3111));
    }
    let query = basic::Query {
        from,
        to,
        fields: fields(params)?,
        calling: whose(params, "from")?,
        called: whose(params, "to")?,
        party: whose(params, "call_party")?,
    };
    if query.party.is_some() && (query.calling.is_some() || query.called.is_some()) {
        return Err(Refused::field(3123, "call_party", 3123));
    }
    let request_id = params.text_or_none("request_id")?;
    if request_id.as_ref().is_some_and(|id| id.len() > REQUEST_ID) {
        return Err(params.unusable("request_id", 3109));
    }
    let key = pbx.request_stats(now, Wanted::Legs(query), request_id);
    Reply::json(&Key { key: &key })
}

fn fields(params: &Params) -> Result<Vec<Field>, Refused> {
    let names = match params.value("fields") {
        Some(Value::String(names)) if !names.trim_start().starts_with('[') => {
            names.split(',').map(str::to_owned).collect()
        }
        _ => params.texts("fields")?,
    };
    let names = names.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
    let fields: Option<Vec<Field>> = names.map(Field::named).collect();
    let fields = fields.ok_or_else(|| params.malformed("fields"))?;
    Ok(if fields.is_empty() { Field::USUAL.into() } else { fields })
}

/// Reads a party to filter by. Empty texts are no filter, and an empty party is none.
fn whose(params: &Params, name: &str) -> Result<Option<Whose>, Refused> {
    let Some(party) = params.object_or_none(name)? else { return Ok(None) };
    let number = party.text_or_none("number")?.filter(|number| !number.is_empty());
    let whose = Whose { extension: extension(&party)?, number };
    Ok(Some(whose).filter(|whose| *whose != Whose::default()))
}

/// `stats/result`
pub(crate) fn result(pbx: &Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let key = params.text("key")?;
    Ok(match pbx.stats_job(now, &key) {
        Some(Job { wanted: Wanted::Legs(query), ready_at, .. }) if *ready_at <= now => {
            Reply::Csv(pbx.write_legs(query, *ready_at))
        }
        Some(Job { wanted: Wanted::Legs(_), .. }) => Reply::Building,
        Some(Job { wanted: Wanted::Calls(_), .. }) | None => Reply::Unknown,
    })
}

impl Pbx {
    /// Writes the basic statistics of a key as they are now, ready or not: for the backend face,
    /// which waits, where a standing clock would keep it waiting for ever.
    pub(crate) fn statistics_now(&self, now: OffsetDateTime, key: &str) -> Option<String> {
        match &self.stats_job(now, key)?.wanted {
            Wanted::Legs(query) => Some(self.write_legs(query, now)),
            Wanted::Calls(_) => None,
        }
    }
}

const LIMITS: [i64; 10] = [1, 5, 10, 20, 50, 100, 500, 1000, 2000, 5000];

/// `stats/calls/request`. vendors/mango.md, 7.2
pub(crate) fn request_calls(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let from = moment(params, "start_date", Time::MIDNIGHT)?;
    let last_second = Time::from_hms(23, 59, 59).unwrap_or(Time::MIDNIGHT);
    let to = moment(params, "end_date", last_second)?;
    let limit = params.integer("limit")?;
    if !LIMITS.contains(&limit) {
        return Err(params.malformed("limit"));
    }
    let offset = usize::try_from(params.integer("offset")?);
    let offset = offset.map_err(|_| params.malformed("offset"))?;
    if from > to || to - from >= THIRTY_DAYS {
        return Err(params.unusable("end_date", 3111));
    }
    let of = |name: &str, allowed: &[i64]| -> Result<BTreeSet<i64>, Refused> {
        let numbers = params.ids(name)?.into_iter().map(|id| i64::try_from(id).unwrap_or(-1));
        let numbers: BTreeSet<i64> = numbers.collect();
        let is_allowed = numbers.iter().all(|number| allowed.contains(number));
        if is_allowed { Ok(numbers) } else { Err(params.malformed(name)) }
    };
    let types = of("context_type", &[1, 2, 3])?;
    let talked = of("context_status", &[0, 1])?;
    let recall = of("recall_status", &[0, 1, 2])?.first().copied();
    let one_status = |status| talked.len() == 1 && talked.contains(&status);
    if recall.is_some() && !(types.len() == 1 && types.contains(&1) && one_status(0)) {
        return Err(params.unusable("recall_status", 3125));
    }
    let search = params.text_or_none("search_string")?.filter(|text| !text.is_empty());
    if search.as_ref().is_some_and(|text| text.chars().count() < 3) {
        return Err(params.unusable("search_string", 3108));
    }
    let (users, bad_users) = identities(params, "user_ids")?;
    let (groups, bad_groups) = identities(params, "group_ids")?;
    let query = calls::Query {
        from,
        to,
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
        offset,
        users,
        groups,
        types,
        talked: (talked.len() == 1).then(|| talked.contains(&1)),
        recall,
        search,
        ext_fields: params.texts("ext_fields")?.into_iter().collect(),
        fails: bad_users || bad_groups,
    };
    let key = pbx.request_stats(now, Wanted::Calls(query), None);
    Reply::json(&Key { key: &key })
}

/// Reads identities, which here have to be integers; others make the job fail later.
fn identities(params: &Params, name: &str) -> Result<(BTreeSet<u64>, bool), Refused> {
    let list = params.list(name)?;
    let ids: Option<BTreeSet<u64>> = list.iter().map(Value::as_u64).collect();
    let fails = ids.is_none();
    Ok((ids.unwrap_or_default(), fails))
}

/// Reads `DD.MM.YYYY HH:MM:SS` or `DD.MM.YYYY` as clocks in Moscow show it.
fn moment(params: &Params, name: &str, otherwise: Time) -> Result<OffsetDateTime, Refused> {
    let text = params.text(name)?;
    let moment = day_and_time(text.trim(), otherwise)
        .and_then(|moment| moment.assume_offset(MOSCOW).checked_to_offset(time::UtcOffset::UTC));
    moment.ok_or_else(|| params.malformed(name))
}

#[derive(Serialize)]
struct Calls {
    result: u16,
    status: &'static str,
    data: Vec<calls::Day>,
}

/// `stats/calls/result`
pub(crate) fn result_calls(pbx: &Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let key = params.text("key")?;
    let (result, status, data) = match pbx.stats_job(now, &key) {
        Some(Job { wanted: Wanted::Calls(query), ready_at, .. }) => {
            match (*ready_at <= now, query.fails) {
                (false, _) => (1000, "work", Vec::new()),
                (true, true) => (5004, "error", Vec::new()),
                (true, false) => (1000, "complete", pbx.list_calls(query, *ready_at)),
            }
        }
        Some(Job { wanted: Wanted::Legs(_), .. }) | None => (3300, "not-found", Vec::new()),
    };
    Reply::json(&Calls { result, status, data })
}
