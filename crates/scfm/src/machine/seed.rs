//! Contacts in bulk: generated ones, and those of a list.

use fake::{
    Fake as _,
    faker::{address::raw::StateName, name::raw::Name},
};
use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{Number, magic};
use serde::{Deserialize, Serialize};

use super::{Platform, locale::KmKh};
use crate::{
    Msisdn,
    json::{Document, Json, Object},
};

/// Adds contacts with made-up numbers, names and districts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedContacts {
    /// How many.
    pub count: u32,
}

/// Mobile prefixes of Cambodia after which six digits stand, the first of them 2 to 9.
const PREFIXES: [u64; 28] = [
    10, 11, 13, 14, 15, 16, 17, 60, 61, 66, 67, 68, 69, 70, 77, 78, 80, 81, 83, 84, 85, 86, 87, 89,
    90, 93, 95, 98,
];

/// How many numbers a prefix has.
const EACH: u64 = 800_000;

impl Command<Platform> for SeedContacts {
    /// How many were added: fewer than asked for only when all numbers are taken.
    type Outcome = u32;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> u32 {
        let all = EACH * PREFIXES.len() as u64;
        let first = u64::from(platform.contacts.next_id());
        let mut added = 0;
        // Neighbouring places, so that the next seeding goes on where this one ends.
        for place in (first..).take(usize::try_from(all).unwrap_or(usize::MAX)) {
            if added == self.count {
                break;
            }
            let place = place % all;
            let prefix = PREFIXES.get((place / EACH) as usize).copied().unwrap_or(10);
            let text = format!("855{prefix}{}", 200_000 + place % EACH);
            let Ok(msisdn) = Msisdn::parse(&text) else { continue };
            // A number with a fate of its own would spoil the mix.
            if magic(&Number::from(&text)).is_some() || platform.contact_of(msisdn).is_some() {
                continue;
            }
            let random = platform.exchange.random();
            let generator = random.generator();
            let name: String = Name(KmKh).fake_with_rng(generator);
            let district: &str = StateName(KmKh).fake_with_rng(generator);
            let mut metadata = Object::new();
            metadata.insert("name".to_owned(), Json::Text(name));
            metadata.insert("district".to_owned(), district.into());
            platform.add_contact(now, msisdn, Document::from(&metadata));
            added += 1;
        }
        added
    }
}

/// One contact of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewContact {
    /// Its number.
    pub msisdn: Msisdn,
    /// What is known of it.
    pub metadata: Object,
    /// The line of the list, for messages.
    pub line: usize,
}

/// Adds the contacts of a list: all of them, or none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportContacts {
    /// The contacts.
    pub contacts: Vec<NewContact>,
}

/// Why a list is not imported. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct ImportRefused {
    /// The first line at fault, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

impl Command<Platform> for ImportContacts {
    /// How many were added.
    type Outcome = Result<usize, ImportRefused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let taken = |contact: &&NewContact| platform.contact_of(contact.msisdn).is_some();
        if let Some(NewContact { msisdn, line, .. }) = self.contacts.iter().find(taken) {
            let why = format!("{msisdn} is a contact's number already");
            return Err(ImportRefused { line: *line, why });
        }
        let mut seen = std::collections::BTreeMap::new();
        for NewContact { msisdn, line, .. } in &self.contacts {
            if let Some(before) = seen.insert(*msisdn, *line) {
                let why = format!("{msisdn} is the number of line {before} too");
                return Err(ImportRefused { line: *line, why });
            }
        }
        for contact in &self.contacts {
            platform.add_contact(now, contact.msisdn, Document::from(&contact.metadata));
        }
        Ok(self.contacts.len())
    }
}
