//! Agents: who is logged into a campaign, and whom its queue rings.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{Group, Number, Queue, RingStrategy, Service, ServiceKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CampaignType, Edited};
use crate::{
    machine::{Pbx, Rejected},
    wire::stamp,
};

/// Whether an agent takes calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the vendor's own words")]
pub enum AgentStatus {
    Pause,
    Resume,
    /// Gone; only the answer to a logout says so.
    Logout,
}

/// Somebody who is logged into a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Agent {
    pub(crate) user_live_uuid: Uuid,
    pub(crate) campaign_uuid: Uuid,
    pub(crate) status: AgentStatus,
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub(crate) login_at: OffsetDateTime,
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub(crate) updated_at: OffsetDateTime,
}

/// The number of the first queue that is made for a campaign.
const FIRST_QUEUE: u32 = 7_001;

impl Pbx {
    /// Shows a logged-in agent.
    pub(crate) fn agent_row(&self, extension: &Number, agent: &Agent) -> AgentRow {
        let user = self.owner(extension);
        AgentRow {
            user_live_uuid: agent.user_live_uuid,
            user_uuid: user.map_or(String::new(), |user| user.user_uuid.to_string()),
            username: user.map_or(String::new(), |user| user.columns.username.clone()),
            extension: extension.to_string(),
            extension_uuid: self.phones.get(extension).map(|phone| phone.uuid).unwrap_or_default(),
            domain_uuid: self.tenant.domain_uuid,
            domain_name: self.tenant.domain.clone(),
            campaign_uuid: agent.campaign_uuid,
            status: agent.status,
            pause_code: "",
            login_time: stamp::fine(agent.login_at),
            last_update_time: stamp::fine(agent.updated_at),
        }
    }

    fn agent_answer(&self, extension: &Number, agent: &Agent) -> Edited {
        let data = self.agent_row(extension, agent);
        Edited::Agent(Box::new(AgentAnswer { data, message: "success" }))
    }

    /// Finds a logged-in agent by extension or by user.
    fn logged_in(&self, agent: &str) -> Result<Number, Rejected> {
        let own = Number::from(agent);
        if self.center.agents.contains_key(&own) {
            return Ok(own);
        }
        let user: Option<Uuid> = agent.parse().ok();
        let mut extensions = self.center.agents.keys();
        let found = extensions.find(|extension| {
            user.is_some() && self.owner(extension).map(|owner| owner.user_uuid) == user
        });
        found.cloned().ok_or(Rejected::Bad("user is not logged in"))
    }

    pub(super) fn log_in(
        &mut self,
        now: OffsetDateTime,
        campaign: &str,
        extension: &str,
    ) -> Result<Edited, Rejected> {
        let found = self.tables.campaign(campaign);
        let found = found.filter(|campaign| campaign.columns.r#type == CampaignType::Autodialer);
        let campaign_uuid = found.ok_or(Rejected::Bad("campaign_uuid is invalid"))?.campaign_uuid;
        let extension = Number::from(extension);
        if !self.phones.contains_key(&extension) {
            return Err(Rejected::Bad("extension is invalid"));
        }
        if self.center.agents.contains_key(&extension) {
            return Err(Rejected::Bad("user is already logged in"));
        }
        let user_live_uuid = self.draw_id();
        let status = AgentStatus::Pause;
        let agent = Agent { user_live_uuid, campaign_uuid, status, login_at: now, updated_at: now };
        let answer = self.agent_answer(&extension, &agent);
        self.center.agents.insert(extension, agent);
        Ok(answer)
    }

    pub(super) fn set_agent(
        &mut self,
        now: OffsetDateTime,
        agent: &str,
        status: AgentStatus,
    ) -> Result<Edited, Rejected> {
        let extension = self.logged_in(agent)?;
        let Some(agent) = self.center.agents.get_mut(&extension) else {
            return Err(Rejected::Bad("user is not logged in"));
        };
        (agent.status, agent.updated_at) = (status, now);
        let agent = agent.clone();
        self.sync_queue(agent.campaign_uuid);
        self.wake(agent.campaign_uuid, now);
        Ok(self.agent_answer(&extension, &agent))
    }

    pub(super) fn log_out(&mut self, now: OffsetDateTime, agent: &str) -> Result<Edited, Rejected> {
        let extension = self.logged_in(agent)?;
        let Some(agent) = self.center.agents.remove(&extension) else {
            return Err(Rejected::Bad("user is not logged in"));
        };
        let agent = Agent { status: AgentStatus::Logout, updated_at: now, ..agent };
        self.sync_queue(agent.campaign_uuid);
        Ok(self.agent_answer(&extension, &agent))
    }

    /// Logs out whoever is logged in at an extension that is gone.
    pub(crate) fn forget_agent(&mut self, extension: &Number) {
        if let Some(agent) = self.center.agents.remove(extension) {
            self.sync_queue(agent.campaign_uuid);
        }
    }

    /// Returns the agents of a campaign who take calls.
    pub(super) fn ready_agents(&self, campaign: Uuid) -> impl Iterator<Item = &Number> {
        self.center.agents.iter().filter_map(move |(extension, agent)| {
            let is_ready = agent.campaign_uuid == campaign && agent.status == AgentStatus::Resume;
            is_ready.then_some(extension)
        })
    }

    /// Lets the queue of a campaign ring those who take its calls; the first time it is made.
    pub(super) fn sync_queue(&mut self, campaign: Uuid) {
        let Some(row) = self.tables.campaign_of(campaign) else { return };
        if row.columns.r#type != CampaignType::Autodialer {
            return;
        }
        // The exchange's nearest one to each name. vendors/tel4vn-v3.md, 6
        let strategy = match row.columns.call_center_queue_strategy.as_str() {
            "" | "ring-all" => RingStrategy::AtOnce,
            _ => RingStrategy::InTurn,
        };
        let members: Vec<Number> = self.ready_agents(campaign).cloned().collect();
        let known = self.center.queues.get(&campaign).cloned();
        let number = match known {
            Some(number) => number,
            None if members.is_empty() => return,
            None => self.free_number(),
        };
        self.center.queues.insert(campaign, number.clone());
        let group = Group { strategy, ..Group::of(members) };
        let kind = ServiceKind::Queue(Queue::of(group));
        self.exchange.set_service(Service { number, kind });
    }

    /// Returns a number that nobody has.
    fn free_number(&self) -> Number {
        let numbers = (FIRST_QUEUE..).map(|number| Number::from(number.to_string()));
        let is_free = |number: &Number| {
            !self.phones.contains_key(number)
                && self.exchange.service(number.as_str()).is_none()
                && *number != self.tenant.hotline
        };
        let mut free = numbers.filter(is_free);
        free.next().unwrap_or_else(|| Number::from("7001"))
    }
}

/// A logged-in agent, as answers show one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the vendor's own columns")]
pub struct AgentRow {
    pub user_live_uuid: Uuid,
    pub user_uuid: String,
    pub username: String,
    pub extension: String,
    pub extension_uuid: Uuid,
    pub domain_uuid: Uuid,
    pub domain_name: String,
    pub campaign_uuid: Uuid,
    pub status: AgentStatus,
    pub pause_code: &'static str,
    pub login_time: String,
    pub last_update_time: String,
}

/// The answer to what an agent does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgentAnswer {
    /// The agent.
    pub data: AgentRow,
    /// That it was done.
    pub message: &'static str,
}
