//! What always holds in the call centre.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::LeadState;
use crate::machine::Pbx;

impl Pbx {
    pub(in crate::machine) fn verify_center(&self) -> Result<(), String> {
        self.center.leads.verify()?;
        let lists: BTreeSet<Uuid> = self.center.lists.iter().map(|list| list.list_uuid).collect();
        // Calls of leads, by their leads: live ones, and those that are over.
        let of_lead = |tag: &crate::Tag| tag.more.as_ref().and_then(|more| more.lead);
        let mut live = BTreeMap::<Uuid, usize>::new();
        for lead in self.exchange.calls().filter_map(|call| of_lead(&call.tag)) {
            *live.entry(lead).or_default() += 1;
        }
        let mut over = BTreeMap::<Uuid, usize>::new();
        for lead in self.exchange.history().iter().filter_map(|cdr| of_lead(&cdr.tag)) {
            *over.entry(lead).or_default() += 1;
        }
        let ordered: BTreeSet<Uuid> = self
            .tables
            .runs
            .values()
            .flat_map(|run| run.pending.iter().filter_map(|pending| pending.lead))
            .collect();
        for lead in self.center.leads.rows().values() {
            let id = lead.lead_uuid;
            if !lists.contains(&lead.list_uuid) {
                return Err(format!("lead {id} is in no list"));
            }
            let calls = live.get(&id).copied().unwrap_or(0);
            if calls != usize::from(lead.state == LeadState::Live) {
                return Err(format!("lead {id} is {:?} with {calls} live calls", lead.state));
            }
            let placed = calls + over.get(&id).copied().unwrap_or(0);
            if usize::try_from(lead.called) != Ok(placed) {
                return Err(format!("lead {id} was called {} times, not {placed}", lead.called));
            }
            if ordered.contains(&id) != (lead.state == LeadState::Ordered) {
                return Err(format!("lead {id} is {:?}, and its order is not", lead.state));
            }
        }
        for (campaign, run) in &self.tables.runs {
            let row = self.tables.campaign_of(*campaign);
            let most = row.map(|row| run.most.unwrap_or(row.columns.concurrent_call).max(1));
            let is_idle = run.pending.is_empty() && run.live == 0;
            if is_idle || most.is_none() && run.live == 0 {
                return Err(format!("campaign {campaign} runs without calls"));
            }
        }
        for call in self.center.rings.keys() {
            if self.exchange.call(*call).is_none() {
                return Err(format!("call {call} is over, and rings no longer than it may"));
            }
        }
        for (extension, agent) in &self.center.agents {
            if !self.phones.contains_key(extension) {
                return Err(format!("{extension} is logged in, and is no extension"));
            }
            if self.tables.campaign_of(agent.campaign_uuid).is_none() {
                return Err(format!("{extension} is logged into no campaign"));
            }
        }
        Ok(())
    }
}
