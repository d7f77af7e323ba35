//! The call centre: campaigns with their lists and leads, carriers, users, groups and agents.

mod agents;
pub(crate) mod campaign;
mod campaigns;
mod carriers;
mod dialling;
pub(crate) mod lead;
mod leads;
mod order;
mod people;
mod progress;
mod scripts;
mod verify;

use std::collections::BTreeMap;

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{Agenda, CallId, ChangeKind, ChangedPart, Due, Number};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

pub(crate) use agents::Agent;
pub use agents::{AgentAnswer, AgentRow, AgentStatus};
pub use campaign::{CampaignColumns, CampaignType, PerNetwork, RunState, Window};
pub use carriers::CarrierColumns;
pub(crate) use carriers::{Carrier, Gateway};
pub(crate) use lead::{Lead, LeadState, Leads, List};
pub use lead::{LeadColumns, RareColumns};
pub use order::CallOne;
pub(crate) use people::{Group, Person, Role};
pub use people::{GroupAnswer, GroupColumns, GroupRow, UserColumns};
pub use progress::CampaignProgress;

use super::{Pbx, Rejected, tables::MOST};
use crate::{Fresh, Settings, fresh::FreshCallCenter};

/// The most leads of one tenant.
pub(crate) const MOST_LEADS: usize = 100_000;

/// Something of the call centre that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Timer {
    /// A campaign looks for leads.
    Dials(Uuid),
    /// A phone has rung for as long as its campaign lets it.
    RingsOut(CallId),
}

/// The call centre of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct CallCenter {
    pub(crate) lists: Vec<List>,
    pub(crate) leads: Leads,
    pub(crate) gateways: Vec<Gateway>,
    pub(crate) carriers: Vec<Carrier>,
    pub(crate) users: Vec<Person>,
    pub(crate) roles: Vec<Role>,
    pub(crate) groups: Vec<Group>,
    /// Those who are logged in, by their extensions.
    pub(crate) agents: BTreeMap<Number, Agent>,
    /// What only scripts of the third generation have: how long they wait between two keys.
    pub(crate) scripts: BTreeMap<Uuid, u32>,
    /// The sound files of the third generation, and whose they are.
    pub(crate) sounds: BTreeMap<Uuid, Uuid>,
    /// The numbers of the queues in which campaigns' customers wait for agents.
    queues: BTreeMap<Uuid, Number>,
    timers: Agenda<Timer>,
    wakes: BTreeMap<Uuid, Due>,
    /// The phones that ring no longer than their campaigns let them.
    rings: BTreeMap<CallId, Due>,
}

impl CallCenter {
    pub(super) fn fresh(fresh: &Fresh, settings: &Settings) -> Self {
        let Some(center) = fresh.callcenter.as_ref().filter(|_| settings.callcenter) else {
            return Self::default();
        };
        let FreshCallCenter { lists, gateways, carriers, users, roles, groups, .. } =
            center.clone();
        let mut leads = Leads::default();
        for lead in &center.leads {
            leads.add(lead.lead());
        }
        let scripts = center.templates.iter().map(|own| (own.row.template_uuid, own.wait));
        let sounds = center.audios.iter().map(|own| (own.row.audio_uuid, own.user_uuid));
        Self {
            lists,
            leads,
            gateways,
            carriers,
            users,
            roles,
            groups,
            scripts: scripts.collect(),
            sounds: sounds.collect(),
            ..Self::default()
        }
    }

    pub(crate) fn list(&self, id: Uuid) -> Option<&List> {
        self.lists.iter().find(|list| list.list_uuid == id)
    }

    pub(crate) fn carrier(&self, id: &str) -> Option<&Carrier> {
        let id: Uuid = id.parse().ok()?;
        self.carriers.iter().find(|carrier| carrier.carrier_uuid == id)
    }

    pub(crate) fn user(&self, id: Uuid) -> Option<&Person> {
        self.users.iter().find(|user| user.user_uuid == id)
    }

    /// Returns the lists of a campaign, oldest first.
    pub(crate) fn lists_of(&self, campaign: Uuid) -> impl Iterator<Item = &List> + Clone {
        self.lists.iter().filter(move |list| list.campaign_uuid == campaign)
    }
}

/// One change of the call centre.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the columns of the vendor's tables")]
pub enum CallCenterEdit {
    /// Adds a campaign.
    CreateCampaign { columns: Box<CampaignColumns> },
    /// Replaces the columns of a campaign.
    ChangeCampaign { id: Uuid, columns: Box<CampaignColumns> },
    /// Says whether a campaign may dial.
    SetCampaignActive { id: Uuid, active: bool },
    /// Assigns the users of extensions to a campaign.
    AssignExtensions { id: Uuid, extensions: Vec<String> },
    /// Removes a campaign.
    DeleteCampaign { id: Uuid },
    /// Starts, pauses or stops a campaign.
    RunCampaign { id: Uuid, to: RunState },
    /// Adds a list to a campaign.
    CreateList { campaign: String, name: String, description: String },
    /// Says whether the leads of a list are called.
    SetListActive { id: Uuid, active: bool },
    /// Removes a list with its leads.
    DeleteList { id: Uuid },
    /// Adds a lead.
    CreateLead { list: String, columns: Box<LeadColumns> },
    /// Adds leads; those that cannot be called are passed over.
    AddLeads { list: String, leads: Vec<LeadColumns>, from_file: bool },
    /// Changes what is said of a lead.
    ChangeLead { id: Uuid, columns: Box<LeadColumns> },
    /// Removes a lead.
    DeleteLead { id: Uuid },
    /// Adds a script; the columns as the API has them, its id excepted.
    CreateScript { columns: Value, wait: u32 },
    /// Replaces a script.
    ChangeScript { id: Uuid, columns: Value, wait: u32 },
    /// Removes a script.
    DeleteScript { id: Uuid },
    /// Adds a sound file.
    CreateSound { name: String },
    /// Removes a sound file.
    DeleteSound { id: Uuid },
    /// Adds a carrier.
    CreateCarrier { columns: Box<CarrierColumns> },
    /// Replaces the columns of a carrier.
    ChangeCarrier { id: Uuid, columns: Box<CarrierColumns> },
    /// Removes a carrier.
    DeleteCarrier { id: Uuid },
    /// Adds a user, with an extension if wanted.
    CreateUser { columns: Box<UserColumns>, password: String, with_extension: bool },
    /// Adds a group.
    CreateGroup { columns: Box<GroupColumns> },
    /// Changes a group.
    ChangeGroup { id: Uuid, columns: Box<GroupColumns> },
    /// Removes a group.
    DeleteGroup { id: Uuid },
    /// Logs an agent into a campaign, paused.
    LogIn { campaign: String, extension: String },
    /// Lets an agent take calls, or not.
    SetAgent { agent: String, status: AgentStatus },
    /// Logs an agent out.
    LogOut { agent: String },
}

/// The body of an answer: most come in the order of the alphabet, rows in that of the documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Edited {
    /// Names and values.
    Plain(Value),
    /// An agent, as it is now.
    Agent(Box<AgentAnswer>),
    /// A group, as it is now.
    Group(Box<GroupAnswer>),
}

impl From<Value> for Edited {
    fn from(value: Value) -> Self {
        Self::Plain(value)
    }
}

impl Command<Pbx> for CallCenterEdit {
    type Outcome = Result<Edited, Rejected>;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Self::Outcome {
        let plain = match self {
            Self::ChangeGroup { id, columns } => return pbx.change_group(id, *columns),
            Self::LogIn { campaign, extension } => return pbx.log_in(now, &campaign, &extension),
            Self::SetAgent { agent, status } => return pbx.set_agent(now, &agent, status),
            Self::LogOut { agent } => return pbx.log_out(now, &agent),
            Self::CreateCampaign { columns } => pbx.create_campaign(now, *columns),
            Self::ChangeCampaign { id, columns } => pbx.change_campaign(now, id, *columns),
            Self::SetCampaignActive { id, active } => pbx.set_campaign_active(now, id, active),
            Self::AssignExtensions { id, extensions } => {
                pbx.assign_extensions(now, id, &extensions)
            }
            Self::DeleteCampaign { id } => pbx.delete_campaign(id),
            Self::RunCampaign { id, to } => pbx.run_campaign(now, id, to),
            Self::CreateList { campaign, name, description } => {
                pbx.create_list(now, &campaign, name, description)
            }
            Self::SetListActive { id, active } => pbx.set_list_active(now, id, active),
            Self::DeleteList { id } => pbx.delete_list(now, id),
            Self::CreateLead { list, columns } => pbx.create_lead(now, &list, *columns),
            Self::AddLeads { list, leads, from_file } => {
                pbx.add_leads(now, &list, leads, from_file)
            }
            Self::ChangeLead { id, columns } => pbx.change_lead(now, id, *columns),
            Self::DeleteLead { id } => pbx.delete_lead(now, id),
            Self::CreateScript { columns, wait } => pbx.create_script(columns, wait),
            Self::ChangeScript { id, columns, wait } => pbx.change_script(id, columns, wait),
            Self::DeleteScript { id } => pbx.delete_script(id),
            Self::CreateSound { name } => pbx.create_sound(now, name),
            Self::DeleteSound { id } => pbx.delete_sound(id),
            Self::CreateCarrier { columns } => pbx.create_carrier(now, *columns),
            Self::ChangeCarrier { id, columns } => pbx.change_carrier(now, id, *columns),
            Self::DeleteCarrier { id } => pbx.delete_carrier(id),
            Self::CreateUser { columns, password, with_extension } => {
                pbx.create_user(*columns, password, with_extension)
            }
            Self::CreateGroup { columns } => pbx.create_group(*columns),
            Self::DeleteGroup { id } => pbx.delete_group(id),
        };
        plain.map(Edited::Plain)
    }
}

/// Refuses a row more than a table may have.
fn room(rows: usize) -> Result<(), Rejected> {
    if rows < MOST { Ok(()) } else { Err(Rejected::Bad("too many entries")) }
}

const UNKNOWN: Rejected = Rejected::NotFound("Not Found");

impl Pbx {
    pub(crate) fn center(&self) -> &CallCenter {
        &self.center
    }

    fn note_campaign(&mut self, change: ChangeKind, id: Uuid) {
        self.exchange.note_change(ChangedPart::Campaign, change, id);
    }

    pub(crate) fn timer_due(&self) -> Option<OffsetDateTime> {
        self.center.timers.next_due()
    }

    /// Does the next thing of the call centre that is due; returns whether there was one.
    pub(crate) fn run_timer(&mut self, to: OffsetDateTime) -> bool {
        let Some((at, timer)) = self.center.timers.pop(to) else { return false };
        match timer {
            Timer::Dials(campaign) => {
                self.center.wakes.remove(&campaign);
                self.fill(at, campaign);
            }
            Timer::RingsOut(call) => {
                self.center.rings.remove(&call);
                self.rings_out(at, call);
            }
        }
        true
    }
}
