//! Remote phone call events: what the provider tells, by itself or by a request from outside.

use ringback_engine::{Command, OffsetDateTime};
use ringback_mock::World as _;
use serde::{Deserialize, Serialize};

use super::{
    Platform,
    faults::Refused,
    index::{Field, Key, leaves},
    metadata::Metadata,
    phone_call::PhoneCall,
    table::Row,
};
use crate::{
    Micros, Msisdn,
    json::{Document, Json, Object},
    settings::APPLICATION,
    twiml,
};

/// What the provider told of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RemoteEvent {
    pub(crate) phone_call: u32,
    pub(crate) callout: Option<u32>,
    pub(crate) details: Details,
    pub(crate) metadata: Document,
    /// As the event says; as the phone call has it if absent.
    pub(crate) remote_call_id: Option<Box<str>>,
    pub(crate) remote_direction: Option<Box<str>>,
    /// The flow that answered; the one that always exists if absent.
    pub(crate) call_flow_logic: Option<Box<str>>,
    pub(crate) updated_at: Micros,
}

/// The parameters of an event: those of the simulated provider follow from the call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Details {
    /// By a request from outside.
    Given(Document),
    /// By the simulated provider.
    Told { word: Box<str>, seconds: Option<u32> },
}

impl Row for RemoteEvent {
    fn keys(&self, add: &mut dyn FnMut(Key)) {
        add(Key::id(Field::PhoneCall, self.phone_call));
        if let Some(callout) = self.callout {
            add(Key::id(Field::Callout, callout));
        }
        add(Key::word(
            Field::CallFlowLogic,
            self.call_flow_logic.as_deref().unwrap_or(APPLICATION),
        ));
        if !self.metadata.is_empty() {
            leaves(Field::Metadata, &self.metadata.object(), add);
        }
    }

    fn updated_at(&self) -> Micros {
        self.updated_at
    }
}

impl Platform {
    /// Returns the first events of a phone call, oldest first.
    pub(crate) fn events_of_call(&self, phone_call: u32, most: usize) -> Vec<u32> {
        let events = self.events.postings(Key::id(Field::PhoneCall, phone_call));
        events.map_or_else(Vec::new, |events| events.first(most))
    }
}

/// Takes an event of the provider, as it posts them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReceiveEvent {
    /// Everything it says.
    pub details: Object,
}

/// Why an event is not taken: a message for each fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRefused(pub Vec<String>);

impl Command<Platform> for ReceiveEvent {
    /// The TwiML that answers it.
    type Outcome = Result<String, EventRefused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let text = |name: &str| self.details.get(name).and_then(Json::text);
        let word = |name: &str| text(name).filter(|text| !text.trim().is_empty());
        let (sid, direction) = (word("CallSid"), word("Direction"));
        let (Some(sid), Some(direction)) = (&sid, &direction) else {
            let missing =
                [(sid.is_none(), "Remote call"), (direction.is_none(), "Remote direction")];
            let missing = missing.into_iter().filter(|(is, _)| *is);
            return Err(EventRefused(
                missing.map(|(_, what)| format!("{what} can't be blank")).collect(),
            ));
        };
        let refused = |why: &str| EventRefused(vec![why.to_owned()]);
        let id = match platform.call_of_sid(sid) {
            Some(id) => id,
            None if direction == "inbound" => {
                let from = Msisdn::parse(&text("From").unwrap_or_default());
                let from = from.map_err(|_| refused("Phone call is invalid"))?;
                platform.come_in(now, from, sid, &text("To").unwrap_or_default())
            }
            None => return Err(refused("Phone call must exist")),
        };
        let callout = platform.phone_calls.get(id).and_then(|call| call.callout);
        let details = Details::Given(Document::from(&self.details));
        let event = platform.add_event(now, id, callout, details);
        platform.events.change(event, |event| {
            event.remote_call_id = Some(sid.as_str().into());
            event.remote_direction = Some(direction.as_str().into());
        });
        if let Some(status) = word("CallStatus") {
            let seconds = word("CallDuration").or(word("Duration"));
            platform.advance_call(now, id, &status, seconds.and_then(|text| text.parse().ok()));
            if platform.phone_calls.get(id).is_some_and(|call| call.status.is_final()) {
                platform.cut_off(now, id);
            }
        }
        platform.settle(now);
        let logic = platform.phone_calls.get(id).and_then(|call| platform.logic_of_call(call));
        Ok(twiml::document(&platform.settings, logic.unwrap_or(APPLICATION)))
    }
}

/// Changes the metadata of an event.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateRemoteEvent {
    /// Which.
    pub id: u32,
    /// Its new metadata.
    pub metadata: Metadata,
}

impl Command<Platform> for UpdateRemoteEvent {
    type Outcome = Result<(), Refused>;

    fn execute(self, platform: &mut Platform, now: OffsetDateTime) -> Self::Outcome {
        let old = platform.events.get(self.id).ok_or(Refused::NotFound)?;
        let metadata = self.metadata.applied(&old.metadata, platform.settings.metadata_merge_mode);
        platform.events.change(self.id, |event| {
            if event.metadata != metadata {
                event.metadata = metadata;
                event.updated_at = now.into();
            }
        });
        Ok(())
    }
}

impl Platform {
    /// A call came in that the platform did not know of.
    fn come_in(&mut self, now: OffsetDateTime, from: Msisdn, sid: &str, to: &str) -> u32 {
        let contact = self.contact_of(from);
        let contact = contact.unwrap_or_else(|| self.add_contact(now, from, Document::default()));
        let call = PhoneCall {
            remote_call_id: Some(sid.into()),
            remote_direction: Some("inbound".into()),
            line: Some(to.into()),
            ..PhoneCall::new(now.into(), contact, from)
        };
        self.phone_calls.insert(now.into(), call)
    }
}
