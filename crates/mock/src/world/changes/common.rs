//! The tables that every world has: what follows from owning an exchange and an outbox.

use std::collections::{BTreeMap, BTreeSet};

use ringback_exchange::{CallId, Cdr, Exchange};
use serde_json::{Value, json};

use super::Changes;
use crate::{
    World,
    view::{Owner, moment},
    webhook::{Delivery, DeliveryId, Outbox},
};

/// Compares a world with an earlier state, its vendor's own tables included.
///
/// Where the earlier state is in its past, finished calls cost as much as have come since; elsewhere
/// one comparison for each that both begin with.
pub(crate) fn compare<W: World>(
    owner: &Owner<'_>,
    before: &W,
    now: &W,
    is_past: bool,
    limit: usize,
) -> Changes {
    let mut changes = Changes::new(limit);
    let (old, new) = (before.exchange(), now.exchange());
    calls(&mut changes, owner, before, now, is_past);
    let extensions = |exchange: &'_ Exchange<W::Tag>| -> BTreeMap<String, Value> {
        let shown = |extension| (number(&json!(extension)), json!(extension));
        exchange.extensions().map(shown).collect()
    };
    let services = |exchange: &'_ Exchange<W::Tag>| -> BTreeMap<String, Value> {
        let shown = |service| (number(&json!(service)), json!(service));
        exchange.services().map(shown).collect()
    };
    changes.table("extensions", &extensions(old), &extensions(new));
    changes.table("services", &services(old), &services(new));
    changes.list("behaviours", old.rules(), new.rules(), |rule| rule.id);
    if let (Some(old), Some(new)) = (before.outbox(), now.outbox()) {
        deliveries(&mut changes, owner, (before, old), (now, new), is_past);
        let target = |outbox: &Outbox| json!({ "url": outbox.target() });
        changes.single("webhook", &target(old), &target(new));
    }
    now.compare(before, &mut changes);
    changes
}

fn number(row: &Value) -> String {
    row.get("number").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Calls, live and over, and the records of those that are over.
fn calls<W: World>(changes: &mut Changes, owner: &Owner<'_>, before: &W, now: &W, is_past: bool) {
    let (old, new) = (before.exchange(), now.exchange());
    let shared = match is_past {
        true => old.history().len(),
        false => {
            let pairs = old.history().iter().zip(new.history().iter());
            pairs.take_while(|(was, is)| was == is).count()
        }
    };
    let ended = |exchange: &'_ Exchange<W::Tag>| -> BTreeSet<CallId> {
        exchange.history().iter().skip(shared).map(|cdr| cdr.id).collect()
    };
    let (went, came) = (ended(old), ended(new));
    let live = old.calls().chain(new.calls()).map(|call| call.id);
    let ids: BTreeSet<CallId> = live.chain(went.iter().chain(&came).copied()).collect();
    let has = |exchange: &Exchange<W::Tag>, id| {
        exchange.call(id).is_some() || exchange.history().get(id).is_some()
    };
    let view = |world: &W, id| {
        let mut view = owner.call(world, id).unwrap_or_default();
        if let Some(fields) = view.as_object_mut() {
            // It grows with every event; a comparison says what came of them.
            fields.remove("timeline");
        }
        view
    };
    for id in ids {
        match (has(old, id), has(new, id)) {
            (false, true) => changes.added("calls", || view(now, id)),
            (true, false) => changes.removed("calls", || view(before, id)),
            (true, true) if old.call(id) != new.call(id) || went.contains(&id) => {
                let id_shown = owner.call_id(id).into();
                changes.changed("calls", &id_shown, &view(before, id), &view(now, id));
            }
            (true, true) | (false, false) => {}
        }
    }
    let record = |exchange: &Exchange<W::Tag>, id: CallId| {
        exchange.history().get(id).map(|cdr| record(owner, cdr)).unwrap_or_default()
    };
    for id in went.union(&came).copied() {
        match (went.contains(&id), came.contains(&id)) {
            (false, true) => changes.added("records", || record(new, id)),
            (true, false) => changes.removed("records", || record(old, id)),
            (true, true) => {
                let id_shown = owner.call_id(id).into();
                changes.changed("records", &id_shown, &record(old, id), &record(new, id));
            }
            (false, false) => {}
        }
    }
}

fn record<T>(owner: &Owner<'_>, cdr: &Cdr<T>) -> Value {
    json!({
        "id": owner.call_id(cdr.id),
        "direction": cdr.direction,
        "from": cdr.from,
        "to": cdr.to,
        "extension": cdr.extension,
        "line": cdr.line,
        "created_at": moment(cdr.created_at()),
        "answered_at": cdr.answered_at().map(moment),
        "ended_at": moment(cdr.ended_at()),
        "talk_seconds": cdr.talk_time().as_seconds_f64(),
        "cause": cdr.cause,
    })
}

fn deliveries<W: World>(
    changes: &mut Changes,
    owner: &Owner<'_>,
    before: (&W, &Outbox),
    now: (&W, &Outbox),
    is_past: bool,
) {
    fn by_id(outbox: &Outbox) -> BTreeMap<DeliveryId, &Delivery> {
        outbox.deliveries().map(|delivery| (delivery.id, delivery)).collect()
    }
    let (was, is) = (by_id(before.1), by_id(now.1));
    let view = |world: &W, delivery: &Delivery| owner.delivery(world, delivery);
    let mut forgotten = match is_past {
        true => now.1.last().0.saturating_sub(before.1.last().0),
        false => 0,
    };
    for (id, delivery) in &is {
        match was.get(id) {
            Some(old) if old == delivery => {}
            Some(old) => {
                let (old, new) = (view(before.0, old), view(now.0, delivery));
                let id = new.get("id").cloned().unwrap_or_default();
                changes.changed("deliveries", &id, &old, &new);
            }
            None => {
                forgotten = forgotten.saturating_sub(1);
                changes.added("deliveries", || view(now.0, delivery));
            }
        }
    }
    // Those that came and were forgotten already are counted all the same.
    if forgotten > 0 {
        changes.tables.entry("deliveries").or_default().counts.added += forgotten;
    }
    // Of what is past, old ones being forgotten is no change.
    for (id, delivery) in was.iter().filter(|_| !is_past) {
        if !is.contains_key(id) {
            changes.removed("deliveries", || view(before.0, delivery));
        }
    }
}
