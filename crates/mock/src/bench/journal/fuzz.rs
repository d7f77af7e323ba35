//! Fuzz targets: requests as strangers send them, given to other programs.

use std::time::Duration;

use actix_web::http::{
    Method, Uri,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use ringback_engine::OffsetDateTime;
use serde_json::Value;

use super::{Entry, Kept, Packed, har};
use crate::bench::Note as _;

/// Reads `METHOD URL`, headers, an empty line, and a body, which is the answer's too. A line that begins with
/// `<` is a header of the answer, or its status.
pub(super) fn entry(input: &[u8]) -> Option<Entry> {
    let end = input.windows(2).position(|two| two == b"\n\n");
    let (head, body) = input.split_at(end.unwrap_or(input.len()));
    let body = body.get(2..).unwrap_or_default();
    let mut lines = head.split(|byte| *byte == b'\n');
    let (method, url) = str::from_utf8(lines.next()?).ok()?.split_once(' ')?;
    // Others come to no vendor.
    let uri: Uri = url.parse().ok().filter(|uri: &Uri| uri.path().starts_with('/'))?;
    let (mut headers, mut answer_headers, mut status) = (HeaderMap::new(), HeaderMap::new(), 200);
    for line in lines {
        let (line, into) = match line.strip_prefix(b"<") {
            Some(line) => (line, &mut answer_headers),
            None => (line, &mut headers),
        };
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            status = str::from_utf8(line).ok()?.parse().ok()?;
            continue;
        };
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        into.append(HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?);
    }
    let kept = Kept::of(body, 64, 16);
    let url = uri.path_and_query().map_or(uri.path(), |both| both.as_str());
    Some(Entry {
        number: 1,
        operation: Some("partner"),
        method: Method::from_bytes(method.as_bytes()).ok()?,
        packed: Packed::new(url, &headers, Kept::of(body, 2_000, 2_000), &answer_headers, kept),
        length: body.len(),
        answer_length: body.len(),
        is_streamed: false,
        is_secure: status == 201,
        params: vec![("secret".to_owned(), "101".to_owned())],
        status,
        took: Duration::from_micros(1_234),
        refusal: None,
        call: None,
        commands: vec![1, 2],
        after: 0,
        peer: None,
        stub: None,
        delay: Duration::ZERO,
        secrets: &["xKey"],
        explain: |_| None,
    })
}

/// Takes a line apart as a shell does, which has to find nothing in it but words and pipes.
pub(super) fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut letters) = (Vec::new(), None::<String>, line.chars());
    while let Some(letter) = letters.next() {
        match letter {
            ' ' => words.extend(word.take()),
            '\'' => {
                let quoted = letters.by_ref().take_while(|letter| *letter != '\'');
                word.get_or_insert_default().extend(quoted);
            }
            '\\' => word.get_or_insert_default().extend(letters.next()),
            _ => {
                let is_plain = letter.is_ascii_alphanumeric() || "-+/=%@|".contains(letter);
                assert!(is_plain, "{letter:?} is the shell's in {line}");
                word.get_or_insert_default().push(letter);
            }
        }
    }
    words.extend(word);
    words
}

/// What curl makes of its arguments.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Sent {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Sent {
    /// Reads a line of curl, perhaps behind what gives it a body.
    pub(super) fn of(line: &str) -> Self {
        let words = words(line);
        let mut parts = words.split(|word| word == "|");
        let (input, curl) = match (parts.next().unwrap(), parts.next(), parts.next()) {
            (curl, None, None) => (None, curl),
            ([printf, form, text], Some([decode, flag]), Some(curl)) => {
                assert_eq!([printf, form, decode, flag], ["printf", "%s", "base64", "-d"]);
                (Some(BASE64_STANDARD.decode(text).unwrap()), curl)
            }
            _ => panic!("{line}"),
        };
        let (mut sent, mut is_literal, mut as_it_is, mut is_head) =
            (Self::default(), false, false, false);
        let mut data = None;
        let mut words = curl.iter().map(String::as_str);
        assert_eq!(words.next(), Some("curl"));
        while let Some(word) = words.next() {
            let mut value = || words.next().unwrap().to_owned();
            match word {
                "-s" => {}
                "-g" => is_literal = true,
                "--path-as-is" => as_it_is = true,
                "--head" => is_head = true,
                "-X" => sent.method = value(),
                "--data-raw" => data = Some(value().into_bytes()),
                "--data-binary" => {
                    assert_eq!(value(), "@-");
                    data.clone_from(&input);
                }
                "-H" => {
                    let header = value();
                    if let Some((name, value)) = header.split_once(':') {
                        if let value @ [_, ..] = value.trim_ascii().as_bytes() {
                            let value = String::from_utf8(value.to_vec()).unwrap();
                            sent.headers.push((name.to_owned(), value));
                        }
                    } else {
                        let name = header.strip_suffix(';').unwrap().to_owned();
                        sent.headers.push((name, String::new()));
                    }
                }
                url => {
                    assert!(!url.starts_with('-') && sent.url.is_empty(), "{line}");
                    url.clone_into(&mut sent.url);
                }
            }
        }
        assert!(is_literal || !sent.url.contains(['[', ']', '{', '}']), "{line}");
        assert!(as_it_is || !sent.url.contains("/../"), "{line}");
        assert!(!is_head || (data.is_none() && sent.method.is_empty()), "{line}");
        if sent.method.is_empty() {
            let usual = if data.is_some() { "POST" } else { "GET" };
            sent.method = if is_head { "HEAD" } else { usual }.to_owned();
        }
        sent.body = data.unwrap_or_default();
        sent
    }
}

fn decoded(value: &Value, text: &str, encoding: &str) -> Vec<u8> {
    let text = value[text].as_str().unwrap();
    match value.get(encoding) {
        Some(_) => BASE64_STANDARD.decode(text).unwrap(),
        None => text.as_bytes().to_vec(),
    }
}

/// A request in the forms in which it leaves: JSON, HAR 1.2, and a line of curl that sends the same.
#[test]
fn journal_exports() {
    ringback_fuzz::target!(|input| {
        let Some(entry) = entry(input) else { return };
        let headers: Vec<_> = entry.packed.headers().iter().collect();
        let at = OffsetDateTime::UNIX_EPOCH;
        for secrets in [false, true] {
            let shown = Value::Object(entry.show(secrets));
            let line = shown.to_string();
            assert!(!line.contains('\n'), "{line}");
            assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), shown);
            let archive = har(std::iter::once((at, &entry)), secrets);
            assert_eq!(serde_json::from_str::<Value>(&archive.to_string()).unwrap(), archive);
            let request = &archive["log"]["entries"][0]["request"];
            let url: Uri = request["url"].as_str().unwrap().parse().unwrap();
            assert!(url.scheme().is_some() && url.host().is_some(), "{url}");
            assert_eq!(request["headers"].as_array().unwrap().len(), headers.len());
            if let Ok(line) = entry.curl(secrets) {
                assert_eq!(Sent::of(&line).url, request["url"].as_str().unwrap());
            }
            if !secrets {
                continue;
            }
            let body = entry.packed.body();
            assert_eq!(url.path_and_query().unwrap().as_str(), entry.packed.url());
            if entry.length > 0 {
                assert_eq!(decoded(&request["postData"], "text", "encoding"), body);
            }
            if entry.body().is_whole() {
                assert_eq!(decoded(&shown, "body", "body_encoding"), body);
            }
        }
        let Ok(line) = entry.curl(true) else { return };
        let sent = Sent::of(&line);
        let own = ["content-length", "connection", "transfer-encoding", "accept-encoding"];
        let is_told = |(name, _): &(String, String)| {
            !own.contains(&name.as_str()) && name != "host" && name != "expect"
        };
        let told: Vec<_> = headers.into_iter().filter(is_told).collect();
        let given = sent.headers.into_iter().filter(|(name, _)| name != "host");
        assert_eq!(given.collect::<Vec<_>>(), told, "{line}");
        assert_eq!(
            (sent.method.as_str(), &*sent.body),
            (entry.method.as_str(), entry.packed.body())
        );
    });
}
