use super::*;

fn text(csv: &str) -> Result<Vec<String>, String> {
    let contacts = read(csv, &mut |_| {}).map_err(|error| error.to_string())?;
    Ok(contacts
        .into_iter()
        .map(|contact| {
            format!("{} {} {}", contact.line, contact.msisdn, Json::Object(contact.metadata))
        })
        .collect())
}

#[test]
fn a_line_is_a_number_and_an_object() {
    let csv = "85510202101,\"{\"\"name\"\":\"\"Sokha\"\"}\"\n\n+855 10 202 102\r\n0085510202103,{}";
    let wanted = [r#"1 +85510202101 {"name":"Sokha"}"#, "3 +85510202102 {}", "4 +85510202103 {}"];
    assert_eq!(text(csv).unwrap(), wanted);
}

#[test]
fn a_header_names_the_keys() {
    let csv = "msisdn,name,home village\n85510202101,\"Sok, ha\",Ang Snoul\n85510202102,,\"two\nlines\"\n85510202103,a,b";
    let wanted = [
        r#"2 +85510202101 {"name":"Sok, ha","home village":"Ang Snoul"}"#,
        r#"3 +85510202102 {"home village":"two\nlines"}"#,
        r#"5 +85510202103 {"name":"a","home village":"b"}"#,
    ];
    assert_eq!(text(csv).unwrap(), wanted);
    let csv = "msisdn,metadata\n85510202101,\"{\"\"a\"\":1}\"";
    assert_eq!(text(csv).unwrap(), [r#"2 +85510202101 {"a":1}"#]);
}

#[test]
fn lines_are_counted_whatever_ends_them() {
    for end in ["\n", "\r\n", "\r"] {
        let lines = ["\u{feff}85510202101", "", " ", "85510202102,{}", "\"\"", "85510202103"];
        let wanted = ["1 +85510202101 {}", "4 +85510202102 {}", "6 +85510202103 {}"];
        assert_eq!(text(&lines.join(end)).unwrap(), wanted, "{end:?}");
        let wrong = text(&[lines.join(end), "x".to_owned()].join(end)).unwrap_err();
        assert!(wrong.starts_with("line 7: "), "{end:?}: {wrong}");
    }
    assert!(text("").unwrap().is_empty());
    assert!(text("\u{feff}\n\r\n").unwrap().is_empty());
}

#[test]
fn a_broken_line_is_named() {
    let cases = [
        ("85510202101\nx", "line 2: msisdn \"x\" can't be blank"),
        ("85510202101\n1234", "line 2: msisdn \"1234\" is an invalid number"),
        ("85510202101,[1]", "line 1: metadata is no JSON object"),
        ("85510202101,a,b", "line 1: 3 columns instead of two; quote a value with commas"),
        ("msisdn,a\n85510202101", "line 2: 1 columns, and the header has 2"),
        ("85510202101\n\"85510202102", "line 2: a quotation mark is not closed"),
        ("msisdn,a\n85510202101,\"b\n85510202102,c\n", "line 2: a quotation mark is not closed"),
        ("85510202101\n85510202102,\"b\"\"", "line 2: a quotation mark is not closed"),
        ("85510202101,\"", "line 1: a quotation mark is not closed"),
        ("\"85510202101\"x", "line 1: something stands after a closing quotation mark"),
    ];
    for (csv, wanted) in cases {
        assert_eq!(text(csv).unwrap_err(), wanted, "{csv}");
    }
    assert!(text("85510202101,{").unwrap_err().starts_with("line 1: metadata is no JSON object: "));
}
