//! Webhooks: what was delivered, what waits, and where they go.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Ask, Problem, answer, calls, ok};
use crate::{
    AccountId, Mount, OutboxCommand,
    mount::{DeliveryFilter, View},
    webhook::DeliveryId,
};

/// How long the answer to a test waits for how it went.
const TEST: Duration = Duration::from_secs(15);

/// The words of `state`.
pub(super) const STATES: [&str; 4] = ["pending", "delivered", "failed", "dropped"];

/// `GET deliveries?state=&event=&call=&url=`: newest first.
pub(super) async fn list(ask: Ask) -> Answer {
    let limit = ask.limit()?;
    let state = ask.query("state").map(str::to_ascii_lowercase);
    if state.as_deref().is_some_and(|state| !STATES.contains(&state)) {
        return Err(Problem::at("state", format!("is one of {}", STATES.join(", "))));
    }
    let text = |name: &str| ask.query(name).map(str::to_owned);
    let after = ask.query("after").map(|cursor| {
        let read = cursor.split_once('~').and_then(|(at, id)| Some((at, id.parse().ok()?)));
        read.map(|(at, id): (&str, u64)| (at.to_owned(), id))
            .ok_or_else(|| Problem::at("after", "is no cursor of this list"))
    });
    let filter = DeliveryFilter {
        state,
        event: text("event"),
        call: text("call"),
        url: text("url"),
        after: after.transpose()?,
    };
    let (mut found, mut counts, mut total) = (Vec::new(), [0_u64; 4], 0);
    for (mount, accounts) in ask.several()? {
        for account in accounts {
            let Some(page) = mount.deliveries(account, &filter, limit + 1) else { continue };
            counts.iter_mut().zip(page.counts).for_each(|(sum, count)| *sum += count);
            total += page.total;
            found.extend(page.deliveries);
        }
    }
    found.sort_by(|(one, _), (other, _)| other.cmp(one));
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|((at, id), _)| format!("{at}~{id}"));
    let deliveries: Value = found.into_iter().map(|(_, delivery)| delivery).collect();
    let [pending, delivered, failed, dropped] = counts;
    ok(&json!({
        "deliveries": deliveries,
        "next": next,
        "total": total,
        "pending": pending,
        "delivered": delivered,
        "failed": failed,
        "dropped": dropped,
    }))
}

/// Finds a delivery by its id.
fn find(ask: &Ask) -> Result<(&Arc<dyn Mount>, AccountId, u64), Problem> {
    let id = ask.param("id");
    let found = ask.mounts.iter().find_map(|mount| {
        let rest = id.strip_prefix(mount.name())?.strip_prefix('-')?;
        let (account, id) = rest.split_once("-d")?;
        let (account, id) = (AccountId(account.parse().ok()?), id.parse().ok()?);
        ask.is_about(mount, account).then_some((mount, account, id))
    });
    found.ok_or_else(unknown)
}

fn unknown() -> Problem {
    let hint = "an account remembers its latest 1,000; GET /__admin/deliveries lists them";
    Problem::no_such("delivery").hint(hint.to_owned())
}

/// `GET deliveries/{id}`: with what went over the wire.
pub(super) async fn show(ask: Ask) -> Answer {
    let (mount, account, id) = find(&ask)?;
    let delivery = mount.view(account, View::Delivery(id));
    ok(&delivery.ok_or_else(unknown)?)
}

/// `POST deliveries/{id}/resend`: the same bytes once more, as a delivery of its own.
pub(super) async fn resend(ask: Ask) -> Answer {
    let (mount, account, id) = find(&ask)?;
    let change = OutboxCommand::Resend { id: DeliveryId(id) };
    let made = mount.change_outbox(account, change).await?;
    created(mount, account, made.first().copied())
}

/// `POST deliveries/{id}/skip_wait`: tries now what waits for a moment.
pub(super) async fn skip_wait(ask: Ask) -> Answer {
    let (mount, account, id) = find(&ask)?;
    let id = DeliveryId(id);
    mount.change_outbox(account, OutboxCommand::SkipWait { id }).await?;
    ok(&mount.view(account, View::Delivery(id.0)).unwrap_or_default())
}

/// `POST calls/{id}/resend` `{"speed": 10}`: everything that was told of a call once more.
pub(super) async fn resend_call(mut ask: Ask) -> Answer {
    let speed = ask.fields(&["speed"])?.remove("speed");
    let speed = speed.map_or(Some(1.0), |speed| speed.as_f64());
    let speed = speed.filter(|speed| *speed == 0.0 || (0.001..=1_000_000.0).contains(speed));
    let why = "has to be a number from 0.001 to 1000000, or 0 for all of it at once";
    let speed = speed.ok_or_else(|| Problem::at("/speed", why))?;
    let (mount, account, call) = calls::find(&ask, ask.param("id"))?;
    if mount.view(account, View::Call(call)).is_none() {
        return Err(Problem::no_such("call"));
    }
    let change = OutboxCommand::ResendCall { call, speed };
    let made = mount.change_outbox(account, change).await?;
    let shown = made.iter().filter_map(|id| mount.view(account, View::Delivery(id.0)));
    let shown: Vec<Value> = shown.collect();
    let total = shown.len();
    let list = json!({ "deliveries": shown, "total": total, "next": null });
    Ok(answer(StatusCode::CREATED, &list))
}

/// `POST webhook/test`: sends something that tells of nothing, and says how that went.
pub(super) async fn test(ask: Ask) -> Answer {
    let (mount, account) = ask.one()?;
    if !mount.has_webhooks() {
        return Err(Problem::no_such("webhook: this vendor has none"));
    }
    let made = mount.change_outbox(account, OutboxCommand::Test {}).await?;
    if let Some(id) = made.first() {
        mount.attempted(account, *id, TEST).await;
    }
    created(mount, account, made.first().copied())
}

fn created(mount: &Arc<dyn Mount>, account: AccountId, id: Option<DeliveryId>) -> Answer {
    let shown = id.and_then(|id| mount.view(account, View::Delivery(id.0)));
    // Too many others wait: nothing was made.
    let full = || Problem::new(StatusCode::CONFLICT, "too many webhooks are waiting");
    Ok(answer(StatusCode::CREATED, &shown.ok_or_else(full)?))
}

/// `GET webhook`
pub(super) async fn target(ask: Ask) -> Answer {
    let (mount, account) = ask.one()?;
    let url = mount.view(account, View::Webhook);
    ok(&url.ok_or_else(|| Problem::no_such("webhook: this vendor has none"))?)
}

/// `PUT webhook` `{"url": "http://localhost:9000/hook"}`; null sends them nowhere.
pub(super) async fn retarget(mut ask: Ask) -> Answer {
    let url = match ask.fields(&["url"])?.remove("url") {
        Some(Value::String(url)) => Some(url),
        Some(Value::Null) => None,
        Some(_) | None => return Err(Problem::at("/url", "has to be an address, or null")),
    };
    let (mount, account) = ask.one()?;
    mount.retarget(account, url).await?;
    ok(&mount.view(account, View::Webhook).unwrap_or_default())
}
