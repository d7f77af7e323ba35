//! Who heard whom in a call, and when: read off its timeline.

use serde::Serialize;
use time::OffsetDateTime;

use crate::{Call, Event, EventKind, LegId, LegState, Role, Side, Supervision};

/// A stretch of a call in which the same voices reach the same legs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Heard {
    /// Its beginning.
    #[serde(with = "time::serde::rfc3339")]
    pub from: OffsetDateTime,
    /// Its end; none while it lasts.
    #[serde(with = "time::serde::rfc3339::option")]
    pub to: Option<OffsetDateTime>,
    /// Whose voice reaches whom: speaker and listener.
    pub voices: Vec<(LegId, LegId)>,
}

/// What decides whether one leg's voice reaches another, at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ear {
    pub(crate) state: LegState,
    pub(crate) role: Role,
}

/// Returns whether one leg's voice reaches another.
///
/// `consults` is the side that asks somebody, and `extension_side` the one that hears a whisper.
pub(crate) fn reaches(
    speaker: Ear,
    listener: Ear,
    consults: Option<Side>,
    extension_side: Side,
) -> bool {
    if speaker.state != LegState::Up || listener.state != LegState::Up {
        return false;
    }
    match (speaker.role, listener.role) {
        (Role::Talks(_), Role::Talks(_) | Role::Supervises(_)) => true,
        (Role::Supervises(part), Role::Talks(side)) => hears(side, part, extension_side),
        (Role::Consults(_), Role::Talks(side)) | (Role::Talks(side), Role::Consults(_)) => {
            consults == Some(side)
        }
        (Role::Serves(served), Role::Talks(side)) => side != served,
        (Role::Supervises(part), Role::Supervises(_)) => part == Supervision::Barge,
        (Role::Consults(_) | Role::Serves(_) | Role::Supervises(_), _)
        | (Role::Talks(_), Role::Serves(_)) => false,
    }
}

/// Returns whether a side hears a supervisor.
pub(crate) fn hears(side: Side, supervision: Supervision, extension_side: Side) -> bool {
    match supervision {
        Supervision::Listen => false,
        Supervision::Whisper => side == extension_side,
        Supervision::Barge => true,
    }
}

/// The legs of a call as they stood at one of its events.
struct Scene<'a, T> {
    call: &'a Call<T>,
    /// One for each leg; none before it was dialled.
    ears: Vec<Option<Ear>>,
    /// The leg at side A.
    near: Option<LegId>,
}

impl<T> Scene<'_, T> {
    fn ear(&mut self, leg: LegId) -> Option<&mut Ear> {
        self.ears.get_mut(usize::from(leg.0))?.as_mut()
    }

    fn set(&mut self, leg: LegId, state: LegState) {
        if let Some(ear) = self.ear(leg) {
            ear.state = state;
        }
    }

    /// Lets an event change what it changed then.
    fn play(&mut self, event: &Event) {
        match event.kind {
            EventKind::LegCreated { leg } => {
                let Some(of) = self.call.leg(leg) else { return };
                let role = of.first_role();
                if let Some(place) = self.ears.get_mut(usize::from(leg.0)) {
                    *place = Some(Ear { state: LegState::Dialling, role });
                }
                if role == Role::Talks(Side::A) {
                    self.near = Some(leg);
                }
            }
            EventKind::LegRinging { leg } => self.set(leg, LegState::Ringing),
            EventKind::LegAnswered { leg } => {
                self.set(leg, LegState::Up);
                // Of those who rang together, whoever picked up.
                if self.ear(leg).is_some_and(|ear| ear.role == Role::Talks(Side::A)) {
                    self.near = Some(leg);
                }
            }
            EventKind::LegHeld { leg } => self.set(leg, LegState::Held),
            EventKind::LegResumed { leg } => self.set(leg, LegState::Up),
            EventKind::LegParked { leg } => self.set(leg, LegState::Parked),
            EventKind::LegTransferred { leg, to } => {
                if self.ear(leg).is_some_and(|ear| ear.state != LegState::Ended) {
                    self.set(leg, LegState::Up);
                }
                // Whoever was asked has taken the place of who asked.
                let asked = to.and_then(|to| Some((to, self.ear(to)?)));
                if let Some((to, ear)) = asked
                    && let Role::Consults(by) = ear.role
                {
                    ear.role = Role::Talks(by);
                    self.near = if by == Side::A { Some(to) } else { self.near };
                }
            }
            EventKind::SupervisionChanged { leg, supervision } => {
                if let Some(ear) = self.ear(leg) {
                    ear.role = Role::Supervises(supervision);
                }
            }
            EventKind::LegEnded { leg, .. } => {
                self.set(leg, LegState::Ended);
                self.near = self.near.filter(|near| *near != leg);
            }
            EventKind::RecordChanged
            | EventKind::CallCreated
            | EventKind::LegReturned { .. }
            | EventKind::DigitsPressed { .. }
            | EventKind::RecordingStarted
            | EventKind::RecordingStopped
            | EventKind::CallEnded { .. } => {}
        }
    }

    fn voices(&self) -> Vec<(LegId, LegId)> {
        let legs = (0..).map(LegId).zip(&self.ears);
        let up = legs.filter_map(|(leg, ear)| Some((leg, (*ear)?)));
        let up: Vec<(LegId, Ear)> = up.filter(|(_, ear)| ear.state == LegState::Up).collect();
        let live = self.ears.iter().flatten().filter(|ear| ear.state != LegState::Ended);
        let consults = live.clone().find_map(|ear| match ear.role {
            Role::Consults(by) => Some(by),
            Role::Talks(_) | Role::Serves(_) | Role::Supervises(_) => None,
        });
        let near = self.near.and_then(|near| self.call.leg(near));
        let extension_side = match near {
            Some(leg) if leg.party.is_extension() => Side::A,
            _ => Side::B,
        };
        let mut voices = Vec::new();
        for (speaker, voice) in &up {
            for (listener, ear) in up.iter().filter(|(listener, _)| listener != speaker) {
                if reaches(*voice, *ear, consults, extension_side) {
                    voices.push((*speaker, *listener));
                }
            }
        }
        voices
    }
}

impl<T> Call<T> {
    /// Returns who heard whom in it so far, and when, in the order of time. Between two stretches
    /// nobody heard anybody.
    ///
    /// It is read off the timeline: what came after [`Exchange::TIMELINE`](crate::Exchange::TIMELINE)
    /// events is not told.
    pub fn heard(&self) -> Vec<Heard> {
        let mut scene = Scene { call: self, ears: vec![None; self.legs.len()], near: None };
        let mut stretches: Vec<Heard> = Vec::new();
        let mut events = self.timeline.iter().peekable();
        while let Some(event) = events.next() {
            scene.play(event);
            // What changes at one moment changes at once.
            if events.peek().is_some_and(|next| next.at == event.at) {
                continue;
            }
            let voices = scene.voices();
            let last = stretches.last_mut().filter(|last| last.to.is_none());
            if last.as_ref().is_some_and(|last| last.voices == voices) {
                continue;
            }
            if let Some(last) = last {
                last.to = Some(event.at);
            }
            if !voices.is_empty() {
                stretches.push(Heard { from: event.at, to: None, voices });
            }
        }
        stretches
    }
}
