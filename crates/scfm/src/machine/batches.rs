//! Batch operations, of which callout populations are the oldest kind. vendors/scfm.md, 13 and 17.

use ringback_engine::{Command, OffsetDateTime};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{
    BatchEvent, BatchKind, BatchStatus, Platform, Timer,
    faults::{Faults, Refused},
    index::{Field, Key, leaves},
    metadata::Metadata,
    phone_calls::check_request_params,
    table::Row,
};
use crate::{
    Micros,
    json::{Document, Json, Object},
};

/// Work on many records at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Batch {
    pub(crate) kind: BatchKind,
    pub(crate) callout: Option<u32>,
    pub(crate) parameters: Document,
    pub(crate) metadata: Document,
    pub(crate) status: BatchStatus,
    pub(crate) updated_at: Micros,
}

impl Batch {
    pub(crate) fn is_population(&self) -> bool {
        self.kind == BatchKind::CalloutPopulation
    }

    /// Returns the object under a name of the parameters.
    pub(crate) fn object(&self, name: &str) -> Object {
        match self.parameters.object().swap_remove(name) {
            Some(Json::Object(object)) => object,
            _ => Object::new(),
        }
    }
}

impl Row for Batch {
    fn quick_keys(&self, add: &mut dyn FnMut(Key)) {
        add(Key::number(Field::Status, self.status as u64));
    }

    fn keys(&self, add: &mut dyn FnMut(Key)) {
        add(Key::number(Field::Resource, self.kind as u64));
        if let Some(callout) = self.callout {
            add(Key::id(Field::Callout, callout));
        }
        if !self.metadata.is_empty() {
            leaves(Field::Metadata, &self.metadata.object(), add);
        }
        if !self.parameters.is_empty() {
            leaves(Field::Parameters, &self.parameters.object(), add);
        }
    }

    fn updated_at(&self) -> Micros {
        self.updated_at
    }
}

/// Adds a batch operation, or a population.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateBatch {
    /// What it does, as the request has it.
    pub kind: Option<String>,
    /// For which callout.
    pub callout: Option<u32>,
    /// What it does it with.
    pub parameters: Object,
    /// What is known of it.
    pub metadata: Metadata,
}

impl CreateBatch {
    /// A population of a callout.
    pub fn population(callout: u32, contact_filter_params: Object, metadata: Metadata) -> Self {
        let kind = Some(BatchKind::CalloutPopulation.as_str().to_owned());
        let mut parameters = Object::new();
        if !contact_filter_params.is_empty() {
            let filter = Json::Object(contact_filter_params);
            parameters.insert(CONTACT_FILTER.to_owned(), filter);
        }
        Self { kind, callout: Some(callout), parameters, metadata }
    }
}

/// Where a population's filter stands among its parameters.
pub(crate) const CONTACT_FILTER: &str = "contact_filter_params";

impl Command<Platform> for CreateBatch {
    type Outcome = Result<u32, Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let Some(kind) = self.kind.as_deref().and_then(BatchKind::of) else {
            return Err(Faults::one("type", "can't be blank"));
        };
        let callout = self.callout.filter(|id| platform.callouts.get(*id).is_some());
        if callout != self.callout && kind != BatchKind::CalloutPopulation {
            return Err(Refused::NotFound);
        }
        let mut faults = Faults::default();
        if callout.is_none() && kind == BatchKind::CalloutPopulation {
            faults.add("callout", "must exist");
        }
        let batch = Batch {
            kind,
            callout,
            parameters: Document::from(&self.parameters),
            metadata: Document::from(&self.metadata.into_value()),
            status: BatchStatus::Preview,
            updated_at: now.into(),
        };
        platform.check_batch(now, &mut faults, &batch);
        let batch = faults.settle(Some(batch))?;
        Ok(platform.batches.insert(now.into(), batch))
    }
}

/// Changes a batch operation, or a population.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateBatch {
    /// Which.
    pub id: u32,
    /// Its new parameters.
    pub parameters: Option<Object>,
    /// Its new filter, if it is a population.
    pub contact_filter_params: Option<Object>,
    /// Its new metadata.
    pub metadata: Metadata,
}

impl Command<Platform> for UpdateBatch {
    type Outcome = Result<(), Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let old = platform.batches.get(self.id).ok_or(Refused::NotFound)?;
        let before = old.parameters.object();
        let mut parameters = self.parameters.unwrap_or_else(|| before.clone());
        if let Some(filter) = self.contact_filter_params {
            parameters.insert(CONTACT_FILTER.to_owned(), Json::Object(filter));
        }
        let metadata = self.metadata.applied(&old.metadata, platform.settings.metadata_merge_mode);
        let new = Batch {
            parameters: if parameters == before {
                old.parameters.clone()
            } else {
                Document::from(&parameters)
            },
            metadata,
            ..old.clone()
        };
        let mut faults = Faults::default();
        // What was valid is not asked again: a batch operation that has run has nothing left to do.
        if parameters != before {
            platform.check_batch(now, &mut faults, &new);
        }
        let new = faults.settle(Some(new))?;
        platform.batches.change(self.id, |batch| {
            if *batch != new {
                *batch = Batch { updated_at: now.into(), ..new };
            }
        });
        Ok(())
    }
}

/// Deletes a batch operation on which nothing hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteBatch {
    /// Which.
    pub id: u32,
}

impl Command<Platform> for DeleteBatch {
    type Outcome = Result<(), Refused>;

    fn execute(self, platform: &mut Platform, _now: OffsetDateTime) -> Self::Outcome {
        platform.batches.get(self.id).ok_or(Refused::NotFound)?;
        if platform.participations.count(Key::id(Field::Population, self.id)) > 0 {
            return Err(Faults::dependent("callout participations"));
        }
        let fields = [Field::CreateBatch, Field::QueueBatch, Field::FetchBatch];
        if fields.iter().any(|field| platform.phone_calls.count(Key::id(*field, self.id)) > 0) {
            return Err(Faults::dependent("phone calls"));
        }
        platform.batches.remove(self.id);
        platform.jobs.remove(&self.id);
        Ok(())
    }
}

/// Queues a batch operation, or a population.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FireBatch {
    /// Which.
    pub id: u32,
    /// The event's name, as the request has it.
    pub event: Option<String>,
}

impl Command<Platform> for FireBatch {
    type Outcome = Result<u32, Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let batch = platform.batches.get(self.id).ok_or(Refused::NotFound)?;
        let event = self.event.as_deref().and_then(BatchEvent::of).ok_or_else(Faults::event)?;
        match (batch.status, event) {
            (BatchStatus::Preview, BatchEvent::Queue)
            | (BatchStatus::Finished, BatchEvent::Requeue) => {}
            (
                BatchStatus::Preview
                | BatchStatus::Queued
                | BatchStatus::Running
                | BatchStatus::Finished,
                BatchEvent::Queue | BatchEvent::Requeue,
            ) => return Err(Faults::event()),
        }
        platform.set_batch_status(now, self.id, BatchStatus::Queued);
        // Clients poll, and are to see that it was queued.
        platform.agenda.enter_after(now, QUEUED, Timer::RunBatch(self.id));
        Ok(self.id)
    }
}

/// How long a batch operation stays queued.
const QUEUED: Duration = Duration::milliseconds(100);

impl Platform {
    /// Transitions of populations are changes as any other; those of the later kinds do not move
    /// `updated_at`. vendors/scfm.md, 4 and 17.
    pub(crate) fn set_batch_status(&mut self, now: OffsetDateTime, id: u32, status: BatchStatus) {
        self.batches.touch(id, |batch| {
            batch.status = status;
            if batch.is_population() {
                batch.updated_at = now.into();
            }
        });
    }

    fn check_batch(&self, now: OffsetDateTime, faults: &mut Faults, batch: &Batch) {
        if batch.kind == BatchKind::PhoneCallCreate {
            let params = match batch.parameters.object().swap_remove("remote_request_params") {
                Some(Json::Object(params)) => Some(params),
                _ => None,
            };
            check_request_params(faults, params.as_ref());
        }
        let skips =
            batch.parameters.object().get("skip_validate_preview_presence").and_then(Json::text);
        if matches!(skips.as_deref(), Some("true" | "1" | "t")) {
            return;
        }
        let field = match batch.kind {
            BatchKind::CalloutPopulation => return,
            BatchKind::PhoneCallCreate => "callout_participations_preview",
            BatchKind::PhoneCallQueue | BatchKind::PhoneCallQueueRemoteFetch => {
                "phone_calls_preview"
            }
        };
        if self.preview(now, batch).is_empty() {
            faults.add(field, "can't be blank");
        }
    }
}
