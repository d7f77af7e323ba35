//! How a campaign calls: whom next, how many at once, when again.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{
    CallId, ChangeKind, Dial, Direction, HangupCause, LegId, LegState, Number, Origin, Outcome,
    Party,
};
use serde_json::{Map, Value};
use time::Duration;
use uuid::Uuid;

use super::{CampaignType, LeadState, RunState, Timer, lead::NextLead};
use crate::{
    machine::{
        App, Pbx, Tag,
        tables::{Pending, Run, Template},
    },
    render::Record,
};

/// How long a campaign without a script keeps those who answer, in seconds: as long as a sound file.
const WITHOUT_SCRIPT: u32 = 10;

/// What a campaign does next.
enum Next {
    /// It calls the first who was ordered to be called.
    CallsOrdered,
    /// It calls a lead.
    Calls(u64),
    /// It passes over a lead whose number is not wanted.
    PassesOver(u64),
    /// It waits until then.
    Waits(OffsetDateTime),
    /// It waits for something to happen.
    Idles,
    /// It has nobody left to call.
    Ends,
}

impl Pbx {
    /// Makes a campaign look for leads at a moment.
    pub(in crate::machine) fn wake(&mut self, id: Uuid, at: OffsetDateTime) {
        self.cancel_wake(id);
        if self.tables.campaign_of(id).is_some() {
            let due = self.center.timers.enter(at, Timer::Dials(id));
            self.center.wakes.insert(id, due);
        }
    }

    pub(super) fn cancel_wake(&mut self, id: Uuid) {
        if let Some(due) = self.center.wakes.remove(&id) {
            self.center.timers.strike(due);
        }
    }

    /// Calls as many as may be called at once.
    pub(in crate::machine) fn fill(&mut self, now: OffsetDateTime, id: Uuid) {
        self.end_pause(now, id);
        loop {
            match self.next_of(now, id) {
                Next::CallsOrdered => {
                    let run = self.tables.runs.get_mut(&id);
                    let Some(one) = run.and_then(|run| run.pending.pop_front()) else { break };
                    self.call_customer(now, one, Some(id));
                }
                Next::Calls(lead) => self.call_lead(now, id, lead),
                Next::PassesOver(lead) => {
                    self.center.leads.update(lead, |lead| lead.state = LeadState::DoNotCall);
                }
                Next::Waits(until) => {
                    self.wake(id, until);
                    break;
                }
                Next::Idles => {
                    self.cancel_wake(id);
                    break;
                }
                Next::Ends => {
                    self.cancel_wake(id);
                    if let Some(campaign) = self.tables.campaign_of_mut(id) {
                        campaign.status = RunState::Stop;
                        self.note_campaign(ChangeKind::Changed, id);
                    }
                    break;
                }
            }
        }
        let is_over = |run: &Run| run.live == 0 && run.pending.is_empty();
        if self.tables.runs.get(&id).is_some_and(is_over) {
            self.tables.runs.remove(&id);
        }
    }

    /// A pause is over when the next window begins.
    fn end_pause(&mut self, now: OffsetDateTime, id: Uuid) {
        let Some(campaign) = self.tables.campaign_of_mut(id) else { return };
        if campaign.resumes_at.is_some_and(|at| at <= now) {
            (campaign.status, campaign.resumes_at) = (RunState::Start, None);
            self.note_campaign(ChangeKind::Changed, id);
        }
    }

    fn next_of(&self, now: OffsetDateTime, id: Uuid) -> Next {
        let Some(campaign) = self.tables.campaign_of(id) else { return Next::Idles };
        let run = self.tables.runs.get(&id);
        let live = run.map_or(0, |run| run.live);
        let given = run.and_then(|run| run.most);
        let most = given.unwrap_or(campaign.columns.concurrent_call).max(1);
        let is_full = self.carrier_room(&campaign.columns.carrier_uuid) == Some(0);
        if run.is_some_and(|run| !run.pending.is_empty()) {
            let may = campaign.columns.active && live < most && !is_full;
            return if may { Next::CallsOrdered } else { Next::Idles };
        }
        if !campaign.columns.active || !campaign.columns.r#type.dials() {
            return Next::Idles;
        }
        match campaign.status {
            RunState::Stop => return Next::Idles,
            RunState::Pause => return campaign.resumes_at.map_or(Next::Idles, Next::Waits),
            RunState::Start => {}
        }
        let lists = self.center.lists_of(id).filter(|list| list.active);
        let lists: Vec<Uuid> = lists.map(|list| list.list_uuid).collect();
        let recalls_first = campaign.columns.priority_recall == "recall";
        let next = self.center.leads.next(now, &lists, recalls_first);
        let is_dialler = campaign.columns.r#type == CampaignType::Autodialer;
        if next == NextLead::None {
            return if live == 0 && !is_dialler { Next::Ends } else { Next::Idles };
        }
        let opens = match campaign.opens(now) {
            None => return Next::Idles,
            Some(opens) if opens > now => return Next::Waits(opens),
            Some(opens) => opens,
        };
        let most = match campaign.columns.r#type {
            CampaignType::Autodialer => {
                let ready = self.agents_at_work(id).saturating_mul(campaign.columns.ratio) / 100;
                match campaign.columns.concurrent_call {
                    0 => ready,
                    at_once => ready.min(at_once),
                }
            }
            CampaignType::Autocall | CampaignType::Inbound | CampaignType::Manual => most,
        };
        if live >= most || is_full {
            return Next::Idles;
        }
        match next {
            NextLead::None => Next::Idles,
            NextLead::At(at) => Next::Waits(at.max(opens)),
            NextLead::Ready(number) => {
                let lead = self.center.leads.get(number);
                let phone = lead.map_or("", |lead| &lead.columns.phone_number);
                match self.tables.is_blocked(phone) {
                    true => Next::PassesOver(number),
                    false => Next::Calls(number),
                }
            }
        }
    }

    /// Returns how many more calls a carrier takes; `None` where nothing limits them.
    pub(crate) fn carrier_room(&self, id: &str) -> Option<u32> {
        let carrier = self.center.carrier(id)?;
        let most = carrier.columns.concurrent_call;
        (most > 0).then(|| most.saturating_sub(self.calls_by(carrier.carrier_uuid)))
    }

    /// Returns how many agents of a campaign are free or in one of its calls.
    fn agents_at_work(&self, id: Uuid) -> u32 {
        let is_own = |call: &ringback_exchange::Call<Tag>| {
            call.tag.more.as_ref().is_some_and(|more| more.campaign == Some(id))
        };
        let at_work = self.ready_agents(id).filter(|extension| {
            self.exchange.available(extension.as_str(), None).is_ok()
                || self.exchange.calls_of(extension).any(is_own)
        });
        u32::try_from(at_work.count()).unwrap_or(u32::MAX)
    }

    fn call_lead(&mut self, now: OffsetDateTime, campaign: Uuid, number: u64) {
        let Some(lead) = self.center.leads.get(number) else { return };
        let row = self.tables.campaign_of(campaign);
        let is_dialler = row.is_some_and(|row| row.columns.r#type == CampaignType::Autodialer);
        let template = row.and_then(|row| self.tables.template(&row.columns.template_uuid));
        let additional = serde_json::from_str(&lead.columns.additional).ok();
        let one = Pending {
            phone: lead.columns.phone_number.clone(),
            customer: None,
            reference: lead.reference().map(str::to_owned),
            params: additional.filter(|params: &Value| {
                params.as_object().is_some_and(|fields: &Map<String, Value>| !fields.is_empty())
            }),
            app: if is_dialler { App::Autodialer } else { App::Autocall },
            script: template.map_or(WITHOUT_SCRIPT, Template::seconds),
            lead: Some(lead.lead_uuid),
            uuid: self.draw_id(),
        };
        self.call_customer(now, one, Some(campaign));
    }

    /// Calls somebody, for a campaign or for itself.
    pub(in crate::machine) fn call_customer(
        &mut self,
        now: OffsetDateTime,
        one: Pending,
        campaign: Option<Uuid>,
    ) {
        let Pending { uuid, phone, customer, reference, params, app, script, lead } = one;
        let row = campaign.and_then(|id| self.tables.campaign_of(id));
        let ring = row.filter(|_| lead.is_some()).map_or(0, |row| row.columns.call_timeout);
        let carrier = row.and_then(|row| self.center.carrier(&row.columns.carrier_uuid));
        let own = carrier.map(|carrier| carrier.columns.caller_id.as_str());
        let own = own.filter(|caller_id| !caller_id.is_empty()).map(Number::from);
        let line = own.unwrap_or_else(|| self.tenant.hotline.clone());
        if let Some(campaign) = campaign {
            let fresh = || Run { pending: Default::default(), most: None, live: 0 };
            self.tables.runs.entry(campaign).or_insert_with(fresh).live += 1;
        }
        let mut tag = Tag::new(uuid, Direction::Outbound, app);
        let more = tag.more_mut();
        (more.customer, more.campaign, more.script) = (customer, campaign, script);
        (more.reference, more.params, more.lead, more.ring) = (reference, params, lead, ring);
        let dial = Dial {
            from: Party::Service(line.clone()),
            to: Party::Outside(phone.into()),
            origin: Origin::Phone,
            line: Some(line),
            record: true,
            behaviour: None,
            keys: Vec::new(),
            tag,
        };
        let id = self.dial(now, dial);
        if let Some(number) = lead.and_then(|lead| self.center.leads.number(lead)) {
            self.center.leads.update(number, |lead| {
                lead.state = LeadState::Live;
                lead.called = lead.called.saturating_add(1);
                (lead.last_called_at, lead.last_call) = (Some(now), Some(id));
                lead.has_network = true;
            });
        }
    }

    /// A phone that a campaign calls begins to ring: not for longer than the campaign lets it.
    pub(in crate::machine) fn limit_ringing(
        &mut self,
        now: OffsetDateTime,
        id: CallId,
        leg: LegId,
    ) {
        let Some(call) = self.exchange.call(id) else { return };
        let seconds = call.tag.more.as_ref().map_or(0, |more| more.ring);
        let Some(rung) = call.leg(leg).filter(|_| seconds > 0 && leg == LegId(1)) else { return };
        let limit = Duration::seconds(seconds.into());
        match rung.plan().outcome {
            // It would ring for as long as the exchange lets any phone ring.
            Outcome::NoAnswer => drop(self.exchange.take_over(id, leg)),
            Outcome::Manual => {}
            Outcome::Answer
            | Outcome::Busy
            | Outcome::Reject
            | Outcome::Cancel
            | Outcome::Fail(_) => {
                if rung.plan().ring <= limit {
                    return;
                }
            }
        }
        let due = self.center.timers.enter(now.saturating_add(limit), Timer::RingsOut(id));
        self.center.rings.insert(id, due);
    }

    /// A phone rings no longer.
    pub(in crate::machine) fn forget_ringing(&mut self, id: CallId) {
        if let Some(due) = self.center.rings.remove(&id) {
            self.center.timers.strike(due);
        }
    }

    pub(super) fn rings_out(&mut self, at: OffsetDateTime, id: CallId) {
        let leg = self.exchange.call(id).and_then(|call| call.leg(LegId(1)));
        if leg.is_some_and(|leg| leg.state == LegState::Ringing) {
            // It rings, so the call is live.
            let _ = self.exchange.end(at, id, HangupCause::NoAnswer);
        }
    }

    /// A call of a campaign is over: what became of its lead, and who is called next.
    pub(in crate::machine) fn campaign_call_over(&mut self, now: OffsetDateTime, id: CallId) {
        self.forget_ringing(id);
        let Some(cdr) = self.exchange.history().get(id) else { return };
        let Some(more) = cdr.tag.more.as_ref() else { return };
        let (Some(campaign), lead) = (more.campaign, more.lead) else { return };
        let record = Record::new(cdr, &self.settings);
        let (status, talked) = (record.call_status(), record.billsec());
        let row = self.tables.campaign_of(campaign);
        let pause = row.filter(|row| row.recalls(status, talked));
        let pause = pause.map(|row| (row.columns.recall_times, row.recall_pause()));
        if let Some(number) = lead.and_then(|lead| self.center.leads.number(lead)) {
            self.center.leads.update(number, |lead| {
                lead.status = Some(status);
                lead.state = match pause {
                    Some((times, pause)) if lead.called <= times => {
                        LeadState::Recall(now.saturating_add(pause))
                    }
                    _ => LeadState::Done,
                };
            });
        }
        if let Some(run) = self.tables.runs.get_mut(&campaign) {
            run.live = run.live.saturating_sub(1);
        }
        self.fill(now, campaign);
        self.others_may_call(now, campaign);
    }

    /// A place is free on a carrier that was full: its other campaigns may call.
    fn others_may_call(&mut self, now: OffsetDateTime, campaign: Uuid) {
        let row = self.tables.campaign_of(campaign);
        let carrier = row.and_then(|row| self.center.carrier(&row.columns.carrier_uuid));
        let Some(carrier) = carrier.map(|carrier| carrier.carrier_uuid) else { return };
        let left = self.carrier_room(&carrier.to_string());
        if left == Some(1) {
            for other in self.campaigns_by(carrier).into_iter().filter(|id| *id != campaign) {
                self.wake(other, now);
            }
        }
    }

    /// Somebody has hung up, or a phone has come: campaigns whose agents may be free now look for leads.
    pub(crate) fn agents_may_be_free(&mut self, now: OffsetDateTime) {
        let mut campaigns: Vec<Uuid> =
            self.center.agents.values().map(|agent| agent.campaign_uuid).collect();
        campaigns.sort();
        campaigns.dedup();
        for campaign in campaigns {
            self.wake(campaign, now);
        }
    }

    /// Forgets those who wait to be called by a campaign; their leads wait as before.
    pub(super) fn drop_pending(&mut self, id: Uuid) {
        let Some(run) = self.tables.runs.get_mut(&id) else { return };
        let dropped = std::mem::take(&mut run.pending);
        if run.live == 0 {
            self.tables.runs.remove(&id);
        }
        for lead in dropped.into_iter().filter_map(|pending| pending.lead) {
            if let Some(number) = self.center.leads.number(lead) {
                self.center.leads.update(number, |lead| lead.state = LeadState::Waiting);
            }
        }
    }

    /// Returns the queue in which a campaign's customers wait for agents.
    pub(in crate::machine) fn queue_of(&self, campaign: Uuid) -> Option<&Number> {
        self.center.queues.get(&campaign)
    }
}
