use super::*;

fn masked(text: &str) -> String {
    Mask::new(&["host"]).text(text)
}

#[test]
fn secrets_are_masked_however_they_are_written() {
    for (text, shown) in [
        (r#"{"user":"137","partnerSecret":"rdn7mllW"}"#, r#"{"user":"137","partnerSecret":"***"}"#),
        (r#"{ "api_key" : "aa\"bb", "x": 1 }"#, r#"{ "api_key" : "***", "x": 1 }"#),
        (r#"{"password": 12345, "b": null}"#, r#"{"password": ***, "b": null}"#),
        (r#"{"tokens":["a",["b"]],"c":1}"#, r#"{"tokens":***,"c":1}"#),
        (r#"{"refresh_token":null}"#, r#"{"refresh_token":null}"#),
        ("secret=\n\"token\": \"x\"", "secret=\n\"token\": \"***\""),
        (r#"{"token":"abc"#, r#"{"token":"***"#),
        (
            r#"{"inner":"{\"password\":\"a\\\"b\",\"c\":1}"}"#,
            r#"{"inner":"{\"password\":\"***\",\"c\":1}"}"#,
        ),
        ("vpbx_api_key=mango&sign=0bae&json={\"x\":1}", "vpbx_api_key=***&sign=***&json={\"x\":1}"),
        ("account[auth_token]=x&a=b", "account[auth_token]=***&a=b"),
        (
            "/recording/listen?host=eyJpdiI6&recordingFile=in.gsm",
            "/recording/listen?host=***&recordingFile=in.gsm",
        ),
        (
            r#"{"hook_header":"Authorization: Bearer abc.def"}"#,
            r#"{"hook_header":"Authorization: ***"}"#,
        ),
        (
            r#"["Bearer abc", "basic plan", "Basic Zm9vOmJhcg=="]"#,
            r#"["Bearer ***", "basic plan", "Basic ***"]"#,
        ),
        ("url=http://me:pw@host.example/x", "url=http://***@host.example/x"),
        ("the password is wrong", "the password is wrong"),
        (
            r#"{"secret":"","signed":true,"design":"x","sip_password":"p"}"#,
            r#"{"secret":"***","signed":true,"design":"x","sip_password":"***"}"#,
        ),
        ("пароль=ü password=é", "пароль=ü password=***"),
    ] {
        assert_eq!(masked(text), shown);
        // Wherever it is cut off nothing panics.
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            masked(&text[..end]);
        }
    }
}

#[test]
fn a_body_is_shown_in_one_line_and_not_too_much_of_it() {
    let mask = Mask::new(&[]);
    let json = "application/json";
    assert_eq!(shown(b"{\r\n\t\"a\": 1\x1b}", json, &mask), "{\\r\\n \"a\": 1\\u{1b}}");
    let form = "application/x-www-form-urlencoded";
    assert_eq!(
        shown(b"json=%7B%22password%22%3A%22x+y%22%7D", form, &mask),
        "json={\"password\":\"***\"}"
    );
    assert_eq!(shown(b"RIFF\0\0", "audio/wav", &mask), "(6 bytes)");
    assert_eq!(shown(b"--x\r\n", "multipart/form-data; boundary=x", &mask), "(multipart, 5 bytes)");
    assert_eq!(shown("ü".repeat(SHOWN + 1).as_bytes(), json, &mask).chars().count(), SHOWN + 1);
}
