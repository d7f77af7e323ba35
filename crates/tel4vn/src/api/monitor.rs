//! What extensions and queues do at this moment.

use ringback_exchange::{Call, Extension, Leg, LegId, LegState, Party, Role, ServiceKind, Side};
use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use super::Answer;
use crate::{
    Pbx, Tag,
    auth::Caller,
    render::{address, direction, number_of, party_of},
    wire::{
        query::Query,
        reply::{self, ListReply, Page},
        stamp,
    },
};

const SERVER: &str = "10.0.0.1";

/// An extension's part in a live call: the one that it picked up, or else the first that rings.
fn part_of<'a>(pbx: &'a Pbx, extension: &Extension) -> Option<(&'a Call<Tag>, &'a Leg)> {
    let parts = || {
        let calls = pbx.exchange().calls_of(&extension.number);
        calls.filter_map(|call| {
            let mut legs = call.live_legs().map(|(_, leg)| leg);
            legs.find(|leg| *leg.party.number() == extension.number).map(|leg| (call, leg))
        })
    };
    parts().find(|(_, leg)| leg.is_up()).or_else(|| parts().next())
}

/// What both generations tell of an extension.
fn agent(pbx: &Pbx, extension: &Extension, username: &str) -> Map<String, Value> {
    let agent_name = if username.is_empty() { extension.number.as_str() } else { username };
    let part = part_of(pbx, extension);
    let state = part.map_or("", |(_, leg)| match leg.state {
        LegState::Dialling | LegState::Ringing => "RINGING",
        LegState::Up | LegState::Held | LegState::Parked | LegState::Ended => "ONCALL",
    });
    let call = part.map(|(call, _)| call);
    let text = |read: fn(&Call<Tag>) -> String| call.map(read).unwrap_or_default();
    let fields = [
        ("agent_name", agent_name.into()),
        ("call_id", text(|call| call.tag.uuid.to_string()).into()),
        ("call_state", state.into()),
        ("call_time", text(|call| stamp::stamp(call.created_at)).into()),
        ("destination", text(|call| number_of(call, Side::B).to_string()).into()),
        ("direction", call.map_or("", |call| direction(call.tag.direction)).into()),
        ("domain_name", pbx.domain().into()),
        ("extension", extension.number.as_str().into()),
        ("network_ip", address(&Party::Extension(extension.number.clone())).to_string().into()),
        ("server_host", SERVER.into()),
        ("username", username.into()),
    ];
    fields.map(|(name, value): (&str, Value)| (name.to_owned(), value)).into_iter().collect()
}

fn logged_in(pbx: &Pbx) -> impl Iterator<Item = &Extension> {
    pbx.exchange().extensions().filter(|extension| extension.registered)
}

/// `GET /v1/monitor/agent`
pub(crate) async fn agents(caller: Caller) -> Answer {
    let rows: Vec<_> = caller.read(|pbx| {
        let rows = logged_in(pbx).map(|extension| {
            let view = pbx.extension(&extension.number);
            let (user, username) = pbx.first_owner(&extension.number);
            let mut row = agent(pbx, extension, username);
            let id = view.as_ref().map(|view| view.extension_uuid.to_string()).unwrap_or_default();
            row.insert("extension_id".to_owned(), id.into());
            row.insert("user_id".to_owned(), user.into());
            row.insert("domain_id".to_owned(), pbx.domain_uuid().to_string().into());
            row.insert("user_agent".to_owned(), "MicroSIP/3.20.6".into());
            row
        });
        rows.collect()
    })?;
    Ok(reply::ok(&ListReply::from(rows)))
}

/// `GET /v3/monitor`
pub(crate) async fn users(caller: Caller) -> Answer {
    let rows: Vec<_> = caller.read(|pbx| {
        let rows = logged_in(pbx).map(|extension| {
            let view = pbx.extension(&extension.number);
            let part = part_of(pbx, extension);
            let other = part.map(|(call, _)| {
                let [a, b] = [Side::A, Side::B].map(|side| number_of(call, side));
                if *a == extension.number { b } else { a }.to_string()
            });
            let line = part.and_then(|(call, _)| call.line.as_ref()).map(ToString::to_string);
            let username = view.as_ref().map_or("", |view| &view.username);
            let names = pbx.owner(&extension.number).map(|user| user.columns.clone());
            let names = names.unwrap_or_default();
            let mut row = agent(pbx, extension, username);
            let fields = [
                ("b_cid_num", other.unwrap_or_default()),
                ("cid_num", line.unwrap_or_default()),
                ("domain_uuid", pbx.domain_uuid().to_string()),
                (
                    "extension_uuid",
                    view.as_ref().map(|view| view.extension_uuid.to_string()).unwrap_or_default(),
                ),
                ("first_name", names.first_name),
                ("last_name", names.last_name),
                ("middle_name", names.middle_name),
                ("user_agent", "Pitel/3.20.5".to_owned()),
                ("user_uuid", view.map(|view| view.user_uuid).unwrap_or_default()),
            ];
            row.extend(fields.map(|(name, text)| (name.to_owned(), Value::from(text))));
            row
        });
        rows.collect()
    })?;
    Ok(reply::ok(&ListReply::from(rows)))
}

/// How long a caller who gave up stays on the list of a queue.
const REMEMBERED: Duration = Duration::MINUTE;

/// Shows how a call fares in the last queue it came to. All of it follows from the queue's own leg, for
/// the call may have been in a menu before, or have been answered.
// field report, T6
fn queue_row(pbx: &Pbx, call: &Call<Tag>, now: OffsetDateTime) -> Option<Value> {
    let queues = (0..).map(LegId).zip(&call.legs).filter_map(|(id, leg)| {
        let Role::Serves(side) = leg.role else { return None };
        let queue = pbx.queues().iter().find(|queue| queue.number == *leg.party.number())?;
        Some((id, leg, side, queue))
    });
    let (own, leg, side, queue) = queues.last()?;
    let joined_at = leg.answered_at.unwrap_or(leg.created_at);
    // Who takes the call ends the queue's leg by it.
    let takes = |of: &&Leg| of.via == Some(own) && of.answered_at == leg.ended_at;
    let bridged_at = leg.ended_at.filter(|_| call.legs.iter().any(|of| takes(&of)));
    let (status, abandoned_at) = match (bridged_at, leg.ended_at) {
        (Some(_), _) if call.live_legs().next().is_some() => ("Answered", None),
        (None, None) => ("Trying", None),
        (None, Some(at)) if now - at <= REMEMBERED => ("Abandoned", Some(at)),
        (_, Some(_)) | (Some(_), None) => return None,
    };
    let agent = bridged_at.map(|_| party_of(call, side).number());
    let view = agent.and_then(|number| pbx.extension(number));
    let never = OffsetDateTime::UNIX_EPOCH;
    let moment = |at: Option<OffsetDateTime>| stamp::zoned(at.unwrap_or(never));
    let agent_uuid = view.map(|view| view.extension_uuid.to_string());
    Some(json!({
        "call_center_queue_uuid": queue.uuid,
        "call_center_queue_name": queue.name,
        "call_center_agent_uuid": agent_uuid.unwrap_or_default(),
        "call_center_agent_name": agent.map_or("", |agent| agent.as_str()),
        "mobile": party_of(call, side.other()).number(),
        "status": status,
        "joined_time": stamp::zoned(joined_at),
        "abandoned_time": moment(abandoned_at),
        "bridged_time": moment(bridged_at),
        "rejoined_time": stamp::zoned(never),
        "call_uuid": call.tag.uuid,
    }))
}

/// `GET /v3/monitor/callcenter/queue`
pub(crate) async fn queue_calls(caller: Caller) -> Answer {
    let rows: Vec<_> = caller.read_at(|pbx, now| {
        let calls = pbx.exchange().calls().chain(pbx.exchange().recent());
        calls.filter_map(|call| queue_row(pbx, call, now)).collect()
    })?;
    Ok(reply::ok(&json!({ "data": rows })))
}

/// `GET /v1/callcenter/queue`
pub(crate) async fn queues(caller: Caller) -> Answer {
    let (limit, offset) = Query::of(caller.request()).page(10);
    let page = caller.read(|pbx| {
        let row = |queue: &crate::fresh::QueueInfo| {
            let kind = pbx.exchange().service(queue.number.as_str());
            let group = kind.and_then(ServiceKind::group);
            let in_turn = group
                .is_some_and(|group| group.strategy == ringback_exchange::RingStrategy::InTurn);
            json!({
                "call_center_queue_uuid": queue.uuid,
                "domain_uuid": pbx.domain_uuid(),
                "queue_name": queue.name,
                "queue_extension": queue.number,
                "queue_strategy": if in_turn { "top-down" } else { "ring-all" },
            })
        };
        let queues = pbx.queues();
        let data: Vec<Value> = queues.iter().skip(offset).take(limit).map(row).collect();
        Page { data, limit, offset, total: queues.len() }
    })?;
    Ok(reply::ok(&page))
}
