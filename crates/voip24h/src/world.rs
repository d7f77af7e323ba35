//! The world on top of the machine: its commands, and what the control API needs of it.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{CallId, CdrInput, Dial, Direction, Event, Exchange, Number};
use ringback_mock::{CallShown, Changes, ControlRefused, NoControl, Outbox, PhoneCall, World};
use serde_json::{Map, Value, json};

use crate::{
    machine::{
        CallTag, CallType, FaceKey, IssueLink, MakeDial, Pbx, Subscribe, Unsubscribe, call_id,
    },
    views,
};

ringback_mock::world! {
    /// Every command of this vendor, as the log stores it.
    pub enum Logged of Pbx {
        MakeDial(MakeDial),
        IssueLink(IssueLink),
        Subscribe(Subscribe),
        Unsubscribe(Unsubscribe),
    }
}

impl World for Pbx {
    type Tag = CallTag;
    type Own = NoControl;

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

    fn react(&mut self, event: &Event) {
        self.notify_of(event);
    }

    fn own_due(&self) -> Option<OffsetDateTime> {
        self.next_cut()
    }

    fn run_due(&mut self, to: OffsetDateTime) -> bool {
        self.cut_due(to)
    }

    fn opened_by(&mut self, credential: &str) {
        self.keys.open(credential);
    }

    fn forked_for(&mut self, credential: &str) {
        self.keys.copy(credential);
    }

    fn compare(&self, before: &Self, changes: &mut Changes) {
        self.compare_tables(before, changes);
    }

    fn place(&mut self, now: OffsetDateTime, call: PhoneCall) -> Result<CallId, ControlRefused> {
        let PhoneCall { from, to, line, keys, direct, behaviour } = call;
        // A ring group, a queue or a menu is somebody here as well.
        if self.exchange.service(to.as_str()).is_none() {
            self.check_parties(&from, &to)?;
        }
        let (from, to) = (self.exchange.party(&from), self.exchange.party(&to));
        let call_type = match Direction::between(&from, &to) {
            Direction::Inbound if direct => CallType::External,
            Direction::Inbound => CallType::Inbound,
            Direction::Outbound | Direction::Local => CallType::Outbound,
        };
        let line =
            line.or_else(|| (call_type != CallType::External).then(|| self.company_number.clone()));
        let tag = CallTag::new(self.channels(), call_type);
        Ok(self.dial(now, Dial { line, keys, behaviour, ..Dial::phone(from, to, tag) }))
    }

    fn check_record(&self, record: &CdrInput) -> Result<(), ControlRefused> {
        self.check_parties(&record.from, &record.to)
    }

    fn add_record(&mut self, record: &CdrInput) {
        let line = Some(self.company_number.clone());
        let draft = record.draft(&self.exchange, line);
        let call_type = match draft.facts.direction {
            Direction::Inbound => CallType::Inbound,
            Direction::Outbound | Direction::Local => CallType::Outbound,
        };
        let tag = CallTag::new(self.channels(), call_type);
        let id = self.exchange.record(|id| draft.cdr(id, true, tag));
        self.by_sequence.insert(tag.sequence, id);
    }

    fn credentials(&self, credential: Option<&str>) -> Value {
        let [v3, dial] = self.keys.shown();
        let pair =
            |face: Option<FaceKey>| face.map_or((None, None), |f| (Some(f.key), Some(f.secret)));
        let ((key, secret), (voip, dial)) = (pair(v3), pair(dial));
        json!({
            "partnerSecret": credential, "apiKey": key, "apiSecret": secret,
            "voip": voip, "secret": dial,
        })
    }

    fn views(&self, id: CallId) -> Vec<CallShown> {
        views::of(self, id)
    }

    fn vendor_ids(&self, id: CallId) -> Map<String, Value> {
        let live = self.exchange.call(id).map(|call| (call.created_at, call.tag));
        let over = || self.exchange.history().get(id).map(|cdr| (cdr.created_at(), cdr.tag));
        let named = live.or_else(over).map(|(at, tag)| {
            ("callId".to_owned(), format!("{}.{}", at.unix_timestamp(), tag.sequence).into())
        });
        named.into_iter().collect()
    }

    fn call_named(&self, id: &str) -> Option<CallId> {
        // Its sequence number is unique.
        self.by_sequence.get(&call_id(id)?.1).copied()
    }
}

impl Pbx {
    /// Refuses calls without an extension: every record of this vendor is one of an extension.
    fn check_parties(&self, from: &Number, to: &Number) -> Result<(), ControlRefused> {
        match [from, to].into_iter().any(|number| self.exchange.party(number).is_extension()) {
            true => Ok(()),
            false => {
                let why = format!("neither {from} nor {to} is an extension here");
                Err(ControlRefused::Conflict(why))
            }
        }
    }
}
