//! Records of the third generation: written straight into the answer, key by key.
//!
//! A record has 38 fields, most of them empty or of a few digits; by way of a serialiser each key and
//! each value is looked through for what has to be escaped, which takes longer than all else.

use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Record, cause, direction, written::RecordingUrl};
use crate::{App, wire::stamp::Stamps};

/// Appends fields: how its value is written, a key, the value.
macro_rules! fields {
    ($out:ident { $($how:ident $key:literal $($value:expr)?;)* }) => {
        $(fields!($out, $how $key $($value)?);)*
    };
    ($out:ident, empty $key:literal) => {
        $out.extend_from_slice(concat!(",\"", $key, "\":\"\"").as_bytes())
    };
    ($out:ident, $how:ident $key:literal $value:expr) => {
        $out.extend_from_slice(concat!(",\"", $key, "\":").as_bytes());
        $how($out, $value);
    };
}

/// Whose a record is, beyond what is in it: the names of the extension's user and of the lead.
#[derive(Debug, Default)]
pub(crate) struct Whose<'a> {
    pub(crate) username: &'a str,
    pub(crate) full_name: String,
    pub(crate) email: &'a str,
    pub(crate) customer: &'a str,
}

impl Record<'_> {
    /// Appends the record as the third generation has it, with its keys in the order of the alphabet.
    /// What the exchange does not know, such as notes of an agent, is empty.
    pub(crate) fn write_v3(&self, base: &str, whose: &Whose<'_>, out: &mut Vec<u8>) {
        let cdr = self.cdr();
        let more = cdr.tag.more.as_deref();
        let pressed_at = more.and_then(|more| more.pressed_at);
        let delay = pressed_at.zip(cdr.answered_at());
        let delay = delay.map(|(at, from)| at.unix_timestamp() - from.unix_timestamp());
        // For as long as the base lives, which is shorter than the record does.
        let record: &Record<'_> = self;
        let recording = record.url(base).0;
        let (autocall, dialled) = match cdr.tag.app {
            App::Autocall => (recording, None),
            App::Dial | App::ClickToCall | App::Autodialer => (None, recording),
        };
        let mut stamps = Stamps::default();
        let started = stamps.stamp(cdr.created_at());
        out.extend_from_slice(b"{\"additional\":");
        match more.and_then(|more| more.params.as_ref()) {
            Some(params) => json(out, params),
            None => out.extend_from_slice(b"{}"),
        }
        fields!(out {
            word "app" cdr.tag.app.as_str();
            epoch "autocall_presskey_epoch" pressed_at;
            url "autocall_recording_url" autocall;
            number "billsec" self.billsec();
            id "campaign_uuid" more.and_then(|more| more.campaign);
            word "cause" cause(cdr.cause);
            empty "customer_email";
            text "customer_fullname" whose.customer;
            text "customer_id" more.and_then(|more| more.customer.as_deref()).unwrap_or_default();
            empty "demand_customer";
            empty "digits";
            word "direction" direction(self.direction());
            number "duration" self.duration();
            text "email" whose.email;
            text "extension" self.extension();
            text "from_number" self.from_number();
            text "fullname" &whose.full_name;
            id "id" Some(cdr.tag.uuid);
            empty "interest_segment";
            id "lead_uuid" more.and_then(|more| more.lead);
            empty "note";
            id "parent_id" Some(cdr.tag.uuid);
            keys "press_key" cdr.tag.keys();
            number "presskey_delay" delay.unwrap_or(0);
            empty "rate";
            text "receive_dest" cdr.tag.receive().map_or("", |number| number.as_str());
            url "recording_url" dialled;
            id "sip_call_id" Some(cdr.tag.sip_call_id());
            word "sip_hangup_disposition" self.hangup_disposition();
            word "status" self.small_status();
            word "time_answered" stamps.stamp_or_empty(cdr.answered_at()).as_str();
            word "time_ended" stamps.stamp(cdr.ended_at()).as_str();
            word "time_presskey" stamps.stamp_or_empty(pressed_at).as_str();
            word "time_ringging" started.as_str();
            word "time_started" started.as_str();
            text "to_number" self.to_number();
            text "username" whose.username;
        });
        out.push(b'}');
    }
}

/// Appends a text in which nothing has to be escaped.
fn word(out: &mut Vec<u8>, word: &str) {
    out.push(b'"');
    out.extend_from_slice(word.as_bytes());
    out.push(b'"');
}

/// Appends any text.
fn text(out: &mut Vec<u8>, text: &str) {
    match text.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        true => json(out, text),
        false => word(out, text),
    }
}

fn json(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    // What is written here has a JSON form, and memory takes it.
    let _ = serde_json::to_writer(out, value);
}

fn number(out: &mut Vec<u8>, number: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

fn id(out: &mut Vec<u8>, id: Option<Uuid>) {
    let mut written = Uuid::encode_buffer();
    word(out, id.map_or("", |id| id.hyphenated().encode_lower(&mut written)));
}

fn epoch(out: &mut Vec<u8>, at: Option<OffsetDateTime>) {
    let mut written = itoa::Buffer::new();
    word(out, at.map_or("", |at| written.format(at.unix_timestamp())));
}

/// Appends a link; its base is what the client sent.
fn url(out: &mut Vec<u8>, url: Option<RecordingUrl<'_>>) {
    match url {
        Some(url) => text(out, &url.to_string()),
        None => word(out, ""),
    }
}

/// Appends the pressed keys: an object, as a text.
fn keys(out: &mut Vec<u8>, keys: &str) {
    match keys {
        "" => word(out, "{}"),
        keys => json(out, &serde_json::json!({ "press_key": keys }).to_string()),
    }
}

#[cfg(test)]
mod tests;
