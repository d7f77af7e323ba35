//! Metadata: free objects, replaced or merged on an update. vendors/scfm.md, 9.

use serde::{Deserialize, Serialize};

use crate::{
    MergeMode,
    json::{Document, Json, Object},
};

/// Metadata as a request gives it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// The object, if there is one.
    pub value: Option<Object>,
    /// What happens to the old one; the platform's own way if absent.
    pub merge: Option<MergeMode>,
}

impl From<Object> for Metadata {
    fn from(value: Object) -> Self {
        Self { value: Some(value), merge: None }
    }
}

impl Metadata {
    /// Returns the object of a new record.
    pub(crate) fn into_value(self) -> Object {
        self.value.unwrap_or_default()
    }

    /// Returns what becomes of old metadata.
    pub(crate) fn applied(self, old: &Document, usual: MergeMode) -> Document {
        let Some(new) = self.value else { return old.clone() };
        let merged = match self.merge.unwrap_or(usual) {
            MergeMode::Replace => new,
            MergeMode::Merge => {
                let mut merged = old.object();
                merged.extend(new);
                merged
            }
            MergeMode::DeepMerge => {
                let mut merged = old.object();
                deep_merge(&mut merged, new);
                merged
            }
        };
        // The same object with its keys in another order is the same.
        if old.object() == merged { old.clone() } else { Document::from(&merged) }
    }
}

fn deep_merge(old: &mut Object, new: Object) {
    for (key, value) in new {
        match (old.entry(key).or_default(), value) {
            (Json::Object(inside), Json::Object(deeper)) => deep_merge(inside, deeper),
            (slot, value) => *slot = value,
        }
    }
}
