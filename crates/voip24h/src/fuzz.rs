//! Fuzz targets: what clients of Voip24h send.

use actix_web::test::TestRequest;
use ringback_testkit::{controlled, fuzzed, generated::Request};
use serde_json::Value;

use crate::{
    Pbx, Voip24h, seal, token,
    wire::{self, Params, fields::Fields},
};

/// A token that is good at the beginning of a frozen clock.
fn admit(request: &mut Request) {
    let is_v3 = ["/v3", "/call/"].iter().any(|face| request.path.starts_with(face));
    if is_v3 && request.headers.iter().all(|(name, _)| name != "authorization") {
        let claims = token::Claims {
            sub: "9b1f0c7e5d3a48268f104ce2b7a6d9581c3e5f70".to_owned(),
            iat: 1_767_603_600,
            exp: 1_767_690_000,
        };
        let key = crate::Settings::default().application_key;
        request.set("authorization", &format!("Bearer {}", token::issue(&key, &claims)));
    }
}

#[test]
fn requests() {
    ringback_fuzz::target!(|input| {
        fuzzed::ask::<Voip24h>(input, || Value::Null, admit, Pbx::verify);
    });
}

/// The body of a request of the partner API: days in their order, both included.
#[test]
fn partner_bodies() {
    ringback_fuzz::target!(|input| {
        let Ok(object) = wire::object(input) else { return };
        let Ok(params) = Params::of(object) else { return };
        if let Ok(days) = params.days() {
            assert!(days.start() < days.end());
        }
        for name in ["user", "callId"] {
            assert!(
                params.text(name).is_ok_and(|text| !text.is_empty()) || params.text(name).is_err()
            );
            let _ = params.text_or(name, "extension");
        }
    });
}

/// The query of a request of v3.
#[test]
fn fields() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        let Ok(uri) = format!("/?{text}").parse::<actix_web::http::Uri>() else { return };
        let request = TestRequest::with_uri(&uri.to_string()).to_http_request();
        let fields = Fields::of_query(&request);
        let _ = (fields.count("limit", 10), fields.flag("isLonglive"), fields.list("status"));
        let (first, last) = (fields.moment("dateStart", false), fields.moment("dateStart", true));
        if let (Ok(Some(first)), Ok(Some(last))) = (first, last) {
            assert!(first < last, "{text}");
        }
        if let Ok(Some(inner)) =
            fields.text("data").map(|text| text.filter(|text| !text.is_empty()))
        {
            assert!(inner.len() <= input.len());
        }
    });
}

/// Tokens: none that was not given out is good, and none is read otherwise than it was written.
#[test]
fn tokens() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        assert_eq!(token::open("other", text), None);
        assert_eq!(seal::open("other", text), None);
        assert!(!seal::opens("other", "", "a.wav", text));
        if let Some(claims) = token::open("key", text) {
            assert_eq!(token::open("key", &token::issue("key", &claims)), Some(claims));
        }
        if let Some(account) = seal::open("key", text) {
            assert_eq!(seal::open("key", &seal::seal("key", account, [1; 16])), Some(account));
        }
    });
}

/// Requests of the control API, several in a row: what is refused changes nothing, and what is answered is as
/// its document says.
#[test]
fn control_requests() {
    ringback_fuzz::target!(controlled::port::<Voip24h>);
}
