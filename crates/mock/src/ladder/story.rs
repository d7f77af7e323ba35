//! What there is to draw: the call's legs and timeline, and its webhooks.

use std::collections::BTreeMap;

use ringback_engine::{Duration, OffsetDateTime};
use ringback_exchange::{
    Call, CallId, Cdr, Event, EventKind, HangupCause, Leg, LegId, Origin, Party, Role, Side,
    Supervision,
};
use serde_json::{Value, json};

use super::{Band, LANES, Ladder, Lane, LaneKind, Line, Row, Stretch, Tone};
use crate::{
    World,
    matching::names::EVENTS,
    view::Owner,
    webhook::{Attempt, Delivery, DeliveryState},
};

/// The most webhooks of one call that are drawn.
const DELIVERIES: usize = 500;

pub(super) fn tell<W: World>(world: &W, owner: &Owner<'_>, id: CallId) -> Option<Ladder> {
    let exchange = world.exchange();
    let cdr = exchange.history().get(id);
    let recent = || exchange.recent().rev().find(|call| call.id == id);
    let mut story = Story::new(world, owner, id);
    match exchange.call(id).or_else(recent) {
        Some(call) => story.call(call, cdr.and_then(|cdr| cdr.hung_up_by)),
        None => story.record(world, cdr?),
    }
    Some(story.finish())
}

struct Story<'a> {
    ladder: Ladder,
    deliveries: Vec<&'a Delivery>,
    /// Between a delivery's attempts, in simulated seconds.
    pauses: &'a [u32],
    exchange: usize,
    /// The lanes of parties.
    parties: BTreeMap<Party, usize>,
}

impl<'a> Story<'a> {
    fn new<W: World>(world: &'a W, owner: &Owner<'_>, id: CallId) -> Self {
        let deliveries = world.outbox().into_iter().flat_map(|outbox| outbox.of_call(id));
        let deliveries: Vec<&Delivery> = deliveries.take(DELIVERIES).collect();
        let pauses = world.outbox().map_or(&[][..], |outbox| &outbox.policy().retries);
        let mut lanes: Vec<Lane> = Vec::new();
        for delivery in &deliveries {
            let title = receiver(&delivery.url);
            if lanes.iter().all(|lane| lane.title != title) && lanes.len() < LANES {
                lanes.push(Lane { kind: LaneKind::Receiver, title });
            }
        }
        let exchange = lanes.len();
        lanes.push(Lane { kind: LaneKind::Exchange, title: "Ringback".to_owned() });
        let ladder = Ladder {
            id: owner.call_id(id),
            vendor: owner.vendor.to_owned(),
            title: String::new(),
            lanes,
            rows: Vec::new(),
            media: Vec::new(),
            recorded: Vec::new(),
            legs: Vec::new(),
            omitted: 0,
            is_whole: true,
        };
        Self { ladder, deliveries, pauses, exchange, parties: BTreeMap::new() }
    }

    /// Returns the lane of a party, a new one the first time.
    fn lane(&mut self, party: &Party) -> usize {
        if let Some(lane) = self.parties.get(party) {
            return *lane;
        }
        let kind = match party {
            Party::Extension(_) => LaneKind::Extension,
            Party::Outside(_) => LaneKind::Outside,
            Party::Service(_) => LaneKind::Service,
        };
        let lanes = &mut self.ladder.lanes;
        if self.parties.len() < LANES {
            lanes.push(Lane { kind, title: party.number().to_string() });
        } else if let Some(last) = lanes.last_mut() {
            "others".clone_into(&mut last.title);
        }
        let lane = lanes.len().saturating_sub(1);
        self.parties.insert(party.clone(), lane);
        lane
    }

    fn row(&mut self, row: Row) {
        self.ladder.rows.push(row);
    }

    fn call<T>(&mut self, call: &Call<T>, hung_up_by: Option<Side>) {
        let lanes: Vec<usize> = call.legs.iter().map(|leg| self.lane(&leg.party)).collect();
        let lane = |leg: LegId| lanes.get(usize::from(leg.0)).copied();
        for (leg, (of, lane)) in (0..).map(LegId).zip(call.legs.iter().zip(&lanes)) {
            self.ladder.legs.push(Line {
                leg,
                lane: *lane,
                whole: Stretch { from: of.created_at, to: of.ended_at },
                answered_at: of.answered_at,
                held: held(&call.timeline, leg),
            });
        }
        for event in &call.timeline {
            self.event(call, &lanes, event, hung_up_by);
        }
        let name = |leg: LegId| {
            call.leg(leg).map_or_else(String::new, |leg| leg.party.number().to_string())
        };
        for heard in call.heard() {
            let ends = heard.voices.iter().flat_map(|(speaker, listener)| [*speaker, *listener]);
            let lanes: Vec<usize> = ends.filter_map(lane).collect();
            let (Some(first), Some(last)) = (lanes.iter().min(), lanes.iter().max()) else {
                continue;
            };
            self.ladder.media.push(Band {
                stretch: Stretch { from: heard.from, to: heard.to },
                lanes: (*first, *last),
                label: voices(&heard.voices, &name),
                voices: heard.voices,
            });
        }
        let done = call.recorded.iter().map(|span| Stretch { from: span.from, to: Some(span.to) });
        let going = call.recording_since.map(|from| Stretch { from, to: None });
        self.ladder.recorded = done.chain(going).collect();
        let end = call.timeline.iter().rev().find_map(|event| {
            let EventKind::CallEnded { cause } = &event.kind else { return None };
            Some(cause.freeswitch())
        });
        let (from, to) = (call.from.number().as_str(), call.to.number().as_str());
        self.title(from, to, json!(call.direction), end.unwrap_or("live"));
    }

    /// Tells a call of which there is the record alone.
    fn record<W: World>(&mut self, world: &W, cdr: &Cdr<W::Tag>) {
        let exchange = world.exchange();
        let [from, to] = [&cdr.from, &cdr.to].map(|number| exchange.party(number));
        let lanes = [self.lane(&from), self.lane(&to)];
        let [near, far] = lanes;
        let pbx = self.exchange;
        self.ladder.is_whole = false;
        let dials = format!("dials {}", cdr.to);
        self.row(Row::new(cdr.created_at(), "dialled", (near, pbx), dials, Tone::Plain));
        if let Some(at) = cdr.ringing_at() {
            self.row(Row::new(at, "leg_ringing", (far, pbx), "ringing", Tone::Faint));
        }
        if let Some(at) = cdr.answered_at() {
            self.row(Row::new(at, "leg_answered", (far, pbx), "answered", Tone::Good));
            let stretch = Stretch { from: at, to: Some(cdr.ended_at()) };
            let voices = vec![(LegId(0), LegId(1)), (LegId(1), LegId(0))];
            let label = format!("{} \u{21c4} {}", cdr.from, cdr.to);
            let lanes = (near.min(far), near.max(far));
            self.ladder.media.push(Band { stretch, voices, label, lanes });
        }
        let end = format!("ended: {}", cdr.cause);
        self.row(Row::new(cdr.ended_at(), "call_ended", (pbx, pbx), end, ended(cdr.cause)));
        let recorded = cdr.recorded().map(|span| Stretch { from: span.from, to: Some(span.to) });
        self.ladder.recorded = recorded.collect();
        let answered = [Some(cdr.created_at()), cdr.answered_at()];
        for ((leg, lane), answered_at) in (0..).map(LegId).zip(lanes).zip(answered) {
            let whole = Stretch { from: cdr.created_at(), to: Some(cdr.ended_at()) };
            self.ladder.legs.push(Line { leg, lane, whole, answered_at, held: Vec::new() });
        }
        let (from, to) = (cdr.from.as_str(), cdr.to.as_str());
        self.title(from, to, json!(cdr.direction), cdr.cause.freeswitch());
    }

    fn title(&mut self, from: &str, to: &str, direction: Value, end: &str) {
        let direction = direction.as_str().unwrap_or_default().to_owned();
        let id = &self.ladder.id;
        self.ladder.title = format!("{id}: {from} \u{2192} {to}, {direction}, {end}");
    }

    fn event<T>(
        &mut self,
        call: &Call<T>,
        lanes: &[usize],
        event: &Event,
        hung_up_by: Option<Side>,
    ) {
        let (at, pbx) = (event.at, self.exchange);
        let lane = |leg: LegId| lanes.get(usize::from(leg.0)).copied().unwrap_or(pbx);
        let number = |leg: LegId| call.leg(leg).map_or("", |leg| leg.party.number().as_str());
        let word = json!(event.kind);
        let kind = EVENTS.iter().find(|known| word.get("event") == Some(&json!(known)));
        let kind = kind.copied().unwrap_or("event");
        let (ends, label, tone) = match &event.kind {
            EventKind::CallCreated => ((pbx, pbx), "call created".to_owned(), Tone::Faint),
            EventKind::LegCreated { leg } => {
                let Some(of) = call.leg(*leg) else { return };
                match dials_itself(call, *leg, of) {
                    true => {
                        let label = format!("dials {}", call.to.number());
                        ((lane(*leg), pbx), label, Tone::Plain)
                    }
                    false => ((pbx, lane(*leg)), calls(of).to_owned(), Tone::Plain),
                }
            }
            EventKind::LegRinging { leg } => ((lane(*leg), pbx), "ringing".to_owned(), Tone::Faint),
            EventKind::LegAnswered { leg } => {
                let dialled = call.leg(*leg).is_some_and(|of| dials_itself(call, *leg, of));
                if dialled {
                    return;
                }
                ((lane(*leg), pbx), "answered".to_owned(), Tone::Good)
            }
            EventKind::LegHeld { leg } => ((pbx, lane(*leg)), "hold".to_owned(), Tone::Plain),
            EventKind::LegResumed { leg } => ((pbx, lane(*leg)), "resume".to_owned(), Tone::Plain),
            EventKind::LegParked { leg } => ((pbx, lane(*leg)), "park".to_owned(), Tone::Plain),
            EventKind::LegTransferred { leg, to } => {
                let to = to.map_or("a service", &number);
                let label = format!("transfer: {} to {to}", number(*leg));
                ((pbx, pbx), label, Tone::Plain)
            }
            EventKind::LegReturned { leg, to } => {
                let label = format!("{} goes back to {}", number(*leg), number(*to));
                ((pbx, pbx), label, Tone::Plain)
            }
            EventKind::SupervisionChanged { leg, supervision } => {
                ((pbx, lane(*leg)), supervises(*supervision).to_owned(), Tone::Plain)
            }
            EventKind::DigitsPressed { leg, digits } => {
                ((lane(*leg), pbx), format!("keys {digits}"), Tone::Plain)
            }
            EventKind::RecordingStarted => ((pbx, pbx), "recording on".to_owned(), Tone::Plain),
            EventKind::RecordingStopped => ((pbx, pbx), "recording off".to_owned(), Tone::Plain),
            EventKind::LegEnded { leg, cause } => {
                let by_party = call.leg(*leg).is_some_and(|of| ends_itself(of, *cause, hung_up_by));
                let ends = if by_party { (lane(*leg), pbx) } else { (pbx, lane(*leg)) };
                (ends, cause.freeswitch().to_owned(), ended(*cause))
            }
            EventKind::CallEnded { cause } => {
                ((pbx, pbx), format!("ended: {cause}"), ended(*cause))
            }
            EventKind::RecordChanged => ((pbx, pbx), "record changed".to_owned(), Tone::Plain),
        };
        let named = |name: &str| word.get(name).cloned().unwrap_or_default();
        let leg = named("leg").as_u64().and_then(|leg| u16::try_from(leg).ok()).map(LegId);
        let more = json!({
            "digits": named("digits"),
            "cause": named("cause"),
            "supervision": named("supervision"),
        });
        self.row(Row { leg, more, ..Row::new(at, kind, ends, label, tone) });
    }

    /// Puts the webhooks between what happened, and all of it into the order of time.
    fn finish(mut self) -> Ladder {
        let deliveries = std::mem::take(&mut self.deliveries);
        // Of a lane one is under way at a time.
        let mut free: BTreeMap<u64, OffsetDateTime> = BTreeMap::new();
        for delivery in &deliveries {
            let from = free
                .get(&delivery.lane)
                .map_or(delivery.created_at, |free| delivery.created_at.max(*free));
            free.insert(delivery.lane, self.delivery(delivery, from));
        }
        // What happens at one moment stays in its order, and webhooks come behind it.
        self.ladder.rows.sort_by_key(|row| row.at);
        self.ladder.shorten();
        self.ladder
    }

    /// Tells a delivery that may be tried from a moment on, and returns when the next one may.
    ///
    /// Attempts stand where they were made. With a clock that stands or jumps that is where they were due:
    /// what receivers took to answer is real time, and not on this line.
    fn delivery(&mut self, delivery: &Delivery, from: OffsetDateTime) -> OffsetDateTime {
        let title = receiver(&delivery.url);
        let receivers = self.ladder.lanes.iter().take(self.exchange);
        let known = receivers.clone().position(|lane| lane.title == title);
        let lane = known.unwrap_or(receivers.len().saturating_sub(1));
        let id = delivery.id.0;
        let ends = (self.exchange, lane);
        // One that is held back by time alone goes when that is over; others say when they were made.
        let held = delivery.hold.filter(|hold| hold.overtaken_by.is_none());
        let from = held.map_or(from, |hold| from.max(hold.until));
        if delivery.attempts.is_empty() {
            let is_dropped = delivery.state == DeliveryState::Dropped;
            let (kind, word, tone) = match is_dropped {
                true => ("dropped", "dropped", Tone::Bad),
                false => ("delivery", "waits", Tone::Faint),
            };
            let more = json!({
                "delivery": id,
                "event": delivery.event,
                "state": delivery.state,
                "reason": delivery.reason,
            });
            let row = Row::new(from, kind, ends, format!("{} ({word})", delivery.event), tone);
            self.row(Row { more, ..row });
            return from;
        }
        let (last, mut at) = (delivery.attempts.len(), from);
        for (number, attempt) in (1_usize..).zip(&delivery.attempts) {
            let pause = number.checked_sub(2).and_then(|place| self.pauses.get(place));
            if let Some(pause) = pause {
                at = at.saturating_add(Duration::seconds((*pause).into()));
            }
            at = attempt.at.unwrap_or(at);
            let has_failed = number == last && delivery.state == DeliveryState::Failed;
            let label = attempted(delivery, attempt, number, has_failed);
            let tone = if attempt.acknowledged() { Tone::Good } else { Tone::Bad };
            let more = json!({
                "delivery": id,
                "event": delivery.event,
                "state": delivery.state,
                "attempt": number,
                "status": attempt.status,
                "error": attempt.error,
                "took_ms": attempt.took_ms,
            });
            self.row(Row { more, ..Row::new(at, "attempt", ends, label, tone) });
        }
        at
    }
}

fn attempted(delivery: &Delivery, attempt: &Attempt, number: usize, has_failed: bool) -> String {
    let went = match (attempt.status, &attempt.error) {
        (Some(status), _) => status.to_string(),
        (None, Some(error)) => error.split(':').next().unwrap_or_default().to_owned(),
        (None, None) => "no answer".to_owned(),
    };
    let again = if number > 1 { format!(", try {number}") } else { String::new() };
    let end = if has_failed { ", given up" } else { "" };
    format!("{}{again} \u{2192} {went}{end}", delivery.event)
}

/// Returns the host and the port of an address.
fn receiver(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit_once('@').map_or(host, |(_, host)| host).to_owned()
}

/// Returns the stretches in which a leg was on hold or waited alone.
fn held(timeline: &[Event], wanted: LegId) -> Vec<Stretch> {
    let mut held: Vec<Stretch> = Vec::new();
    for event in timeline {
        let begins = matches!(
            &event.kind,
            EventKind::LegHeld { leg } | EventKind::LegParked { leg } if *leg == wanted
        );
        let ends = matches!(
            &event.kind,
            EventKind::LegResumed { leg }
            | EventKind::LegEnded { leg, .. }
            | EventKind::LegTransferred { leg, .. } if *leg == wanted
        );
        let open = held.last_mut().filter(|stretch| stretch.to.is_none());
        if let Some(open) = open.filter(|_| begins || ends) {
            open.to = Some(event.at);
        }
        if begins {
            held.push(Stretch { from: event.at, to: None });
        }
    }
    held
}

/// Returns whether a leg is of whoever placed the call on a phone of their own.
fn dials_itself<T>(call: &Call<T>, leg: LegId, of: &Leg) -> bool {
    call.origin == Origin::Phone && leg == LegId(0) && of.answered_at == Some(of.created_at)
}

fn calls(leg: &Leg) -> &'static str {
    match (leg.first_role(), &leg.party) {
        (Role::Talks(_), _) => "dial",
        (Role::Serves(_), _) => "enter",
        (Role::Consults(_), _) => "dial (consult)",
        (Role::Supervises(part), _) => match part {
            Supervision::Listen => "dial (listen)",
            Supervision::Whisper => "dial (whisper)",
            Supervision::Barge => "dial (barge)",
        },
    }
}

fn supervises(part: Supervision) -> &'static str {
    match part {
        Supervision::Listen => "listens from now on",
        Supervision::Whisper => "whispers from now on",
        Supervision::Barge => "talks to both from now on",
    }
}

/// Returns whether the party at a leg ended it, or the exchange did.
fn ends_itself(leg: &Leg, cause: HangupCause, hung_up_by: Option<Side>) -> bool {
    let by_side = matches!(leg.role, Role::Talks(side) if hung_up_by == Some(side));
    match is_of_the_exchange(cause) {
        true => by_side && cause == HangupCause::NormalClearing,
        false if cause == HangupCause::OriginatorCancel => by_side,
        false => leg.answered_at.is_none() && cause != HangupCause::NoAnswer,
    }
}

/// Returns whether a leg ends so because a call is over or goes on elsewhere, and not because it could
/// not be reached.
fn is_of_the_exchange(cause: HangupCause) -> bool {
    matches!(
        cause,
        HangupCause::NormalClearing
            | HangupCause::NormalUnspecified
            | HangupCause::BlindTransfer
            | HangupCause::AttendedTransfer
            | HangupCause::LoseRace
            | HangupCause::PickedOff
            | HangupCause::ManagerRequest
    )
}

fn ended(cause: HangupCause) -> Tone {
    if is_of_the_exchange(cause) { Tone::Plain } else { Tone::Bad }
}

/// Returns who hears whom in words: two that hear each other once.
fn voices(voices: &[(LegId, LegId)], name: &impl Fn(LegId) -> String) -> String {
    let mut told = Vec::new();
    for (speaker, listener) in voices {
        let back = voices.contains(&(*listener, *speaker));
        if back && speaker > listener {
            continue;
        }
        let arrow = if back { "\u{21c4}" } else { "\u{2192}" };
        told.push(format!("{} {arrow} {}", name(*speaker), name(*listener)));
    }
    told.join(" \u{b7} ")
}
