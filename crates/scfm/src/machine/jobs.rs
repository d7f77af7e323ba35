//! What queued batch operations do: the records they would work on, and working on them in parts,
//! so that a million take no lock for long while the clock runs.

use ringback_engine::OffsetDateTime;
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{
    BatchKind, BatchStatus, Platform, Timer,
    batches::{Batch, CONTACT_FILTER},
    index::{Field, Key},
    kind::Resource,
    participations::{Participation, Rest},
    phone_call::PhoneCall,
    table::{Condition, Row},
};
use crate::{
    Micros,
    json::{Document, Json, Object},
};

/// A batch operation that runs: what it still has to work on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Job {
    left: RoaringBitmap,
}

/// How many records one part works on.
const PART: usize = 10_000;

/// How long from one part to the next.
const PAUSE: Duration = Duration::milliseconds(10);

impl Platform {
    /// Returns what a batch operation would work on if it ran now.
    pub(crate) fn preview(&self, now: OffsetDateTime, batch: &Batch) -> RoaringBitmap {
        let params = batch.parameters.object();
        let object = |name: &str| match params.get(name) {
            Some(Json::Object(object)) => object.clone(),
            _ => Object::new(),
        };
        match batch.kind {
            BatchKind::CalloutPopulation => {
                let filter = object(CONTACT_FILTER);
                self.contacts.select(&self.contact_conditions(&filter, false)).into_ids()
            }
            BatchKind::PhoneCallCreate => {
                let filter = object("callout_participation_filter_params");
                let mut conditions = self.participation_conditions(&filter, true);
                conditions.extend(self.among_callouts(&object("callout_filter_params")));
                let found = self.participations.select(&conditions).into_ids();
                self.limited(now, found, &params)
            }
            BatchKind::PhoneCallQueue | BatchKind::PhoneCallQueueRemoteFetch => {
                let filter = object("phone_call_filter_params");
                let mut conditions = self.phone_call_conditions(&filter, true);
                conditions.extend(self.among_callouts(&object("callout_filter_params")));
                let filter = object("callout_participation_filter_params");
                if !filter.is_empty() {
                    let wanted = self.participation_conditions(&filter, true);
                    let wanted = self.participations.select(&wanted).into_ids();
                    conditions.push(Condition::Is(Box::new(move |call: &PhoneCall| {
                        call.participation.is_some_and(|id| wanted.contains(id))
                    })));
                }
                let found = self.phone_calls.select(&conditions).into_ids();
                let mut params = params;
                if batch.kind == BatchKind::PhoneCallQueueRemoteFetch {
                    params.retain(|name, _| name == "limit");
                }
                self.limited(now, found, &params)
            }
        }
    }

    /// Records of callouts that a filter finds.
    fn among_callouts<R: Row>(&self, filter: &Object) -> Option<Condition<R>> {
        if filter.is_empty() {
            return None;
        }
        let callouts = self.callouts.select(&self.callout_conditions(filter, true)).into_ids();
        let keys = callouts.iter().map(|callout| Key::id(Field::Callout, callout));
        Some(Condition::Any(keys.collect()))
    }

    /// Leaves as many as the limits allow.
    fn limited(&self, now: OffsetDateTime, found: RoaringBitmap, params: &Object) -> RoaringBitmap {
        let text = |name: &str| params.get(name).and_then(Json::text);
        let number = |name: &str| text(name).and_then(|text| text.trim().parse::<u64>().ok());
        let per_period = number("max_per_period").map(|most| {
            let hours = number("max_per_period_hours").unwrap_or(24);
            let hours = Duration::hours(i64::try_from(hours).unwrap_or(i64::MAX).min(876_000));
            let since = Micros::from(now).plus(-hours);
            let within = since..Micros::LAST;
            let mut counted: Vec<Condition<PhoneCall>> =
                vec![match text("max_per_period_timestamp_attribute").as_deref() {
                    Some("created_at") => Condition::Created(within),
                    Some("updated_at") => Condition::Updated(within),
                    _ => Condition::Marked(within),
                }];
            if let Some(statuses) = text("max_per_period_statuses") {
                counted.push(Self::statuses(&statuses, true));
            }
            most.saturating_sub(self.phone_calls.select(&counted).total())
        });
        let most = number("limit").or([number("max"), per_period].into_iter().flatten().min());
        match most.and_then(|most| usize::try_from(most).ok()) {
            Some(most) => found.iter().take(most).collect(),
            None => found,
        }
    }

    /// Works on the next part of a batch operation; a queued one begins.
    pub(crate) fn run_batch(&mut self, now: OffsetDateTime, id: u32) {
        let Some(batch) = self.batches.get(id).cloned() else { return };
        match batch.status {
            BatchStatus::Queued => {
                let left = self.preview(now, &batch);
                self.jobs.insert(id, Job { left });
                self.set_batch_status(now, id, BatchStatus::Running);
            }
            BatchStatus::Running => {
                let Some(mut job) = self.jobs.remove(&id) else { return };
                let part: Vec<u32> = job.left.iter().take(PART).collect();
                if let Some(last) = part.last() {
                    job.left.remove_range(..=*last);
                }
                for one in part {
                    self.work_on(now, id, &batch, one);
                }
                if job.left.is_empty() {
                    self.set_batch_status(now, id, BatchStatus::Finished);
                    return;
                }
                self.jobs.insert(id, job);
            }
            BatchStatus::Preview | BatchStatus::Finished => return,
        }
        self.agenda.enter_after(now, PAUSE, Timer::RunBatch(id));
    }

    fn work_on(&mut self, now: OffsetDateTime, id: u32, batch: &Batch, one: u32) {
        match batch.kind {
            BatchKind::CalloutPopulation => {
                if let Some(callout) = batch.callout {
                    self.populate(now, id, callout, one);
                }
            }
            BatchKind::PhoneCallCreate => {
                let Some(row) = self.participations.get(one) else { return };
                let call = PhoneCall {
                    create_batch: Some(id),
                    remote_request_params: Document::from(&batch.object("remote_request_params")),
                    ..PhoneCall::new(now.into(), row.contact, row.msisdn)
                };
                self.add_phone_call(now, one, call);
            }
            BatchKind::PhoneCallQueue => {
                self.queue(now, one, Some(id));
            }
            BatchKind::PhoneCallQueueRemoteFetch => {
                self.queue_remote_fetch(now, one, Some(id));
            }
        }
    }

    /// Lets a contact take part, unless it or its number does already.
    fn populate(&mut self, now: OffsetDateTime, population: u32, callout: u32, contact: u32) {
        let Some(msisdn) = self.contacts.get(contact).map(|row| row.msisdn) else { return };
        if self.takes_part(callout, contact) || self.participation_of(callout, msisdn).is_some() {
            return;
        }
        let row = Participation {
            callout,
            contact,
            population: Some(population),
            msisdn,
            call_flow_logic: None,
            metadata: Document::default(),
            updated_at: now.into(),
            newest: None,
            last: None,
            rest: Rest::No,
            calls: 0,
        };
        self.add_participation(now, row);
    }

    /// Returns the ids of a table that stand in one column of the calls of a batch operation.
    pub(crate) fn of_calls(
        &self,
        batch: u32,
        id: impl Fn(&PhoneCall) -> Option<u32>,
    ) -> RoaringBitmap {
        let calls = self.phone_calls.ids(Key::id(Field::CreateBatch, batch));
        calls.filter_map(|call| id(self.phone_calls.get(call)?)).collect()
    }

    /// Returns the kind of records a result list of a batch operation may show.
    pub(crate) fn shows(kind: BatchKind, listed: Resource, preview: bool) -> bool {
        match kind {
            BatchKind::CalloutPopulation => {
                listed == Resource::Contact || (listed == Resource::Participation && !preview)
            }
            BatchKind::PhoneCallCreate => {
                matches!(listed, Resource::Participation | Resource::Contact)
                    || (listed == Resource::PhoneCall && !preview)
            }
            BatchKind::PhoneCallQueue | BatchKind::PhoneCallQueueRemoteFetch => {
                listed == Resource::PhoneCall
            }
        }
    }
}
