//! The notifications: their JSON in the vendor's order of keys, signed and put into a form.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ringback_mock::webhook::{Mistake, Post, SentWebhook, Signature};
use serde::Serialize;

use crate::{auth, identity::Identity};

/// One end of a leg, or of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct EndBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) extension: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) taken_from_call_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) acd_group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) was_transferred: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hold_initiator: Option<bool>,
}

/// Whether a call came by a tracked number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Dct {
    #[serde(rename = "type")]
    kind: u8,
}

impl Dct {
    /// It did not, which every leg of every call says; summaries then say nothing. field report,
    /// M12 and M13
    pub(crate) const NONE: Self = Self { kind: 0 };
}

/// `events/call`: its keys in the order of a capture. field report, M12 to M15
#[derive(Debug, Serialize)]
pub(crate) struct CallEvent<'a> {
    pub(crate) entry_id: String,
    pub(crate) call_id: String,
    pub(crate) timestamp: i64,
    pub(crate) seq: u32,
    pub(crate) call_state: &'a str,
    pub(crate) location: &'a str,
    pub(crate) from: EndBody<'a>,
    pub(crate) to: EndBody<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) disconnect_reason: Option<u16>,
    pub(crate) dct: Dct,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transfer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sip_call_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) command_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) task_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) callback_initiator: Option<&'a str>,
}

/// `events/summary`: its keys in the order of a capture. field report, M13 and M14
#[derive(Debug, Serialize)]
pub(crate) struct Summary<'a> {
    pub(crate) entry_id: String,
    pub(crate) call_direction: u8,
    pub(crate) from: EndBody<'a>,
    pub(crate) to: EndBody<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line_number: Option<&'a str>,
    pub(crate) create_time: i64,
    pub(crate) forward_time: i64,
    pub(crate) talk_time: i64,
    pub(crate) end_time: i64,
    pub(crate) entry_result: u8,
    pub(crate) disconnect_reason: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sip_call_id: Option<String>,
}

/// `events/recording`
#[derive(Debug, Serialize)]
pub(crate) struct RecordingEvent<'a> {
    pub(crate) recording_id: String,
    pub(crate) recording_state: &'a str,
    pub(crate) seq: u32,
    pub(crate) entry_id: String,
    pub(crate) call_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) extension: Option<&'a str>,
    pub(crate) timestamp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) completion_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recipient: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) command_id: Option<&'a str>,
}

/// `events/record/added`
#[derive(Debug, Serialize)]
pub(crate) struct RecordAdded {
    pub(crate) entry_id: String,
    pub(crate) product_id: u64,
    pub(crate) user_id: i64,
    pub(crate) timestamp: i64,
    pub(crate) recording_id: String,
}

/// `events/dtmf`
#[derive(Debug, Serialize)]
pub(crate) struct Dtmf<'a> {
    pub(crate) seq: u32,
    pub(crate) dtmf: &'a str,
    pub(crate) timestamp: i64,
    pub(crate) call_id: String,
    pub(crate) entry_id: String,
    pub(crate) location: &'a str,
    pub(crate) initiator: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line_number: Option<&'a str>,
}

/// `events/sms`
#[derive(Debug, Serialize)]
pub(crate) struct SmsEvent<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) command_id: Option<&'a str>,
    pub(crate) timestamp: i64,
    pub(crate) reason: u16,
}

/// `result/…` of a command
#[derive(Debug, Serialize)]
pub(crate) struct CommandResult<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) command_id: Option<&'a str>,
    pub(crate) result: u16,
}

/// `result/stat`
#[derive(Debug, Serialize)]
pub(crate) struct StatResult<'a> {
    pub(crate) key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<&'a str>,
}

/// `ping`
#[derive(Debug, Serialize)]
pub(crate) struct Ping {}

/// Puts a notification into a signed form on its way to `{base}/{path}`.
pub(crate) fn post(base: &str, path: &str, json: &str, identity: &Identity, lane: u64) -> Post {
    let Identity { key, salt, .. } = identity;
    let sign = auth::sign(&[key.as_bytes(), json.as_bytes(), salt.as_bytes()]);
    let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let content_type = "application/x-www-form-urlencoded".to_owned();
    Post {
        lane,
        call: None,
        event: path.to_owned(),
        url: Some(below(base, path)),
        headers: vec![("Content-Type".to_owned(), content_type)],
        body: format!("vpbx_api_key={}&sign={sign}&json={}", escaped(key), escaped(json)),
    }
}

/// Says how a notification is signed. vendors/mango.md, 4 and 16
pub(crate) fn signature(identity: &Identity, webhook: &SentWebhook<'_>) -> Option<Signature> {
    let form: Vec<(String, String)> = serde_urlencoded::from_bytes(webhook.body).ok()?;
    let field = |wanted: &str| {
        let found = form.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.as_str())
    };
    let (json, given) = (field("json"), field("sign"));
    if json.is_none() && given.is_none() {
        return None;
    }
    let Identity { key, salt, .. } = identity;
    let json = json.unwrap_or_default();
    let signed_string = format!("{key}{json}{salt}");
    let expected = auth::sign(&[signed_string.as_bytes()]);
    let escaped = utf8_percent_encode(json, NON_ALPHANUMERIC).to_string();
    let compact = serde_json::from_str(json).map(|value: serde_json::Value| value.to_string());
    let mistakes = [
        ("the salt is missing", format!("{key}{json}")),
        ("the salt comes before the json", format!("{key}{salt}{json}")),
        ("the json was signed as it is escaped in the form", format!("{key}{escaped}{salt}")),
        ("the json was written anew", format!("{key}{}{salt}", compact.unwrap_or_default())),
        ("the key is missing", format!("{json}{salt}")),
    ];
    let mistakes = mistakes.into_iter().filter(|(_, signed)| *signed != signed_string);
    Some(Signature {
        scheme: "hex(sha256(vpbx_api_key + json + salt))",
        is_valid: given.is_some_and(|given| auth::matches(given, &expected)),
        given: given.map(str::to_owned),
        mistakes: mistakes
            .map(|(what, signed_string)| {
                let signature = auth::sign(&[signed_string.as_bytes()]);
                Mistake { what, signed_string, signature }
            })
            .collect(),
        signed_string,
        expected,
    })
}

/// Returns the address of a path below another, with exactly one slash in between; what stands in a
/// query stays there. vendors/mango.md, 16
fn below(base: &str, path: &str) -> String {
    let (base, query) = base.split_at(base.find('?').unwrap_or(base.len()));
    format!("{}/{path}{query}", base.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn a_path_comes_before_the_query() {
        for (base, whole) in [
            ("http://localhost:9", "http://localhost:9/events/call"),
            ("http://localhost:9/hook/", "http://localhost:9/hook/events/call"),
            ("http://localhost:9/hook?a=1,2", "http://localhost:9/hook/events/call?a=1,2"),
        ] {
            assert_eq!(below(base, "events/call"), whole);
        }
    }
}
