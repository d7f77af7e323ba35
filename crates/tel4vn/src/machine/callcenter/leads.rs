//! Changes of leads.

use ringback_engine::OffsetDateTime;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Lead, LeadColumns, LeadState, List, MOST_LEADS, RareColumns, UNKNOWN};
use crate::{
    machine::{Pbx, Rejected},
    wire::phone::is_callable,
};

const LIST_UNKNOWN: Rejected = Rejected::NotFound("list is not found");

impl Pbx {
    fn list_named(&self, id: &str) -> Result<&List, Rejected> {
        id.parse().ok().and_then(|id| self.center.list(id)).ok_or(LIST_UNKNOWN)
    }

    /// Adds a lead to a list, and returns its number.
    pub(super) fn add_lead(
        &mut self,
        now: OffsetDateTime,
        list: Uuid,
        columns: LeadColumns,
    ) -> Result<(u64, Uuid), Rejected> {
        if self.center.leads.len() >= MOST_LEADS {
            return Err(Rejected::Bad("too many entries"));
        }
        let uuid = self.draw_id();
        Ok((self.center.leads.add(Lead::new(now, uuid, list, columns)), uuid))
    }

    pub(super) fn create_lead(
        &mut self,
        now: OffsetDateTime,
        list: &str,
        columns: LeadColumns,
    ) -> Result<Value, Rejected> {
        let List { list_uuid, campaign_uuid, .. } = *self.list_named(list)?;
        let (_, lead_uuid) = self.add_lead(now, list_uuid, columns)?;
        self.wake(campaign_uuid, now);
        Ok(json!({ "created": true, "lead_uuid": lead_uuid }))
    }

    pub(super) fn add_leads(
        &mut self,
        now: OffsetDateTime,
        list: &str,
        leads: Vec<LeadColumns>,
        from_file: bool,
    ) -> Result<Value, Rejected> {
        let List { list_uuid, campaign_uuid, .. } = *self.list_named(list)?;
        let callable = leads.iter().filter(|lead| is_callable(&lead.phone_number)).count();
        if self.center.leads.len() + callable > MOST_LEADS {
            return Err(Rejected::Bad("too many entries"));
        }
        let given = leads.len();
        for mut columns in leads {
            if !is_callable(&columns.phone_number) {
                continue;
            }
            if columns.additional.is_empty() {
                columns.additional = json!({
                    "after_day": columns.after_day,
                    "contract_number": columns.contract_number,
                    "lead_code": columns.lead_code,
                    "lead_name": columns.lead_name,
                    "phone_number": columns.phone_number,
                })
                .to_string();
            }
            let (number, _) = self.add_lead(now, list_uuid, columns)?;
            self.center.leads.update(number, |lead| lead.has_network = true);
        }
        if from_file {
            let [upload, success, fail] = &mut self.list_mut(list_uuid)?.upload;
            let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
            *upload += count(given);
            *success += count(callable);
            *fail += count(given - callable);
        }
        self.wake(campaign_uuid, now);
        Ok(match from_file {
            true => json!({ "msg": "file upload is processing" }),
            false => json!({ "message": "success", "total_insert": callable }),
        })
    }

    pub(super) fn change_lead(
        &mut self,
        now: OffsetDateTime,
        id: Uuid,
        columns: LeadColumns,
    ) -> Result<Value, Rejected> {
        let number = self.center.leads.number(id).ok_or(UNKNOWN)?;
        let mut campaign = None;
        self.center.leads.update(number, |lead| {
            let old = std::mem::take(&mut lead.columns);
            lead.columns = LeadColumns {
                // The published change leaves it empty, and the published row has it still.
                additional: match columns.additional.as_str() {
                    "" => old.additional,
                    _ => columns.additional,
                },
                after_day: old.after_day,
                rare: merged(old.rare, columns.rare),
                ..columns
            };
            lead.updated_at = now;
            campaign = Some(lead.list_uuid);
        });
        if let Some(list) = campaign.and_then(|list| self.center.list(list)) {
            let campaign = list.campaign_uuid;
            self.wake(campaign, now);
        }
        Ok(json!({ "lead_uuid": id }))
    }

    pub(super) fn delete_lead(&mut self, now: OffsetDateTime, id: Uuid) -> Result<Value, Rejected> {
        let list = self.remove_lead(id).ok_or(UNKNOWN)?.list_uuid;
        if let Some(list) = self.center.list(list) {
            let campaign = list.campaign_uuid;
            self.wake(campaign, now);
        }
        Ok(json!({ "lead_uuid": id }))
    }

    /// Removes a lead, and the call that was ordered for it; one that is live goes on.
    pub(super) fn remove_lead(&mut self, id: Uuid) -> Option<Lead> {
        let lead = self.center.leads.remove(self.center.leads.number(id)?)?;
        if lead.state == LeadState::Ordered {
            for run in self.tables.runs.values_mut() {
                run.pending.retain(|pending| pending.lead != Some(id));
            }
        }
        Some(lead)
    }
}

/// What a change says of the rare columns, over what there was; a change that leaves one empty keeps it.
fn merged(
    old: Option<Box<RareColumns>>,
    new: Option<Box<RareColumns>>,
) -> Option<Box<RareColumns>> {
    let (Some(mut old), Some(new)) = (old.clone(), new.clone()) else { return new.or(old) };
    let RareColumns { comment, ref_id, ref_code, gender, .. } = old.as_ref().clone();
    let kept = |new: &str, old: String| if new.is_empty() { old } else { new.to_owned() };
    *old = RareColumns {
        comment: kept(&new.comment, comment),
        ref_id: kept(&new.ref_id, ref_id),
        ref_code: kept(&new.ref_code, ref_code),
        gender: kept(&new.gender, gender),
        ..*new
    };
    Some(old)
}
