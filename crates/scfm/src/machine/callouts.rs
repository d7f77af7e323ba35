//! Callouts, their events, and their statistics.

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{ChangeKind, ChangedPart};
use serde::{Deserialize, Serialize};

use super::{
    CallStatus, CalloutEvent, CalloutStatus, Platform,
    faults::{Faults, Refused},
    index::{Field, Key, leaves},
    metadata::Metadata,
    table::{Condition, Row},
};
use crate::{
    Micros,
    json::{Document, Json},
};

/// A campaign: participations, and whether they are called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Callout {
    pub(crate) status: CalloutStatus,
    pub(crate) call_flow_logic: Option<Box<str>>,
    pub(crate) metadata: Document,
    pub(crate) updated_at: Micros,
}

impl Row for Callout {
    fn quick_keys(&self, add: &mut dyn FnMut(Key)) {
        add(Key::number(Field::Status, self.status as u64));
    }

    fn keys(&self, add: &mut dyn FnMut(Key)) {
        if let Some(logic) = &self.call_flow_logic {
            add(Key::word(Field::CallFlowLogic, logic));
        }
        if !self.metadata.is_empty() {
            leaves(Field::Metadata, &self.metadata.object(), add);
        }
    }

    fn updated_at(&self) -> Micros {
        self.updated_at
    }
}

/// Adds a callout.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateCallout {
    /// What is known of it.
    pub metadata: Metadata,
    /// What answers its calls.
    pub call_flow_logic: Option<String>,
}

impl Command<Platform> for CreateCallout {
    type Outcome = Result<u32, Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let mut faults = Faults::default();
        let logic = platform.logic(&mut faults, self.call_flow_logic);
        let call_flow_logic = faults.settle(Some(logic))?.flatten();
        let metadata = Document::from(&self.metadata.into_value());
        let status = CalloutStatus::Initialized;
        let callout = Callout { status, call_flow_logic, metadata, updated_at: now.into() };
        let id = platform.callouts.insert(now.into(), callout);
        platform.exchange.note_change(ChangedPart::Campaign, ChangeKind::Added, id);
        Ok(id)
    }
}

/// Changes a callout.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateCallout {
    /// Which.
    pub id: u32,
    /// Its new metadata.
    pub metadata: Metadata,
    /// What answers its calls; nothing of its own if empty.
    pub call_flow_logic: Option<String>,
}

impl Command<Platform> for UpdateCallout {
    type Outcome = Result<(), Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let old = platform.callouts.get(self.id).ok_or(Refused::NotFound)?;
        let mut faults = Faults::default();
        let logic = platform.logic(&mut faults, self.call_flow_logic);
        let logic = faults.settle(Some(logic))?;
        let metadata = self.metadata.applied(&old.metadata, platform.settings.metadata_merge_mode);
        let limits = platform.limits(self.id);
        platform.callouts.change(self.id, |callout| {
            let call_flow_logic = logic.unwrap_or_else(|| callout.call_flow_logic.clone());
            let new = Callout { call_flow_logic, metadata, ..callout.clone() };
            if *callout != new {
                *callout = Callout { updated_at: now.into(), ..new };
            }
        });
        platform.exchange.note_change(ChangedPart::Campaign, ChangeKind::Changed, self.id);
        if platform.limits(self.id) != limits {
            platform.rest_again(now, self.id);
        }
        platform.wake(now);
        Ok(())
    }
}

/// Deletes a callout without participations and populations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteCallout {
    /// Which.
    pub id: u32,
}

impl Command<Platform> for DeleteCallout {
    type Outcome = Result<(), Refused>;

    fn execute(self, platform: &mut Platform, _now: OffsetDateTime) -> Self::Outcome {
        platform.callouts.get(self.id).ok_or(Refused::NotFound)?;
        let callout = Key::id(Field::Callout, self.id);
        if platform.participations.count(callout) > 0 {
            return Err(Faults::dependent("callout participations"));
        }
        let mut batches = platform.batches.ids(callout).peekable();
        if batches.peek().is_some() {
            let population =
                |id| platform.batches.get(id).is_some_and(|batch| batch.is_population());
            let what =
                if batches.any(population) { "callout populations" } else { "batch operations" };
            return Err(Faults::dependent(what));
        }
        drop(batches);
        platform.callouts.remove(self.id);
        platform.exchange.note_change(ChangedPart::Campaign, ChangeKind::Removed, self.id);
        Ok(())
    }
}

/// Starts, pauses, resumes or stops a callout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FireCallout {
    /// Which.
    pub id: u32,
    /// The event's name, as the request has it.
    pub event: Option<String>,
}

impl Command<Platform> for FireCallout {
    type Outcome = Result<u32, Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let callout = platform.callouts.get(self.id).ok_or(Refused::NotFound)?;
        let event = self.event.as_deref().and_then(CalloutEvent::of);
        let status = event.and_then(|event| callout.status.after(event));
        let status = status.ok_or_else(Faults::event)?;
        platform.callouts.touch(self.id, |callout| {
            callout.status = status;
            callout.updated_at = now.into();
        });
        platform.exchange.note_change(ChangedPart::Campaign, ChangeKind::Changed, self.id);
        if status == CalloutStatus::Running {
            platform.release(now, self.id);
            platform.wake(now);
        }
        Ok(self.id)
    }
}

/// A callout in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// Where the callout stands.
    pub status: CalloutStatus,
    /// How many take part.
    pub participations: u64,
    /// How many of them have no call, or a newest one after which they are called again; not those
    /// that were called as often as they may.
    pub remaining: u64,
    /// How many calls there are of each status.
    pub calls: [u64; CallStatus::ALL.len()],
}

impl Statistics {
    /// Returns how many calls have a status.
    pub fn of(&self, status: CallStatus) -> u64 {
        self.calls.get(status as usize).copied().unwrap_or(0)
    }

    /// Returns the fields on the wire, in their order.
    pub(crate) fn figures(&self) -> [(&'static str, u64); 15] {
        let of = |status| self.of(status);
        let [queued, progressing] = [CallStatus::RemotelyQueued, CallStatus::InProgress].map(of);
        let completed = self.participations.saturating_sub(self.remaining);
        [
            ("callout_participations", self.participations),
            ("callout_participations_remaining", self.remaining),
            ("callout_participations_completed", completed),
            ("calls_completed", of(CallStatus::Completed)),
            ("calls_initialized", of(CallStatus::Created)),
            ("calls_scheduling", of(CallStatus::Queued)),
            ("calls_fetching_status", of(CallStatus::RemoteFetchQueued)),
            ("calls_waiting_for_completion", queued + progressing),
            ("calls_queued", queued),
            ("calls_in_progress", progressing),
            ("calls_errored", of(CallStatus::Errored)),
            ("calls_failed", of(CallStatus::Failed)),
            ("calls_busy", of(CallStatus::Busy)),
            ("calls_not_answered", of(CallStatus::NotAnswered)),
            ("calls_canceled", of(CallStatus::Canceled)),
        ]
    }
}

/// What a callout's metadata says of its calls under the key `sim`.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Limits {
    pub(crate) capacity: Option<u64>,
    pub(crate) max_calls: Option<u64>,
    pub(crate) retry_delay_seconds: Option<f64>,
}

impl Platform {
    /// Returns a callout in figures.
    pub fn statistics(&self, callout: u32) -> Option<Statistics> {
        let status = self.callouts.get(callout)?.status;
        let of_callout = Key::id(Field::Callout, callout);
        // Nobody calls those again who were called often enough. (field report, S12)
        let remaining = [
            Condition::Has(of_callout),
            Condition::Any(self.remaining_keys()),
            Condition::Lacks(Key::number(Field::Exhausted, 1)),
        ];
        let calls = |status: &CallStatus| {
            let of_status = Key::number(Field::Status, status.code());
            let both = [Condition::Has(of_callout), Condition::Has(of_status)];
            self.phone_calls.select(&both).total()
        };
        let mut figures = [0; CallStatus::ALL.len()];
        for (figure, status) in figures.iter_mut().zip(CallStatus::ALL) {
            *figure = calls(status);
        }
        Some(Statistics {
            status,
            participations: self.participations.count(of_callout),
            remaining: self.participations.select(&remaining).total(),
            calls: figures,
        })
    }

    /// The keys of participations that remain to be called, unless they were called often enough.
    pub(crate) fn remaining_keys(&self) -> Vec<Key> {
        let again = self.settings.callout_participation_retry_statuses.iter();
        let codes = std::iter::once(0).chain(again.map(|status| status.code()));
        codes.map(|code| Key::number(Field::LastAttempt, code)).collect()
    }

    pub(crate) fn limits(&self, callout: u32) -> Limits {
        let metadata = self.callouts.get(callout).map(|callout| &callout.metadata);
        let Some(sim) = metadata.and_then(sim) else {
            return Limits::default();
        };
        // What is no finite number from 0 up is as if it were not there.
        let number = |name: &str| {
            let number = sim.get(name).and_then(Json::text)?.trim().parse::<f64>().ok();
            number.filter(|number| number.is_finite() && *number >= 0.0)
        };
        Limits {
            capacity: number("capacity").map(|calls| calls as u64),
            max_calls: number("max_calls").map(|calls| calls as u64),
            retry_delay_seconds: number("retry_delay"),
        }
    }

    /// Reads a name of call flow logic: `None` if none is given, nothing inside if it is empty.
    pub(crate) fn logic(
        &self,
        faults: &mut Faults,
        given: Option<String>,
    ) -> Option<Option<Box<str>>> {
        let given = given?;
        if !given.is_empty() && !self.settings.is_registered(&given) {
            faults.add("call_flow_logic", "is not included in the list");
        }
        Some((!given.is_empty()).then(|| given.into_boxed_str()))
    }
}

/// Returns the object under `sim` of some metadata.
pub(crate) fn sim(metadata: &Document) -> Option<crate::json::Object> {
    // Most metadata says nothing of the simulation, and is not read for it.
    if !metadata.as_str().contains("\"sim\"") {
        return None;
    }
    match metadata.object().swap_remove("sim") {
        Some(Json::Object(sim)) => Some(sim),
        _ => None,
    }
}
