//! How far a campaign has come, for those who watch it.

use std::collections::BTreeMap;

use ringback_exchange::{Call, LegId};
use serde::Serialize;
use uuid::Uuid;

use super::{CampaignType, RunState};
use crate::machine::{Pbx, Tag, tables::Run};

/// How far a campaign has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CampaignProgress {
    /// Identifies it.
    pub campaign_uuid: Uuid,
    /// Its name.
    pub campaign_name: String,
    /// What it calls for.
    pub r#type: CampaignType,
    /// Whether it may dial.
    pub active: bool,
    /// Whether it does.
    pub status: RunState,
    /// How many calls at once, where they are limited.
    pub at_once: u32,
    /// Calls that are under way.
    pub live: u32,
    /// Those of them in which nobody has answered yet.
    pub ringing: u32,
    /// Those in which somebody has: he hears the script, waits for an agent or talks to one.
    pub talking: u32,
    /// Calls that were ordered and wait for a place.
    pub ordered: usize,
    /// Leads in its lists.
    pub leads: usize,
    /// Leads that wait for their first call.
    pub waiting: usize,
    /// Leads that are called again later.
    pub recalls: usize,
    /// Agents who take its calls.
    pub agents: usize,
}

impl Pbx {
    /// Returns the ids of the lists, oldest first.
    pub fn list_ids(&self) -> impl Iterator<Item = Uuid> {
        self.center.lists.iter().map(|list| list.list_uuid)
    }

    /// Returns the ids of the leads, oldest first.
    pub fn lead_ids(&self) -> impl Iterator<Item = Uuid> {
        self.center.leads.rows().values().map(|lead| lead.lead_uuid)
    }

    /// Returns the ids of the carriers, oldest first.
    pub fn carrier_ids(&self) -> impl Iterator<Item = Uuid> {
        self.center.carriers.iter().map(|carrier| carrier.carrier_uuid)
    }

    /// Returns how far each campaign has come, oldest first.
    pub fn campaigns(&self) -> impl Iterator<Item = CampaignProgress> {
        let mut talking = BTreeMap::<Uuid, u32>::new();
        for call in self.exchange.calls() {
            let campaign = call.tag.more.as_ref().and_then(|more| more.campaign);
            if let Some(campaign) = campaign.filter(|_| is_answered(call)) {
                *talking.entry(campaign).or_default() += 1;
            }
        }
        self.tables.campaigns.iter().map(move |row| {
            let id = row.campaign_uuid;
            let run = self.tables.runs.get(&id);
            let most = run.and_then(|run| run.most);
            let live = run.map_or(0, |run| run.live);
            let talking = talking.get(&id).copied().unwrap_or(0).min(live);
            let lists = || self.center.lists_of(id).map(|list| list.list_uuid);
            let [waiting, recalls] = lists().fold([0; 2], |[waiting, recalls], list| {
                let [more, again] = self.center.leads.waiting_of(list);
                [waiting + more, recalls + again]
            });
            CampaignProgress {
                campaign_uuid: id,
                campaign_name: row.columns.campaign_name.clone(),
                r#type: row.columns.r#type,
                active: row.columns.active,
                status: row.status,
                at_once: most.unwrap_or(row.columns.concurrent_call),
                live,
                ringing: live - talking,
                talking,
                ordered: run.map_or(0, |run: &Run| run.pending.len()),
                leads: lists().map(|list| self.center.leads.count_of(list)).sum(),
                waiting,
                recalls,
                agents: self.ready_agents(id).count(),
            }
        })
    }
}

/// Returns whether the customer has answered, whose leg is the second.
fn is_answered(call: &Call<Tag>) -> bool {
    call.leg(LegId(1)).is_some_and(|leg| leg.answered_at.is_some())
}
