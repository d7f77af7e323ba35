//! What the tenant's hooks are told of what happens, and what else follows from it.

use ringback_exchange::{
    Call, CallId, Direction, Event, EventKind, Leg, LegId, Origin, Party, Role, Side,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{App, Pbx, Tag, Taken, tag};
use crate::{
    render::{Record, is_inside},
    webhook::{self, HookEvent, Numbers, Times},
};

/// Returns whether a call was placed to a number behind which several extensions may ring.
pub(super) fn is_hunted(call: &Call<Tag>) -> bool {
    matches!(call.to, Party::Service(_))
}

/// Returns whether a leg rings for a call that nobody has taken yet, or rang for it then: the call
/// on an individual extension.
fn is_candidate(call: &Call<Tag>, leg: LegId) -> bool {
    let taken = call.tag.more.as_ref().and_then(|more| more.taken);
    is_hunted(call) && taken.is_none_or(|taken| leg.0 < taken.legs)
}

/// Returns whether a leg rang in a hunt that began later than its call: after a transfer, say.
pub(super) fn is_hunted_later(call: &Call<Tag>, leg: LegId) -> bool {
    call.tag.more.as_ref().is_some_and(|more| more.hunted.contains(&leg))
}

/// Returns whether a leg is told of in a call of its own.
fn is_part(call: &Call<Tag>, leg: LegId) -> bool {
    is_candidate(call, leg) || is_hunted_later(call, leg)
}

/// Returns whether a leg that was just dialled rings because a service looks for somebody.
fn is_rung_by_service(call: &Call<Tag>, leg: &Leg) -> bool {
    let via = leg.via.and_then(|via| call.leg(via));
    call.service().is_some() || via.is_some_and(|via| matches!(via.role, Role::Serves(_)))
}

impl Pbx {
    /// Returns a call, live or just over.
    fn story(&self, id: CallId) -> Option<&Call<Tag>> {
        let recent = || self.exchange.recent().rev().find(|call| call.id == id);
        self.exchange.call(id).or_else(recent)
    }

    pub(crate) fn notify_of(&mut self, event: &Event) {
        let (at, id) = (event.at, event.call);
        if matches!(event.kind, EventKind::LegTransferred { .. } | EventKind::LegParked { .. }) {
            // Nobody is left who plays a script, or to whom: it ends no call that goes on.
            self.scripts.retain(|script| script.call != id);
        }
        match event.kind {
            EventKind::CallCreated => self.created(at, id),
            EventKind::LegCreated { leg } => self.leg_created(at, id, leg),
            EventKind::LegRinging { leg } => self.leg_ringing(at, id, leg),
            EventKind::LegAnswered { leg } => self.leg_answered(at, id, leg),
            EventKind::LegTransferred { to: Some(to), .. } | EventKind::LegReturned { to, .. } => {
                // Who rings for the first time in a hunt has been told of as such.
                let rings = self.story(id).is_some_and(|call| {
                    let talks = |leg: &Leg| matches!(leg.role, Role::Talks(_));
                    !is_part(call, to) && call.leg(to).is_some_and(talks)
                });
                if rings {
                    self.notify_of_stage(at, HookEvent::Ringing, id);
                    // Who was asked before a transfer talks already.
                    let leg = self.story(id).and_then(|call| call.leg(to));
                    if leg.is_some_and(Leg::is_up) {
                        self.notify_of_stage(at, HookEvent::Answered, id);
                    }
                }
            }
            EventKind::LegEnded { leg, .. } => self.leg_ended(at, id, leg),
            EventKind::CallEnded { .. } => self.ended(at, id),
            EventKind::DigitsPressed { leg, ref digits } => self.pressed(at, id, leg, digits),
            EventKind::LegTransferred { to: None, .. }
            | EventKind::LegHeld { .. }
            | EventKind::LegResumed { .. }
            | EventKind::LegParked { .. }
            | EventKind::SupervisionChanged { .. }
            | EventKind::RecordingStarted
            | EventKind::RecordingStopped
            | EventKind::RecordChanged => {}
        }
    }

    fn created(&mut self, at: OffsetDateTime, id: CallId) {
        if self.story(id).is_some_and(|call| !is_hunted(call)) {
            self.notify_of_stage(at, HookEvent::Ringing, id);
        }
    }

    fn leg_created(&mut self, at: OffsetDateTime, id: CallId, leg_id: LegId) {
        let Some(call) = self.story(id) else { return };
        let Some(leg) = call.leg(leg_id) else { return };
        let is_first = leg.role == Role::Talks(Side::B) && is_candidate(call, leg_id);
        let is_later = matches!(leg.role, Role::Talks(_))
            && !is_first
            && leg_id.0 > 0
            && self.exchange.call(id).is_some()
            && is_rung_by_service(call, leg);
        let facts =
            (is_first || is_later).then(|| HookPayload::of_candidate(call, leg_id)).flatten();
        // The last ring group or queue that the call came to.
        let service = call.service().filter(|service| self.receives(service.as_str())).cloned();
        if let (Some(service), Some(tag)) = (service, self.exchange.tag_mut(id))
            && tag.receive() != Some(&service)
        {
            tag.more_mut().receive = Some(service);
        }
        if is_later && let Some(tag) = self.exchange.tag_mut(id) {
            tag.more_mut().hunted.push(leg_id);
        }
        if let Some(facts) = facts {
            self.notify(at, HookEvent::Ringing, facts);
        }
    }

    fn leg_ringing(&mut self, at: OffsetDateTime, id: CallId, leg: LegId) {
        let Some(call) = self.story(id) else { return };
        let is_near = call.side(Side::A).is_some_and(|(near, _)| near == leg);
        if call.tag.auto_answer && call.origin == Origin::Click && is_near && leg.0 == 0 {
            // It rings, so it can be answered; if not any more, nothing has to be done.
            let _ = self.exchange.answer(at, id, leg);
            return;
        }
        self.limit_ringing(at, id, leg);
    }

    fn leg_answered(&mut self, at: OffsetDateTime, id: CallId, leg_id: LegId) {
        let Some(call) = self.story(id) else { return };
        let role = call.leg(leg_id).map(|leg| leg.role);
        let (app, legs) = (call.tag.app, u16::try_from(call.legs.len()).unwrap_or(u16::MAX));
        let takes = role == Some(Role::Talks(Side::B))
            && is_hunted(call)
            && call.tag.more.as_ref().is_none_or(|more| more.taken.is_none());
        let talks = matches!(role, Some(Role::Talks(_))) && call.is_bridged();
        let hunted = is_hunted_later(call, leg_id);
        let own = hunted.then(|| HookPayload::of_candidate(call, leg_id)).flatten();
        let whole = !hunted || call.answered_at == Some(at);
        let is_first = call.answered_at == Some(at) && role == Some(Role::Talks(Side::B));
        if let Some(tag) = self.exchange.tag_mut(id) {
            // Whoever plays the side that is rung first, if the call was sent on meanwhile.
            tag.picked_up |= role == Some(Role::Talks(Side::A));
            if takes {
                tag.more_mut().taken = Some(Taken { by: leg_id, legs });
            }
        }
        if !talks {
            return;
        }
        if let Some(own) = own {
            self.notify(at, HookEvent::Answered, own);
        }
        if whole {
            self.notify_of_stage(at, HookEvent::Answered, id);
        }
        self.forget_ringing(id);
        match app {
            App::Autocall if is_first => self.begin_script(at, id),
            App::Autodialer if is_first => self.pass_to_agents(at, id),
            App::Autocall | App::Autodialer | App::Dial | App::ClickToCall => {}
        }
    }

    fn leg_ended(&mut self, at: OffsetDateTime, id: CallId, leg_id: LegId) {
        let Some(call) = self.story(id) else { return };
        let Some(leg) = call.leg(leg_id) else { return };
        let gave_up = leg.role == Role::Talks(Side::B)
            && leg.answered_at.is_none()
            && is_candidate(call, leg_id);
        let is_over = gave_up || is_hunted_later(call, leg_id);
        if let Some(facts) = is_over.then(|| HookPayload::of_candidate(call, leg_id)).flatten() {
            self.notify(at, HookEvent::Hangup, facts);
        }
    }

    fn ended(&mut self, at: OffsetDateTime, id: CallId) {
        self.ledger.catch_up(self.exchange.history());
        self.scripts.retain(|script| script.call != id);
        let Some(call) = self.story(id) else { return };
        let campaign = call.tag.more.as_ref().and_then(|more| more.campaign);
        let callback = campaign.and_then(|campaign| self.callback_of(campaign));
        if self.is_heard() || callback.is_some() {
            self.notify_of_end(at, id, callback);
        }
        if campaign.is_some() {
            self.campaign_call_over(at, id);
        }
        self.agents_may_be_free(at);
    }

    /// Returns where a campaign tells of its finished calls.
    fn callback_of(&self, campaign: Uuid) -> Option<webhook::Target> {
        let url = &self.tables.campaign_of(campaign)?.columns.callback_url;
        (!url.is_empty()).then(|| webhook::Target::to(url.clone(), &self.settings))
    }

    /// Tells that a call is over, and how it went. Where several extensions rang, those who did not
    /// take it have been told of already.
    fn notify_of_end(&mut self, at: OffsetDateTime, id: CallId, callback: Option<webhook::Target>) {
        let Some(call) = self.story(id) else { return };
        let mut told = HookPayload::of(call);
        told.times.ended_at = Some(at);
        let mut whole = told.clone();
        (whole.id, whole.sip) = (call.tag.uuid, call.tag.sip_call_id());
        whole.times.created_at = call.created_at;
        let taken = call.tag.more.as_ref().is_some_and(|more| more.taken.is_some());
        let has_own = !is_hunted(call) || taken;
        let missed = call.tag.direction == Direction::Inbound && call.answered_at.is_none();
        if has_own {
            self.notify(at, HookEvent::Hangup, told);
        }
        if missed {
            self.notify(at, HookEvent::Missed, whole.clone());
        }
        let is_autocall = whole.app == App::Autocall;
        self.notify(at, HookEvent::Cdr, whole.clone());
        if is_autocall {
            self.notify(at, HookEvent::CdrAutocall, whole.clone());
        }
        if let Some(callback) = callback {
            self.post(at, HookEvent::Cdr, &whole, callback);
        }
    }

    /// Returns whether anybody is told of anything.
    fn is_heard(&self) -> bool {
        !self.hooks.is_empty() || self.outbox.target().is_some()
    }

    /// Tells of a call as it stands.
    fn notify_of_stage(&mut self, at: OffsetDateTime, stage: HookEvent, id: CallId) {
        if self.is_heard()
            && let Some(told) = self.story(id).map(HookPayload::of)
        {
            self.notify(at, stage, told);
        }
    }

    fn pressed(&mut self, at: OffsetDateTime, id: CallId, leg: LegId, digits: &str) {
        let Some(call) = self.story(id) else { return };
        let by_called = call.side(Side::B).is_some_and(|(called, _)| called == leg);
        if call.tag.app != App::Autocall || !by_called {
            return;
        }
        if let Some(tag) = self.exchange.tag_mut(id) {
            let more = tag.more_mut();
            more.keys.extend(digits.chars().take(64_usize.saturating_sub(more.keys.len())));
            more.pressed_at = Some(at);
        }
    }

    /// Puts an event into the outbox, for every hook of its name.
    fn notify(&mut self, at: OffsetDateTime, stage: HookEvent, told: HookPayload) {
        let name = stage.as_str();
        let hooks = self.hooks.iter().filter(|hook| hook.event == name);
        let targets: Vec<webhook::Target> = hooks
            .map(webhook::Target::of)
            .chain(self.outbox.target().map(|_| webhook::Target::own(&self.settings)))
            .collect();
        for target in targets {
            self.post(at, stage, &told, target);
        }
    }

    /// Puts an event for one receiver into the outbox.
    fn post(
        &mut self,
        at: OffsetDateTime,
        stage: HookEvent,
        told: &HookPayload,
        target: webhook::Target,
    ) {
        let record = self.exchange.history().get(told.call);
        let record = record.map(|cdr| Record::new(cdr, &self.settings));
        let tenant = (self.tenant.domain.as_str(), self.tenant.domain_uuid);
        let body = webhook::body(tenant, stage, told, record.as_ref(), &target);
        let own = self.outbox.target().unwrap_or_default();
        let post = target.post(&self.settings, own, told.call, stage, body);
        self.outbox.post(at, post);
    }
}

/// What is told of a call: its id in this event, who talks to whom, and when.
#[derive(Debug, Clone)]
pub(crate) struct HookPayload {
    pub(crate) call: CallId,
    pub(crate) id: Uuid,
    pub(crate) sip: Uuid,
    pub(crate) app: App,
    pub(crate) direction: Direction,
    pub(crate) hotline: String,
    pub(crate) numbers: Numbers,
    pub(crate) times: Times,
    pub(crate) customer: String,
    pub(crate) reference: String,
    pub(crate) keys: String,
}

impl HookPayload {
    /// What is told of the call as a whole, or of the individual one that took it.
    fn of(call: &Call<Tag>) -> Self {
        let taken = call.tag.more.as_ref().and_then(|more| more.taken);
        let own = taken.and_then(|taken| Some((taken.by, call.leg(taken.by)?)));
        let id = own.map_or(call.tag.uuid, |(leg, _)| tag::of_leg(call.tag.uuid, leg));
        Self {
            call: call.id,
            id,
            sip: tag::sip_of(id),
            app: call.tag.app,
            direction: call.tag.direction,
            hotline: call.line.as_ref().map_or(String::new(), ToString::to_string),
            numbers: numbers(call),
            times: Times {
                created_at: own.map_or(call.created_at, |(_, leg)| leg.created_at),
                answered_at: call.answered_at,
                ended_at: None,
            },
            customer: call
                .tag
                .more
                .as_ref()
                .and_then(|more| more.customer.clone())
                .unwrap_or_default(),
            reference: call.tag.reference().to_owned(),
            keys: call.tag.keys().to_owned(),
        }
    }

    /// What is told of the call on an individual extension.
    fn of_candidate(call: &Call<Tag>, leg_id: LegId) -> Option<Self> {
        let leg = call.leg(leg_id)?;
        let times = Times {
            created_at: leg.created_at,
            answered_at: leg.answered_at,
            ended_at: leg.ended_at,
        };
        let mut told = Self::of(call);
        let own = leg.party.number().to_string();
        match (call.tag.direction, leg.role) {
            (Direction::Outbound, _) | (Direction::Local, Role::Talks(Side::A)) => {
                told.numbers.from = own;
            }
            (Direction::Inbound | Direction::Local, _) => told.numbers.to = own,
        }
        let id = tag::of_leg(call.tag.uuid, leg_id);
        Some(Self { id, sip: tag::sip_of(id), times, ..told })
    }
}

/// Who talks to whom: an extension and an outside phone, unless the call is local. An outside phone
/// that has left is still named, and of two extensions that talk then, the one that came last.
fn numbers(call: &Call<Tag>) -> Numbers {
    let [a, b] = [Side::A, Side::B].map(|side| last_party(call, side));
    let latest = if a.0 > b.0 { a.1 } else { b.1 };
    let (from, to) = match call.tag.direction {
        Direction::Inbound if is_inside(a.1) => (&call.from, latest),
        Direction::Outbound if is_inside(b.1) => (latest, &call.to),
        Direction::Inbound | Direction::Outbound | Direction::Local => (a.1, b.1),
    };
    Numbers { from: from.number().to_string(), to: to.number().to_string() }
}

/// Who plays a side, or did until the end, and by which leg.
fn last_party(call: &Call<Tag>, side: Side) -> (Option<usize>, &Party) {
    let played = call.legs.iter().enumerate().rev();
    let played = played.filter(|(_, leg)| leg.role == Role::Talks(side));
    let over = call.live_legs().next().is_none();
    let last = played.clone().find(|(_, leg)| leg.answered_at.is_some());
    let last = last.or_else(|| played.clone().next().filter(|_| !is_hunted(call)));
    match last.filter(|_| over) {
        Some((place, leg)) => (Some(place), &leg.party),
        None => {
            let place = call.side(side).map(|(leg, _)| usize::from(leg.0));
            (place, crate::render::party_of(call, side))
        }
    }
}
