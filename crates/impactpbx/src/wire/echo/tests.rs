use super::Echo;

fn echoed(content_type: &str, body: &[u8]) -> String {
    serde_json::to_string(&Echo::read(Some(content_type), body).unwrap()).unwrap()
}

#[test]
fn json_keeps_its_keys_in_order_and_loses_its_blanks() {
    let body = br#" { "b" : [ 1, -2, 2.5e3, 1e400, {} ], "a" : null, "c" : "\u00e9\n" } "#;
    assert!(Echo::read(None, body).is_err()); // 1e400 is no number of serde_json's
    let body = r#" { "b" : [ 1, -2, 2.5e3, 0.1, {} ], "a" : null, "c" : "\u00e9\n" } "#;
    let wanted = r#"{"b":[1,-2,2500,0.1,{}],"a":null,"c":"é\n"}"#;
    assert_eq!(echoed("Application/JSON ; charset=utf-8", body.as_bytes()), wanted);
    assert_eq!(echoed("application/json", b"18446744073709551615"), "18446744073709551615");
}

#[test]
fn text_that_is_not_utf_8_is_text_all_the_same() {
    assert_eq!(echoed("text/csv", b"a\xff"), "\"a\u{fffd}\"");
}

#[test]
fn an_empty_body_is_null_whatever_its_type() {
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/xml"] {
        assert_eq!(echoed(content_type, b""), "null");
    }
    assert!(Echo::read(Some("multipart/form-data"), b"").is_err());
}

#[test]
fn depth_is_limited() {
    let deep = "[".repeat(1_000) + &"]".repeat(1_000);
    assert!(Echo::read(None, deep.as_bytes()).is_err());
}
