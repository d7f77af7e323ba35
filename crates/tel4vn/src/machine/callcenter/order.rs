//! One call that is ordered: somebody becomes a lead and is called at once.

use ringback_engine::{Command, OffsetDateTime};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{LeadColumns, LeadState, RareColumns};
use crate::machine::{
    App, Pbx, Rejected,
    tables::{Pending, Run, Template},
};

/// Orders a script to be played to somebody, who becomes a lead of a campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallOne {
    /// The campaign.
    pub campaign: String,
    /// The number.
    pub phone: String,
    /// The script's name or id; the campaign's unless given.
    pub template: Option<String>,
    /// What the client knows the call by, if by anything.
    pub reference: Option<String>,
    /// What fills the words in double braces of the script, and comes back in the record.
    pub params: Map<String, Value>,
}

/// The name of the list that is made for those who are ordered to be called.
const LIST: &str = "Import";

impl Command<Pbx> for CallOne {
    /// The ids of the call and of the lead.
    type Outcome = Result<(Uuid, Uuid), Rejected>;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Self::Outcome {
        let Self { campaign, phone, template, reference, params } = self;
        let row = pbx.tables.campaign(&campaign);
        let row = row.ok_or(Rejected::NotFound("campaign is not found"))?;
        if !row.columns.active {
            return Err(Rejected::Bad("campaign is not active"));
        }
        let campaign = row.campaign_uuid;
        let named = template.unwrap_or_else(|| row.columns.template_uuid.clone());
        let found = pbx.tables.template_named(&named).or_else(|| pbx.tables.template(&named));
        let template = found.ok_or(Rejected::NotFound("template not found"))?;
        if template.keys().iter().any(|key| !params.contains_key(*key)) {
            return Err(Rejected::Bad("missing tts key"));
        }
        if pbx.tables.is_blocked(&phone) {
            return Err(Rejected::Bad("phone_number is blocked"));
        }
        let waiting = pbx.tables.runs.get(&campaign).map_or(0, |run| run.pending.len());
        if waiting >= super::MOST_LEADS || pbx.center.leads.len() >= super::MOST_LEADS {
            return Err(Rejected::Bad("too many entries"));
        }
        let script = Template::seconds(template);
        let first = pbx.center.lists_of(campaign).next().map(|list| list.list_uuid);
        let list = match first {
            Some(list) => list,
            None => {
                let is_free = pbx.center.lists.iter().all(|list| list.list_name != LIST);
                let name = if is_free { LIST.to_owned() } else { format!("{LIST} {campaign}") };
                pbx.add_list(now, campaign, name, String::new())?
            }
        };
        let ref_id = reference.clone().unwrap_or_default();
        let rare = (!ref_id.is_empty())
            .then(|| Box::new(RareColumns { ref_id, ..RareColumns::default() }));
        let columns = LeadColumns {
            phone_number: phone.clone(),
            additional: Value::Object(params.clone()).to_string(),
            rare,
            ..LeadColumns::default()
        };
        let (number, lead) = pbx.add_lead(now, list, columns)?;
        pbx.center.leads.update(number, |lead| lead.state = LeadState::Ordered);
        let uuid = pbx.draw_id();
        let fresh = || Run { pending: Default::default(), most: None, live: 0 };
        let run = pbx.tables.runs.entry(campaign).or_insert_with(fresh);
        run.pending.push_back(Pending {
            uuid,
            phone,
            customer: None,
            reference,
            params: Some(Value::Object(params)),
            app: App::Autocall,
            script,
            lead: Some(lead),
        });
        pbx.fill(now, campaign);
        Ok((uuid, lead))
    }
}
