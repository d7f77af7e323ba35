//! Fuzz targets: conditions on values.

use serde_json::{Value, json};

use super::{condition::Condition, unmet};

/// JSON of a condition, and on the last line that of a value.
#[test]
fn conditions() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        let Some((condition, value)) = text.rsplit_once('\n') else { return };
        let Ok(given) = serde_json::from_str::<Value>(condition) else { return };
        let found = serde_json::from_str::<Value>(value).ok();
        let Ok(condition) = Condition::read(&given, "") else { return };
        let not = Condition::read(&json!({ "not": given }), "").unwrap();
        assert_ne!(condition.holds(found.as_ref()), not.holds(found.as_ref()));
        condition.values().count();
        if let (Value::Object(wanted), Some(found)) = (&given, &found) {
            let _ = unmet(wanted, found);
        }
    });
}
