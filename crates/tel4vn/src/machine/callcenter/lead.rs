//! Lists and the leads in them: who is to be called, and what became of it.

use std::collections::{BTreeMap, BTreeSet};

use ringback_engine::OffsetDateTime;
use ringback_exchange::CallId;
use serde::{Deserialize, Serialize};
use time::Duration;
use uuid::Uuid;

use crate::render::CallStatus;

/// A list of leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct List {
    pub(crate) list_uuid: Uuid,
    pub(crate) list_name: String,
    /// The campaign that calls its leads; the tenant's own id for those of the service itself.
    pub(crate) campaign_uuid: Uuid,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default = "yes")]
    pub(crate) active: bool,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) updated_at: OffsetDateTime,
    /// How many rows files had, and how many of them became leads or did not.
    #[serde(default)]
    pub(crate) upload: [u64; 3],
}

fn yes() -> bool {
    true
}

/// What a client says of a lead.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the vendor's own columns")]
pub struct LeadColumns {
    pub phone_number: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub lead_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub lead_code: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub contract_number: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub additional: String,
    #[serde(skip_serializing_if = "is_zero")]
    pub after_day: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rare: Option<Box<RareColumns>>,
}

/// Columns that few leads have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the vendor's own columns")]
pub struct RareColumns {
    pub identity_number: String,
    pub identity_issued_at: String,
    pub identity_issued_on: String,
    pub address: String,
    pub province: String,
    pub district: String,
    pub ward: String,
    pub date_of_birth: String,
    pub comment: String,
    pub ref_id: String,
    pub ref_code: String,
    pub gender: String,
    pub other_identity_number: String,
    pub other_identity_issued_at: String,
    pub other_identity_issued_on: String,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Where a lead stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LeadState {
    /// It waits for its first call.
    #[default]
    Waiting,
    /// It was ordered to be called at once, and is the next in turn.
    Ordered,
    /// It is being called.
    Live,
    /// It is called again then.
    Recall(#[serde(with = "time::serde::timestamp::microseconds")] OffsetDateTime),
    /// It is not called any more.
    Done,
    /// It is on the list of numbers that are not wanted.
    DoNotCall,
}

/// Somebody to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lead {
    pub(crate) lead_uuid: Uuid,
    pub(crate) list_uuid: Uuid,
    pub(crate) columns: LeadColumns,
    /// Whether the network was looked up: with many leads at once, or at the first call.
    #[serde(default)]
    pub(crate) has_network: bool,
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub(crate) created_at: OffsetDateTime,
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub(crate) updated_at: OffsetDateTime,
    #[serde(default)]
    pub(crate) state: LeadState,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) called: u32,
    /// How the last finished call went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<CallStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub(crate) last_called_at: Option<OffsetDateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_call: Option<CallId>,
}

impl Lead {
    /// Makes a lead that waits.
    pub(crate) fn new(
        now: OffsetDateTime,
        lead_uuid: Uuid,
        list_uuid: Uuid,
        columns: LeadColumns,
    ) -> Self {
        Self {
            lead_uuid,
            list_uuid,
            columns,
            has_network: false,
            created_at: now,
            updated_at: now,
            state: LeadState::Waiting,
            called: 0,
            status: None,
            last_called_at: None,
            last_call: None,
        }
    }

    /// Returns the first moment at which it may be called.
    fn ready_at(&self) -> OffsetDateTime {
        self.created_at.saturating_add(Duration::days(self.columns.after_day.into()))
    }

    /// Returns what the client knows it by, if by anything.
    pub(crate) fn reference(&self) -> Option<&str> {
        let rare = self.columns.rare.as_ref()?;
        Some(rare.ref_id.as_str()).filter(|reference| !reference.is_empty())
    }
}

/// The leads of one list, by where they stand. It follows from the leads.
#[derive(Debug, Clone, Default, PartialEq)]
struct OfList {
    all: BTreeSet<u64>,
    waiting: BTreeSet<u64>,
    delayed: BTreeSet<(OffsetDateTime, u64)>,
    recalls: BTreeSet<(OffsetDateTime, u64)>,
}

/// All leads, by their numbers, which count up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub(crate) struct Leads {
    rows: BTreeMap<u64, Lead>,
    made: u64,
    by_uuid: BTreeMap<Uuid, u64>,
    by_list: BTreeMap<Uuid, OfList>,
}

/// The serialised form, without what follows from the rest.
#[derive(Serialize, Deserialize)]
struct Kept {
    rows: Vec<(u64, Lead)>,
    made: u64,
}

impl From<Kept> for Leads {
    fn from(Kept { rows, made }: Kept) -> Self {
        let mut leads = Self { made, ..Self::default() };
        for (number, lead) in rows {
            leads.enter(number, lead);
        }
        leads
    }
}

impl From<Leads> for Kept {
    fn from(leads: Leads) -> Self {
        Self { rows: leads.rows.into_iter().collect(), made: leads.made }
    }
}

/// The next lead of several lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextLead {
    /// It can be called now.
    Ready(u64),
    /// The first can be called then.
    At(OffsetDateTime),
    /// There is none to call.
    None,
}

impl Leads {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns the leads by their numbers, oldest first.
    pub(crate) fn rows(&self) -> &BTreeMap<u64, Lead> {
        &self.rows
    }

    pub(crate) fn get(&self, number: u64) -> Option<&Lead> {
        self.rows.get(&number)
    }

    pub(crate) fn number(&self, uuid: Uuid) -> Option<u64> {
        self.by_uuid.get(&uuid).copied()
    }

    pub(crate) fn find(&self, uuid: Uuid) -> Option<&Lead> {
        self.get(self.number(uuid)?)
    }

    /// Returns the leads of a list, oldest first.
    pub(crate) fn of_list(&self, list: Uuid) -> impl DoubleEndedIterator<Item = &Lead> + Clone {
        let numbers = self.by_list.get(&list).into_iter().flat_map(|of| &of.all);
        numbers.filter_map(|number| self.get(*number))
    }

    /// Returns how many leads a list has.
    pub(crate) fn count_of(&self, list: Uuid) -> usize {
        self.by_list.get(&list).map_or(0, |of| of.all.len())
    }

    /// Returns how many leads of a list wait for a call, and how many for a further one.
    pub(crate) fn waiting_of(&self, list: Uuid) -> [usize; 2] {
        let of = self.by_list.get(&list);
        of.map_or([0; 2], |of| [of.waiting.len() + of.delayed.len(), of.recalls.len()])
    }

    pub(crate) fn add(&mut self, lead: Lead) -> u64 {
        self.made += 1;
        self.enter(self.made, lead);
        self.made
    }

    pub(crate) fn remove(&mut self, number: u64) -> Option<Lead> {
        let lead = self.rows.remove(&number)?;
        self.by_uuid.remove(&lead.lead_uuid);
        self.strike(number, &lead);
        if let Some(of) = self.by_list.get_mut(&lead.list_uuid) {
            of.all.remove(&number);
            if of.all.is_empty() {
                self.by_list.remove(&lead.list_uuid);
            }
        }
        Some(lead)
    }

    /// Changes a lead.
    pub(crate) fn update(&mut self, number: u64, change: impl FnOnce(&mut Lead)) {
        let Some(mut lead) = self.rows.remove(&number) else { return };
        self.strike(number, &lead);
        change(&mut lead);
        self.note(number, &lead);
        self.rows.insert(number, lead);
    }

    fn enter(&mut self, number: u64, lead: Lead) {
        self.by_uuid.insert(lead.lead_uuid, number);
        self.by_list.entry(lead.list_uuid).or_default().all.insert(number);
        self.note(number, &lead);
        self.rows.insert(number, lead);
    }

    /// Enters a lead into the queue in which it stands.
    fn note(&mut self, number: u64, lead: &Lead) {
        let of = self.by_list.entry(lead.list_uuid).or_default();
        match lead.state {
            LeadState::Waiting if lead.columns.after_day == 0 => drop(of.waiting.insert(number)),
            LeadState::Waiting => drop(of.delayed.insert((lead.ready_at(), number))),
            LeadState::Recall(at) => drop(of.recalls.insert((at, number))),
            LeadState::Ordered | LeadState::Live | LeadState::Done | LeadState::DoNotCall => {}
        }
    }

    fn strike(&mut self, number: u64, lead: &Lead) {
        let Some(of) = self.by_list.get_mut(&lead.list_uuid) else { return };
        match lead.state {
            LeadState::Waiting if lead.columns.after_day == 0 => drop(of.waiting.remove(&number)),
            LeadState::Waiting => drop(of.delayed.remove(&(lead.ready_at(), number))),
            LeadState::Recall(at) => drop(of.recalls.remove(&(at, number))),
            LeadState::Ordered | LeadState::Live | LeadState::Done | LeadState::DoNotCall => {}
        }
    }

    /// Finds whom to call next in some lists: the oldest lead that was never called, or the recall
    /// that has been due for longest.
    pub(super) fn next(
        &self,
        now: OffsetDateTime,
        lists: &[Uuid],
        recalls_first: bool,
    ) -> NextLead {
        let of = || lists.iter().filter_map(|list| self.by_list.get(list));
        let is_due = |(at, _): &&(OffsetDateTime, u64)| *at <= now;
        let waiting = of().filter_map(|of| of.waiting.first().copied());
        let delayed =
            of().flat_map(|of| of.delayed.iter().take_while(is_due).map(|(_, number)| *number));
        let new = waiting.chain(delayed).min();
        let recall = of().filter_map(|of| of.recalls.first().filter(is_due)).min();
        let recall = recall.map(|(_, number)| *number);
        let found = if recalls_first { recall.or(new) } else { new.or(recall) };
        if let Some(number) = found {
            return NextLead::Ready(number);
        }
        let later = of().flat_map(|of| [of.delayed.first(), of.recalls.first()]);
        match later.flatten().map(|(at, _)| *at).min() {
            Some(at) => NextLead::At(at),
            None => NextLead::None,
        }
    }

    /// Checks that the queues follow from the leads.
    pub(crate) fn verify(&self) -> Result<(), String> {
        let rebuilt = Self::from(Kept::from(self.clone()));
        match rebuilt == *self {
            true => Ok(()),
            false => Err("the queues are not those of the leads".to_owned()),
        }
    }
}

/// Returns the network of a number, by its first digits.
pub(crate) fn network_of(phone: &str) -> &'static str {
    let national = phone.trim_start_matches('+');
    let national = match national.strip_prefix("84") {
        Some(rest) if national.len() > 10 => format!("0{rest}"),
        _ => national.to_owned(),
    };
    match national.get(..3).unwrap_or_default() {
        "032" | "033" | "034" | "035" | "036" | "037" | "038" | "039" | "086" | "096" | "097"
        | "098" => "viettel",
        "070" | "076" | "077" | "078" | "079" | "089" | "090" | "093" => "mobi",
        "081" | "082" | "083" | "084" | "085" | "088" | "091" | "094" => "vina",
        prefix if prefix.starts_with("02") => "tel",
        _ => "offnet",
    }
}
