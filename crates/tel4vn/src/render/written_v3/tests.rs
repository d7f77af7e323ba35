use super::*;

#[test]
fn a_text_is_written_as_a_serialiser_writes_it() {
    for written in
        ["", "101", "Trần", "say \"hi\"", "a\\b", "two\nlines", "\u{7f}\u{1}", "</script>"]
    {
        let mut out = Vec::new();
        text(&mut out, written);
        let by_serialiser = serde_json::to_vec(written).expect("a text");
        assert_eq!(String::from_utf8(out), String::from_utf8(by_serialiser), "{written:?}");
    }
}

#[test]
fn pressed_keys_are_an_object_within_a_text() {
    let mut out = Vec::new();
    keys(&mut out, "1#");
    assert_eq!(String::from_utf8(out).as_deref(), Ok(r#""{\"press_key\":\"1#\"}""#));
}
