//! The world on top of the machine: its commands, and what the control API needs of it.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{CallId, CdrInput, Event, Exchange, Random, Side};
use ringback_mock::{
    CallShown, Changes, ControlRefused, Outbox, PhoneCall, ToldNumber, World,
    webhook::{DeliveryId, SentWebhook, Signature},
};
use serde_json::{Map, Value, json};

use crate::{
    Msisdn,
    machine::{
        self, CallTag, CreateBatch, CreateCallout, CreateContact, CreateParticipation,
        CreatePhoneCall, DeleteBatch, DeleteCallout, DeleteContact, DeleteParticipation,
        DeletePhoneCall, FireBatch, FireCallout, FirePhoneCall, ImportContacts, Platform,
        PutContactData, ReceiveEvent, ScfmControl, SeedContacts, UpdateBatch, UpdateCallout,
        UpdateContact, UpdateParticipation, UpdatePhoneCall, UpdateRemoteEvent,
    },
    views,
};

ringback_mock::world! {
    /// Every command of this vendor, as the log stores it.
    pub enum Logged of Platform {
        CreateContact(CreateContact),
        UpdateContact(UpdateContact),
        DeleteContact(DeleteContact),
        PutContactData(PutContactData),
        CreateCallout(CreateCallout),
        UpdateCallout(UpdateCallout),
        DeleteCallout(DeleteCallout),
        FireCallout(FireCallout),
        CreateBatch(CreateBatch),
        UpdateBatch(UpdateBatch),
        DeleteBatch(DeleteBatch),
        FireBatch(FireBatch),
        CreateParticipation(CreateParticipation),
        UpdateParticipation(UpdateParticipation),
        DeleteParticipation(DeleteParticipation),
        CreatePhoneCall(CreatePhoneCall),
        UpdatePhoneCall(UpdatePhoneCall),
        DeletePhoneCall(DeletePhoneCall),
        FirePhoneCall(FirePhoneCall),
        ReceiveEvent(ReceiveEvent),
        UpdateRemoteEvent(UpdateRemoteEvent),
        SeedContacts(SeedContacts),
        ImportContacts(ImportContacts),
    }
}

impl World for Platform {
    type Tag = CallTag;
    type Own = ScfmControl;

    fn exchange(&self) -> &Exchange<CallTag> {
        &self.exchange
    }

    fn exchange_mut(&mut self) -> &mut Exchange<CallTag> {
        &mut self.exchange
    }

    fn outbox(&self) -> Option<&Outbox> {
        Some(&self.outbox)
    }

    fn outbox_mut(&mut self) -> Option<&mut Outbox> {
        Some(&mut self.outbox)
    }

    /// A callback that tells of no call, signed as all are.
    fn test_webhook(&mut self, now: OffsetDateTime) -> Option<DeliveryId> {
        machine::test(self, now)
    }

    fn signature(&self, webhook: &SentWebhook<'_>) -> Option<Signature> {
        machine::signature_of(self, webhook)
    }

    fn react(&mut self, event: &Event) {
        self.follow_exchange(event);
    }

    fn own_due(&self) -> Option<OffsetDateTime> {
        self.agenda.next_due()
    }

    fn run_due(&mut self, to: OffsetDateTime) -> bool {
        self.run_agenda(to)
    }

    /// A call comes in from outside to one of the platform's lines.
    fn place(&mut self, now: OffsetDateTime, call: PhoneCall) -> Result<CallId, ControlRefused> {
        let PhoneCall { from, to, .. } = call;
        let from = Msisdn::parse(from.as_str())
            .map_err(|error| ControlRefused::Conflict(format!("from: {from} {error}")))?;
        Ok(self.ring_in(now, from, to))
    }

    /// Whom calls go out to is told as contacts' numbers are read, and has a `+` in its calls. They come
    /// from one of the platform's lines, and those may be anything; who calls in is read by
    /// [`World::place`].
    fn spell(&self, told: ToldNumber<'_>) -> Option<String> {
        if !told.is_of_rule || told.side == Side::A {
            return None;
        }
        let ToldNumber { text, is_start, .. } = told;
        if !is_start {
            let params = &self.settings.dialling.remote_request_params;
            let is_line = params.get("from").is_some_and(|line| line == text);
            return Msisdn::parse(text).ok().filter(|_| !is_line).map(|found| found.to_string());
        }
        // What a single zero stands for here is not known before the number is whole.
        let start = text.strip_prefix("00").unwrap_or(text);
        (!start.starts_with(['+', '0'])).then(|| format!("+{start}"))
    }

    /// Calls that go out are those of callouts; by themselves they only come in.
    fn background_call(&self, random: &mut Random, _is_inbound: bool) -> Option<PhoneCall> {
        let from = random.pick(&["85510", "85511", "85577", "85593"])?;
        let from = format!("{from}{}", random.between(200_000, 999_999));
        let params = &self.settings.dialling.remote_request_params;
        let line = params.get("from").map_or("1294", String::as_str);
        Some(PhoneCall::between(from.into(), line.into()))
    }

    fn check_record(&self, _record: &CdrInput) -> Result<(), ControlRefused> {
        let why = "past calls are phone calls of a participation: make them by the API";
        Err(ControlRefused::Conflict(why.to_owned()))
    }

    fn add_record(&mut self, _record: &CdrInput) {}

    fn compare(&self, before: &Self, changes: &mut Changes) {
        self.compare_tables(before, changes);
    }

    fn credentials(&self, credential: Option<&str>) -> Value {
        // HTTP Basic has no name with a colon; a bearer token is whatever it is.
        if let Some(token) = credential.filter(|name| name.contains(':')) {
            return json!({ "http_basic_auth": null, "bearer_token": token });
        }
        let password = &self.settings.http_basic_auth_password;
        json!({ "http_basic_auth": credential.map(|user| json!({
            "user": user, "password": password,
        })) })
    }

    fn views(&self, id: CallId) -> Vec<CallShown> {
        views::of(self, id)
    }

    fn vendor_ids(&self, id: CallId) -> Map<String, Value> {
        let live = self.exchange.call(id).map(|call| call.tag);
        let Some(tag) = live.or_else(|| self.exchange.history().get(id).map(|cdr| cdr.tag)) else {
            return Map::new();
        };
        Map::from_iter([
            ("phone_call_id".to_owned(), json!(tag.phone_call)),
            ("CallSid".to_owned(), json!(self.remote_call_id(tag.phone_call))),
        ])
    }

    fn call_named(&self, id: &str) -> Option<CallId> {
        // The provider's own id of a call.
        let phone_call = self.call_of_sid(id)?;
        let live = self.exchange.calls().rev().map(|call| (call.id, call.tag));
        let over = self.exchange.history().iter().rev().map(|cdr| (cdr.id, cdr.tag));
        live.chain(over).find(|(_, tag)| tag.phone_call == phone_call).map(|(id, _)| id)
    }
}
