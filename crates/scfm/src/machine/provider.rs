//! The simulated provider: takes calls over, lets the exchange carry them, and tells what happens.

mod callback;
mod wire;

use ringback_engine::OffsetDateTime;
use ringback_exchange::{
    Behaviour, Call, CallId, Dial, Distribution, Event, EventKind, FaultyRecord, HangupCause,
    LegId, Number, Origin, Outcome, Party, Role, Side,
};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{
    CallStatus, Platform, Timer,
    callouts::sim,
    index::{Field, Key},
    phone_call::PhoneCall,
    remote_events::{Details, RemoteEvent},
};
use crate::{Micros, Msisdn, json::Json};

pub(crate) use callback::{policy, signature, signature_of, test};
pub(crate) use wire::{details, queue_response};

/// What this vendor keeps with each call of the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallTag {
    /// The phone call it is.
    pub phone_call: u32,
}

/// How long the end of a call may be missing before the provider is asked.
const MISSING: Duration = Duration::minutes(10);

/// The provider's word for the beginning of a call.
pub(crate) const QUEUED: &str = "queued";

/// The provider's own line, which is an application: it picks up at once and is never busy.
fn line(number: &str) -> Party {
    Party::Service(Number::from(number))
}

impl Platform {
    /// Hands a queued call to the provider, which takes or refuses it.
    pub(crate) fn hand_over(&mut self, now: OffsetDateTime, id: u32) {
        let Some(call) = self.phone_calls.get(id).filter(|call| call.status == CallStatus::Queued)
        else {
            return;
        };
        if !self.may_go_on(call) {
            self.held.insert(id);
            return;
        }
        let forced = self.forced(call);
        let from = Self::request_param(call, "from").unwrap_or_default();
        let msisdn = call.msisdn;
        let drawn = self.exchange.random().chance(self.settings.provider.refused);
        if forced.unwrap_or(if drawn { Forced::Refused } else { Forced::Free }) == Forced::Refused {
            self.phone_calls.change(id, |call| {
                call.status = CallStatus::Errored;
                call.ended_at = Some(now.into());
                let why =
                    format!("Unable to create record: Account is not authorized to call {msisdn}.");
                call.remote_error_message = Some(why.into());
                call.remotely_queued_at = Some(now.into());
                call.updated_at = now.into();
            });
            self.follow(now, id);
            return;
        }
        let sid = self.exchange.random().uuid().to_string();
        let live = self.exchange.dial(
            now,
            Dial {
                from: line(&from),
                to: Party::Outside(Number::from(msisdn.to_string())),
                origin: Origin::Phone,
                line: Some(Number::from(&from)),
                record: false,
                keys: Vec::new(),
                behaviour: match forced {
                    Some(Forced::Behaves(behaviour)) => Some(behaviour),
                    Some(Forced::Refused | Forced::Free) | None => None,
                },
                tag: CallTag { phone_call: id },
            },
        );
        self.phone_calls.change(id, |call| {
            call.status = CallStatus::RemotelyQueued;
            call.remote_call_id = Some(sid.into());
            call.remote_status = Some(QUEUED.into());
            call.remote_direction = Some("outbound-api".into());
            call.line = Some(from.into());
            call.dialled = Some(msisdn);
            call.live = Some(live);
            call.remotely_queued_at = Some(now.into());
            call.updated_at = now.into();
        });
        self.follow(now, id);
        self.post_callback(now, id, "initiated", None);
    }

    /// What the metadata of participation or contact says of the call's outcome.
    fn forced(&self, call: &PhoneCall) -> Option<Forced> {
        let participation = call.participation.and_then(|id| self.participations.get(id));
        let contact = self.contacts.get(call.contact);
        let documents = [participation.map(|row| &row.metadata), contact.map(|row| &row.metadata)];
        let outcome = documents.into_iter().flatten().find_map(|metadata| {
            if !metadata.as_str().contains("\"sim") {
                return None;
            }
            let flat = metadata.object().get("sim.outcome").and_then(Json::text);
            flat.or_else(|| sim(metadata)?.get("outcome").and_then(Json::text))
        })?;
        let behaves = |outcome| Forced::Behaves(self.settings.provider.behaviour(outcome));
        match outcome.as_str() {
            "errored" => Some(Forced::Refused),
            "completed" | "answered" => Some(behaves(Outcome::Answer)),
            "not_answered" | "no-answer" => Some(behaves(Outcome::NoAnswer)),
            "busy" => Some(behaves(Outcome::Busy)),
            "canceled" => Some(behaves(Outcome::Cancel)),
            "failed" => Some(behaves(Outcome::Fail(HangupCause::NormalTemporaryFailure))),
            _ => None,
        }
    }

    /// The provider is asked about a call.
    pub(crate) fn fetch(&mut self, now: OffsetDateTime, id: u32) {
        let Some(call) = self.phone_calls.get(id) else { return };
        let known = || (call.remote_status.as_deref().unwrap_or(QUEUED).into(), call.duration);
        let (word, seconds) = call.lost.clone().unwrap_or_else(known);
        let answer = wire::provider_call(self, call, &word, seconds);
        self.phone_calls.touch(id, |call| {
            call.lost = None;
            call.remote_response = answer;
        });
        self.advance_call(now, id, &word, seconds);
    }

    /// Lets the platform hear of what happened in the exchange.
    pub(crate) fn follow_exchange(&mut self, event: &Event) {
        let (now, id) = (event.at, event.call);
        match &event.kind {
            EventKind::LegRinging { leg } => {
                if let Some((call, tag)) = self.called(id, *leg)
                    && call.answered_at.is_none()
                {
                    self.notify(now, tag.phone_call, "ringing", None);
                    self.begin_timeout(now, tag.phone_call);
                }
            }
            EventKind::LegAnswered { leg } => {
                if let Some((_, tag)) = self.called(id, *leg) {
                    self.notify(now, tag.phone_call, "in-progress", None);
                    self.fetch_flow(now, tag.phone_call);
                }
            }
            EventKind::CallEnded { .. } => {
                self.notify_end(now, id);
            }
            EventKind::RecordChanged => self.notify_end(now, id),
            EventKind::CallCreated
            | EventKind::LegCreated { .. }
            | EventKind::LegHeld { .. }
            | EventKind::LegResumed { .. }
            | EventKind::LegParked { .. }
            | EventKind::LegTransferred { .. }
            | EventKind::LegReturned { .. }
            | EventKind::SupervisionChanged { .. }
            | EventKind::DigitsPressed { .. }
            | EventKind::RecordingStarted
            | EventKind::RecordingStopped
            | EventKind::LegEnded { .. } => {}
        }
    }

    /// The provider tells of an end as its record shows it: late if that is, twice if it is there twice,
    /// and once more when the duration was wrong and is right.
    fn notify_end(&mut self, now: OffsetDateTime, id: CallId) {
        let Some(cdr) = self.exchange.published_record(id) else { return };
        let phone_call = cdr.tag.phone_call;
        let word = match cdr.answered_at() {
            Some(_) => "completed",
            None => wire::provider_word(cdr.cause),
        };
        let talked = cdr.answered_at().is_some();
        let seconds = talked.then(|| cdr.talk_time().as_seconds_f64().ceil() as u32);
        let doubled = self.exchange.faulty_record(id).is_some_and(FaultyRecord::is_doubled);
        let Some(call) = self.phone_calls.get(phone_call) else { return };
        let is_live = call.live == Some(id);
        let faulty = self.exchange.faulty_record(id);
        let was_wrong = faulty.is_some_and(|faulty| faulty.wrong_until.is_some());
        let is_corrected = was_wrong && seconds.is_some() && call.duration != seconds;
        if is_live {
            self.phone_calls.touch(phone_call, |call| call.live = None);
        }
        let times = match (is_live, is_corrected) {
            (true, _) => 1 + usize::from(doubled),
            (false, true) => 1,
            (false, false) => 0,
        };
        for _ in 0..times {
            self.notify(now, phone_call, word, seconds);
        }
    }

    /// Returns a live call of ours and its tag, if the leg is the first one of the called side.
    fn called(&self, id: CallId, leg: LegId) -> Option<(&Call<CallTag>, CallTag)> {
        let call = self.exchange.call(id)?;
        let is_live = self.phone_calls.get(call.tag.phone_call)?.live == Some(id);
        let is_called = |leg: &ringback_exchange::Leg| leg.role == Role::Talks(Side::B);
        let first = (0..).map(LegId).zip(&call.legs).find(|(_, leg)| is_called(leg))?.0;
        (is_live && first == leg).then_some((call, call.tag))
    }

    /// The provider tells where a call stands: an event, the call's status, a callback.
    fn notify(&mut self, now: OffsetDateTime, id: u32, word: &'static str, seconds: Option<u32>) {
        let lost = self.settings.provider.lost_events;
        if lost > 0.0 && self.exchange.random().chance(lost) {
            self.lose(now, id, word, seconds);
            return;
        }
        let Some(call) = self.phone_calls.get(id) else { return };
        let details = Details::Told { word: word.into(), seconds };
        self.add_event(now, id, call.callout, details);
        self.advance_call(now, id, word, seconds);
        self.post_callback(now, id, word, seconds);
    }

    /// An event does not arrive. Whoever asks the provider hears of it all the same.
    fn lose(&mut self, now: OffsetDateTime, id: u32, word: &str, seconds: Option<u32>) {
        // It was sent all the same: the next callback's number shows that one is missing.
        let told = self.phone_calls.get(id).is_some_and(|call| callback::is_told(self, call, word));
        self.phone_calls.touch(id, |call| {
            call.lost = Some((word.into(), seconds));
            call.callbacks += u32::from(told);
        });
        if CallStatus::InProgress.after(word).is_final() {
            self.agenda.enter_after(now, MISSING, Timer::Fetch(id));
        }
    }

    /// Sets the provider's status of a call, and the call's own by it.
    pub(crate) fn advance_call(
        &mut self,
        now: OffsetDateTime,
        id: u32,
        word: &str,
        seconds: Option<u32>,
    ) {
        let moved = self.phone_calls.touch(id, |call| {
            let before = call.status;
            call.lost = None;
            call.remote_status = Some(word.into());
            call.status = before.after(word);
            if call.status.is_final() && !before.is_final() {
                call.ended_at = Some(now.into());
            }
            if call.status == CallStatus::Completed {
                call.duration = seconds.or(call.duration);
            }
            call.updated_at = now.into();
            call.status != before
        });
        // What is told again or late changes nothing for the participation.
        if moved == Some(true) {
            self.follow(now, id);
        }
    }

    pub(crate) fn add_event(
        &mut self,
        now: OffsetDateTime,
        phone_call: u32,
        callout: Option<u32>,
        details: Details,
    ) -> u32 {
        let logic = self.phone_calls.get(phone_call).and_then(|call| self.logic_of_call(call));
        let row = RemoteEvent {
            phone_call,
            callout,
            details,
            metadata: crate::json::Document::default(),
            remote_call_id: None,
            remote_direction: None,
            call_flow_logic: logic.map(Into::into),
            updated_at: Micros::from(now),
        };
        self.events.insert(now.into(), row)
    }

    /// A ringing call that was given a timeout rings no longer than that.
    fn begin_timeout(&mut self, now: OffsetDateTime, id: u32) {
        let Some(call) = self.phone_calls.get(id) else { return };
        let seconds =
            Self::request_param(call, "timeout").and_then(|text| text.parse::<u32>().ok());
        if let Some(seconds) = seconds {
            self.agenda.enter_after(now, Duration::seconds(seconds.into()), Timer::RingTimeout(id));
        }
    }

    pub(crate) fn ring_timeout(&mut self, now: OffsetDateTime, id: u32) {
        let Some(live) = self.phone_calls.get(id).and_then(|call| call.live) else { return };
        if self.exchange.call(live).is_some_and(|call| call.answered_at.is_none()) {
            // It is live, so it can be ended.
            let _ = self.exchange.end(now, live, HangupCause::NoAnswer);
        }
    }

    /// Somebody outside has told that a call is over: the exchange's own is then, too.
    pub(crate) fn cut_off(&mut self, now: OffsetDateTime, id: u32) {
        let Some(live) = self.phone_calls.get(id).and_then(|call| call.live) else { return };
        self.phone_calls.touch(id, |call| call.live = None);
        let _ = self.exchange.end(now, live, HangupCause::ManagerRequest);
    }

    /// Somebody outside calls one of our lines: a phone call without a participation.
    pub(crate) fn ring_in(&mut self, now: OffsetDateTime, from: Msisdn, to: Number) -> CallId {
        let contact = self.contact_of(from);
        let contact = contact
            .unwrap_or_else(|| self.add_contact(now, from, crate::json::Document::default()));
        let sid = self.exchange.random().uuid().to_string();
        let call = PhoneCall {
            remote_call_id: Some(sid.into()),
            remote_status: Some(QUEUED.into()),
            remote_direction: Some("inbound".into()),
            line: Some(to.as_str().into()),
            ..PhoneCall::new(now.into(), contact, from)
        };
        let id = self.phone_calls.insert(now.into(), call);
        let answers = Behaviour::answers(Distribution::ZERO, self.settings.provider.talk);
        let live = self.exchange.dial(
            now,
            Dial {
                from: Party::Outside(Number::from(from.to_string())),
                to: line(to.as_str()),
                origin: Origin::Phone,
                line: Some(to),
                record: false,
                keys: Vec::new(),
                behaviour: Some(answers),
                tag: CallTag { phone_call: id },
            },
        );
        self.phone_calls.touch(id, |call| call.live = Some(live));
        live
    }

    fn post_callback(&mut self, now: OffsetDateTime, id: u32, word: &str, seconds: Option<u32>) {
        let Some(call) =
            self.phone_calls.get(id).filter(|call| callback::is_told(self, call, word))
        else {
            return;
        };
        let request = callback::status_callback(self, now, id, call, word, seconds);
        self.phone_calls.touch(id, |call| call.callbacks += 1);
        request.send(&mut self.outbox, now);
    }

    fn fetch_flow(&mut self, now: OffsetDateTime, id: u32) {
        if !self.settings.provider.fetch_flows {
            return;
        }
        let request = self.phone_calls.get(id).and_then(|call| callback::flow(self, id, call));
        if let Some(request) = request {
            request.send(&mut self.outbox, now);
        }
    }

    /// Returns the call of the exchange that carries a phone call, or has just carried it.
    pub(super) fn exchange_call_of(&self, id: u32) -> Option<CallId> {
        let live = self.phone_calls.get(id).and_then(|call| call.live);
        let over = || self.exchange.recent().rev().find(|call| call.tag.phone_call == id);
        live.or_else(|| over().map(|call| call.id))
    }

    /// Finds a phone call by the provider's id.
    pub(crate) fn call_of_sid(&self, sid: &str) -> Option<u32> {
        self.phone_calls.postings(Key::word(Field::RemoteCallId, sid))?.max()
    }
}

/// What somebody wants to become of a call.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Forced {
    /// The provider refuses it.
    Refused,
    /// The called party does that.
    Behaves(Behaviour),
    /// Whatever happens.
    Free,
}
