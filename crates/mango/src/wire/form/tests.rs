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

#[test]
fn what_careless_clients_leave_out_or_add_around_multipart_fields_is_no_matter() {
    let part = |name: &str, value: &str| {
        format!("--a=b/c\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n")
    };
    let fields =
        [part("\"vpbx_api_key\"", "k"), part("sign", "ab"), part("\"json\"; filename=\"j\"", "{}")];
    let fields = fields.concat();
    let wanted = form("k", "ab", b"{}");
    for body in [
        format!("{fields}--a=b/c--\r\n"),
        format!("{fields}--a=b/c--"),
        // Broken off after the last field.
        format!("{fields}--a=b/c"),
        format!("a preamble\r\n{fields}--a=b/c--\r\nan epilogue"),
        format!("{}{fields}--a=b/c--", part("other", "1")),
        format!("{}{fields}--a=b/c--", part("sign", "the last one counts")),
    ] {
        let read =
            Form::read("multipart/form-data; charset=utf-8; boundary=a=b/c", body.as_bytes());
        assert_eq!(read, wanted, "{body}");
    }
}
