//! Phone calls: what the API does to them. What becomes of them is the provider's business.

use ringback_engine::{Command, OffsetDateTime};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{
    CallEvent, CallStatus, Platform, Timer,
    faults::{Faults, Refused},
    index::{Field, Key},
    metadata::Metadata,
    participations::Rest,
    phone_call::PhoneCall,
};
use crate::json::{Document, Json, Object};

/// What can be asked of the provider for a call.
const REQUEST_PARAMS: &[&str] = &[
    "to",
    "from",
    "url",
    "method",
    "application_sid",
    "fallback_url",
    "fallback_method",
    "status_callback",
    "status_callback_event",
    "status_callback_method",
    "send_digits",
    "if_machine",
    "timeout",
    "record",
    "recording_channels",
    "recording_status_callback",
    "recording_status_callback_method",
    "sip_auth_username",
    "sip_auth_password",
    "machine_detection",
    "machine_detection_timeout",
];

/// Notes what is wrong with the parameters for the provider.
pub(crate) fn check_request_params(faults: &mut Faults, params: Option<&Object>) {
    match params {
        None => faults.add("remote_request_params", "can't be blank"),
        Some(params) if params.is_empty() => {
            faults.add("remote_request_params", "can't be blank");
        }
        Some(params) => {
            if !params.keys().all(|name| REQUEST_PARAMS.contains(&name.as_str())) {
                faults.add("remote_request_params", "is not included in the list");
            }
        }
    }
}

/// Makes a phone call that waits to be queued.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CreatePhoneCall {
    /// To which participation.
    pub participation: u32,
    /// What is asked of the provider.
    pub remote_request_params: Option<Object>,
    /// The number to call instead of the participation's.
    pub msisdn: Option<String>,
    /// What answers it.
    pub call_flow_logic: Option<String>,
    /// What is known of it.
    pub metadata: Metadata,
}

impl Command<Platform> for CreatePhoneCall {
    type Outcome = Result<u32, Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let participation =
            platform.participations.get(self.participation).ok_or(Refused::NotFound)?;
        let mut faults = Faults::default();
        let msisdn = match &self.msisdn {
            Some(text) => faults.msisdn(text),
            None => Some(participation.msisdn),
        };
        check_request_params(&mut faults, self.remote_request_params.as_ref());
        let logic = platform.logic(&mut faults, self.call_flow_logic);
        let (msisdn, params) = faults.settle(msisdn.zip(self.remote_request_params))?;
        let call = PhoneCall {
            call_flow_logic: logic.flatten(),
            metadata: Document::from(&self.metadata.into_value()),
            remote_request_params: Document::from(&params),
            msisdn,
            ..PhoneCall::new(now.into(), participation.contact, msisdn)
        };
        Ok(platform.add_phone_call(now, self.participation, call))
    }
}

/// Changes a phone call; what becomes of it cannot be changed so.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdatePhoneCall {
    /// Which.
    pub id: u32,
    /// What is asked of the provider.
    pub remote_request_params: Option<Object>,
    /// The number to call.
    pub msisdn: Option<String>,
    /// What answers it; nothing of its own if empty.
    pub call_flow_logic: Option<String>,
    /// Its new metadata.
    pub metadata: Metadata,
}

impl Command<Platform> for UpdatePhoneCall {
    type Outcome = Result<(), Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let old = platform.phone_calls.get(self.id).ok_or(Refused::NotFound)?;
        let mut faults = Faults::default();
        let msisdn = match &self.msisdn {
            Some(text) => faults.msisdn(text),
            None => Some(old.msisdn),
        };
        if self.remote_request_params.is_some() {
            check_request_params(&mut faults, self.remote_request_params.as_ref());
        }
        let logic = platform.logic(&mut faults, self.call_flow_logic);
        let msisdn = faults.settle(msisdn)?;
        let metadata = self.metadata.applied(&old.metadata, platform.settings.metadata_merge_mode);
        platform.phone_calls.change(self.id, |call| {
            let params = self.remote_request_params.filter(|new| {
                // The same object with its keys in another order is the same.
                call.remote_request_params.object() != *new
            });
            let params = params.as_ref().map(Document::from);
            let new = PhoneCall {
                msisdn,
                metadata,
                call_flow_logic: logic.unwrap_or_else(|| call.call_flow_logic.clone()),
                remote_request_params: params.unwrap_or_else(|| call.remote_request_params.clone()),
                ..call.clone()
            };
            if *call != new {
                *call = PhoneCall { updated_at: now.into(), ..new };
            }
        });
        Ok(())
    }
}

/// Deletes a phone call to which nothing has happened yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletePhoneCall {
    /// Which.
    pub id: u32,
}

impl Command<Platform> for DeletePhoneCall {
    type Outcome = Result<(), Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let call = platform.phone_calls.get(self.id).ok_or(Refused::NotFound)?;
        if call.status != CallStatus::Created {
            let why = format!("Cannot delete record because status is {}", call.status.as_str());
            return Err(Faults::one("base", &why));
        }
        if platform.events.count(Key::id(Field::PhoneCall, self.id)) > 0 {
            return Err(Faults::dependent("remote phone call events"));
        }
        let participation = call.participation;
        platform.phone_calls.remove(self.id);
        platform.held.remove(&self.id);
        if let Some(participation) = participation {
            let calls = platform.phone_calls.postings(Key::id(Field::Participation, participation));
            let newest = calls.and_then(|calls| calls.max());
            let last = newest.and_then(|id| platform.phone_calls.get(id)).map(|call| call.status);
            platform.participations.touch(participation, |row| {
                row.newest = newest;
                row.last = last;
                row.calls = row.calls.saturating_sub(1);
            });
            platform.rest(now, participation);
        }
        // It counts against no limit any more, so a run that waits for one need not.
        if let Some(due) = platform.next_run.take() {
            platform.agenda.strike(due);
        }
        platform.wake(now);
        Ok(())
    }
}

/// Queues a phone call, or asks the provider about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirePhoneCall {
    /// Which.
    pub id: u32,
    /// The event's name, as the request has it.
    pub event: Option<String>,
}

impl Command<Platform> for FirePhoneCall {
    type Outcome = Result<u32, Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        platform.phone_calls.get(self.id).ok_or(Refused::NotFound)?;
        let done = match self.event.as_deref().and_then(CallEvent::of) {
            Some(CallEvent::Queue) => platform.queue(now, self.id, None),
            Some(CallEvent::QueueRemoteFetch) => platform.queue_remote_fetch(now, self.id, None),
            None => false,
        };
        if done { Ok(self.id) } else { Err(Faults::event()) }
    }
}

impl Platform {
    pub(crate) fn add_phone_call(
        &mut self,
        now: OffsetDateTime,
        participation: u32,
        call: PhoneCall,
    ) -> u32 {
        let callout = self.participations.get(participation).map(|row| row.callout);
        let call = PhoneCall { participation: Some(participation), callout, ..call };
        let id = self.phone_calls.insert(now.into(), call);
        self.participations.touch(participation, |row| {
            row.newest = Some(id);
            row.last = Some(CallStatus::Created);
            row.rest = Rest::No;
            row.calls = row.calls.saturating_add(1);
        });
        id
    }

    /// Queues a call by order of the API or of a batch operation; whether its callout runs is no
    /// matter then.
    pub(crate) fn queue(&mut self, now: OffsetDateTime, id: u32, batch: Option<u32>) -> bool {
        let status = self.phone_calls.get(id).map(|call| call.status);
        if status != Some(CallStatus::Created) {
            return false;
        }
        self.held.remove(&id);
        self.phone_calls.change(id, |call| {
            call.status = CallStatus::Queued;
            call.by_dialler = false;
            call.queue_batch = batch.or(call.queue_batch);
            call.updated_at = now.into();
        });
        self.follow(now, id);
        self.soon(now, 0.1, 2.0, Timer::HandOver(id));
        true
    }

    /// Has the provider be asked about a call.
    pub(crate) fn queue_remote_fetch(
        &mut self,
        now: OffsetDateTime,
        id: u32,
        batch: Option<u32>,
    ) -> bool {
        let can = |call: &PhoneCall| {
            call.status == CallStatus::RemotelyQueued && call.remote_call_id.is_some()
        };
        if !self.phone_calls.get(id).is_some_and(can) {
            return false;
        }
        self.phone_calls.change(id, |call| {
            call.status = CallStatus::RemoteFetchQueued;
            call.fetch_batch = batch.or(call.fetch_batch);
            call.updated_at = now.into();
        });
        self.follow(now, id);
        self.soon(now, 0.1, 1.0, Timer::Fetch(id));
        true
    }

    /// Enters something due after a drawn number of seconds.
    pub(crate) fn soon(&mut self, now: OffsetDateTime, least: f64, most: f64, task: Timer) {
        let seconds = least + (most - least) * self.exchange.random().fraction();
        let length = Duration::milliseconds((seconds * 1_000.0) as i64);
        self.agenda.enter_after(now, length, task);
    }

    /// Returns the flow of a call: its own, its participation's, or its callout's.
    pub(crate) fn logic_of_call<'a>(&'a self, call: &'a PhoneCall) -> Option<&'a str> {
        let of_participation = || {
            let row = self.participations.get(call.participation?)?;
            self.logic_of_participation(row)
        };
        call.call_flow_logic.as_deref().or_else(of_participation)
    }

    /// Returns what a parameter for the provider says.
    pub(crate) fn request_param(call: &PhoneCall, name: &str) -> Option<String> {
        // Most calls have few parameters; those that do not even mention the name are not read.
        if !call.remote_request_params.as_str().contains(name) {
            return None;
        }
        call.remote_request_params.object().get(name).and_then(Json::text)
    }
}
