//! What surrounds calls and changes: noted for those who watch an exchange or a world.

use schemars::JsonSchema;
use serde::Serialize;

/// A change of what surrounds the calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Of what.
    pub what: ChangedPart,
    /// What became of it.
    pub change: ChangeKind,
    /// What names it: a number, an id, a credential.
    pub key: String,
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangedPart {
    /// An account.
    Account,
    /// A rule of behaviour.
    Rule,
    /// An extension.
    Extension,
    /// A ring group, a queue or a menu.
    Service,
    /// A contact in an address book.
    Contact,
    /// A campaign, a callout, an automatic dialling.
    Campaign,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is another than before.
    Changed,
    /// It is gone.
    Removed,
    /// It began anew.
    Reset,
}

/// The latest changes, until their owner takes them. Two owners are the same whatever is in here.
#[derive(Debug, Clone, Default)]
pub struct Changes(Vec<Change>);

impl PartialEq for Changes {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Eq for Changes {}

impl Changes {
    /// The most that wait; later ones are not noted.
    pub const MOST: usize = 8_192;

    /// Notes a change.
    pub fn note(&mut self, what: ChangedPart, change: ChangeKind, key: impl ToString) {
        if self.0.len() < Self::MOST {
            self.0.push(Change { what, change, key: key.to_string() });
        }
    }

    /// Moves the changes since the last call into `into`.
    pub fn drain(&mut self, into: &mut Vec<Change>) {
        into.append(&mut self.0);
    }
}
