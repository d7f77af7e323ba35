//! Participations: a contact's part in a callout.

use ringback_engine::{Command, OffsetDateTime};
use serde::{Deserialize, Serialize};

use super::{
    CallStatus, CalloutStatus, Platform,
    faults::{Faults, Refused},
    index::{Field, Key, leaves},
    metadata::Metadata,
    table::Row,
};
use crate::{Micros, Msisdn, json::Document};

/// A contact's part in a callout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Participation {
    pub(crate) callout: u32,
    pub(crate) contact: u32,
    pub(crate) population: Option<u32>,
    pub(crate) msisdn: Msisdn,
    pub(crate) call_flow_logic: Option<Box<str>>,
    pub(crate) metadata: Document,
    pub(crate) updated_at: Micros,
    /// The newest call.
    pub(crate) newest: Option<u32>,
    /// Where that call stands.
    pub(crate) last: Option<CallStatus>,
    pub(crate) rest: Rest,
    /// How many calls there are to it.
    #[serde(default)]
    pub(crate) calls: u32,
}

/// Whether the dialler may call a participation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rest {
    #[default]
    No,
    /// Not before a moment.
    Until(Micros),
    /// It was called often enough.
    Exhausted,
}

impl Row for Participation {
    fn quick_keys(&self, add: &mut dyn FnMut(Key)) {
        add(Key::number(Field::LastAttempt, self.last.map_or(0, CallStatus::code)));
        if self.rest != Rest::No {
            add(Key::number(Field::Resting, 1));
        }
        if self.rest == Rest::Exhausted {
            add(Key::number(Field::Exhausted, 1));
        }
    }

    fn keys(&self, add: &mut dyn FnMut(Key)) {
        add(Key::id(Field::Callout, self.callout));
        add(Key::id(Field::Contact, self.contact));
        if let Some(population) = self.population {
            add(Key::id(Field::Population, population));
        }
        add(Key::number(Field::Msisdn, self.msisdn.digits()));
        if let Some(logic) = &self.call_flow_logic {
            add(Key::word(Field::CallFlowLogic, logic));
        }
        if !self.metadata.is_empty() {
            leaves(Field::Metadata, &self.metadata.object(), add);
        }
    }

    fn links(&self, add: &mut dyn FnMut(Key, u32)) {
        // A contact takes part in a callout once, so each stands there once.
        add(Key::id(Field::ContactsOfCallout, self.callout), self.contact);
        if let Some(population) = self.population {
            add(Key::id(Field::ContactsOfPopulation, population), self.contact);
        }
    }

    fn updated_at(&self) -> Micros {
        self.updated_at
    }
}

/// Lets a contact take part in a callout.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateParticipation {
    /// In which callout.
    pub callout: u32,
    /// Who, as the request has it.
    pub contact_id: Option<String>,
    /// The number to call instead of the contact's.
    pub msisdn: Option<String>,
    /// What answers its calls.
    pub call_flow_logic: Option<String>,
    /// What is known of it.
    pub metadata: Metadata,
}

impl Command<Platform> for CreateParticipation {
    type Outcome = Result<u32, Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        platform.callouts.get(self.callout).ok_or(Refused::NotFound)?;
        let contact = self.contact_id.as_deref().and_then(|id| id.trim().parse().ok());
        let known = contact.and_then(|id| platform.contacts.get(id).map(|row| (id, row.msisdn)));
        let mut faults = Faults::default();
        if known.is_some_and(|(contact, _)| platform.takes_part(self.callout, contact)) {
            faults.add("contact_id", "has already been taken");
        }
        let msisdn = match (&self.msisdn, known) {
            (Some(text), _) => faults.msisdn(text),
            (None, Some((_, msisdn))) => Some(msisdn),
            (None, None) => faults.msisdn(""),
        };
        let used = msisdn.and_then(|msisdn| platform.participation_of(self.callout, msisdn));
        if used.is_some() {
            faults.add("msisdn", "has already been taken");
        }
        if known.is_none() {
            faults.add("contact", "must exist");
        }
        let logic = platform.logic(&mut faults, self.call_flow_logic);
        let ((contact, _), msisdn) = faults.settle(known.zip(msisdn))?;
        let row = Participation {
            callout: self.callout,
            contact,
            population: None,
            msisdn,
            call_flow_logic: logic.flatten(),
            metadata: Document::from(&self.metadata.into_value()),
            updated_at: now.into(),
            newest: None,
            last: None,
            rest: Rest::No,
            calls: 0,
        };
        Ok(platform.add_participation(now, row))
    }
}

/// Changes a participation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateParticipation {
    /// Which.
    pub id: u32,
    /// The number to call from now on.
    pub msisdn: Option<String>,
    /// What answers its calls; nothing of its own if empty.
    pub call_flow_logic: Option<String>,
    /// Its new metadata.
    pub metadata: Metadata,
}

impl Command<Platform> for UpdateParticipation {
    type Outcome = Result<(), Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let old = platform.participations.get(self.id).ok_or(Refused::NotFound)?;
        let mut faults = Faults::default();
        let msisdn = match &self.msisdn {
            Some(text) => faults.msisdn(text),
            None => Some(old.msisdn),
        };
        let used = msisdn.and_then(|msisdn| platform.participation_of(old.callout, msisdn));
        if used.is_some_and(|used| used != self.id) {
            faults.add("msisdn", "has already been taken");
        }
        let logic = platform.logic(&mut faults, self.call_flow_logic);
        let msisdn = faults.settle(msisdn)?;
        let metadata = self.metadata.applied(&old.metadata, platform.settings.metadata_merge_mode);
        platform.participations.change(self.id, |row| {
            let call_flow_logic = logic.unwrap_or_else(|| row.call_flow_logic.clone());
            let new = Participation { msisdn, call_flow_logic, metadata, ..row.clone() };
            if *row != new {
                *row = Participation { updated_at: now.into(), ..new };
            }
        });
        Ok(())
    }
}

/// Takes a contact out of a callout that was not called there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteParticipation {
    /// Which.
    pub id: u32,
}

impl Command<Platform> for DeleteParticipation {
    type Outcome = Result<(), Refused>;

    fn execute(self, platform: &mut Platform, _now: OffsetDateTime) -> Self::Outcome {
        platform.participations.get(self.id).ok_or(Refused::NotFound)?;
        if platform.phone_calls.count(Key::id(Field::Participation, self.id)) > 0 {
            return Err(Faults::dependent("phone calls"));
        }
        platform.participations.remove(self.id);
        Ok(())
    }
}

impl Platform {
    pub(crate) fn takes_part(&self, callout: u32, contact: u32) -> bool {
        let contacts = self.participations.postings(Key::id(Field::ContactsOfCallout, callout));
        contacts.is_some_and(|contacts| contacts.contains(contact))
    }

    /// Returns the participation of a callout that has a number.
    pub(crate) fn participation_of(&self, callout: u32, msisdn: Msisdn) -> Option<u32> {
        let mut same = self.participations.ids(Key::number(Field::Msisdn, msisdn.digits()));
        same.find(|id| self.participations.get(*id).is_some_and(|row| row.callout == callout))
    }

    pub(crate) fn add_participation(&mut self, now: OffsetDateTime, row: Participation) -> u32 {
        let callout = row.callout;
        let id = self.participations.insert(now.into(), row);
        let status = self.callouts.get(callout).map(|callout| callout.status);
        if status == Some(CalloutStatus::Running) {
            self.wake(now);
        }
        id
    }

    /// Returns the flow of a participation: its own, or its callout's.
    pub(crate) fn logic_of_participation<'a>(&'a self, row: &'a Participation) -> Option<&'a str> {
        let of_callout = || self.callouts.get(row.callout)?.call_flow_logic.as_deref();
        row.call_flow_logic.as_deref().or_else(of_callout)
    }
}
