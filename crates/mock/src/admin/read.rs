//! Reading what is deep in a body, so that a refusal points at the part that is wrong.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::Problem;

/// Reads a part of a body that stands at a JSON pointer.
///
/// What goes into a world is read once more as a part of its command; tagged forms keep whole values
/// back and lose the place of a fault in them.
pub(super) fn strictly<T: DeserializeOwned>(value: &Value, at: &str) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let at = format!("{at}{}", pointer(error.path()));
        Problem::misread(&error.into_inner().to_string(), &at)
    })
}

fn pointer(path: &Path) -> String {
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
        // The name of a word with a value, as a key in JSON.
        Segment::Enum { variant } => Some(format!("/{variant}")),
        Segment::Unknown => None,
    };
    path.iter().filter_map(step).collect()
}
