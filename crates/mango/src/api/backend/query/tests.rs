use super::{Query, integer};
use crate::api::backend::operations::OPERATIONS;
use serde_json::{Value, json};

#[test]
fn integers_are_read_as_pydantic_reads_them() {
    let accepted = [
        ("5", 5),
        ("+5", 5),
        ("-5", -5),
        (" 5 ", 5),
        ("\t5\n", 5),
        ("\u{a0}5", 5),
        ("0", 0),
        ("-0", 0),
        ("00", 0),
        ("0005", 5),
        ("000_5", 5),
        ("1_000", 1000),
        ("+1_000", 1000),
        ("5.0", 5),
        ("5.00", 5),
        ("-5.0", -5),
        ("1_0.0", 10),
        ("0.0", 0),
        ("9223372036854775807", i64::MAX),
        ("-9223372036854775808", i64::MIN),
    ];
    for (text, number) in accepted {
        assert_eq!(integer(text), Some(number.into()), "{text:?}");
    }
    let refused = [
        "", " ", "5.", ".5", ".0", "1.5", "5e0", "0x5", "1__0", "_1", "1_", "5_.0", "5._0",
        "1.0_0", "+-5", "--5", "- 5", "+_5", "1,000", "1 000", "٣", "５", "abc", "true", "None",
        "NaN", "Infinity", "\u{0}5", "+", "-", "_", ".", "5.0.0", "5.01",
    ];
    for text in refused {
        assert_eq!(integer(text), None, "{text:?}");
    }
}

#[test]
fn integers_of_any_size_are_integers() {
    let digits = "9".repeat(5_000);
    assert_eq!(integer(&format!("000{digits}.0")), Some(Value::String(digits.clone())));
    assert_eq!(integer(&format!("-{digits}")), Some(Value::String(format!("-{digits}"))));
}

#[test]
fn the_last_value_of_a_name_counts_and_every_fault_is_told_in_order() {
    let operation = OPERATIONS.iter().find(|operation| operation.path == "/get_stats_to/").unwrap();
    let read = |query| Query::of(query).read(operation.params);
    let Err(invalid) = read("fields=a&date_to=&date_from=1&date_from=%78&unknown=1") else {
        panic!("it is invalid");
    };
    let told = serde_json::to_value(invalid).unwrap();
    let told: Vec<_> =
        told["detail"].as_array().unwrap().iter().map(|fault| &fault["loc"][1]).collect();
    assert_eq!(told, ["to_ext", "date_from", "date_to"]);

    let mut arguments =
        read("to_ext=&date_from=x&date_from=1&date_to=2&fields=a+b%2Bc%ff%zz&fields=%D1%8F&&")
            .ok()
            .unwrap();
    assert_eq!(arguments.take("to_ext"), json!(""));
    assert_eq!(arguments.take("date_from"), json!(1));
    assert_eq!(arguments.take("fields"), json!("я"));
    assert_eq!(arguments.take("to_num"), Value::Null);
}
