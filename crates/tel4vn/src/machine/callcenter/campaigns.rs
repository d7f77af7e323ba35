//! Changes of campaigns and lists.

use ringback_engine::OffsetDateTime;
use ringback_exchange::ChangeKind;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    CampaignColumns, CampaignType, List, RunState, UNKNOWN,
    campaign::{Campaign, Window},
    room,
};
use crate::{
    Face,
    machine::{Pbx, Rejected},
};

const TAKEN: Rejected = Rejected::Bad("campaign_name is already taken");

impl Pbx {
    fn campaign_mut(&mut self, id: Uuid) -> Result<&mut Campaign, Rejected> {
        let mut campaigns = self.tables.campaigns.iter_mut();
        campaigns.find(|campaign| campaign.campaign_uuid == id).ok_or(UNKNOWN)
    }

    /// Refuses columns that name what is not there.
    fn check_campaign(&self, columns: &CampaignColumns, own: Option<Uuid>) -> Result<(), Rejected> {
        let CampaignColumns { campaign_name, template_uuid, carrier_uuid, .. } = columns;
        let mut others = self.tables.campaigns.iter().filter(|row| Some(row.campaign_uuid) != own);
        if others.any(|row| row.columns.campaign_name == *campaign_name) {
            return Err(TAKEN);
        }
        if !template_uuid.is_empty() && self.tables.template(template_uuid).is_none() {
            return Err(Rejected::NotFound("template not found"));
        }
        if !carrier_uuid.is_empty() && self.center.carrier(carrier_uuid).is_none() {
            return Err(Rejected::NotFound("carrier not found"));
        }
        Ok(())
    }

    /// Adds a campaign, whatever generation it is made on, and returns its id.
    pub(in crate::machine) fn add_campaign(
        &mut self,
        now: OffsetDateTime,
        face: Face,
        columns: CampaignColumns,
    ) -> Result<Uuid, Rejected> {
        room(self.tables.campaigns.len())?;
        self.check_campaign(&columns, None)?;
        let is_dialler = columns.r#type == CampaignType::Autodialer;
        let campaign_uuid = self.draw_id();
        let queue_uuid = (is_dialler && face == Face::Third).then(|| self.draw_id());
        self.tables.campaigns.push(Campaign {
            face,
            campaign_uuid,
            status: if is_dialler { RunState::Start } else { RunState::Stop },
            resumes_at: None,
            queue_uuid,
            users: Vec::new(),
            created_at: now,
            updated_at: now,
            columns,
        });
        self.note_campaign(ChangeKind::Added, campaign_uuid);
        Ok(campaign_uuid)
    }

    pub(super) fn create_campaign(
        &mut self,
        now: OffsetDateTime,
        columns: CampaignColumns,
    ) -> Result<Value, Rejected> {
        let id = self.add_campaign(now, Face::Third, columns)?;
        let queue = self.campaign_mut(id)?.queue_uuid;
        Ok(match queue {
            Some(queue) => json!({
                "call_center_queue_uuid": queue,
                "campaign_uuid": id,
                "created": true,
                "dialplan_uuid": self.draw_id(),
            }),
            None => json!({ "campaign_uuid": id, "created": true }),
        })
    }

    pub(super) fn change_campaign(
        &mut self,
        now: OffsetDateTime,
        id: Uuid,
        columns: CampaignColumns,
    ) -> Result<Value, Rejected> {
        let old = &self.campaign_mut(id)?.columns;
        let (ratio, schedules) = (old.ratio, old.schedules.or(Some([Window::USUAL; 7])));
        self.check_campaign(&columns, Some(id))?;
        let is_dialler = columns.r#type == CampaignType::Autodialer;
        let lacks_queue = is_dialler && self.campaign_mut(id)?.queue_uuid.is_none();
        let queue = lacks_queue.then(|| self.draw_id());
        let campaign = self.campaign_mut(id)?;
        campaign.queue_uuid = campaign.queue_uuid.or(queue);
        campaign.columns = CampaignColumns {
            ratio: if columns.ratio == 0 { ratio } else { columns.ratio },
            schedules: columns.schedules.or(schedules),
            ..columns
        };
        campaign.updated_at = now;
        self.note_campaign(ChangeKind::Changed, id);
        self.sync_queue(id);
        self.wake(id, now);
        Ok(json!({ "campaign_uuid": id }))
    }

    pub(super) fn set_campaign_active(
        &mut self,
        now: OffsetDateTime,
        id: Uuid,
        active: bool,
    ) -> Result<Value, Rejected> {
        let campaign = self.campaign_mut(id)?;
        (campaign.columns.active, campaign.updated_at) = (active, now);
        self.note_campaign(ChangeKind::Changed, id);
        self.wake(id, now);
        Ok(json!({ "active": active, "campaign_uuid": id }))
    }

    pub(super) fn assign_extensions(
        &mut self,
        now: OffsetDateTime,
        id: Uuid,
        extensions: &[String],
    ) -> Result<Value, Rejected> {
        self.campaign_mut(id)?;
        let owner = |extension: &String| {
            let user = self.owner(&extension.as_str().into())?;
            Some((extension.clone(), user.user_uuid))
        };
        let users: Option<Vec<_>> = extensions.iter().map(owner).collect();
        let users = users.ok_or(Rejected::Bad("extension is invalid"))?;
        let campaign = self.campaign_mut(id)?;
        campaign.users = users.iter().map(|(_, user)| *user).collect();
        campaign.updated_at = now;
        self.note_campaign(ChangeKind::Changed, id);
        let shown = users
            .iter()
            .map(|(extension, user)| json!({ "extension": extension, "user_uuid": user }));
        Ok(json!({ "campaign_uuid": id, "users": shown.collect::<Vec<_>>() }))
    }

    pub(super) fn delete_campaign(&mut self, id: Uuid) -> Result<Value, Rejected> {
        if self.campaign_mut(id)?.columns.active {
            return Err(Rejected::Bad("campaign must be deactive"));
        }
        self.drop_pending(id);
        self.cancel_wake(id);
        self.center.agents.retain(|_, agent| agent.campaign_uuid != id);
        if let Some(queue) = self.center.queues.remove(&id) {
            self.exchange.remove_service(queue.as_str());
        }
        self.tables.campaigns.retain(|row| row.campaign_uuid != id);
        self.note_campaign(ChangeKind::Removed, id);
        Ok(json!({ "campaign_uuid": id }))
    }

    pub(in crate::machine) fn run_campaign(
        &mut self,
        now: OffsetDateTime,
        id: Uuid,
        to: RunState,
    ) -> Result<Value, Rejected> {
        let campaign = self.campaign_mut(id)?;
        if to == RunState::Start && !campaign.columns.active {
            return Err(Rejected::Bad("campaign is not active"));
        }
        let resumes_at = (to == RunState::Pause).then(|| campaign.next_opening(now)).flatten();
        (campaign.status, campaign.resumes_at) = (to, resumes_at);
        self.note_campaign(ChangeKind::Changed, id);
        self.wake(id, now);
        Ok(json!({ "campaign_uuid": id }))
    }

    pub(super) fn create_list(
        &mut self,
        now: OffsetDateTime,
        campaign: &str,
        list_name: String,
        description: String,
    ) -> Result<Value, Rejected> {
        let campaign = self.tables.campaign(campaign);
        let campaign = campaign.ok_or(Rejected::NotFound("campaign is not found"))?.campaign_uuid;
        let list_uuid = self.add_list(now, campaign, list_name, description)?;
        Ok(json!({ "created": true, "list_uuid": list_uuid }))
    }

    pub(super) fn add_list(
        &mut self,
        now: OffsetDateTime,
        campaign_uuid: Uuid,
        list_name: String,
        description: String,
    ) -> Result<Uuid, Rejected> {
        room(self.center.lists.len())?;
        if self.center.lists.iter().any(|list| list.list_name == list_name) {
            return Err(Rejected::Bad("list_name is exists"));
        }
        let list_uuid = self.draw_id();
        self.center.lists.push(List {
            list_uuid,
            list_name,
            campaign_uuid,
            description,
            active: true,
            created_at: now,
            updated_at: now,
            upload: [0; 3],
        });
        Ok(list_uuid)
    }

    pub(super) fn list_mut(&mut self, id: Uuid) -> Result<&mut List, Rejected> {
        self.center.lists.iter_mut().find(|list| list.list_uuid == id).ok_or(UNKNOWN)
    }

    pub(super) fn set_list_active(
        &mut self,
        now: OffsetDateTime,
        id: Uuid,
        active: bool,
    ) -> Result<Value, Rejected> {
        let list = self.list_mut(id)?;
        (list.active, list.updated_at) = (active, now);
        let campaign = list.campaign_uuid;
        self.wake(campaign, now);
        Ok(json!({ "active": active, "list_uuid": id }))
    }

    pub(super) fn delete_list(&mut self, now: OffsetDateTime, id: Uuid) -> Result<Value, Rejected> {
        let campaign = self.list_mut(id)?.campaign_uuid;
        let leads: Vec<Uuid> = self.center.leads.of_list(id).map(|lead| lead.lead_uuid).collect();
        for lead in leads {
            self.remove_lead(lead);
        }
        self.center.lists.retain(|list| list.list_uuid != id);
        self.wake(campaign, now);
        Ok(json!({ "list_uuid": id }))
    }
}
