//! Filters of lists: which records meet what a request asks for. vendors/scfm.md, 7.

use std::ops::Range;

use super::{
    BatchKind, BatchStatus, CallStatus, CalloutStatus, Platform,
    batches::{Batch, CONTACT_FILTER},
    callouts::Callout,
    contacts::Contact,
    index::{Field, Key},
    participations::Participation,
    phone_call::PhoneCall,
    remote_events::{Details, RemoteEvent},
    table::{Condition, Row},
};
use crate::{
    Micros, Msisdn,
    json::{Json, Object},
    times,
};

/// Flattens a hash filter to its leaves: `None` for a leaf is one that has to be absent or null.
fn flatten<'a>(value: &'a Json, path: &mut Vec<&'a str>, leaf: &mut dyn FnMut(&[&'a str], Wanted)) {
    match value {
        Json::Object(object) => {
            for (name, value) in object {
                path.push(name);
                flatten(value, path, leaf);
                path.pop();
            }
        }
        Json::Array(items) => match items.as_slice() {
            [only] => flatten(only, path, leaf),
            _ => leaf(path, Wanted::Impossible),
        },
        Json::Null => leaf(path, Wanted::Absent),
        Json::Bool(_) | Json::Number(_) | Json::Text(_) => {
            leaf(path, value.text().map_or(Wanted::Impossible, Wanted::Is));
        }
    }
}

/// Compares two numbers of seconds.
type Compare = fn(u32, u32) -> bool;

/// What a leaf of a filter wants.
enum Wanted {
    Is(String),
    Absent,
    Impossible,
}

/// Conditions of a hash filter on an indexed document, under a path of its own.
fn document<R>(field: Field, under: Option<&str>, filter: Option<&Json>) -> Vec<Condition<R>> {
    let mut conditions = Vec::new();
    let Some(filter @ Json::Object(_)) = filter else { return conditions };
    let mut path: Vec<&str> = under.into_iter().collect();
    flatten(filter, &mut path, &mut |path, wanted| {
        conditions.push(match wanted {
            Wanted::Is(text) => Condition::Has(Key::leaf(field, path, &text)),
            Wanted::Absent => Condition::Lacks(Key::present(field, path)),
            Wanted::Impossible => Condition::Nothing,
        });
    });
    conditions
}

/// A condition of a hash filter on a document that is not indexed.
fn scanned<R>(
    filter: Option<&Json>,
    of: impl Fn(&R) -> Object + Send + Sync + 'static,
) -> Option<Condition<R>> {
    let Some(filter @ Json::Object(_)) = filter else { return None };
    let mut leaves: Vec<(Vec<String>, Wanted)> = Vec::new();
    flatten(filter, &mut Vec::new(), &mut |path, wanted| {
        leaves.push((path.iter().map(|name| (*name).to_owned()).collect(), wanted));
    });
    let meets = move |row: &R| {
        let object = Json::Object(of(row));
        leaves.iter().all(|(path, wanted)| {
            let found = path.iter().try_fold(&object, |inside, name| inside.as_object()?.get(name));
            match wanted {
                Wanted::Is(text) => found.and_then(Json::text).is_some_and(|is| is == *text),
                Wanted::Absent => found.is_none_or(|found| *found == Json::Null),
                Wanted::Impossible => false,
            }
        })
    };
    Some(Condition::Is(Box::new(meets)))
}

/// The filters of one request in one form: at the top, or under `q` with alternatives.
struct Filters<'a> {
    params: &'a Object,
    alternatives: bool,
}

impl Filters<'_> {
    /// Returns the text of a plain filter; arrays and hashes are no filters.
    fn text(&self, name: &str) -> Option<String> {
        match self.params.get(name)? {
            Json::Null => Some(String::new()),
            Json::Array(_) | Json::Object(_) => None,
            scalar @ (Json::Bool(_) | Json::Number(_) | Json::Text(_)) => scalar.text(),
        }
    }

    fn words(&self, text: &str) -> Vec<String> {
        if self.alternatives {
            text.split(',').map(|word| word.trim().to_owned()).collect()
        } else {
            vec![text.to_owned()]
        }
    }

    fn any<R>(&self, name: &str, key: impl Fn(&str) -> Option<Key>) -> Option<Condition<R>> {
        let words = self.words(&self.text(name)?);
        Some(Condition::Any(words.iter().filter_map(|word| key(word)).collect()))
    }

    fn word<R>(&self, name: &str, field: Field) -> Option<Condition<R>> {
        self.any(name, |word| Some(Key::word(field, word)))
    }

    fn id<R>(&self, name: &str, field: Field) -> Option<Condition<R>> {
        self.any(name, |word| word.parse().ok().map(|id| Key::id(field, id)))
    }

    fn msisdn<R>(&self) -> Option<Condition<R>> {
        let text = self.text("msisdn")?;
        Some(match Msisdn::parse(&text) {
            Ok(msisdn) => Condition::Has(Key::number(Field::Msisdn, msisdn.digits())),
            Err(_) => Condition::Nothing,
        })
    }

    fn metadata<R>(&self) -> Vec<Condition<R>> {
        document(Field::Metadata, None, self.params.get("metadata"))
    }

    fn times<R>(&self, out: &mut Vec<Condition<R>>) {
        let mut within = |name: &str, make: fn(Range<Micros>) -> Condition<R>| {
            for bound in times::BOUNDS {
                let text = self.text(&format!("{name}_{}", bound.suffix()));
                if let Some(range) = text.and_then(|text| bound.range(&text)) {
                    out.push(make(range));
                }
            }
        };
        within("created_at", Condition::Created);
        within("updated_at", Condition::Updated);
    }

    fn common<R>(&self) -> Vec<Condition<R>> {
        let mut conditions = self.metadata();
        self.times(&mut conditions);
        conditions
    }
}

impl Platform {
    /// The condition of phone call statuses, comma-separated if alternatives are.
    pub(crate) fn statuses<R>(text: &str, alternatives: bool) -> Condition<R> {
        let words = Filters { params: &Object::new(), alternatives }.words(text);
        let codes = words.iter().filter_map(|word| CallStatus::of(word)).map(CallStatus::code);
        Condition::Any(codes.map(|code| Key::number(Field::Status, code)).collect())
    }

    pub(crate) fn contact_conditions(
        &self,
        params: &Object,
        alternatives: bool,
    ) -> Vec<Condition<Contact>> {
        let filters = Filters { params, alternatives };
        let mut conditions = filters.common();
        conditions.extend(filters.msisdn());
        conditions
    }

    pub(crate) fn callout_conditions(
        &self,
        params: &Object,
        alternatives: bool,
    ) -> Vec<Condition<Callout>> {
        let filters = Filters { params, alternatives };
        let mut conditions = filters.common();
        conditions.extend(filters.any("status", |word| {
            CalloutStatus::of(word).map(|status| Key::number(Field::Status, status as u64))
        }));
        conditions.extend(filters.word("call_flow_logic", Field::CallFlowLogic));
        conditions
    }

    pub(crate) fn population_conditions(
        &self,
        params: &Object,
        alternatives: bool,
    ) -> Vec<Condition<Batch>> {
        let filters = Filters { params, alternatives };
        let mut conditions = filters.common();
        let kind = BatchKind::CalloutPopulation;
        conditions.push(Condition::Has(Key::number(Field::Resource, kind as u64)));
        let wanted = params.get(CONTACT_FILTER);
        conditions.extend(document(Field::Parameters, Some(CONTACT_FILTER), wanted));
        conditions.extend(filters.any("status", |word| {
            let known = BatchStatus::ALL.iter().find(|status| status.of_population() == word);
            known.map(|status| Key::number(Field::Status, *status as u64))
        }));
        conditions
    }

    pub(crate) fn batch_conditions(
        &self,
        params: &Object,
        alternatives: bool,
    ) -> Vec<Condition<Batch>> {
        let filters = Filters { params, alternatives };
        let mut conditions = filters.common();
        conditions.extend(document(Field::Parameters, None, params.get("parameters")));
        conditions.extend(filters.any("status", |word| {
            BatchStatus::of(word).map(|status| Key::number(Field::Status, status as u64))
        }));
        conditions.extend(filters.id("callout_id", Field::Callout));
        conditions
    }

    pub(crate) fn participation_conditions(
        &self,
        params: &Object,
        alternatives: bool,
    ) -> Vec<Condition<Participation>> {
        let filters = Filters { params, alternatives };
        let mut conditions = filters.common();
        conditions.extend(filters.msisdn());
        conditions.extend(filters.id("callout_id", Field::Callout));
        conditions.extend(filters.id("contact_id", Field::Contact));
        conditions.extend(filters.id("callout_population_id", Field::Population));
        conditions.extend(filters.word("call_flow_logic", Field::CallFlowLogic));
        let uncalled = Key::number(Field::LastAttempt, 0);
        match filters.text("has_phone_calls").as_deref() {
            Some("true" | "1" | "t") => conditions.push(Condition::Lacks(uncalled)),
            Some("false" | "0" | "f") => conditions.push(Condition::Has(uncalled)),
            Some(_) | None => {}
        }
        // Of June 2018, and named after its use: those that have fewer calls than that.
        let most =
            filters.text("having_max_phone_calls_count").filter(|most| !most.trim().is_empty());
        conditions.extend(most.map(|most| match most.trim().parse::<i64>() {
            Ok(most) => {
                Condition::Is(Box::new(move |row: &Participation| i64::from(row.calls) < most))
            }
            Err(_) => Condition::Nothing,
        }));
        let attempts = |text: &str| -> Vec<Key> {
            let words = text.split(',').filter_map(|word| CallStatus::of(word.trim()));
            words.map(|status| Key::number(Field::LastAttempt, status.code())).collect()
        };
        if let Some(text) = filters.text("last_phone_call_attempt") {
            conditions.push(Condition::Any(attempts(&text)));
        }
        if let Some(text) = filters.text("no_phone_calls_or_last_attempt") {
            let mut keys = attempts(&text);
            keys.push(uncalled);
            conditions.push(Condition::Any(keys));
        }
        conditions
    }

    pub(crate) fn phone_call_conditions(
        &self,
        params: &Object,
        alternatives: bool,
    ) -> Vec<Condition<PhoneCall>> {
        let filters = Filters { params, alternatives };
        let mut conditions = filters.common();
        conditions.extend(filters.msisdn());
        conditions.extend(filters.text("status").map(|text| Self::statuses(&text, alternatives)));
        conditions.extend(filters.id("contact_id", Field::Contact));
        conditions.extend(filters.id("callout_participation_id", Field::Participation));
        let words = [
            ("remote_call_id", Field::RemoteCallId),
            ("remote_status", Field::RemoteStatus),
            ("remote_direction", Field::RemoteDirection),
            ("call_flow_logic", Field::CallFlowLogic),
        ];
        conditions.extend(words.into_iter().filter_map(|(name, field)| filters.word(name, field)));
        if let Some(text) = filters.text("remote_error_message") {
            // A message may have commas of its own.
            conditions.push(Condition::Has(Key::word(Field::RemoteErrorMessage, &text)));
        }
        let wanted = params.get("remote_request_params");
        conditions.extend(document(Field::RequestParams, None, wanted));
        conditions.extend(scanned(params.get("remote_response"), |call: &PhoneCall| {
            call.remote_response.object()
        }));
        let account = self.account_sid.clone();
        conditions.extend(scanned(params.get("remote_queue_response"), move |call: &PhoneCall| {
            super::queue_response(&account, call).object()
        }));
        for bound in times::BOUNDS {
            let text = filters.text(&format!("remotely_queued_at_{}", bound.suffix()));
            if let Some(range) = text.and_then(|text| bound.range(&text)) {
                conditions.push(Condition::Marked(range));
            }
        }
        let durations: [(&str, Compare); 4] = [
            ("duration_gt", |is, than| is > than),
            ("duration_gteq", |is, than| is >= than),
            ("duration_lt", |is, than| is < than),
            ("duration_lteq", |is, than| is <= than),
        ];
        for (name, compare) in durations {
            let than = filters.text(name).and_then(|text| text.trim().parse::<u32>().ok());
            if let Some(than) = than {
                conditions.push(Condition::Is(Box::new(move |call: &PhoneCall| {
                    call.duration.is_some_and(|is| compare(is, than))
                })));
            }
        }
        conditions
    }

    pub(crate) fn event_conditions(
        &self,
        params: &Object,
        alternatives: bool,
    ) -> Vec<Condition<RemoteEvent>> {
        let filters = Filters { params, alternatives };
        let mut conditions = filters.common();
        conditions.extend(filters.id("phone_call_id", Field::PhoneCall));
        conditions.extend(filters.word("call_flow_logic", Field::CallFlowLogic));
        // An event has the provider's id of its call.
        conditions.extend(filters.text("remote_call_id").map(|text| {
            let words = filters.words(&text);
            let calls = words.iter().filter_map(|word| self.call_of_sid(word));
            Condition::Any(calls.map(|id| Key::id(Field::PhoneCall, id)).collect())
        }));
        if let Some(text) = filters.text("remote_direction") {
            let words = filters.words(&text);
            let of_calls = |word: &String| {
                self.phone_calls.ids(Key::word(Field::RemoteDirection, word)).collect::<Vec<_>>()
            };
            // What an event says itself may differ from its call.
            let calls: roaring::RoaringBitmap = words.iter().flat_map(of_calls).collect();
            conditions.push(Condition::Is(Box::new(move |event: &RemoteEvent| {
                match &event.remote_direction {
                    Some(own) => words.iter().any(|word| **word == **own),
                    None => calls.contains(event.phone_call),
                }
            })));
        }
        if let Some(wanted @ Json::Object(_)) = params.get("details") {
            // Those the provider told itself follow from their calls, so the platform is asked.
            let mut candidates = roaring::RoaringBitmap::new();
            let test = scanned(Some(wanted), |object: &Object| object.clone());
            if let Some(Condition::Is(test)) = test {
                for (id, event) in self.events.iter() {
                    let meets = match &event.details {
                        Details::Given(document) => test(&document.object()),
                        Details::Told { .. } => test(&super::details(self, event)),
                    };
                    if meets {
                        candidates.insert(id);
                    }
                }
            }
            conditions.push(Condition::Among(candidates));
        }
        conditions
    }

    /// Asks both forms of filters of a request: at the top and under `q`; all of them have to hold.
    pub(crate) fn both<R: Row>(
        &self,
        params: &Object,
        conditions: impl Fn(&Self, &Object, bool) -> Vec<Condition<R>>,
    ) -> Vec<Condition<R>> {
        let mut all = conditions(self, params, false);
        if let Some(q) = params.get("q").and_then(Json::as_object) {
            all.extend(conditions(self, q, true));
        }
        all
    }
}
