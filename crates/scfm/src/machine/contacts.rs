//! Contacts: a number of their own, and metadata.

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{ChangeKind, ChangedPart};
use serde::{Deserialize, Serialize};

use super::{
    Platform,
    faults::{Faults, Refused},
    index::{Field, Key, leaves},
    metadata::Metadata,
    table::Row,
};
use crate::{MergeMode, Micros, Msisdn, json::Document};

/// Somebody who can be called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Contact {
    pub(crate) msisdn: Msisdn,
    pub(crate) metadata: Document,
    pub(crate) updated_at: Micros,
}

impl Row for Contact {
    fn keys(&self, add: &mut dyn FnMut(Key)) {
        add(Key::number(Field::Msisdn, self.msisdn.digits()));
        if !self.metadata.is_empty() {
            leaves(Field::Metadata, &self.metadata.object(), add);
        }
    }

    fn updated_at(&self) -> Micros {
        self.updated_at
    }
}

/// Adds a contact.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateContact {
    /// Its number, in any spelling.
    pub msisdn: Option<String>,
    /// What is known of it.
    pub metadata: Metadata,
}

impl Command<Platform> for CreateContact {
    type Outcome = Result<u32, Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let mut faults = Faults::default();
        let msisdn = faults.msisdn(self.msisdn.as_deref().unwrap_or_default());
        let taken = msisdn.and_then(|msisdn| platform.contact_of(msisdn));
        if taken.is_some() {
            faults.add("msisdn", "has already been taken");
        }
        let msisdn = faults.settle(msisdn)?;
        Ok(platform.add_contact(now, msisdn, Document::from(&self.metadata.into_value())))
    }
}

/// Changes a contact.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateContact {
    /// Which.
    pub id: u32,
    /// Its new number.
    pub msisdn: Option<String>,
    /// Its new metadata.
    pub metadata: Metadata,
}

impl Command<Platform> for UpdateContact {
    type Outcome = Result<(), Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let old = platform.contacts.get(self.id).ok_or(Refused::NotFound)?;
        let mut faults = Faults::default();
        let msisdn = match &self.msisdn {
            Some(text) => faults.msisdn(text),
            None => Some(old.msisdn),
        };
        let taken = msisdn.and_then(|msisdn| platform.contact_of(msisdn));
        if taken.is_some_and(|taken| taken != self.id) {
            faults.add("msisdn", "has already been taken");
        }
        let msisdn = faults.settle(msisdn)?;
        let mode = platform.settings.metadata_merge_mode;
        let metadata = self.metadata.applied(&old.metadata, mode);
        platform.contacts.change(self.id, |contact| {
            let new = Contact { msisdn, metadata, updated_at: contact.updated_at };
            if *contact != new {
                *contact = Contact { updated_at: now.into(), ..new };
            }
        });
        platform.exchange.note_change(ChangedPart::Contact, ChangeKind::Changed, self.id);
        Ok(())
    }
}

/// Deletes a contact that neither takes part in anything nor was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteContact {
    /// Which.
    pub id: u32,
}

impl Command<Platform> for DeleteContact {
    type Outcome = Result<(), Refused>;

    fn execute(self, platform: &mut Platform, _now: OffsetDateTime) -> Self::Outcome {
        platform.contacts.get(self.id).ok_or(Refused::NotFound)?;
        let contact = Key::id(Field::Contact, self.id);
        if platform.participations.count(contact) > 0 {
            return Err(Faults::dependent("callout participations"));
        }
        if platform.phone_calls.count(contact) > 0 {
            return Err(Faults::dependent("phone calls"));
        }
        platform.contacts.remove(self.id);
        platform.exchange.note_change(ChangedPart::Contact, ChangeKind::Removed, self.id);
        Ok(())
    }
}

/// Creates a contact, or updates the one that has the number.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PutContactData {
    /// The number, in any spelling.
    pub msisdn: Option<String>,
    /// What is known of the contact.
    pub metadata: Metadata,
}

impl Command<Platform> for PutContactData {
    type Outcome = Result<u32, Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let Self { msisdn, mut metadata } = self;
        // This endpoint came with merging as the default, whatever the others do. (field report, S16)
        metadata.merge.get_or_insert(MergeMode::Merge);
        let known = msisdn.as_deref().and_then(|text| Msisdn::parse(text).ok());
        match known.and_then(|known| platform.contact_of(known)) {
            Some(id) => {
                UpdateContact { id, msisdn: None, metadata }.execute(platform, now).map(|()| id)
            }
            None => CreateContact { msisdn, metadata }.execute(platform, now),
        }
    }
}

impl Platform {
    /// Returns the contact that has a number.
    pub(crate) fn contact_of(&self, msisdn: Msisdn) -> Option<u32> {
        self.contacts.postings(Key::number(Field::Msisdn, msisdn.digits()))?.max()
    }

    pub(crate) fn add_contact(
        &mut self,
        now: OffsetDateTime,
        msisdn: Msisdn,
        metadata: Document,
    ) -> u32 {
        let contact = Contact { msisdn, metadata, updated_at: now.into() };
        let id = self.contacts.insert(now.into(), contact);
        self.exchange.note_change(ChangedPart::Contact, ChangeKind::Added, id);
        id
    }
}
