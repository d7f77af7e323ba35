//! Webhooks: what was delivered, what waits, and where they go.

use serde_json::{Value, json};

use super::{Answer, Ask, Problem, ok};
use crate::{
    AccountId,
    mount::{DeliveryFilter, View},
};

/// `GET deliveries?state=&event=&call=&url=`: newest first.
pub(super) async fn list(ask: Ask) -> Answer {
    let limit = ask.limit()?;
    let state = ask.query("state").map(str::to_ascii_lowercase);
    if state.as_deref().is_some_and(|s| !matches!(s, "pending" | "delivered" | "failed")) {
        return Err(Problem::at("state", "is one of pending, delivered, failed"));
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

/// `GET deliveries/{id}`
pub(super) async fn show(ask: Ask) -> Answer {
    let id = ask.param("id");
    for mount in &ask.mounts {
        let Some(rest) = id.strip_prefix(mount.name()).and_then(|rest| rest.strip_prefix('-'))
        else {
            continue;
        };
        let parts = rest.split_once("-d");
        let parts = parts.and_then(|(account, id)| Some((account.parse().ok()?, id.parse().ok()?)));
        if let Some((account, id)) = parts
            && ask.is_about(mount, AccountId(account))
            && let Some(delivery) = mount.view(AccountId(account), View::Delivery(id))
        {
            return ok(&delivery);
        }
    }
    Err(Problem::no_such("delivery"))
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
