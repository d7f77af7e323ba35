//! Reports of campaigns and of their leads.

use std::collections::BTreeMap;

use ringback_exchange::Direction;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Answer, tables::part};
use crate::{
    CallStatus, Face, Filter, Pbx, Record,
    auth::Caller,
    error::ErrorKind,
    machine::callcenter::campaign::Campaign,
    render::LeadReport,
    wire::{query::Query, reply, stamp::End},
};

const NO_CAMPAIGN: ErrorKind = ErrorKind::NotFound("campaign is not found");

/// Which calls a report is about.
struct Asked {
    campaign: Option<String>,
    list: Option<String>,
    from: Option<OffsetDateTime>,
    to: Option<OffsetDateTime>,
}

impl Asked {
    fn of(query: &Query) -> Result<Self, ErrorKind> {
        Ok(Self {
            campaign: query.text("campaign_uuid"),
            list: query.text("list_uuid"),
            from: query.moment("start_time", End::First)?,
            to: query.moment("end_time", End::Last)?,
        })
    }

    fn campaign<'a>(&self, pbx: &'a Pbx) -> Result<Option<&'a Campaign>, ErrorKind> {
        let found = self.campaign.as_ref().map(|id| pbx.tables().campaign(id).ok_or(NO_CAMPAIGN));
        found.transpose()
    }

    fn list(&self, pbx: &Pbx) -> Result<Option<Uuid>, ErrorKind> {
        let known = |id: &String| {
            let id = id.parse().ok().filter(|id| pbx.center().list(*id).is_some());
            id.ok_or(ErrorKind::NotFound("list is not found"))
        };
        self.list.as_ref().map(known).transpose()
    }
}

/// How the calls of a campaign went.
#[derive(Default)]
struct Counts {
    statuses: BTreeMap<CallStatus, u64>,
    directions: [u64; 3],
}

impl Counts {
    fn add(&mut self, record: &Record<'_>) {
        *self.statuses.entry(record.call_status()).or_default() += 1;
        let [inbound, local, outbound] = &mut self.directions;
        *match record.direction() {
            Direction::Inbound => inbound,
            Direction::Local => local,
            Direction::Outbound => outbound,
        } += 1;
    }

    fn row(&self, campaign: &Campaign) -> Value {
        let count = |status| self.statuses.get(&status).copied().unwrap_or(0);
        let [inbound, local, outbound] = self.directions;
        json!({
            "answered": count(CallStatus::Answered),
            "busy": count(CallStatus::Busy),
            "busy_line": count(CallStatus::BusyLine),
            "campaign_name": campaign.columns.campaign_name,
            "campaign_uuid": campaign.campaign_uuid,
            "cancel": count(CallStatus::Cancel),
            "congestion": count(CallStatus::Congestion),
            "inbound": inbound,
            "invalid": count(CallStatus::Invalid) + count(CallStatus::InvalidNumber),
            // Nobody calls a campaign's menu here.
            "ivr": 0,
            "local": local,
            "no_answered": count(CallStatus::NoAnswered),
            "not_available": count(CallStatus::NotAvailable),
            "outbound": outbound,
            "phone_block": count(CallStatus::PhoneBlock),
            "total": inbound + local + outbound,
        })
    }
}

/// `GET /v3/report/call/campaign`: all campaigns, or one; those without calls too.
pub(crate) async fn campaigns(caller: Caller) -> Answer {
    let asked = Asked::of(&Query::of(caller.request()))?;
    let answer = caller.read(|pbx| {
        let (only, list) = (asked.campaign(pbx)?, asked.list(pbx)?);
        let filter = Filter {
            started_from: asked.from,
            started_to: asked.to,
            campaign: only.iter().map(|row| row.campaign_uuid.to_string()).collect(),
            face: Face::Third,
            ..Filter::default()
        };
        let mut counts = BTreeMap::<Uuid, Counts>::new();
        for record in pbx.records(&filter) {
            let Some(more) = record.cdr().tag.more.as_ref() else { continue };
            let Some(campaign) = more.campaign else { continue };
            let lead = || more.lead.and_then(|lead| pbx.center().leads.find(lead));
            if list.is_some() && lead().map(|lead| lead.list_uuid) != list {
                continue;
            }
            counts.entry(campaign).or_default().add(&record);
        }
        let none = Counts::default();
        let rows = pbx.tables().campaigns.iter().rev();
        let rows =
            rows.filter(|row| only.is_none_or(|only| only.campaign_uuid == row.campaign_uuid));
        let rows = rows.map(|row| counts.get(&row.campaign_uuid).unwrap_or(&none).row(row));
        Ok::<_, ErrorKind>(reply::ok(&json!({ "data": rows.collect::<Vec<_>>() })))
    });
    Ok(answer??)
}

/// `GET /v3/report/call/lead`: the leads of a campaign, newest first, each with its last call.
pub(crate) async fn leads(caller: Caller) -> Answer {
    let asked = Asked::of(&Query::of(caller.request()))?;
    if asked.campaign.is_none() {
        return Err(ErrorKind::Missing("campaign_uuid").into());
    }
    let answer = caller.read(|pbx| {
        let (campaign, only) = (asked.campaign(pbx)?.ok_or(NO_CAMPAIGN)?, asked.list(pbx)?);
        let name = campaign.columns.campaign_name.as_str();
        let lists = pbx.center().lists_of(campaign.campaign_uuid);
        let lists = lists.filter(|list| only.is_none_or(|only| only == list.list_uuid));
        let is_limited = asked.from.is_some() || asked.to.is_some();
        let mut rows: Vec<_> = lists
            .flat_map(|list| {
                pbx.center().leads.of_list(list.list_uuid).map(move |lead| (list, lead))
            })
            .filter(|(_, lead)| {
                let from = |at| asked.from.is_none_or(|from| at >= from);
                let to = |at| asked.to.is_none_or(|to| at <= to);
                !is_limited || lead.last_called_at.is_some_and(|at| from(at) && to(at))
            })
            .collect();
        rows.sort_by_cached_key(|(_, lead)| pbx.center().leads.number(lead.lead_uuid));
        rows.reverse();
        let page = part(&caller, rows.iter(), |(list, lead)| LeadReport::of(pbx, lead, list, name));
        Ok::<_, ErrorKind>(reply::ok(&page))
    });
    Ok(answer??)
}
