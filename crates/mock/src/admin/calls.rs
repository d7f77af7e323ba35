//! Calls: looking at them, placing them, being the other party, hearing their recordings.

use std::sync::Arc;

use actix_web::http::StatusCode;
use ringback_exchange::{CallId, HangupCause, audio::Format};
use serde_json::{Map, Value, json};

use super::{Answer, Ask, Problem, answer, ok, plain, read};
use crate::{
    AccountId, Mount,
    media::Media,
    mount::{CallFilter, CallKey, View},
    shown::read_rfc3339,
};

/// The words of `state`.
pub(super) const STATES: [&str; 6] =
    ["created", "waiting", "ringing", "answered", "parked", "ended"];

/// What can be done to a call.
pub(super) const VERBS: [&str; 16] = [
    "take_over",
    "answer",
    "reject",
    "hang_up",
    "dtmf",
    "hold",
    "resume",
    "transfer",
    "route",
    "consult",
    "complete",
    "cancel_consultation",
    "park",
    "supervise",
    "start_recording",
    "stop_recording",
];

fn filter(ask: &Ask) -> Result<CallFilter, Problem> {
    let word = |name: &str, known: &[&str]| match ask.query(name) {
        Some(word) if !known.contains(&word.to_ascii_lowercase().as_str()) => {
            Err(Problem::at(name, format!("is one of {}", known.join(", "))))
        }
        word => Ok(word.map(str::to_ascii_lowercase)),
    };
    let since = ask.query("since").map(|since| {
        read_rfc3339(since).ok_or_else(|| Problem::at("since", "is no moment of RFC 3339"))
    });
    let since = since.transpose()?;
    let text = |name: &str| ask.query(name).map(str::to_owned);
    let cause = text("cause");
    if let Some(cause) = &cause
        && serde_json::from_value::<HangupCause>(cause.as_str().into()).is_err()
    {
        return Err(Problem::at("cause", "is no cause of FreeSWITCH, such as USER_BUSY"));
    }
    Ok(CallFilter {
        state: word("state", &STATES)?,
        direction: word("direction", &["inbound", "outbound", "local"])?,
        from: text("from"),
        to: text("to"),
        cause,
        vendor_id: text("vendor_id"),
        since,
    })
}

/// `GET calls?state=&from=&to=&direction=&cause=&vendor_id=&since=`: live ones first, newest first.
pub(super) async fn list(ask: Ask) -> Answer {
    let (filter, limit) = (filter(&ask)?, ask.limit()?);
    let oldest_first = match ask.query("order") {
        None | Some("desc") => false,
        Some("asc") => true,
        Some(_) => return Err(Problem::at("order", "is asc or desc")),
    };
    let after = ask.query("after").map(|cursor| {
        CallKey::read(cursor).ok_or_else(|| Problem::at("after", "is no cursor of this list"))
    });
    let after = after.transpose()?;
    let (mut calls, mut total) = (Vec::new(), 0);
    for (mount, accounts) in ask.several()? {
        for account in accounts {
            let Some(page) = mount.calls(account, &filter, after.as_ref(), limit + 1, oldest_first)
            else {
                continue;
            };
            total += page.total;
            calls.extend(page.calls);
        }
    }
    calls.sort_by(|(one, _), (other, _)| match oldest_first {
        true => other.cmp(one),
        false => one.cmp(other),
    });
    let more = calls.len() > limit;
    calls.truncate(limit);
    let next = calls.last().filter(|_| more).map(|(key, _)| key.to_string());
    let calls: Value = calls.into_iter().map(|(_, call)| call).collect();
    ok(&json!({ "calls": calls, "next": next, "total": total }))
}

/// Finds a call: by our id, or within one account by the vendor's own or by its number.
pub(super) fn find<'a>(
    ask: &'a Ask,
    id: &str,
) -> Result<(&'a Arc<dyn Mount>, AccountId, CallId), Problem> {
    let none = || Problem::no_such("call");
    // `mango-0-17`, whichever vendor it is of.
    let mut parts = id.rsplitn(3, '-');
    if let (Some(call), Some(account), Some(name)) = (parts.next(), parts.next(), parts.next())
        && let (Ok(call), Ok(account)) = (call.parse(), account.parse())
        && let Some(mount) = ask.mounts.iter().find(|mount| mount.name() == name)
    {
        let account = AccountId(account);
        return match ask.is_about(mount, account) {
            true => Ok((mount, account, CallId(call))),
            false => Err(none()),
        };
    }
    let (mount, account) = ask.one()?;
    Ok((mount, account, mount.call_id(account, id).ok_or_else(none)?))
}

/// `GET calls/{id}`
pub(super) async fn show(ask: Ask) -> Answer {
    let (mount, account, id) = find(&ask, ask.param("id"))?;
    let call = mount.view(account, View::Call(id));
    ok(&call.ok_or_else(|| Problem::no_such("call"))?)
}

/// `GET calls/{id}/events`: the timeline, while the exchange keeps it.
pub(super) async fn events(ask: Ask) -> Answer {
    let (mount, account, id) = find(&ask, ask.param("id"))?;
    let call = mount.view(account, View::Call(id)).ok_or_else(|| Problem::no_such("call"))?;
    let events = call.get("timeline").cloned().unwrap_or_default();
    let total = events.as_array().map_or(0, Vec::len);
    ok(&json!({ "events": events, "total": total, "next": null }))
}

/// `GET calls/{id}/recording.wav`
pub(super) async fn recording(ask: Ask) -> Answer {
    let (mount, account, id) = find(&ask, ask.param("id"))?;
    if mount.view(account, View::Call(id)).is_none() {
        return Err(Problem::no_such("call"));
    }
    let sound = mount.sound(account, id).ok_or_else(|| {
        let hint = "a call is recorded while both sides talk, and heard when it is over";
        Problem::no_such("recording").hint(hint.to_owned())
    })?;
    let format = Format::Wav;
    let size = sound.size(format);
    let read = move |offset, buffer: &mut [u8]| sound.read(format, offset, buffer);
    let disposition = format!("inline; filename=\"{}-{id}.wav\"", mount.name());
    let media = Media { media_type: format.media_type(), disposition, size, read };
    Ok(media.respond(&ask.request))
}

/// `POST calls` `{"from": "0987654321", "to": "101"}`: places a call as if from a phone.
pub(super) async fn dial(mut ask: Ask) -> Answer {
    let keys = ["from", "to", "line", "keys", "direct", "behaviour"];
    let control = ask.fields(&keys)?;
    plain::texts(&control, &["from", "to", "line"])?;
    if let Some(behaviour) = control.get("behaviour").filter(|behaviour| !behaviour.is_null()) {
        plain::lengths(&read::strictly(behaviour, "/behaviour")?, "/behaviour")?;
    }
    let (mount, account) = ask.one()?;
    let done = execute(mount, account, "dial", control).await?;
    Ok(answer(StatusCode::CREATED, &done.1))
}

/// `POST calls/{id}/{verb}`
pub(super) async fn drive(mut ask: Ask) -> Answer {
    let mut control = ask.object()?;
    let verb = match ask.param("verb") {
        "hangup" => "hang_up".to_owned(),
        verb => verb.replace('-', "_"),
    };
    if !VERBS.contains(&verb.as_str()) {
        let problem = Problem::unknown("verb", &verb, &VERBS);
        return Err(problem.with_status(StatusCode::NOT_FOUND));
    }
    if control.contains_key("call") || control.contains_key("do") {
        return Err(Problem::malformed("the path says which call, and what is done to it"));
    }
    let (mount, account, id) = find(&ask, ask.param("id"))?;
    if mount.view(account, View::Call(id)).is_none() {
        return Err(Problem::no_such("call"));
    }
    control.insert("call".to_owned(), id.0.into());
    ok(&execute(mount, account, &verb, control).await?.1)
}

/// `POST control` `{"do": …}`: any control in its own form.
pub(super) async fn control(mut ask: Ask) -> Answer {
    let mut control = ask.object()?;
    let Some(Value::String(verb)) = control.remove("do") else {
        return Err(Problem::at("/do", "has to say what to do"));
    };
    // A call may be named as everywhere else, and then says whose world it is in.
    let named = control.get("call").and_then(Value::as_str);
    let (mount, account) = match named.map(|id| find(&ask, id)).transpose()? {
        Some((mount, account, id)) => {
            control.insert("call".to_owned(), id.0.into());
            (mount, account)
        }
        None => ask.one()?,
    };
    let (about_call, shown) = execute(mount, account, &verb, control).await?;
    match about_call {
        true => ok(&json!({ "call": shown })),
        false => ok(&shown),
    }
}

/// Does one thing to a world; returns whether it is about a call, and that call or else the answer.
pub(super) async fn execute(
    mount: &Arc<dyn Mount>,
    account: AccountId,
    verb: &str,
    mut control: Map<String, Value>,
) -> Result<(bool, Value), Problem> {
    let words = control.clone();
    control.insert("do".to_owned(), verb.into());
    let done = mount.control(account, Value::Object(control)).await.map_err(|error| {
        let problem = Problem::from(error);
        match problem.wrong_word().and_then(|word| plain::place(&words, word)) {
            Some(at) => problem.pointing(&at),
            None => problem,
        }
    })?;
    let id = done.get("call").and_then(|call| call.get("id")).and_then(Value::as_u64);
    match id.and_then(|id| mount.view(account, View::Call(CallId(id)))) {
        Some(call) => Ok((true, call)),
        None => Ok((false, done)),
    }
}
