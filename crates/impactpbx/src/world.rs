//! The world on top of the machine: its commands, and what the control API needs of it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ringback_engine::OffsetDateTime;
use ringback_exchange::{CallId, CdrInput, Event, Exchange, Random};
use ringback_mock::{CallShown, Changes, ControlRefused, Outbox, PhoneCall, ToldNumber, World};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    machine::{ImpactPbxControl, Pbx, Pull, Tag, Trigger, TriggerAs, integer},
    settings::OUTSIDE,
    views,
};

/// What has to be escaped in the name of an account that stands in a path or a header.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

ringback_mock::world! {
    /// Every command of this vendor, as the log stores it.
    pub enum Logged of Pbx {
        Trigger(Trigger),
        Pull(Pull),
    }
}

impl World for Pbx {
    type Tag = Tag;
    type Own = ImpactPbxControl;

    fn exchange(&self) -> &Exchange<Tag> {
        &self.exchange
    }

    fn exchange_mut(&mut self) -> &mut Exchange<Tag> {
        &mut self.exchange
    }

    fn outbox(&self) -> Option<&Outbox> {
        Some(&self.outbox)
    }

    fn outbox_mut(&mut self) -> Option<&mut Outbox> {
        Some(&mut self.outbox)
    }

    fn react(&mut self, event: &Event) {
        self.notify_of(event);
    }

    fn place(&mut self, now: OffsetDateTime, call: PhoneCall) -> Result<CallId, ControlRefused> {
        let PhoneCall { from, to, line, behaviour, .. } = call;
        let (from, to) = (Some(from), Some(to));
        self.trigger_as(now, TriggerAs { from, to, behaviour, ..TriggerAs::default() }, line)
    }

    fn background_call(&self, random: &mut Random, is_inbound: bool) -> Option<PhoneCall> {
        // There are no extensions: somebody of the directory, and somebody who is in nobody's.
        let own = random.pick(self.contacts())?.number.to_string().into();
        let stranger = random.number(OUTSIDE).into();
        let (from, to) = if is_inbound { (stranger, own) } else { (own, stranger) };
        Some(PhoneCall::between(from, to))
    }

    /// The wire has integers: a `+` and punctuation are taken out.
    fn spell(&self, told: ToldNumber<'_>) -> Option<String> {
        Some(told.digits())
    }

    fn check_record(&self, record: &CdrInput) -> Result<(), ControlRefused> {
        [&record.from, &record.to].into_iter().try_for_each(|number| integer(number).map(drop))
    }

    fn add_record(&mut self, record: &CdrInput) {
        self.list_made_up(record);
    }

    fn compare(&self, before: &Self, changes: &mut Changes) {
        self.compare_tables(before, changes);
    }

    fn credentials(&self, credential: Option<&str>) -> Value {
        // The vendor knows none: an account is named by a header, or in front of the path; either way
        // in letters that may stand there.
        let name = credential.map(|name| utf8_percent_encode(name, UNRESERVED).to_string());
        let header = name.as_deref().map(|name| json!({ "Ringback-Account": name }));
        let prefix = name.as_deref().map(|name| format!("/__account/{name}"));
        json!({ "headers": header, "path_prefix": prefix, "tenant_uuid": self.tenant })
    }

    fn views(&self, id: CallId) -> Vec<CallShown> {
        views::of(self, id)
    }

    fn vendor_ids(&self, id: CallId) -> Map<String, Value> {
        let live = self.exchange.call(id).map(|call| call.tag);
        let tag = live.or_else(|| self.exchange.history().get(id).map(|cdr| cdr.tag));
        tag.into_iter().map(|tag| ("uuid".to_owned(), json!(tag.uuid))).collect()
    }

    fn call_named(&self, id: &str) -> Option<CallId> {
        let uuid: Uuid = id.parse().ok()?;
        let live = self.exchange.calls().rev().map(|call| (call.id, call.tag));
        let over = self.exchange.history().iter().rev().map(|cdr| (cdr.id, cdr.tag));
        live.chain(over).find(|(_, tag)| tag.uuid == uuid).map(|(id, _)| id)
    }
}
