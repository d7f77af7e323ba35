//! The world on top of the machine: its commands, and what the control API needs of it.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{CallId, CdrInput, Control, Event, Exchange, LegId};
use ringback_mock::{CallShown, Changes, ControlRefused, Outbox, PhoneCall, World};
use serde_json::{Map, Value, json};

use crate::{
    machine::{
        AddHook, Autocall, CallCenterEdit, CallOne, ChangeExtension, ClickToCall, CreateExtension,
        DeleteExtension, Edit, IssueToken, Park, Pbx, RemoveHook, Supervise, Tag, Tel4vnControl,
        Transfer, tag,
    },
    views,
};

ringback_mock::world! {
    /// Every command of this vendor, as the log stores it.
    pub enum Logged of Pbx {
        IssueToken(IssueToken),
        ClickToCall(ClickToCall),
        Transfer(Transfer),
        Supervise(Supervise),
        Park(Park),
        AddHook(AddHook),
        RemoveHook(RemoveHook),
        CreateExtension(CreateExtension),
        ChangeExtension(ChangeExtension),
        DeleteExtension(DeleteExtension),
        Edit(Edit),
        Autocall(Autocall),
        CallCenterEdit(CallCenterEdit),
        CallOne(CallOne),
    }
}

impl World for Pbx {
    type Tag = Tag;
    type Own = Tel4vnControl;

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

    fn own_due(&self) -> Option<OffsetDateTime> {
        let script = self.scripts.first().map(|script| script.ends_at);
        [script, self.timer_due()].into_iter().flatten().min()
    }

    fn run_due(&mut self, to: OffsetDateTime) -> bool {
        // A script may end before anything else happens, and may come or go with what does.
        let script = self.scripts.first().copied().filter(|script| script.ends_at <= to);
        let timer = self.timer_due();
        match script.filter(|script| timer.is_none_or(|at| script.ends_at <= at)) {
            Some(script) => {
                self.end_script(script);
                true
            }
            None => self.run_timer(to),
        }
    }

    fn place(&mut self, now: OffsetDateTime, call: PhoneCall) -> Result<CallId, ControlRefused> {
        self.place_call(now, call)
    }

    fn check_record(&self, record: &CdrInput) -> Result<(), ControlRefused> {
        self.check_made_up(record)
    }

    fn add_record(&mut self, record: &CdrInput) {
        self.add_made_up(record);
    }

    fn records_added(&mut self) {
        self.enter_made_up();
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "everything else is the exchange's own")]
    fn control(
        &mut self,
        now: OffsetDateTime,
        control: Control,
    ) -> Result<Option<CallId>, ControlRefused> {
        match control {
            Control::SetExtension { number, registered, do_not_disturb, habit } => {
                let disabled = self.phones.get(&number).is_some_and(|phone| !phone.enabled);
                if disabled && registered == Some(true) {
                    let why = format!("extension {number} is disabled");
                    return Err(ControlRefused::Conflict(why));
                }
                let registered = if disabled { Some(false) } else { registered };
                let control = Control::SetExtension { number, registered, do_not_disturb, habit };
                let about = self.exchange.control(now, control)?;
                self.adopt_extensions();
                self.agents_may_be_free(now);
                Ok(about)
            }
            Control::RemoveExtension { number } => {
                let control = Control::RemoveExtension { number: number.clone() };
                let about = self.exchange.control(now, control)?;
                self.phones.remove(&number);
                self.forget_agent(&number);
                Ok(about)
            }
            Control::Park { call, cut, seconds } => {
                let seconds = Some(seconds.unwrap_or(self.settings.park_seconds));
                Ok(self.exchange.control(now, Control::Park { call, cut, seconds })?)
            }
            other => Ok(self.exchange.control(now, other)?),
        }
    }

    fn compare(&self, before: &Self, changes: &mut Changes) {
        self.compare_tables(before, changes);
    }

    fn credentials(&self, credential: Option<&str>) -> Value {
        // Whoever opened an account by a login or a key has it for both.
        let (login, user) = (self.login(), self.user());
        match credential.filter(|name| *name != login && *name != user.api_key) {
            Some(own) if own.contains('@') => {
                json!({ "username": own, "password": "any", "api_key": own })
            }
            Some(own) => json!({ "api_key": own }),
            None => json!({
                "username": login, "password": user.password, "api_key": user.api_key,
            }),
        }
    }

    fn views(&self, id: CallId) -> Vec<CallShown> {
        views::of(self, id)
    }

    fn vendor_ids(&self, id: CallId) -> Map<String, Value> {
        let live = self.exchange.call(id).map(|call| &call.tag);
        let over = || self.exchange.history().get(id).map(|cdr| &cdr.tag);
        let Some(tag) = live.or_else(over) else { return Map::new() };
        Map::from_iter([
            ("call_id".to_owned(), json!(tag.uuid)),
            ("sip_call_id".to_owned(), json!(tag.sip_call_id())),
        ])
    }

    fn call_named(&self, id: &str) -> Option<CallId> {
        let over = || self.over(id);
        self.live(id).map(|call| call.id).or_else(over)
    }

    fn describe_call(&self, id: CallId, view: &mut Map<String, Value>) {
        let live = self.exchange.call(id).map(|call| &call.tag);
        let over = || self.exchange.history().get(id).map(|cdr| &cdr.tag);
        let Some(tag) = live.or_else(over) else { return };
        // A ring group, a queue or a menu is inside for this vendor.
        view.insert("direction".to_owned(), json!(tag.direction));
        // What placed it, of calls that nobody dialled.
        let more = tag.more.as_deref();
        let campaign = more.and_then(|more| more.campaign);
        let lead = more.and_then(|more| more.lead);
        let ids = [("campaign_uuid", campaign), ("lead_uuid", lead)];
        let known = ids.into_iter().filter_map(|(name, id)| Some((name.to_owned(), json!(id?))));
        view.extend(known);
        let legs = view.get_mut("legs").and_then(Value::as_array_mut);
        for (leg, shown) in (0..).map(LegId).zip(legs.into_iter().flatten()) {
            if let Some(fields) = shown.as_object_mut() {
                fields.insert("direction".to_owned(), json!(tag.direction));
                fields.insert("call_id".to_owned(), json!(tag::of_leg(tag.uuid, leg)));
            }
        }
    }
}
