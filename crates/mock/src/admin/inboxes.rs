//! Inboxes: what they answer, and what they have received.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode};
use ringback_exchange::is_like;
use serde_json::{Value, json};

use super::{Answer, Ask, Problem, answer, ok};
use crate::{
    inbox::{InboxAnswer, InboxMessage, InboxPlan, InboxView, Inboxes},
    webhook::is_inbox_name,
};

/// The inboxes of the process, whichever port is asked.
fn inboxes(ask: &Ask) -> Result<&Arc<Inboxes>, Problem> {
    ask.takes_no_account()?;
    let mount = ask.mounts.first();
    mount.map(|mount| mount.bench().inboxes()).ok_or_else(|| Problem::no_such("inbox"))
}

fn none(name: &str) -> Problem {
    let hint =
        format!("PUT /__admin/inboxes/{name} makes one, and so does the first message to it");
    Problem::no_such("inbox").hint(hint)
}

fn shown(name: &str, view: &InboxView) -> Value {
    let InboxView { plan, given, kept, received, missed } = view;
    let answers =
        |answers: &[InboxAnswer]| answers.iter().map(InboxAnswer::show).collect::<Value>();
    json!({
        "name": name,
        "url": format!("inbox:{name}"),
        "path": format!("/__inbox/{name}"),
        "plan": answers(&plan.plan),
        "left": answers(plan.plan.get(*given..).unwrap_or_default()),
        "then": plan.then.show(),
        "messages": kept,
        "received": received,
        "missed": missed,
    })
}

/// `GET inboxes`
pub(super) async fn list(ask: Ask) -> Answer {
    let found = inboxes(&ask)?.list();
    let found: Vec<Value> = found.iter().map(|(name, view)| shown(name, view)).collect();
    let total = found.len();
    ok(&json!({ "inboxes": found, "next": null, "total": total }))
}

/// `GET inboxes/{name}`
pub(super) async fn show(ask: Ask) -> Answer {
    let name = ask.param("name");
    let view = inboxes(&ask)?.view(name);
    ok(&shown(name, &view.ok_or_else(|| none(name))?))
}

/// `PUT inboxes/{name}` `{"plan": [500, {"status": 200, "delay": 2}, "reset"], "then": 200}`
pub(super) async fn set(mut ask: Ask) -> Answer {
    let fields = ask.fields(&["plan", "then"])?;
    let plan = InboxPlan::read(&fields).map_err(|(at, why)| Problem::at(&at, why))?;
    let name = ask.param("name");
    if !is_inbox_name(name) {
        let why = "the name of an inbox has 1 to 64 letters, digits, and . _ -";
        return Err(Problem::malformed(why));
    }
    let inboxes = inboxes(&ask)?;
    let set = inboxes.set(name, plan);
    let is_new = set.map_err(|why| Problem::new(StatusCode::CONFLICT, why.to_string()))?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let view = inboxes.view(name).ok_or_else(|| none(name))?;
    Ok(answer(status, &shown(name, &view)))
}

/// `DELETE inboxes/{name}`
pub(super) async fn remove(ask: Ask) -> Answer {
    let name = ask.param("name");
    match inboxes(&ask)?.remove(name) {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(none(name)),
    }
}

/// `DELETE inboxes/{name}/messages`: the plan stays, and goes on where it is.
pub(super) async fn forget(ask: Ask) -> Answer {
    let name = ask.param("name");
    match inboxes(&ask)?.forget(name) {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(none(name)),
    }
}

/// `GET inboxes/{name}/messages?method=&path=&delivery=&call=`: newest first.
pub(super) async fn messages(ask: Ask) -> Answer {
    let name = ask.param("name");
    let (limit, inboxes) = (ask.limit()?, inboxes(&ask)?);
    let oldest_first = match ask.query("order") {
        None | Some("desc") => false,
        Some("asc") => true,
        Some(_) => return Err(Problem::at("order", "is asc or desc")),
    };
    let after = ask.query("after").map(str::parse::<u64>).transpose();
    let after = after.map_err(|_| Problem::at("after", "is no cursor of this list"))?;
    let mut found = inboxes.messages(name).ok_or_else(|| none(name))?;
    let missed = inboxes.view(name).map_or(0, |view| view.missed);
    let like = |key: &str, text: &str| ask.query(key).is_none_or(|wanted| is_like(wanted, text));
    let is = |key: &str, message: &InboxMessage| {
        let held = message.origin.get(key).and_then(Value::as_str);
        ask.query(key).is_none_or(|wanted| held == Some(wanted))
    };
    found.retain(|message| {
        like("path", &message.path)
            && ask.query("method").is_none_or(|m| m.eq_ignore_ascii_case(&message.method))
            && is("delivery", message)
            && is("call", message)
    });
    let total = found.len();
    if !oldest_first {
        found.reverse();
    }
    found.retain(|message| {
        after.is_none_or(|after| match oldest_first {
            true => message.number > after,
            false => message.number < after,
        })
    });
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|message| message.number.to_string());
    let found: Vec<Value> = found.iter().map(|message| message.show().into()).collect();
    ok(&json!({ "messages": found, "next": next, "total": total, "missed": missed }))
}

/// `GET inboxes/{name}/messages/{id}`
pub(super) async fn message(ask: Ask) -> Answer {
    let (name, id) = (ask.param("name"), ask.param("id"));
    let found = inboxes(&ask)?.messages(name).ok_or_else(|| none(name))?;
    let message = found.iter().find(|message| message.id() == id);
    let message = message.ok_or_else(|| Problem::no_such("message"))?;
    ok(&message.show().into())
}
