//! Calls that nobody dials: a script is played, or an agent is looked for when somebody answers.

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{CallId, ChangeKind, ChangedPart, HangupCause, Party, Side};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::Duration;
use uuid::Uuid;

use super::{
    App, Pbx, Rejected, Script,
    tables::{Pending, Run},
};

/// The most numbers that wait to be called by one campaign.
const MOST_PENDING: usize = 100_000;

/// Somebody to call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    /// The number.
    pub phone: String,
    /// Who that is, in the client's words.
    pub id: Option<String>,
    /// What the client knows the call by, if by anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What fills the words in double braces of a script.
    pub params: Value,
}

/// Orders calls to customers, a few at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Autocall {
    /// [`App::Autocall`] plays a script, [`App::Autodialer`] looks for an agent.
    pub app: App,
    /// The campaign's id; without one, all are called at once.
    pub campaign: Option<String>,
    /// The script's name; the campaign's unless given.
    pub template: Option<String>,
    /// How many calls at once; the campaign's number unless given.
    pub at_once: Option<u32>,
    /// Whom to call.
    pub customers: Vec<Customer>,
}

impl Command<Pbx> for Autocall {
    /// Each number with the id of its call, or why it is not called.
    type Outcome = Result<Vec<(String, Result<Uuid, &'static str>)>, Rejected>;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Self::Outcome {
        let Self { app, campaign, template, at_once, customers } = self;
        let campaign = match campaign {
            Some(id) => {
                let found = pbx.tables.campaign(&id);
                Some(found.cloned().ok_or(Rejected::NotFound("campaign is not found"))?)
            }
            None => None,
        };
        if campaign.as_ref().is_some_and(|campaign| !campaign.columns.active) {
            return Err(Rejected::Bad("campaign is not active"));
        }
        let named = template.or_else(|| {
            let own = campaign.as_ref().map(|campaign| campaign.columns.template_uuid.clone());
            own.filter(|own| !own.is_empty())
        });
        let template = match (app, named) {
            (App::Autocall, Some(name)) => {
                let found = pbx.tables.template_named(&name);
                let found = found.or_else(|| pbx.tables.template(&name)).cloned();
                Some(found.ok_or(Rejected::NotFound("template is not found"))?)
            }
            (App::Autocall, None) => return Err(Rejected::Bad("template is missing")),
            (App::Autodialer | App::Dial | App::ClickToCall, _) => None,
        };
        let lacks = |customer: &Customer| {
            template.as_ref().is_some_and(|template| {
                template.keys().iter().any(|key| customer.params.get(*key).is_none())
            })
        };
        if campaign.is_none() && customers.iter().any(lacks) {
            return Err(Rejected::Bad("missing tts key"));
        }
        let script = template.as_ref().map_or(0, super::tables::Template::seconds);
        let run = campaign.as_ref().and_then(|row| pbx.tables.runs.get(&row.campaign_uuid));
        if run.map_or(0, |run| run.pending.len()) + customers.len() > MOST_PENDING {
            return Err(Rejected::Bad("too many customers"));
        }
        let (mut answers, mut pending) = (Vec::new(), Vec::new());
        for customer in customers {
            let lacks = lacks(&customer);
            let Customer { phone: dialled, id: customer, reference, params } = customer;
            let answer = match crate::wire::phone::plain(&dialled) {
                None => Err("phone_number is invalid"),
                Some(_) if lacks => Err("missing tts key"),
                Some(phone) => {
                    let uuid = pbx.draw_id();
                    let params = Some(params).filter(|params| *params != Value::Object(Map::new()));
                    let lead = None;
                    pending.push(Pending {
                        uuid,
                        phone,
                        customer,
                        reference,
                        params,
                        app,
                        script,
                        lead,
                    });
                    Ok(uuid)
                }
            };
            answers.push((dialled, answer));
        }
        match campaign {
            None => {
                for one in pending {
                    pbx.call_customer(now, one, None);
                }
            }
            Some(row) => {
                let fresh = || Run { pending: Default::default(), most: None, live: 0 };
                let run = pbx.tables.runs.entry(row.campaign_uuid).or_insert_with(fresh);
                run.most = at_once;
                run.pending.extend(pending);
                let (what, change) = (ChangedPart::Campaign, ChangeKind::Changed);
                pbx.exchange.note_change(what, change, row.campaign_uuid);
                pbx.fill(now, row.campaign_uuid);
            }
        }
        Ok(answers)
    }
}

impl Pbx {
    /// Somebody has answered, and the script is played.
    pub(super) fn begin_script(&mut self, now: OffsetDateTime, call: CallId) {
        let tag = self.exchange.call(call).map(|call| &call.tag);
        let seconds = tag.and_then(|tag| tag.more.as_ref()).map_or(0, |more| more.script);
        let ends_at = now.saturating_add(Duration::seconds(seconds.into()));
        self.scripts.insert(Script { ends_at, call });
    }

    /// The script is over, and so is the call.
    pub(crate) fn end_script(&mut self, script: Script) {
        self.scripts.remove(&script);
        // It may have been hung up meanwhile.
        let _ = self.exchange.end(script.ends_at, script.call, HangupCause::NormalClearing);
    }

    /// Somebody has answered a dialler: the campaign's queue looks for an agent, or else the first one.
    pub(super) fn pass_to_agents(&mut self, now: OffsetDateTime, call: CallId) {
        let more = self.exchange.call(call).and_then(|call| call.tag.more.as_ref());
        let campaign = more.filter(|more| more.lead.is_some()).and_then(|more| more.campaign);
        let own = campaign.and_then(|campaign| self.queue_of(campaign).cloned());
        let first = || self.tenant.queues.first().map(|queue| queue.number.clone());
        let queue = own.or_else(first);
        if let Some(queue) = queue {
            // The customer has just answered, so the call can be moved.
            let _ = self.exchange.transfer(now, call, Side::B, Party::Service(queue));
        }
    }
}
