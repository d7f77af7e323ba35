//! The state of one platform, and the commands that change it.

mod batches;
mod callouts;
mod compare;
mod contacts;
mod dialler;
mod faults;
mod filter;
mod index;
mod jobs;
mod kind;
mod lists;
mod locale;
mod metadata;
mod operate;
mod participations;
mod phone_call;
mod phone_calls;
mod provider;
mod remote_events;
mod seed;
mod sort;
mod status;
mod table;
mod verify;

use std::collections::{BTreeMap, BTreeSet};

use ringback_engine::OffsetDateTime;
use ringback_exchange::{Agenda, Due, Exchange};
use ringback_mock::{Genesis, Outbox};
use serde::{Deserialize, Serialize};

pub use batches::{CreateBatch, DeleteBatch, FireBatch, UpdateBatch};
pub use callouts::{CreateCallout, DeleteCallout, FireCallout, Statistics, UpdateCallout};
pub use contacts::{CreateContact, DeleteContact, PutContactData, UpdateContact};
pub use faults::{Faults, Refused};
pub use metadata::Metadata;
pub use operate::ScfmControl;
pub use participations::{CreateParticipation, DeleteParticipation, UpdateParticipation};
pub use phone_calls::{CreatePhoneCall, DeletePhoneCall, FirePhoneCall, UpdatePhoneCall};
pub use provider::CallTag;
pub use remote_events::{EventRefused, ReceiveEvent, UpdateRemoteEvent};
pub use seed::{ImportContacts, ImportRefused, NewContact, SeedContacts};
pub use status::{
    BatchEvent, BatchKind, BatchStatus, CallEvent, CallStatus, CalloutEvent, CalloutStatus,
};

pub(crate) use batches::{Batch, CONTACT_FILTER};
pub(crate) use callouts::Callout;
pub(crate) use contacts::Contact;
pub(crate) use kind::{Parent, Resource};
pub(crate) use participations::Participation;
pub(crate) use phone_call::PhoneCall;
pub(crate) use provider::{details, queue_response, signature, signature_of, test};
pub(crate) use remote_events::{Details, RemoteEvent};
pub(crate) use sort::{Column, Order};
pub(crate) use table::Found;

use jobs::Job;
use table::Table;

use crate::{Micros, Scfm, Settings, json::Document};

/// One account's world: its records, its dialler, and the exchange that carries its calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Platform {
    pub(crate) settings: Settings,
    /// The provider's id of the account.
    pub(crate) account_sid: String,
    pub(crate) exchange: Exchange<CallTag>,
    pub(crate) contacts: Table<Contact>,
    pub(crate) callouts: Table<Callout>,
    /// Populations are batch operations of a kind, so they share their ids.
    pub(crate) batches: Table<Batch>,
    pub(crate) participations: Table<Participation>,
    pub(crate) phone_calls: Table<PhoneCall>,
    pub(crate) events: Table<RemoteEvent>,
    pub(crate) agenda: Agenda<Timer>,
    jobs: BTreeMap<u32, Job>,
    /// The dialler's calls that wait for their callout to run again.
    held: BTreeSet<u32>,
    /// How many of the dialler's calls are under way at once.
    capacity: u32,
    next_run: Option<Due>,
    last_run: Option<Micros>,
    /// The callout that the dialler served last.
    served: u32,
    pub(crate) outbox: Outbox,
}

/// Something the platform will do by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Timer {
    /// The dialler looks for participations to call.
    Dial,
    /// A call of the dialler is queued.
    Queue(u32),
    /// A queued call goes to the provider.
    HandOver(u32),
    /// The provider is asked about a call.
    Fetch(u32),
    /// A phone has rung long enough.
    RingTimeout(u32),
    /// A participation may be called again.
    Rested(u32),
    /// A batch operation goes on.
    RunBatch(u32),
}

impl Platform {
    pub(crate) fn new(genesis: &Genesis<'_, Scfm>, at: OffsetDateTime) -> Self {
        let Genesis { fresh, settings, scenario, seed, webhook, .. } = genesis;
        let mut exchange = Exchange::new(*seed, settings.provider.profile());
        scenario.apply(&mut exchange, at);
        let drawn = exchange.random().uuid().to_string();
        let mut platform = Self {
            account_sid: settings.provider.account_sid.clone().unwrap_or(drawn),
            capacity: settings.dialling.capacity,
            settings: (*settings).clone(),
            exchange,
            contacts: Table::default(),
            callouts: Table::default(),
            batches: Table::default(),
            participations: Table::default(),
            phone_calls: Table::default(),
            events: Table::default(),
            agenda: Agenda::default(),
            jobs: BTreeMap::new(),
            held: BTreeSet::new(),
            next_run: None,
            last_run: None,
            served: 0,
            outbox: Outbox::new(provider::policy(), webhook.map(str::to_owned)),
        };
        platform.fill(fresh, at);
        platform
    }

    fn fill(&mut self, fresh: &crate::Fresh, at: OffsetDateTime) {
        for contact in &fresh.contacts {
            if self.contact_of(contact.msisdn).is_none() {
                self.add_contact(at, contact.msisdn, Document::from(&contact.metadata));
            }
        }
        for metadata in &fresh.callouts {
            let callout = Callout {
                status: CalloutStatus::Initialized,
                call_flow_logic: None,
                metadata: Document::from(metadata),
                updated_at: at.into(),
            };
            self.callouts.insert(at.into(), callout);
        }
        let next = &fresh.next_ids;
        self.contacts.skip_to(next.contacts, at.into());
        self.callouts.skip_to(next.callouts, at.into());
        self.batches.skip_to(next.batch_operations, at.into());
        self.participations.skip_to(next.callout_participations, at.into());
        self.phone_calls.skip_to(next.phone_calls, at.into());
        self.events.skip_to(next.remote_phone_call_events, at.into());
    }

    /// Returns the exchange that carries the calls.
    ///
    /// ```
    /// # use ringback_scfm::Scfm;
    /// # let mock = Scfm::builder().frozen_clock().build()?;
    /// assert_eq!(mock.demo().read(|platform| platform.exchange().live()), Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn exchange(&self) -> &Exchange<CallTag> {
        &self.exchange
    }

    /// Returns what was set.
    ///
    /// ```
    /// # use ringback_scfm::Scfm;
    /// # let mock = Scfm::builder().frozen_clock().build()?;
    /// assert!(mock.demo().read(|platform| platform.settings().clone()).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn account_sid(&self) -> &str {
        &self.account_sid
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Returns how many contacts there are.
    ///
    /// ```
    /// # use ringback_scfm::Scfm;
    /// # let mock = Scfm::builder().frozen_clock().build()?;
    /// assert!(mock.demo().read(|platform| platform.contacts()).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn contacts(&self) -> u64 {
        self.contacts.len()
    }

    /// Returns how many contacts a filter finds, in the form of `contact_filter_params`.
    ///
    /// ```
    /// # use ringback_scfm::Scfm;
    /// # let mock = Scfm::builder().frozen_clock().build()?;
    /// use ringback_scfm::json::Object;
    ///
    /// let (all, found) = mock
    ///     .demo()
    ///     .read(|platform| (platform.contacts(), platform.contacts_that(&Object::default())))
    ///     .ok_or("the account is there")?;
    /// assert_eq!(all, found); // nothing is asked of them
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn contacts_that(&self, filter: &crate::json::Object) -> u64 {
        self.contacts.select(&self.contact_conditions(filter, false)).total()
    }

    /// Returns where a batch operation stands.
    ///
    /// ```
    /// # use ringback_scfm::Scfm;
    /// # let mock = Scfm::builder().frozen_clock().build()?;
    /// assert_eq!(mock.demo().read(|platform| platform.batch_status(4_000_000)), Some(None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn batch_status(&self, id: u32) -> Option<BatchStatus> {
        self.batches.get(id).map(|batch| batch.status)
    }

    /// Returns the provider's id of a phone call.
    ///
    /// ```
    /// # use ringback_scfm::Scfm;
    /// # let mock = Scfm::builder().frozen_clock().build()?;
    /// let id = mock.demo().read(|platform| platform.remote_call_id(4_000_000).map(str::to_owned));
    /// assert_eq!(id, Some(None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn remote_call_id(&self, phone_call: u32) -> Option<&str> {
        self.phone_calls.get(phone_call)?.remote_call_id.as_deref()
    }

    /// Does the next thing of the platform's own agenda; returns whether there was one.
    pub(crate) fn run_agenda(&mut self, to: OffsetDateTime) -> bool {
        let Some((at, task)) = self.agenda.pop(to) else { return false };
        match task {
            Timer::Dial => self.dial(at),
            Timer::Queue(id) => self.queue_own(at, id),
            Timer::HandOver(id) => self.hand_over(at, id),
            Timer::Fetch(id) => self.fetch(at, id),
            Timer::RingTimeout(id) => self.ring_timeout(at, id),
            Timer::Rested(id) => self.rested(at, id),
            Timer::RunBatch(id) => self.run_batch(at, id),
        }
        true
    }
}
