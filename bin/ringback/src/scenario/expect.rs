//! What has to be there, in the matcher's words, and what was there instead.

use ringback_mock::unmet;
use serde_json::{Map, Value};

/// How often something has to be there.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    least: usize,
    most: Option<usize>,
}

impl Bounds {
    /// At least once unless something else is said.
    pub(super) fn new(times: Option<usize>, least: Option<usize>, most: Option<usize>) -> Self {
        let usual = usize::from(most.is_none());
        match times {
            Some(times) => Self { least: times, most: Some(times) },
            None => Self { least: least.unwrap_or(usual), most },
        }
    }
}

impl std::fmt::Display for Bounds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.least, self.most) {
            (least, None) => write!(f, "at least {least}"),
            (0, Some(most)) => write!(f, "at most {most}"),
            (least, Some(most)) if least == most => write!(f, "exactly {least}"),
            (least, Some(most)) => write!(f, "{least} to {most}"),
        }
    }
}

/// Checks that as many candidates as wanted hold all conditions.
pub(super) fn check(
    kind: &str,
    wanted: &Map<String, Value>,
    candidates: &[Value],
    bounds: Bounds,
) -> Result<(), String> {
    let found = candidates.iter().map(|candidate| Ok((unmet(wanted, candidate)?, candidate)));
    let found: Vec<_> = found.collect::<Result<_, String>>()?;
    let count = found.iter().filter(|(unmet, _)| unmet.is_empty()).count();
    if count >= bounds.least && bounds.most.is_none_or(|most| count <= most) {
        return Ok(());
    }
    let shown = Value::Object(wanted.clone());
    let what = format!("expected {bounds} {kind} like {shown}; found {count} of {}", found.len());
    let others = found.iter().filter(|(unmet, _)| !unmet.is_empty());
    let Some((unmet, _)) =
        others.min_by_key(|(unmet, _)| unmet.len()).filter(|_| count < bounds.least)
    else {
        return Err(what);
    };
    let unmet = unmet
        .iter()
        .map(|(name, wanted, found)| format!("{name} is {}, not {}", short(found), short(wanted)));
    Err(format!("{what}; in the nearest {}", unmet.collect::<Vec<_>>().join(", ")))
}

fn short(value: &Value) -> String {
    crate::explain::short(value)
}

/// Returns what stands at a JSONPath.
pub(super) fn at<'a>(path: &str, value: &'a Value) -> Result<Option<&'a Value>, String> {
    let path =
        serde_json_path::JsonPath::parse(path).map_err(|error| format!("{path}: {error}"))?;
    Ok(path.query(value).first())
}
