use serde_json::json;

use super::*;

fn holds(matcher: Value, text: &str) -> bool {
    Matcher::read(&matcher, "").unwrap().holds_text(text)
}

#[test]
fn each_matcher_holds_what_it_says() {
    let body = r#"{"name":"Ann","tags":["a","b"],"n":3,"e":[],"z":null}"#;
    for (matcher, wanted) in [
        (json!({"equalTo": body}), true),
        (json!({"equalTo": "ANN", "caseInsensitive": true}), false),
        (json!({"contains": "Ann"}), true),
        (json!({"doesNotContain": "Ann"}), false),
        (json!({"matches": ".*Ann.*"}), true),
        (json!({"matches": "Ann"}), false),
        (json!({"doesNotMatch": "Ann"}), true),
        (json!({"equalToJson": {"name": "Ann"}, "ignoreExtraElements": true}), true),
        (json!({"equalToJson": "{\"name\": \"Ann\"}"}), false),
        (json!({"matchesJsonPath": "$.name"}), true),
        (json!({"matchesJsonPath": "$.e"}), false),
        (json!({"matchesJsonPath": "$.z"}), false),
        (json!({"matchesJsonPath": "$.nothing"}), false),
        (json!({"matchesJsonPath": {"expression": "$.name", "equalTo": "Ann"}}), true),
        (json!({"matchesJsonPath": {"expression": "$.n", "equalTo": "3"}}), true),
        (json!({"matchesJsonPath": {"expression": "$.tags", "contains": "b"}}), true),
        (json!({"matchesJsonPath": {"expression": "$.no", "absent": true}}), true),
        (json!({"matchesJsonPath": {"expression": "$.tags", "equalToJson": ["a", "b"]}}), true),
        (json!({"matchesJsonSchema": {"type": "object", "required": ["name"]}}), true),
        (json!({"matchesJsonSchema": {"required": ["age"]}, "schemaVersion": "V7"}), false),
        (json!({"and": [{"contains": "A"}, {"contains": "z"}]}), true),
        (json!({"or": [{"contains": "no"}, {"contains": "z"}]}), true),
        (json!({"not": {"contains": "z"}}), false),
        (json!({"absent": true}), false),
        (json!({"anything": "(always)"}), true),
    ] {
        assert_eq!(holds(matcher.clone(), body), wanted, "{matcher}");
    }
    assert!(!holds(json!({"matchesJsonPath": "$.name"}), "no JSON"));
    assert!(holds(json!({"binaryEqualTo": "AQI="}), "\u{1}\u{2}"));
}

#[test]
fn several_values_are_looked_at_one_by_one() {
    let read = |matcher: Value| Matcher::read(&matcher, "").unwrap();
    let is = |text: &str| json!({ "equalTo": text });
    assert!(read(is("b")).holds_values(&["a", "b"]));
    assert!(read(json!({"hasExactly": [is("b"), is("a")]})).holds_values(&["a", "b"]));
    assert!(!read(json!({"hasExactly": [is("b")]})).holds_values(&["a", "b"]));
    assert!(read(json!({"includes": [is("b")]})).holds_values(&["a", "b"]));
    assert!(read(json!({"absent": true})).holds_values(&[]));
    assert!(!read(json!({"absent": true})).holds_values(&["a"]));
    assert!(!read(json!({"contains": "a"})).holds_values(&[]));
}

#[test]
fn what_cannot_be_asked_is_refused_where_it_stands() {
    for (matcher, at, word) in [
        (json!({}), "/m", "one matcher"),
        (json!({"equalTo": "a", "contains": "b"}), "/m", "one matcher"),
        (json!({"equalTo": {}}), "/m/equalTo", "text"),
        (json!({"equalToXml": "<a/>"}), "/m/equalToXml", "XML"),
        (json!({"equalsTo": "a"}), "/m/equalsTo", "did you mean equalTo?"),
        (json!({"contains": "a", "ignoreArrayOrder": true}), "/m/ignoreArrayOrder", "beside"),
        (json!({"matches": "["}), "/m/matches", "regular expression"),
        (json!({"matchesJsonPath": "name"}), "/m/matchesJsonPath", "JSONPath"),
        (json!({"matchesJsonPath": "$..a..b..c"}), "/m/matchesJsonPath", "below"),
        (json!({"matchesJsonSchema": {"$ref": "http://x/y"}}), "/m/matchesJsonSchema", "Schema"),
        (json!({"matchesJsonSchema": {"type": 7}}), "/m/matchesJsonSchema", "Schema"),
        (json!({"equalToJson": ["${json-unit.any-text}"]}), "/m/equalToJson", "any-number"),
        (json!({"and": [{"equalTo": "a"}, {"x": 1}]}), "/m/and/1/x", "unknown"),
    ] {
        let refused = Matcher::read(&matcher, "/m").unwrap_err();
        assert_eq!(refused.at, at, "{refused}");
        assert!(refused.detail.contains(word), "{refused}");
    }
}
