//! The world on top of the machine: its commands, and what the control API needs of it.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{CallId, CdrInput, Control, Event, Exchange};
use ringback_mock::{
    CallShown, Changes, ControlRefused, Outbox, PhoneCall, ToldNumber, World,
    webhook::{DeliveryId, SentWebhook, Signature},
};
use serde_json::{Map, Value, json};

use crate::{
    CheckRateLimit, FetchFile, MangoControl, Pbx, RecordRefusal, RunOperation, SetApiKey, Tag,
    machine::{Dialled, tables::number},
    views,
    webhook::{self, Ping},
};

ringback_mock::world! {
    /// Every command of this vendor, as the log stores it.
    pub enum Logged of Pbx {
        RunOperation(RunOperation),
        CheckRateLimit(CheckRateLimit),
        SetApiKey(SetApiKey),
        RecordRefusal(RecordRefusal),
        FetchFile(FetchFile),
    }
}

impl World for Pbx {
    type Tag = Tag;
    type Own = MangoControl;

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

    /// The cabinet's "check connection".
    fn test_webhook(&mut self, now: OffsetDateTime) -> Option<DeliveryId> {
        let before = self.outbox.last();
        self.notify(now, None, "ping", &Ping {});
        Some(self.outbox.last()).filter(|last| *last != before)
    }

    fn signature(&self, webhook: &SentWebhook<'_>) -> Option<Signature> {
        webhook::signature(&self.identity, webhook)
    }

    fn react(&mut self, event: &Event) {
        self.follow(event);
    }

    fn own_due(&self) -> Option<OffsetDateTime> {
        self.agenda_due()
    }

    fn run_due(&mut self, to: OffsetDateTime) -> bool {
        self.run_agenda(to)
    }

    fn place(&mut self, now: OffsetDateTime, call: PhoneCall) -> Result<CallId, ControlRefused> {
        let PhoneCall { from, to, line, keys, direct: _, behaviour } = call;
        self.check_parties(&from, &to)?;
        self.check_behaviour(behaviour.as_ref(), &to)?;
        Ok(self.somebody_dials(now, Dialled { from, to, line, keys, behaviour }))
    }

    /// As numbers are read that its API is to call: by their digits, and with the country's code in place
    /// of an 8.
    fn spell(&self, told: ToldNumber<'_>) -> Option<String> {
        Some(if told.is_start { told.digits() } else { number::digits(told.text) })
    }

    fn check_record(&self, record: &CdrInput) -> Result<(), ControlRefused> {
        self.check_made_up(record)
    }

    fn add_record(&mut self, record: &CdrInput) {
        self.add_made_up(record);
    }

    fn control(
        &mut self,
        now: OffsetDateTime,
        control: Control,
    ) -> Result<Option<CallId>, ControlRefused> {
        let routed = if let Control::Route { call, .. } = &control { Some(*call) } else { None };
        let about = self.exchange.control(now, control)?;
        if let Some(call) = routed {
            self.note_routed(call);
        }
        Ok(about)
    }

    fn opened_by(&mut self, credential: &str) {
        self.set_key(credential);
    }

    fn forked_for(&mut self, credential: &str) {
        self.set_key(credential);
        self.forget_links(credential);
    }

    fn compare(&self, before: &Self, changes: &mut Changes) {
        self.compare_tables(before, changes);
    }

    fn credentials(&self, _credential: Option<&str>) -> Value {
        json!({ "vpbx_api_key": self.key(), "vpbx_api_salt": self.salt() })
    }

    fn views(&self, id: CallId) -> Vec<CallShown> {
        views::of(self, id)
    }

    fn vendor_ids(&self, id: CallId) -> Map<String, Value> {
        self.names_of(id)
    }

    fn call_named(&self, id: &str) -> Option<CallId> {
        self.call_known_as(id)
    }
}
