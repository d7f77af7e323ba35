//! Statistics: a request leaves a key, and a while later its result can be read by it.

pub(crate) mod basic;
pub(crate) mod calls;

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ringback_engine::{Duration, OffsetDateTime};
use serde::{Deserialize, Serialize};

use super::{Pbx, Timer};
use crate::webhook::StatResult;

/// How long a result can be read; the manual promises a minute.
const KEPT: Duration = Duration::HOUR;

/// The most results that are kept; beyond that the oldest are forgotten.
const JOBS: usize = 10_000;

/// A request for statistics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wanted {
    /// Legs, as lines of text.
    Legs(basic::Query),
    /// Calls, as JSON by the day.
    Calls(calls::Query),
}

/// A request and when its result is ready.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) wanted: Wanted,
    request_id: Option<String>,
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub(crate) ready_at: OffsetDateTime,
    number: u64,
}

/// The requests whose results can be read, by their keys.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Jobs {
    by_key: BTreeMap<String, Job>,
    made: u64,
}

impl Pbx {
    /// Takes a request and returns the key of its result.
    pub(crate) fn request_stats(
        &mut self,
        now: OffsetDateTime,
        wanted: Wanted,
        request_id: Option<String>,
    ) -> String {
        let mut key = [0; 64];
        self.exchange.random().fill(&mut key);
        let key = STANDARD.encode(key);
        let delay = Duration::milliseconds(self.settings.stats_delay_ms.into());
        let ready_at = now.saturating_add(delay);
        let Jobs { by_key, made } = &mut self.jobs;
        *made += 1;
        by_key.retain(|_, job| !job.is_old(now));
        if by_key.len() >= JOBS {
            let oldest = by_key.iter().min_by_key(|(_, job)| job.number);
            let oldest = oldest.map(|(key, _)| key.clone());
            oldest.map(|key| by_key.remove(&key));
        }
        by_key.insert(key.clone(), Job { wanted, request_id, ready_at, number: *made });
        self.agenda.enter(ready_at, Timer::StatsReady { key: key.clone() });
        key
    }

    /// Returns the request of a key, ready or not.
    pub(crate) fn stats_job(&self, now: OffsetDateTime, key: &str) -> Option<&Job> {
        self.jobs.by_key.get(key).filter(|job| !job.is_old(now))
    }

    /// Returns whether the statistics of a key are being built, and an operation asks for them.
    pub(crate) fn builds_stats(&self, now: OffsetDateTime, operation: &str, key: &str) -> bool {
        let builds = |job: &Job| {
            let is_meant = match job.wanted {
                Wanted::Legs(_) => operation == "stats/result",
                Wanted::Calls(_) => operation == "stats/calls/result",
            };
            is_meant && job.ready_at > now
        };
        !self.forces(operation) && self.stats_job(now, key).is_some_and(builds)
    }

    pub(super) fn stats_ready(&mut self, now: OffsetDateTime, key: &str) {
        let Some(job) = self.jobs.by_key.get(key) else { return };
        let request_id = job.request_id.clone();
        let event = StatResult { key, request_id: request_id.as_deref() };
        self.notify(now, None, "result/stat", &event);
    }
}

impl Job {
    fn is_old(&self, now: OffsetDateTime) -> bool {
        now - self.ready_at > KEPT
    }
}
