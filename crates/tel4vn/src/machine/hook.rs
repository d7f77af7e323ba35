//! Hooks: who is told of which event.

use ringback_engine::{Command, OffsetDateTime};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Pbx;

/// Somebody who is told of events of one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// Identifies it.
    pub id: Uuid,
    /// The name of the event; a name that no event has is kept and never fires.
    pub event: String,
    /// Where events go.
    pub callback_url: String,
    /// What the receiver knows its callers by; empty if nothing.
    pub callback_apikey: String,
    /// The address for recordings: that by which the client came that added the hook.
    pub base: String,
}

/// Adds a hook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddHook {
    /// As [`Hook::event`].
    pub event: String,
    /// As [`Hook::callback_url`].
    pub callback_url: String,
    /// As [`Hook::callback_apikey`].
    pub callback_apikey: String,
    /// As [`Hook::base`].
    pub base: String,
}

/// Removes a hook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveHook {
    /// As [`Hook::id`].
    pub id: String,
}

/// Why hooks are not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum HookRefused {
    /// There are as many as there may be.
    #[error("too many events")]
    TooMany,
    /// There is no such hook.
    #[error("Not Found")]
    Unknown,
}

/// The most hooks of one tenant.
const MOST: usize = 1_000;

impl Command<Pbx> for AddHook {
    /// The hook's id.
    type Outcome = Result<Uuid, HookRefused>;

    fn execute(self, pbx: &mut Pbx, _now: OffsetDateTime) -> Self::Outcome {
        if pbx.hooks.len() >= MOST {
            return Err(HookRefused::TooMany);
        }
        let Self { event, callback_url, callback_apikey, base } = self;
        let id = pbx.draw_id();
        pbx.hooks.push(Hook { id, event, callback_url, callback_apikey, base });
        Ok(id)
    }
}

impl Command<Pbx> for RemoveHook {
    type Outcome = Result<(), HookRefused>;

    fn execute(self, pbx: &mut Pbx, _now: OffsetDateTime) -> Self::Outcome {
        let id: Uuid = self.id.parse().map_err(|_| HookRefused::Unknown)?;
        let place = pbx.hooks.iter().position(|hook| hook.id == id);
        pbx.hooks.remove(place.ok_or(HookRefused::Unknown)?);
        Ok(())
    }
}
