//! Extended statistics: calls by the day, newest first, with their legs.

mod legs;

use std::collections::BTreeSet;

use ringback_engine::OffsetDateTime;
use ringback_exchange::Cdr;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Pbx, Tag,
    machine::{Finished, Initiator, Way, tables::number},
    render::MOSCOW,
};
use legs::LegBody;

/// A request for the calls that began within a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Query {
    #[serde(with = "time::serde::timestamp")]
    pub(crate) from: OffsetDateTime,
    #[serde(with = "time::serde::timestamp")]
    pub(crate) to: OffsetDateTime,
    pub(crate) limit: usize,
    pub(crate) offset: usize,
    pub(crate) users: BTreeSet<u64>,
    pub(crate) groups: BTreeSet<u64>,
    /// 1 in, 2 out, 3 internal; all of them when empty.
    pub(crate) types: BTreeSet<i64>,
    /// Whether anybody talked.
    pub(crate) talked: Option<bool>,
    pub(crate) recall: Option<i64>,
    pub(crate) search: Option<String>,
    pub(crate) ext_fields: BTreeSet<String>,
    /// Identities that are no numbers make the job fail, not the request.
    pub(crate) fails: bool,
}

/// A day of calls.
#[derive(Debug, Serialize)]
pub(crate) struct Day {
    list: Vec<CallBody>,
    period: String,
    total_talks_duration: i64,
    total_calls_duration: i64,
    total_calls_count: usize,
}

#[derive(Debug, Serialize)]
struct CallBody {
    entry_id: String,
    context_type: u8,
    context_status: u8,
    caller_id: Option<u64>,
    caller_name: String,
    caller_number: String,
    called_number: String,
    context_start_time: i64,
    duration: i64,
    talk_duration: i64,
    operator_call_duration: Option<i64>,
    context_init_type: u8,
    recall_status: Option<u8>,
    cost: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_cost_full: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_cost_tariff: Option<f64>,
    context_calls: Vec<LegBody>,
}

impl Pbx {
    /// Lists the calls that were over at a moment, by the day.
    pub(crate) fn list_calls(&self, query: &Query, until: OffsetDateTime) -> Vec<Day> {
        let during = self.exchange.history().during(query.from..=query.to).rev();
        let during = self.exchange.published(during);
        let wanted = during.filter(|cdr| cdr.ended_at() <= until && self.wants(query, cdr));
        let mut days: Vec<Day> = Vec::new();
        for cdr in wanted.skip(query.offset).take(query.limit) {
            let created_at = cdr.created_at();
            let local = created_at.checked_to_offset(MOSCOW).unwrap_or(created_at);
            let period = local.date().to_string();
            let call = self.call_body(cdr, &query.ext_fields);
            if days.last().is_none_or(|day| day.period != period) {
                days.push(Day {
                    list: Vec::new(),
                    period,
                    total_talks_duration: 0,
                    total_calls_duration: 0,
                    total_calls_count: 0,
                });
            }
            if let Some(day) = days.last_mut() {
                day.total_talks_duration += call.talk_duration;
                day.total_calls_duration += call.duration;
                day.total_calls_count += 1;
                day.list.push(call);
            }
        }
        days
    }

    /// Returns a finished call as the list has it.
    pub(crate) fn shown_call(&self, cdr: &Cdr<Tag>) -> Value {
        json!(self.call_body(cdr, &BTreeSet::new()))
    }

    fn wants(&self, query: &Query, cdr: &Cdr<Tag>) -> bool {
        let kind = i64::from(context_type(cdr.tag.way));
        let talked = cdr.answered_at().is_some();
        if !(query.types.is_empty() || query.types.contains(&kind))
            || query.talked.is_some_and(|wanted| wanted != talked)
            // Nobody ever calls back by itself here, so no missed call has been returned.
            || query.recall.is_some_and(|recall| recall != 0)
        {
            return false;
        }
        if query.users.is_empty() && query.groups.is_empty() && query.search.is_none() {
            return true;
        }
        let legs = self.legs_of(cdr);
        let ends = || legs.iter().flat_map(|leg| [leg.from, leg.to]);
        let user = |end: [Option<&str>; 2]| {
            let user = end[0].and_then(|extension| self.tables.employee(extension));
            user.is_some_and(|user| query.users.contains(&user.user_id))
        };
        let group = |leg: &Finished<'_>| {
            let group = leg.group.and_then(|extension| self.tables.group(extension));
            group.is_some_and(|group| query.groups.contains(&group.id))
        };
        let digits = |text: &str| number::digits(text);
        let search = |wanted: &String| {
            let numbers = ends().flatten().flatten().chain([cdr.from.as_str(), cdr.to.as_str()]);
            let wanted_digits = digits(wanted);
            numbers.into_iter().any(|number| {
                number.contains(wanted.as_str())
                    || (!wanted_digits.is_empty() && digits(number).contains(&wanted_digits))
            })
        };
        (query.users.is_empty() || ends().any(user))
            && (query.groups.is_empty() || legs.iter().any(group))
            && query.search.as_ref().is_none_or(search)
    }

    fn call_body(&self, cdr: &Cdr<Tag>, ext_fields: &BTreeSet<String>) -> CallBody {
        let way = cdr.tag.way;
        let caller = self.tables.employee(cdr.from.as_str());
        let talked = cdr.answered_at();
        let cost = |name: &str| ext_fields.contains(name).then_some(0.0);
        let legs = self.legs_of(cdr);
        let missed_in = way == Way::In && talked.is_none();
        let (context_calls, operator_call_duration) = self.leg_bodies(cdr, &legs);
        CallBody {
            entry_id: self.identity.entry_id(cdr.id, way == Way::In),
            context_type: context_type(way),
            context_status: talked.is_some().into(),
            caller_id: caller.map(|caller| caller.user_id),
            caller_name: self.caller_name(cdr.from.as_str()),
            caller_number: cdr.from.to_string(),
            called_number: cdr.to.to_string(),
            context_start_time: self.unix(cdr.created_at()),
            duration: whole(cdr.created_at(), cdr.ended_at()),
            talk_duration: talked.map_or(0, |talked| whole(talked, cdr.ended_at())),
            operator_call_duration,
            context_init_type: match cdr.tag.initiator {
                Initiator::Nobody => 0,
                Initiator::Campaign => 3,
                Initiator::Api => 6,
            },
            recall_status: missed_in.then_some(0),
            cost: 0.0,
            context_cost_full: cost("context_cost_full"),
            context_cost_tariff: cost("context_cost_tariff"),
            context_calls,
        }
    }

    /// Names who calls: an employee, a group or a contact, and anybody else by the number. field
    /// report, M11
    fn caller_name(&self, number: &str) -> String {
        let employee = self.tables.employee(number).map(|employee| &employee.name);
        let group = || self.tables.group(number).map(|group| &group.name);
        let contact = || self.tables.book.contact_with(number).map(|contact| &contact.name);
        let name = employee.or_else(group).or_else(contact).filter(|name| !name.is_empty());
        name.map_or_else(|| number.to_owned(), Clone::clone)
    }
}

fn context_type(way: Way) -> u8 {
    match way {
        Way::In => 1,
        Way::Out => 2,
        Way::Internal => 3,
    }
}

/// Returns the seconds between two moments as clocks show them, so that all views add up.
fn whole(from: OffsetDateTime, to: OffsetDateTime) -> i64 {
    to.unix_timestamp() - from.unix_timestamp()
}
