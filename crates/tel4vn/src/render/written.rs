//! Records as they go over the wire: rows that are written straight into the answer.

use std::borrow::Cow;
use std::fmt::{self, Display};

use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Record, cause, direction};
use crate::{
    App,
    wire::stamp::{Stamp, Stamps},
};

/// A record of the first generation.
#[derive(Debug, Serialize)]
pub(crate) struct Written<'a> {
    id: Uuid,
    sip_call_id: Uuid,
    cause: &'static str,
    duration: i64,
    billsec: i64,
    direction: u8,
    recording_url: Text<RecordingUrl<'a>>,
    extension: &'a str,
    from_number: &'a str,
    to_number: &'a str,
    receive_dest: &'a str,
    time_started: Stamp,
    time_answered: Stamp,
    time_ended: Stamp,
    status: &'static str,
    // Spelt so by the real service.
    time_ringging: Stamp,
    called_count: u8,
}

/// A record of the third generation, whose keys come in the order of the alphabet. What the exchange
/// does not know, such as notes of an agent, is empty.
#[derive(Debug, Serialize)]
pub(crate) struct WrittenV3<'a> {
    additional: Object<'a>,
    app: &'static str,
    autocall_presskey_epoch: Text<i64>,
    autocall_recording_url: Text<RecordingUrl<'a>>,
    billsec: i64,
    campaign_uuid: Text<Uuid>,
    cause: &'static str,
    customer_email: &'static str,
    customer_fullname: &'static str,
    customer_id: &'a str,
    demand_customer: &'static str,
    digits: &'static str,
    direction: &'static str,
    duration: i64,
    email: &'static str,
    extension: &'a str,
    from_number: &'a str,
    fullname: &'static str,
    id: Uuid,
    interest_segment: &'static str,
    lead_uuid: &'static str,
    note: &'static str,
    parent_id: Uuid,
    press_key: Cow<'static, str>,
    presskey_delay: i64,
    rate: &'static str,
    receive_dest: &'a str,
    recording_url: Text<RecordingUrl<'a>>,
    sip_call_id: Uuid,
    sip_hangup_disposition: &'static str,
    status: &'static str,
    time_answered: Stamp,
    time_ended: Stamp,
    time_presskey: Stamp,
    time_ringging: Stamp,
    time_started: Stamp,
    to_number: &'a str,
    username: &'static str,
}

impl<'a> Record<'a> {
    /// Writes the record as lists of the first generation have it.
    pub(crate) fn written(&self, base: &'a str) -> Written<'a> {
        let cdr = self.cdr();
        let mut stamps = Stamps::default();
        let started = stamps.stamp(cdr.created_at());
        Written {
            id: cdr.tag.uuid,
            sip_call_id: cdr.tag.sip_call_id(),
            cause: cause(cdr.cause),
            duration: self.duration(),
            billsec: self.billsec(),
            direction: self.direction_code(),
            recording_url: self.url(base),
            extension: self.extension(),
            from_number: self.from_number(),
            to_number: self.to_number(),
            receive_dest: cdr.tag.receive().map_or("", |number| number.as_str()),
            time_started: started,
            time_answered: stamps.stamp_or_empty(cdr.answered_at()),
            time_ended: stamps.stamp(cdr.ended_at()),
            status: self.status(),
            time_ringging: started,
            called_count: 1,
        }
    }

    /// Writes the record as lists of the third generation have it.
    pub(crate) fn written_v3(&self, base: &'a str) -> WrittenV3<'a> {
        let cdr = self.cdr();
        let more = cdr.tag.more.as_deref();
        let pressed_at = more.and_then(|more| more.pressed_at);
        let epochs = pressed_at.zip(cdr.answered_at());
        let (recording, none) = (self.url(base), Text(None));
        let (autocall_recording_url, recording_url) = match cdr.tag.app {
            App::Autocall => (recording, none),
            App::Dial | App::ClickToCall | App::Autodialer => (none, recording),
        };
        let mut stamps = Stamps::default();
        let started = stamps.stamp(cdr.created_at());
        WrittenV3 {
            additional: Object(more.and_then(|more| more.params.as_ref())),
            app: cdr.tag.app.as_str(),
            autocall_presskey_epoch: Text(pressed_at.map(time::OffsetDateTime::unix_timestamp)),
            autocall_recording_url,
            billsec: self.billsec(),
            campaign_uuid: Text(more.and_then(|more| more.campaign)),
            cause: cause(cdr.cause),
            customer_email: "",
            customer_fullname: "",
            customer_id: more.and_then(|more| more.customer.as_deref()).unwrap_or_default(),
            demand_customer: "",
            digits: "",
            direction: direction(self.direction()),
            duration: self.duration(),
            email: "",
            extension: self.extension(),
            from_number: self.from_number(),
            fullname: "",
            id: cdr.tag.uuid,
            interest_segment: "",
            lead_uuid: "",
            note: "",
            parent_id: cdr.tag.uuid,
            press_key: match cdr.tag.keys() {
                "" => Cow::Borrowed("{}"),
                keys => Cow::Owned(json!({ "press_key": keys }).to_string()),
            },
            presskey_delay: epochs
                .map_or(0, |(at, from)| at.unix_timestamp() - from.unix_timestamp()),
            rate: "",
            receive_dest: cdr.tag.receive().map_or("", |number| number.as_str()),
            recording_url,
            sip_call_id: cdr.tag.sip_call_id(),
            sip_hangup_disposition: self.hangup_disposition(),
            status: self.small_status(),
            time_answered: stamps.stamp_or_empty(cdr.answered_at()),
            time_ended: stamps.stamp(cdr.ended_at()),
            time_presskey: stamps.stamp_or_empty(pressed_at),
            time_ringging: started,
            time_started: started,
            to_number: self.to_number(),
            username: "",
        }
    }

    fn url(&self, base: &'a str) -> Text<RecordingUrl<'a>> {
        let base = base.trim_end_matches('/');
        let call = self.cdr().tag.uuid;
        Text(self.sound().map(|_| RecordingUrl { base, call }))
    }

    /// Returns where the recording plays; empty if there is none.
    pub fn recording_url(&self, base: &str) -> String {
        // For as long as the base lives, which is shorter than the record does.
        let record: &Record<'_> = self;
        record.url(base).0.map_or(String::new(), |url| url.to_string())
    }
}

/// Records that are written one after the other, without a list of them in between.
#[derive(Debug)]
pub(crate) struct Rows<'a, W> {
    pub(crate) records: &'a [Record<'a>],
    pub(crate) base: &'a str,
    pub(crate) write: fn(&Record<'a>, &'a str) -> W,
}

impl<W: Serialize> Serialize for Rows<'_, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { records, base, write } = *self;
        serializer.collect_seq(records.iter().map(|record| write(record, base)))
    }
}

/// Where a recording plays.
#[derive(Debug, Clone, Copy)]
struct RecordingUrl<'a> {
    base: &'a str,
    call: Uuid,
}

impl Display for RecordingUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/recording/{}", self.base, self.call)
    }
}

/// Something that is written as a text, the empty one if it is not there.
#[derive(Debug, Clone, Copy)]
struct Text<T>(Option<T>);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(value) => serializer.collect_str(value),
            None => serializer.serialize_str(""),
        }
    }
}

/// An object, the empty one if it is not there.
#[derive(Debug, Clone, Copy)]
struct Object<'a>(Option<&'a Value>);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(value) => value.serialize(serializer),
            None => serializer.collect_map::<&str, &str, _>([]),
        }
    }
}
