//! A believable past, and finished calls that somebody made up.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{
    CdrDraft, CdrInput, Direction, Group, HangupCause, HistoryProfile, Number, Service, ServiceKind,
};
use ringback_mock::ControlRefused;
use uuid::Uuid;

use super::{App, Pbx, Tag};
use crate::wire::stamp::ZONE;

/// The id of the call in the documents.
pub(super) const DEMO_CALL: Uuid = Uuid::from_u128(0x01b7_d166_b564_42ec_80a1_4ad3_4322_5934);

/// Returns whether an inbound call may have come to its extension through a ring group or a queue.
fn rings(service: &Service, draft: &CdrDraft) -> bool {
    let CdrDraft { facts, times } = draft;
    let of =
        |group: &Group| facts.extension.as_ref().is_some_and(|who| group.members.contains(who));
    let talked = times.answered_at.is_some();
    let given_up = facts.cause == HangupCause::OriginatorCancel;
    match &service.kind {
        ServiceKind::RingGroup(group) => {
            of(group) && (talked || given_up || facts.cause == HangupCause::NoAnswer)
        }
        // A queue waits for longer than one phone rings.
        ServiceKind::Queue(queue) => of(&queue.group) && (talked || given_up),
        ServiceKind::Menu(_) => false,
    }
}

/// Patterns of numbers in Vietnam.
pub(super) const OUTSIDE: [&str; 4] = ["09########", "03########", "08########", "028########"];

impl Pbx {
    pub(super) fn generate(&mut self, calls: usize, until: OffsetDateTime) {
        let past = HistoryProfile {
            calls,
            days: 30,
            until,
            offset: ZONE,
            outside: &OUTSIDE,
            line: Some(self.tenant.hotline.clone()),
            inbound: 0.45,
            local: 0.06,
            record: true,
        };
        let services: Vec<Service> = self.exchange.services().collect();
        self.exchange.generate(&past, |random, draft| {
            let direction = draft.facts.direction;
            let app = match direction {
                Direction::Outbound if random.chance(0.5) => App::ClickToCall,
                Direction::Outbound | Direction::Inbound | Direction::Local => App::Dial,
            };
            let mut tag = Tag::new(random.uuid(), direction, app);
            // What became of a click became of the phone: the extension took part.
            tag.picked_up = app == App::ClickToCall;
            if direction == Direction::Inbound && random.chance(0.8) {
                let rung: Vec<&Service> =
                    services.iter().filter(|service| rings(service, draft)).collect();
                if let Some(service) = random.pick(&rung) {
                    let number = service.number.clone();
                    draft.facts.to = number.clone();
                    // Of several that rang none has the call.
                    if draft.times.answered_at.is_none() {
                        draft.facts.extension = None;
                    }
                    tag.more_mut().receive = Some(number);
                }
            }
            tag
        });
        self.ledger.catch_up(self.exchange.history());
    }

    /// Refuses a finished call that is none of this tenant.
    pub(crate) fn check_made_up(&self, past: &CdrInput) -> Result<(), ControlRefused> {
        let inside = |number: &Number| crate::render::is_inside(&self.exchange.party(number));
        let CdrInput { from, to, .. } = past;
        if inside(from) || inside(to) {
            return Ok(());
        }
        let why = format!("neither {from} nor {to} is a number of this tenant");
        Err(ControlRefused::Conflict(why))
    }

    /// Adds a finished call that somebody made up.
    pub(crate) fn add_made_up(&mut self, past: &CdrInput) {
        let [from, to] = [&past.from, &past.to].map(|number| self.exchange.party(number));
        let (from, to) = (crate::render::is_inside(&from), crate::render::is_inside(&to));
        let direction = match (from, to) {
            (true, true) => Direction::Local,
            (false, true) => Direction::Inbound,
            (true | false, false) => Direction::Outbound,
        };
        let line = (direction != Direction::Local).then(|| self.tenant.hotline.clone());
        let mut draft = past.draft(&self.exchange, line);
        draft.facts.direction = direction;
        let mut tag = Tag::new(self.draw_id(), direction, App::Dial);
        if self.receives(past.to.as_str()) {
            tag.more_mut().receive = Some(past.to.clone());
        }
        self.exchange.record(|id| draft.cdr(id, true, tag));
    }

    /// Enters finished calls into the indexes.
    pub(crate) fn enter_made_up(&mut self) {
        self.ledger.catch_up(self.exchange.history());
    }
}
