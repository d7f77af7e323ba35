use super::Form;

fn form(key: &str, sign: &str, json: &[u8]) -> Form {
    Form { key: Some(key.to_owned()), sign: Some(sign.to_owned()), json: Some(json.to_vec()) }
}

#[test]
fn url_encoded_fields_come_out_as_the_bytes_that_were_signed() {
    let body = b"sign=ab&json=%7B%22a%22%3A+%22%D0%B6%22%7D&vpbx_api_key=k&other=1";
    let wanted = form("k", "ab", "{\"a\": \"\u{436}\"}".as_bytes());
    for kind in [
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-UrlEncoded; charset=UTF-8",
        "",
    ] {
        assert_eq!(Form::read(kind, body), wanted, "{kind}");
    }
    assert_eq!(Form::read("application/json", body), Form::default());
}

#[test]
fn multipart_fields_keep_their_line_breaks_and_need_no_order() {
    let body = b"--x1\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n{\r\n}\r\n--x1\r\n\
        content-disposition: form-data; name=vpbx_api_key\r\nContent-Type: text/plain\r\n\r\nk\r\n--x1\r\n\
        Content-Disposition: form-data; name=\"sign\"\r\n\r\nab\r\n--x1--\r\n";
    assert_eq!(Form::read("multipart/form-data; boundary=x1", body), form("k", "ab", b"{\r\n}"));
    assert_eq!(
        Form::read("multipart/form-data; boundary=\"x1\"", body),
        form("k", "ab", b"{\r\n}")
    );
    assert_eq!(Form::read("multipart/form-data; boundary=x2", body), Form::default());
    assert_eq!(Form::read("multipart/form-data", body), Form::default());
}

#[test]
fn broken_bodies_have_no_fields_and_do_no_harm() {
    for body in [&b"--x"[..], b"--x\r\n", b"--x\r\n\r\n--x", b"%%%&=&&json", b"\xff=\xff"] {
        assert_eq!(Form::read("multipart/form-data; boundary=x", body), Form::default());
    }
    assert_eq!(Form::read("", b"json").json, Some(Vec::new()));
}
