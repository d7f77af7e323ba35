//! The phones of this exchange.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Behaviour, Number};

/// A phone of this exchange. Whether it is busy follows from its live calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// Its number.
    pub number: Number,
    /// Whether a phone is logged in.
    #[serde(default = "yes")]
    pub registered: bool,
    /// Whether it refuses calls as busy.
    #[serde(default)]
    pub do_not_disturb: bool,
    /// What it does when it is rung; the profile's habit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub habit: Option<Behaviour>,
}

fn yes() -> bool {
    true
}

impl Extension {
    /// A registered extension with the profile's habit.
    pub fn new(number: impl Into<Number>) -> Self {
        Self { number: number.into(), registered: true, do_not_disturb: false, habit: None }
    }
}

/// Why an extension cannot take a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Unavailable {
    /// There is no such extension.
    #[error("unknown extension")]
    Unknown,
    /// No phone is logged in.
    #[error("extension not registered")]
    NotRegistered,
    /// It is in another call, or in do-not-disturb.
    #[error("extension busy")]
    Busy,
}
