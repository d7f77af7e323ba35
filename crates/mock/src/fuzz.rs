//! Fuzz targets: what clients of the control API and of every vendor send.

use actix_web::{
    HttpRequest, HttpResponse,
    body::MessageBody as _,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    test::TestRequest,
};
use serde_json::{Map, Value};
use time::macros::offset;

use crate::{
    Forwarded,
    bench::verify::{Expected, Times},
    doctor,
    inbox::InboxPlan,
    matching::Match,
    media::Media,
    request_log::mask::Mask,
    serve::address,
    shown::{read_moment, read_offset},
    snapshots::Snapshot,
    webhook::{Chaos, normalise, shorten, whole},
    world::{ControlCommand, NoControl},
};

/// What is expected to have happened, in JSON.
#[test]
fn expectations() {
    ringback_fuzz::target!(|input| {
        let Ok(value) = serde_json::from_slice::<Value>(input) else { return };
        let _ = Match::read(&value, "", None);
        match Expected::read(&value) {
            Ok(expected) => {
                assert!(!expected.matches().is_empty());
                if let Expected::Times(_, Times { at_least, at_most }) = expected {
                    assert!(at_least <= at_most);
                }
            }
            Err(error) => assert!(!error.detail.is_empty()),
        }
    });
}

/// What a client does to a world, in JSON.
#[test]
fn controls() {
    ringback_fuzz::target!(|input| {
        let Ok(control) = serde_json::from_slice::<ControlCommand<NoControl>>(input) else {
            return;
        };
        let written = serde_json::to_string(&control).unwrap();
        let again: ControlCommand<NoControl> = serde_json::from_str(&written).unwrap();
        assert_eq!(serde_json::to_string(&again).unwrap(), written);
    });
}

/// An export of another program, in JSON or CSV, and the moments in it.
#[test]
fn exports() {
    ringback_fuzz::target!(|input| {
        let Ok((rows, ignored)) = doctor::read(input) else { return };
        assert!(rows.len() <= 100_000 && ignored.len() <= input.len());
        for row in rows {
            let starts = row.start.as_deref().and_then(|start| read_moment(start, offset!(+7)));
            assert!(starts.is_none_or(|at| at.year() > -10_000));
        }
    });
}

/// A moment in any of the forms that programs write.
#[test]
fn moments() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        if let Some(offset) = read_offset(text) {
            let (hours, minutes, _) = offset.as_hms();
            let sign = if offset.is_negative() { '-' } else { '+' };
            let written = format!("{sign}{:02}:{:02}", hours.abs(), minutes.abs());
            assert_eq!(read_offset(&written), Some(offset), "{text}");
        }
        for offset in [offset!(UTC), offset!(+7), offset!(-11:30)] {
            let Some(at) = read_moment(text, offset) else { continue };
            // Nothing that is read is too early or too late to be compared and written.
            let utc = at.to_offset(offset!(UTC));
            assert_eq!(utc, at);
            let written = utc.format(&time::format_description::well_known::Rfc3339);
            let Ok(written) = written else { continue };
            assert_eq!(read_moment(&written, offset), Some(at), "{text}");
        }
    });
}

/// What an inbox answers, in JSON.
#[test]
fn inbox_plans() {
    ringback_fuzz::target!(|input| {
        let Ok(fields) = serde_json::from_slice::<Map<String, Value>>(input) else { return };
        match InboxPlan::read(&fields) {
            Ok(plan) => {
                let shown: Vec<Value> =
                    plan.plan.iter().map(crate::inbox::InboxAnswer::show).collect();
                let mut again = Map::new();
                again.insert("plan".to_owned(), shown.into());
                again.insert("then".to_owned(), plan.then.show());
                assert_eq!(InboxPlan::read(&again), Ok(plan));
            }
            Err((at, why)) => assert!(at.starts_with('/') && !why.is_empty()),
        }
    });
}

/// What goes wrong with webhooks, in JSON.
#[test]
fn chaos() {
    ringback_fuzz::target!(|input| {
        let Ok(chaos) = serde_json::from_slice::<Chaos>(input) else { return };
        if chaos.check().is_ok() {
            let written = serde_json::to_string(&chaos).unwrap();
            let again: Chaos = serde_json::from_str(&written).unwrap();
            assert_eq!(serde_json::to_string(&again).unwrap(), written);
            assert!(again.check().is_ok());
        }
    });
}

/// A snapshot that a client kept.
#[test]
fn snapshots() {
    ringback_fuzz::target!(|input| {
        let Ok(snapshot) = Snapshot::from_bytes(input) else { return };
        let written = snapshot.to_bytes().unwrap();
        assert_eq!(Snapshot::from_bytes(&written).unwrap().to_bytes().unwrap(), written);
        assert_eq!(
            snapshot.part("a", "a").is_ok(),
            snapshot.parts().iter().any(|p| p.vendor == "a")
        );
    });
}

/// Where a webhook goes: what was completed is complete.
#[test]
fn webhook_addresses() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        match normalise(text) {
            Ok(url) => {
                assert_eq!(normalise(&url).as_ref(), Ok(&url), "{text}");
                assert_eq!(whole(shorten(&url)), url, "{text}");
                assert!(url.to_ascii_lowercase().starts_with("http"), "{url}");
            }
            Err(refused) => assert!(!refused.to_string().is_empty()),
        }
    });
}

/// The headers of proxies, one a line: the address is one, and a peer that is not trusted has no say in it.
#[test]
fn forwarded() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        let headers: Vec<_> = text
            .lines()
            .filter_map(|line| {
                let (name, value) = line.split_once(':')?;
                let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
                Some((name, HeaderValue::from_str(value.trim()).ok()?))
            })
            .collect();
        let request = |peer: &str| -> HttpRequest {
            let mut request = TestRequest::default().peer_addr(peer.parse().unwrap());
            for header in &headers {
                request = request.append_header(header.clone());
            }
            request.insert_header(("host", "here:8000")).to_http_request()
        };
        for read in [Forwarded::Ignored, Forwarded::Scheme, Forwarded::Rails, Forwarded::All] {
            let near = address(&request("127.0.0.1:9"), read, &[]);
            let (scheme, host) = near.split_once("://").unwrap();
            assert!(["http", "https"].contains(&scheme) && !host.is_empty(), "{near}");
            assert!(!host.contains(['/', ' ', '\r', '\n', '?', '#']), "{near}");
            assert_eq!(address(&request("203.0.113.9:9"), read, &[]), "http://here:8000");
        }
    });
}

/// A `Range` header: what is sent is as long as was said, and within the file.
#[test]
fn ranges() {
    ringback_fuzz::target!(|input| {
        let Ok(value) = HeaderValue::from_bytes(input) else { return };
        const SIZE: u64 = 100;
        let media = Media {
            media_type: "audio/wav",
            disposition: "inline".to_owned(),
            size: SIZE,
            read: |from: u64, buffer: &mut [u8]| {
                assert!(from + buffer.len() as u64 <= SIZE);
                buffer.len()
            },
        };
        let request = TestRequest::default().insert_header(("range", value)).to_http_request();
        let answer: HttpResponse = media.respond(&request);
        let size = match answer.body().size() {
            actix_web::body::BodySize::Sized(size) => size,
            actix_web::body::BodySize::None | actix_web::body::BodySize::Stream => 0,
        };
        match answer.status() {
            StatusCode::OK => assert_eq!(size, SIZE),
            StatusCode::PARTIAL_CONTENT => {
                let range = answer.headers().get("content-range").unwrap().to_str().unwrap();
                let range = range.strip_prefix("bytes ").unwrap().strip_suffix("/100").unwrap();
                let (first, last) = range.split_once('-').unwrap();
                let (first, last): (u64, u64) = (first.parse().unwrap(), last.parse().unwrap());
                assert!(first <= last && last < SIZE);
                assert_eq!(size, last - first + 1);
            }
            status => assert_eq!(status, StatusCode::RANGE_NOT_SATISFIABLE),
        }
    });
}

/// A text for the log: what stands behind the name of a secret is not in it.
#[test]
fn masks() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        let mask = Mask::new(&["xKey"]);
        let masked = mask.text(text);
        assert!(masked.len() <= 4 * text.len() + 8);
        let hidden = mask.text(&format!("password=hunter2&{text}"));
        assert!(hidden.matches("hunter2").count() <= text.matches("hunter2").count(), "{hidden}");
    });
}
