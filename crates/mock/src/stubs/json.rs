//! JSON compared as WireMock does, and changed by a merge patch.

use serde_json::Value;

use super::StubRefused;

/// How two JSON values are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Leniency {
    pub(crate) ignores_array_order: bool,
    pub(crate) ignores_extra_elements: bool,
}

/// The longest array whose order may be ignored.
pub(crate) const LONGEST: usize = 500;

/// Returns whether JSON is as wanted.
pub(crate) fn is_equal(wanted: &Value, found: &Value, leniency: Leniency) -> bool {
    match (wanted, found) {
        (Value::String(wanted), found) => match placeholder(wanted, found) {
            Some(holds) => holds,
            None => found.as_str() == Some(wanted),
        },
        (Value::Number(wanted), Value::Number(found)) => {
            wanted == found || wanted.as_f64() == found.as_f64()
        }
        (Value::Array(wanted), Value::Array(found)) => arrays(wanted, found, leniency),
        (Value::Object(wanted), Value::Object(found)) => {
            // A placeholder may stand for what is not there.
            let holds = wanted.iter().all(|(name, wanted)| match found.get(name) {
                Some(found) => is_equal(wanted, found, leniency),
                None => wanted.as_str() == Some("${json-unit.ignore-element}"),
            });
            let has_extra = || found.keys().any(|name| !wanted.contains_key(name));
            holds && (leniency.ignores_extra_elements || !has_extra())
        }
        (Value::Null | Value::Bool(_), found) => wanted == found,
        (Value::Number(_) | Value::Array(_) | Value::Object(_), _) => false,
    }
}

/// The placeholders, beside `regex]…`.
const PLACEHOLDERS: [&str; 5] =
    ["ignore", "ignore-element", "any-string", "any-number", "any-boolean"];

/// Refuses placeholders that there are not: they would be compared as texts.
pub(crate) fn check(wanted: &Value, at: &str) -> Result<(), StubRefused> {
    match wanted {
        Value::String(text) => {
            let Some(inner) = inner_of(text) else { return Ok(()) };
            match inner.strip_prefix("regex]") {
                Some(pattern) => super::url::whole(pattern, at).map(drop),
                None if PLACEHOLDERS.contains(&inner) => Ok(()),
                None => Err(StubRefused::unknown(at, "placeholder", inner, &PLACEHOLDERS)),
            }
        }
        Value::Array(items) => items.iter().try_for_each(|item| check(item, at)),
        Value::Object(fields) => fields.values().try_for_each(|value| check(value, at)),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn inner_of(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("${json-unit.").or_else(|| text.strip_prefix("#{json-unit."));
    inner?.strip_suffix('}')
}

fn placeholder(wanted: &str, found: &Value) -> Option<bool> {
    let inner = inner_of(wanted)?;
    Some(match inner {
        "ignore" | "ignore-element" => true,
        "any-string" => found.is_string(),
        "any-number" => found.is_number(),
        "any-boolean" => found.is_boolean(),
        _ => match inner.strip_prefix("regex]") {
            Some(pattern) => {
                let pattern = super::url::whole(pattern, "");
                found.as_str().zip(pattern.ok()).is_some_and(|(text, is_it)| is_it.is_match(text))
            }
            None => return None,
        },
    })
}

fn arrays(wanted: &[Value], found: &[Value], leniency: Leniency) -> bool {
    let fits = match leniency.ignores_extra_elements {
        true => wanted.len() <= found.len(),
        false => wanted.len() == found.len(),
    };
    if !fits {
        return false;
    }
    if !leniency.ignores_array_order {
        // With extra elements those that are wanted still come in their order.
        let mut found = found.iter();
        return wanted.iter().all(|wanted| match leniency.ignores_extra_elements {
            true => found.any(|found| is_equal(wanted, found, leniency)),
            false => found.next().is_some_and(|found| is_equal(wanted, found, leniency)),
        });
    }
    if wanted.len() > LONGEST || found.len() > 4 * LONGEST {
        return false;
    }
    let fits: Vec<Vec<bool>> = wanted
        .iter()
        .map(|wanted| found.iter().map(|found| is_equal(wanted, found, leniency)).collect())
        .collect();
    // Each that is wanted takes one that is there; one that was taken may give way to another.
    let mut taken: Vec<Option<usize>> = vec![None; found.len()];
    (0..wanted.len()).all(|one| takes(one, &fits, &mut vec![false; found.len()], &mut taken))
}

fn takes(one: usize, fits: &[Vec<bool>], seen: &mut [bool], taken: &mut [Option<usize>]) -> bool {
    let Some(row) = fits.get(one) else { return false };
    for (place, _) in row.iter().enumerate().filter(|(_, fits)| **fits) {
        let is_new = seen.get_mut(place).is_some_and(|seen| !std::mem::replace(seen, true));
        if !is_new {
            continue;
        }
        let before = taken.get(place).copied().flatten();
        if before.is_none_or(|other| takes(other, fits, seen, taken)) {
            if let Some(place) = taken.get_mut(place) {
                *place = Some(one);
            }
            return true;
        }
    }
    false
}

/// Changes JSON by a merge patch. RFC 7396
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(fields) = target {
        for (name, value) in patch {
            match value.is_null() {
                true => drop(fields.remove(name)),
                false => merge(fields.entry(name.clone()).or_insert(Value::Null), value),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lenient(order: bool, extra: bool) -> Leniency {
        Leniency { ignores_array_order: order, ignores_extra_elements: extra }
    }

    #[test]
    fn order_and_extra_elements_are_ignored_where_that_is_wanted() {
        let (wanted, found) = (json!({"a": [1, 2]}), json!({"b": 3, "a": [2, 1]}));
        assert!(!is_equal(&wanted, &found, lenient(false, false)));
        assert!(!is_equal(&wanted, &found, lenient(true, false)));
        assert!(!is_equal(&wanted, &found, lenient(false, true)));
        assert!(is_equal(&wanted, &found, lenient(true, true)));
        assert!(is_equal(&json!([1, 3]), &json!([1, 2, 3]), lenient(false, true)));
        assert!(is_equal(&json!({"a": 1}), &json!({"a": 1.0}), lenient(false, false)));
    }

    #[test]
    fn one_that_was_taken_gives_way_to_another() {
        let any = "${json-unit.any-number}";
        assert!(is_equal(&json!([any, 1]), &json!([1, 2]), lenient(true, false)));
        assert!(!is_equal(&json!([any, 1]), &json!([2, 2]), lenient(true, false)));
    }

    #[test]
    fn placeholders_stand_for_what_is_not_known() {
        let wanted = json!({"a": "${json-unit.any-string}", "b": "${json-unit.regex][0-9]+}",
            "c": "${json-unit.ignore}"});
        assert!(is_equal(&wanted, &json!({"a": "x", "b": "12", "c": []}), Leniency::default()));
        assert!(!is_equal(&wanted, &json!({"a": "x", "b": "12a", "c": 1}), Leniency::default()));
        assert!(!is_equal(&wanted, &json!({"a": 1, "b": "12", "c": 1}), Leniency::default()));
    }

    /// RFC 7396, appendix A
    #[test]
    fn a_patch_changes_what_it_names() {
        for (target, patch, wanted) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": {"b": "c"}}),
                json!({"a": {"b": "d", "c": null}}),
                json!({"a": {"b": "d"}}),
            ),
            (json!(["a", "b"]), json!(["c"]), json!(["c"])),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let mut changed = target.clone();
            merge(&mut changed, &patch);
            assert_eq!(changed, wanted, "{target} {patch}");
        }
    }
}
