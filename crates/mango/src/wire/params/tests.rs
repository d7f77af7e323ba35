use serde_json::{Value, json};

use super::Params;
use crate::error::Refused;

fn params(value: Value) -> Params {
    serde_json::from_value(value).unwrap()
}

#[test]
fn ids_are_numbers_or_digits_and_nothing_else() {
    for (value, id) in [
        (json!(17), Ok(17)),
        (json!("17"), Ok(17)),
        (json!(17.0), Ok(17)),
        (json!(" 0017 "), Ok(17)),
        (json!(-1), Err(3104)),
        (json!(1.5), Err(3104)),
        (json!("x"), Err(3104)),
        (json!([17]), Err(3104)),
        (json!(null), Err(3103)),
        (json!(""), Err(3103)),
    ] {
        let found = params(json!({ "id": value })).id("id").map_err(|refused| refused.code);
        assert_eq!(found, id, "{value}");
    }
}

#[test]
fn truth_has_four_spellings() {
    for (value, flag) in [
        (json!(true), Ok(Some(true))),
        (json!("true"), Ok(Some(true))),
        (json!(1), Ok(Some(true))),
        (json!("1"), Ok(Some(true))),
        (json!(0), Ok(Some(false))),
        (json!("false"), Ok(Some(false))),
        (json!(null), Ok(None)),
        (json!(2), Err(3104)),
        (json!("yes"), Err(3104)),
    ] {
        let found = params(json!({ "x": value })).flag_or_none("x").map_err(|refused| refused.code);
        assert_eq!(found, flag, "{value}");
    }
}

#[test]
fn lists_may_be_arrays_text_of_arrays_or_bare_values() {
    for value in [json!(["a"]), json!("[\"a\"]"), json!("a")] {
        assert_eq!(params(json!({ "x": value })).texts("x"), Ok(vec!["a".to_owned()]));
    }
    assert_eq!(params(json!({ "x": 5 })).ids("x"), Ok(vec![5]));
    assert_eq!(params(json!({})).texts("x"), Ok(Vec::new()));
    assert_eq!(params(json!({ "x": "[1" })).texts("x"), Err(Refused::malformed("x")));
}

#[test]
fn a_refusal_names_the_parameter_by_its_path() {
    let outer = params(json!({ "from": { "extension": [] }, "tasks": [{}, {}] }));
    let from = outer.object_or_none("from").unwrap().unwrap();
    assert_eq!(from.text("extension"), Err(Refused::malformed("from.extension")));
    let tasks = outer.objects("tasks").unwrap();
    assert_eq!(tasks[1].text("number"), Err(Refused::missing("tasks.1.number")));
}

#[test]
fn blank_json_is_an_empty_object_and_anything_but_an_object_is_refused() {
    assert_eq!(Params::read(b" \n"), Some(Params::default()));
    assert_eq!(Params::read(b"[]"), None);
    assert_eq!(Params::read(b"{"), None);
    assert_eq!(Params::read(b"{\"a\":\"\xff\"}"), None);
}
