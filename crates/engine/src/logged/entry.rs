//! What an entry of a log says.

use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::state::Identity;
use crate::{ClockCommand, Rate, Snapshot, ordered::Position};

/// The form of entries, in their first byte; another one stops whoever reads it.
const FORM: u8 = 1;

/// One entry.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Entry<L> {
    /// The epoch it is for; in another one it changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) epoch: Option<u64>,
    /// What its origin had come to when it was submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) known: Option<Known>,
    pub(crate) change: Change<L>,
}

/// What a replica has come to after a record; all replicas have to come to the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    pub(crate) position: Position,
    /// The hash of all records up to it.
    pub(crate) chain: u64,
    /// That of the machine.
    pub(crate) fingerprint: u64,
}

/// What an entry does.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change<L> {
    /// The log begins with a machine that was made.
    Began(Box<Began>),
    /// A command is executed.
    Command(L),
    /// Time passes.
    Tick,
    /// The clock is changed.
    Clock(ClockCommand),
    /// The machine is replaced.
    Restored(Restored),
    /// The origin wants to be the one that acts for all.
    Claim,
    /// What follows is by other rules.
    Rules(u32),
    /// The origin has come to something else than another one.
    Objection,
}

/// How a log begins. The machine is made by whoever comes first; others need not be able to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Began {
    pub(crate) identity: Identity,
    pub(crate) machine: Snapshot,
    pub(crate) rate: Rate,
    pub(crate) frozen: bool,
}

/// A machine that takes the place of another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Restored {
    pub(crate) machine: Snapshot,
    /// Whether the clock shows the machine's moment from now on, instead of running on.
    pub(crate) shows: bool,
}

impl<L: Serialize> Entry<L> {
    /// # Errors
    /// When a command holds something that has no serialised form.
    pub(crate) fn encode(&self) -> Result<Bytes, serde_json::Error> {
        let mut bytes = Vec::with_capacity(256);
        bytes.push(FORM);
        serde_json::to_writer(&mut bytes, self)?;
        Ok(bytes.into())
    }
}

impl<L: DeserializeOwned> Entry<L> {
    /// # Errors
    /// Why the entry is not understood: nothing may be skipped, so whoever reads it has to stop.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, String> {
        match bytes.split_first() {
            Some((&FORM, json)) => serde_json::from_slice(json).map_err(|error| error.to_string()),
            Some((form, _)) => {
                Err(format!("it has form {form}, and this version reads form {FORM}"))
            }
            None => Err("it is empty".to_owned()),
        }
    }
}
