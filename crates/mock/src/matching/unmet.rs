//! The matcher's conditions on any object, for those who have one in hand: scenario files.

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use super::condition::Condition;

/// A condition that an object does not hold: its name, what was wanted, and what was there.
pub type Unmet = (String, Value, Value);

/// Returns which conditions an object does not hold, in the language of the matcher: of any names, and
/// of JSONPaths (`$.data[0].status`) as well.
///
/// # Errors
/// What is no condition.
pub fn unmet(conditions: &Map<String, Value>, object: &Value) -> Result<Vec<Unmet>, String> {
    let mut unmet = Vec::new();
    for (name, wanted) in conditions {
        let each = |several: &Value| -> Result<bool, String> {
            let several = several.as_object().ok_or("any and not are of objects")?;
            Ok(self::unmet(several, object)?.is_empty())
        };
        let found = match name.as_str() {
            "any" => {
                let several = wanted.as_array().ok_or("any has to be a list")?;
                let held = several.iter().map(each).collect::<Result<Vec<bool>, _>>()?;
                if !held.contains(&true) {
                    unmet.push((name.clone(), wanted.clone(), Value::Null));
                }
                continue;
            }
            "not" => {
                if each(wanted)? {
                    unmet.push((name.clone(), wanted.clone(), Value::Null));
                }
                continue;
            }
            path if path.starts_with('$') => {
                let path = JsonPath::parse(path).map_err(|error| format!("{name}: {error}"))?;
                path.query(object).first()
            }
            field => object.get(field),
        };
        let condition = Condition::read(wanted, name).map_err(|error| error.to_string())?;
        if !condition.holds(found) {
            unmet.push((name.clone(), wanted.clone(), found.cloned().unwrap_or_default()));
        }
    }
    Ok(unmet)
}
