//! Fuzz targets: what clients of TEL4VN send.

use actix_web::test::TestRequest;
use bytes::Bytes;
use ringback_testkit::{fuzzed, generated::Request};
use serde_json::json;
use time::macros::datetime;

use crate::{
    Pbx, Tel4vn,
    wire::{
        form::{Form, csv_rows},
        phone,
        query::Query,
        stamp::{self, End},
    },
};

const TOKEN: &str = "a-fixed-token";

fn admit(request: &mut Request) {
    if request.headers.iter().all(|(name, _)| name != "authorization") {
        request.set("authorization", &format!("Bearer {TOKEN}"));
    }
}

#[test]
fn requests() {
    ringback_fuzz::target!(|input| {
        let settings = || json!({ "fixed_token": TOKEN, "demo_call": true });
        fuzzed::ask::<Tel4vn>(input, settings, admit, Pbx::verify);
    });
}

/// A content type and a multipart body.
#[test]
fn forms() {
    ringback_fuzz::target!(|input| {
        let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
        let (kind, body) = input.split_at(end);
        let Ok(kind) = actix_web::http::header::HeaderValue::from_bytes(kind) else { return };
        let request =
            TestRequest::default().insert_header(("content-type", kind)).to_http_request();
        let body = Bytes::copy_from_slice(body.get(1..).unwrap_or_default());
        let form = Form::of(&request, &body);
        let text = form.text("list_uuid");
        assert!(text.is_none_or(|text| !text.is_empty() && text.len() <= body.len()));
        if let Some((_, content)) = form.file("file") {
            assert!(content.len() <= body.len());
        }
    });
}

/// A file of leads: as many rows as it may have, and every value out of the file.
#[test]
fn lead_files() {
    ringback_fuzz::target!(|input| {
        let rows = csv_rows(input, 50, |value| (value("phone_number"), value("lead_name")));
        let Some(rows) = rows else { return };
        assert!(rows.len() <= 50);
        let length = |value: &Option<String>| value.as_ref().map_or(0, String::len);
        assert!(
            rows.iter().all(|(phone, name)| length(phone).max(length(name)) <= 3 * input.len())
        );
    });
}

/// A number, plain, in base64 or encrypted.
#[test]
fn phones() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        let numbers = [phone::plain(text), phone::encoded(text), phone::encrypted(text, &[7; 32])];
        for number in numbers.into_iter().flatten() {
            assert!(phone::is_phone(&number), "{number}");
            assert_eq!(phone::plain(&number), Some(number));
        }
        assert!(!phone::is_callable(text) || phone::is_phone(text));
        phone::is_lead_number(text);
    });
}

/// A moment: the first of what is named comes before the last, and is written as it was read.
#[test]
fn moments() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        let (first, last) = (stamp::read(text, End::First), stamp::read(text, End::Last));
        if let (Some(first), Some(last)) = (first, last) {
            assert!(first < last, "{text}");
        }
        if let Some(first) = first.filter(|at| *at > datetime!(0001-01-02 0:00 UTC)) {
            let written = stamp::stamp(first);
            assert_eq!(stamp::read(&written, End::First), Some(first), "{text} gives {written}");
            let written = written.replace(' ', "T");
            assert!(written.starts_with(&text.trim().replace(' ', "T")), "{text} gives {written}");
        }
    });
}

/// A query string.
#[test]
fn queries() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        let Ok(uri) = format!("/?{text}").parse::<actix_web::http::Uri>() else { return };
        let request = TestRequest::with_uri(&uri.to_string()).to_http_request();
        let query = Query::of(&request);
        let (limit, _) = query.page(10);
        assert!(limit <= 1_000_000, "{limit}");
        for name in ["limit", "offset", "from_date", "status"] {
            let _ = (query.number(name), query.exact(name), query.is_true(name), query.texts(name));
        }
    });
}
