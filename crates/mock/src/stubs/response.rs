//! What a mapping answers.

use std::time::Duration;

use actix_web::http::{
    StatusCode,
    header::{self, HeaderName, HeaderValue},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use serde_json::{Map, Value};

use super::{
    StubRefused,
    delay::{self, Delay},
    keys,
    refused::{flag, list, object, one_or_more, plain, text, whole},
    template::Template,
};
use crate::fault::Fault;

/// A body that comes in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dribble {
    pub(crate) chunks: usize,
    pub(crate) within: Duration,
}

/// The most pieces.
const CHUNKS: u64 = 10_000;

/// A text that is given as it is, or made for each request.
#[derive(Debug, Clone)]
pub(crate) enum Text {
    Plain(String),
    Made(Box<Template>),
}

#[derive(Debug, Clone)]
pub(crate) enum Body {
    None,
    Bytes(Bytes),
    Made(Box<Template>),
}

/// What a mapping answers, or does to an answer of the simulator.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: Option<StatusCode>,
    pub(crate) reason: Option<String>,
    pub(crate) headers: Vec<(HeaderName, Text)>,
    pub(crate) body: Body,
    pub(crate) delay: Delay,
    pub(crate) dribble: Option<Dribble>,
    pub(crate) fault: Option<Fault>,
    /// `parameters` of templates.
    pub(crate) parameters: Value,
    /// Whether the simulator answers.
    pub(crate) is_passed: bool,
    pub(crate) patch: Option<Value>,
}

impl Reply {
    /// Reads a response.
    pub(crate) fn read(value: &Value, at: &str) -> Result<Self, StubRefused> {
        let given = object(value, at)?;
        keys::check(given, at, keys::RESPONSE)?;
        let is_made = is_made(given, at)?;
        let field = |name: &str| given.get(name).filter(|value| !value.is_null());
        let is_passed = match field("passthrough") {
            Some(value) => flag(value, &format!("{at}/passthrough"))?,
            None => false,
        };
        let status = match field("status") {
            None => None,
            Some(value) => {
                let at = format!("{at}/status");
                let status = whole(value, &at, 200, 599)?;
                let status =
                    u16::try_from(status).ok().and_then(|it| StatusCode::from_u16(it).ok());
                Some(status.ok_or_else(|| StubRefused::new(&at, "has to be a status"))?)
            }
        };
        let reason = field("statusMessage");
        let reason = reason.map(|value| text(value, &format!("{at}/statusMessage"))).transpose()?;
        if reason.as_deref().is_some_and(|reason| !is_line(reason)) {
            return Err(StubRefused::new(&format!("{at}/statusMessage"), "has to be one line"));
        }
        let fault = match field("fault") {
            None => None,
            Some(value) => {
                let at = format!("{at}/fault");
                let word = text(value, &at)?;
                let known = Fault::ALL.map(Fault::word);
                let fault = Fault::of(&word);
                Some(fault.ok_or_else(|| StubRefused::unknown(&at, "fault", &word, &known))?)
            }
        };
        let reply = Self {
            status,
            reason,
            headers: headers(given, is_made, at)?,
            body: body(given, is_made, at)?,
            delay: Delay::read(given, "fixedDelayMilliseconds", at)?,
            dribble: dribble(given, at)?,
            fault,
            parameters: field("transformerParameters").cloned().unwrap_or_default(),
            is_passed,
            patch: field("patch").cloned(),
        };
        reply.check(given, at)?;
        Ok(reply)
    }

    /// Refuses what does not go together.
    fn check(&self, given: &Map<String, Value>, at: &str) -> Result<(), StubRefused> {
        let bodies = ["body", "jsonBody", "base64Body"];
        let body = bodies.into_iter().find(|name| given.get(*name).is_some_and(|it| !it.is_null()));
        match (self.is_passed, body) {
            (true, Some(body)) => {
                let why = "the simulator answers; change its body by `patch`";
                return Err(StubRefused::new(&format!("{at}/{body}"), why));
            }
            (false, _) if self.patch.is_some() => {
                let why = "is for `\"passthrough\": true`";
                return Err(StubRefused::new(&format!("{at}/patch"), why));
            }
            (true, None) | (false, _) => {}
        }
        let made = self.headers.iter().find(|(_, text)| matches!(text, Text::Made(_)));
        if let Some((name, _)) = made.filter(|_| self.is_passed) {
            let why = "is no template where the simulator answers";
            return Err(StubRefused::new(&format!("{at}/headers/{name}"), why));
        }
        let is_raw = self.fault.is_some_and(|fault| fault != Fault::SlowBody);
        if self.dribble.is_some() && (is_raw || self.reason.is_some()) {
            let why = "does not go together with a fault or a status message";
            return Err(StubRefused::new(&format!("{at}/chunkedDribbleDelay"), why));
        }
        Ok(())
    }

    /// Returns in which pieces the body comes.
    pub(crate) fn dribble(&self) -> Option<Dribble> {
        let slow = Dribble { chunks: 10, within: Duration::from_secs(10) };
        self.dribble.or_else(|| (self.fault == Some(Fault::SlowBody)).then_some(slow))
    }
}

/// Returns whether templates are to be rendered.
fn is_made(given: &Map<String, Value>, at: &str) -> Result<bool, StubRefused> {
    let Some(value) = given.get("transformers").filter(|value| !value.is_null()) else {
        return Ok(false);
    };
    let at = format!("{at}/transformers");
    for (place, value) in list(value, &at)?.iter().enumerate() {
        let at = format!("{at}/{place}");
        let name = text(value, &at)?;
        if name != "response-template" {
            let why = format!("there is no transformer {name:?}, only response-template");
            return Err(StubRefused::unsupported(&at, why));
        }
    }
    Ok(value.as_array().is_some_and(|list| !list.is_empty()))
}

fn is_line(text: &str) -> bool {
    text.len() <= 200 && text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

fn headers(
    given: &Map<String, Value>,
    is_made: bool,
    at: &str,
) -> Result<Vec<(HeaderName, Text)>, StubRefused> {
    let Some(value) = given.get("headers").filter(|value| !value.is_null()) else {
        return Ok(Vec::new());
    };
    let at = format!("{at}/headers");
    let mut headers = Vec::new();
    for (name, value) in object(value, &at)? {
        let at = format!("{at}/{name}");
        let known = HeaderName::from_bytes(name.as_bytes());
        let name = known.map_err(|_| StubRefused::new(&at, "is no name of a header"))?;
        let said = [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION];
        if said.contains(&name) {
            let why = "is the connection's to say; the faults say it wrongly";
            return Err(StubRefused::unsupported(&at, why));
        }
        for value in one_or_more(value) {
            let text = plain(value, &at)?;
            let text = match is_made && text.contains("{{") {
                true => Text::Made(Box::new(Template::read(&text, &at)?)),
                false => match HeaderValue::from_bytes(text.as_bytes()) {
                    Ok(_) => Text::Plain(text),
                    Err(_) => return Err(StubRefused::new(&at, "is no value of a header")),
                },
            };
            headers.push((name.clone(), text));
        }
    }
    Ok(headers)
}

fn body(given: &Map<String, Value>, is_made: bool, at: &str) -> Result<Body, StubRefused> {
    let bodies = ["body", "jsonBody", "base64Body"].into_iter();
    let mut bodies = bodies.filter_map(|name| Some((name, given.get(name)?)));
    let mut bodies = bodies.by_ref().filter(|(_, value)| !value.is_null());
    let Some((name, value)) = bodies.next() else { return Ok(Body::None) };
    if let Some((other, _)) = bodies.next() {
        let at = format!("{at}/{other}");
        return Err(StubRefused::new(&at, format!("there is already {name}; one is enough")));
    }
    let at = format!("{at}/{name}");
    let whole = match name {
        "body" => text(value, &at)?,
        "jsonBody" => value.to_string(),
        _ => {
            let bytes = BASE64_STANDARD.decode(text(value, &at)?);
            let bytes = bytes.map_err(|_| StubRefused::new(&at, "has to be base64"))?;
            return Ok(Body::Bytes(bytes.into()));
        }
    };
    Ok(match is_made && whole.contains("{{") {
        true => Body::Made(Box::new(Template::read(&whole, &at)?)),
        false => Body::Bytes(whole.into()),
    })
}

fn dribble(given: &Map<String, Value>, at: &str) -> Result<Option<Dribble>, StubRefused> {
    let Some(value) = given.get("chunkedDribbleDelay").filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let at = format!("{at}/chunkedDribbleDelay");
    let fields = object(value, &at)?;
    let known = ["numberOfChunks", "totalDuration"];
    if let Some(name) = fields.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(StubRefused::unknown(&format!("{at}/{name}"), "key", name, &known));
    }
    let field = |name: &str, least: u64, most: u64| {
        whole(fields.get(name).unwrap_or(&Value::Null), &format!("{at}/{name}"), least, most)
    };
    let chunks = usize::try_from(field("numberOfChunks", 1, CHUNKS)?).unwrap_or(1);
    let within = Duration::from_millis(field("totalDuration", 0, delay::LONGEST)?);
    Ok(Some(Dribble { chunks, within }))
}
