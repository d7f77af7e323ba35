use serde_json::json;

use super::*;

const PARAMS: &[Param] = &[
    Param::json("from").object().required(),
    Param::json("from.extension").required(),
    Param::json("tasks[].number").required(),
    Param::json("tasks[].priority").integer(),
    Param::json("fields").list(&Kind::Text),
    Param::json("metadata").object(),
    Param::json("at").moment("YYYY-MM-DD or YYYY-MM-DD hh:mm:ss"),
    Param::json("legs").one_of(&["aleg", "bleg"]).unless("side"),
    Param::json("side"),
];

fn faults(json: Value) -> Vec<String> {
    let endpoint = Endpoint::get("test", "/", actix_web::web::get).accepts(PARAMS);
    let (method, path, headers) = ("GET".to_owned(), "/".to_owned(), Map::new());
    let request = Request { method, path, headers, json: Some(json), body: None };
    faults_of(&endpoint, &request).into_iter().map(|fault| fault.text).collect()
}

#[test]
fn a_request_that_fits_has_no_faults() {
    let whole = json!({
        "from": { "extension": 101 },
        "tasks": [{ "number": "1", "priority": "2" }],
        "fields": "one",
        "metadata": { "any": ["thing"] },
        "at": "2026-01-05 09:00:00",
        "legs": "aleg",
    });
    assert_eq!(faults(whole), [""; 0]);
    assert_eq!(
        faults(json!({ "from": { "extension": "1" }, "side": "a", "fields": null })),
        [""; 0]
    );
}

#[test]
fn what_is_missing_unknown_or_of_another_kind_is_named() {
    let odd = json!({
        "from": { "number": "1" },
        "tasks": [{ "priority": "high" }],
        "fields": [{}],
        "at": "5 January",
        "legs": "cleg",
        "more": 1,
    });
    assert_eq!(
        faults(odd),
        [
            "at is \"5 January\", not Moment(\"YYYY-MM-DD or YYYY-MM-DD hh:mm:ss\")",
            "fields is [{}], not List(Text)",
            "from.number is not described (\"1\")",
            "legs is \"cleg\", not OneOf([\"aleg\", \"bleg\"])",
            "more is not described (1)",
            "tasks[].priority is \"high\", not Integer",
            "from.extension is required",
            "tasks[].number is required",
        ]
    );
}
