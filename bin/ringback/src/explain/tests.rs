use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::read;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Answer,
    NoAnswer,
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Dialling {
    max_calls: u16,
}

impl Default for Dialling {
    fn default() -> Self {
        Self { max_calls: 3 }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    share: f64,
    dialling: Dialling,
    outcomes: Vec<Outcome>,
    texts: BTreeMap<String, String>,
}

#[test]
fn what_is_wrong_is_told_by_key_value_and_nearest_spelling() {
    let cases: [(Value, &str, &str); 8] = [
        (json!({ "shere": 1 }), "shere", "unknown key shere; did you mean share?"),
        (
            json!({ "dialling": { "maxcalls": 1 } }),
            "dialling.maxcalls",
            "unknown key dialling.maxcalls; did you mean max_calls?",
        ),
        (
            json!({ "other": 1 }),
            "other",
            "unknown key other; known are share, dialling, outcomes, texts, mango",
        ),
        (json!({ "mngo": 1 }), "mngo", "unknown key mngo; did you mean mango?"),
        (json!({ "share": "much" }), "share", "share = \"much\": expected a number"),
        (
            json!({ "dialling": { "max_calls": 70_000 } }),
            "dialling.max_calls",
            "dialling.max_calls = 70000: expected a whole number in its bounds",
        ),
        (
            json!({ "outcomes": ["answer", "noanswer"] }),
            "outcomes[1]",
            "outcomes[1] = \"noanswer\": possible are answer, no_answer; did you mean no_answer?",
        ),
        (json!({ "texts": [] }), "texts", "texts = []: expected a table"),
    ];
    for (value, key, text) in cases {
        let problem = read::<Settings>(&value, &["mango"]).unwrap_err();
        assert_eq!((problem.key.as_str(), problem.to_string().as_str()), (key, text));
    }
}
