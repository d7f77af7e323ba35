//! How items of the feed look in the control API.

use std::sync::Arc;

use ringback_engine::ClockState;
use ringback_exchange::CallId;
use serde_json::{Map, Value, json};

use super::{DeliveryNote, Item, What};
use crate::{
    Mount, World,
    view::{Owner, attempt, moment},
};

/// Shows an item: with its call, where its world is still there.
pub(crate) fn show<W: World>(
    owner: &Owner<'_>,
    world: Option<&W>,
    item: &Item,
    secrets: bool,
) -> Value {
    let mut shown = match &item.what {
        What::Event(event) => fields(owner.event(world, event)),
        What::Delivery(note) => delivery(note),
        What::Request(note) | What::Message(note) => note.show(secrets),
        What::Clock(state) => clock(state),
        What::World(change) => fields(json!(change)),
    };
    let id = match &item.what {
        What::Request(note) | What::Message(note) => format!("{}-{}", owner.vendor, note.id()),
        What::Delivery(note) => match note.id {
            Some(id) => format!("{}-{}-d{}", owner.vendor, owner.account.0, id.0),
            None => format!("{}-e{}", owner.vendor, item.cursor),
        },
        What::Event(_) => format!("{}-e{}", owner.vendor, item.cursor),
        What::Clock(_) | What::World(_) => format!("{}-w{}", owner.vendor, item.cursor),
    };
    shown.insert("id".to_owned(), id.into());
    common(item, &mut shown);
    shown.insert("vendor".to_owned(), owner.vendor.into());
    let account = owner.credential.filter(|_| item.source.account.is_some());
    shown.insert("account".to_owned(), account.map_or(Value::Null, Value::from));
    let call: Option<CallId> = match &item.what {
        What::Delivery(note) => note.call,
        What::Request(note) | What::Message(note) => note.call(),
        What::Event(_) | What::Clock(_) | What::World(_) => None,
    };
    if let Some(call) = call {
        shown.insert("call".to_owned(), owner.call_id(call).into());
        let ids = world.map(|world| world.vendor_ids(call)).unwrap_or_default();
        shown.insert("vendor_ids".to_owned(), Value::Object(ids));
    }
    Value::Object(shown)
}

/// Shows those items of the feed that are of some instances, or of none in particular, in their order.
pub fn show_items(mounts: &[Arc<dyn Mount>], items: &[Item], secrets: bool) -> Vec<Value> {
    let mut shown = Vec::with_capacity(items.len());
    // One after the other of the same instance cost one look at it.
    for some in items.chunk_by(|one, other| one.source.origin == other.source.origin) {
        let Some(origin) = some.first().map(|item| item.source.origin) else { continue };
        match origin {
            None => shown.extend(some.iter().map(|item| of_none(item, secrets))),
            Some(origin) => {
                let mount = mounts.iter().find(|mount| mount.origin() == origin);
                shown.extend(mount.into_iter().flat_map(|mount| mount.show_items(some, secrets)));
            }
        }
    }
    shown
}

/// Shows an item that belongs to no instance.
fn of_none(item: &Item, secrets: bool) -> Value {
    let mut shown = match &item.what {
        What::Clock(state) => clock(state),
        What::Request(note) | What::Message(note) => note.show(secrets),
        What::Event(_) | What::Delivery(_) | What::World(_) => Map::new(),
    };
    let id = match &item.what {
        What::Request(note) | What::Message(note) => note.id(),
        What::Event(_) | What::Delivery(_) | What::Clock(_) | What::World(_) => {
            format!("w{}", item.cursor)
        }
    };
    shown.insert("id".to_owned(), id.into());
    common(item, &mut shown);
    Value::Object(shown)
}

fn fields(shown: Value) -> Map<String, Value> {
    if let Value::Object(fields) = shown { fields } else { Map::new() }
}

fn common(item: &Item, shown: &mut Map<String, Value>) {
    shown.insert("cursor".to_owned(), item.cursor.into());
    shown.insert("kind".to_owned(), item.what.kind().word().into());
    shown.insert("at".to_owned(), moment(item.at).into());
    shown.insert("real_at".to_owned(), moment(item.real_began()).into());
    if let Some(command) = item.command {
        shown.insert("command".to_owned(), command.into());
    }
}

fn clock(state: &ClockState) -> Map<String, Value> {
    let ClockState { now, rate, frozen } = state;
    Map::from_iter([
        ("now".to_owned(), moment(*now).into()),
        ("rate".to_owned(), json!(rate.as_f64())),
        ("frozen".to_owned(), json!(frozen)),
    ])
}

fn delivery(note: &DeliveryNote) -> Map<String, Value> {
    let headers = |(name, value): &(String, String)| json!([name, value]);
    let sent = &note.sent;
    Map::from_iter([
        ("state".to_owned(), note.stage.word().into()),
        ("event".to_owned(), sent.event.as_str().into()),
        ("method".to_owned(), json!(sent.method)),
        ("url".to_owned(), sent.url.as_str().into()),
        ("headers".to_owned(), sent.headers.iter().map(headers).collect()),
        ("body".to_owned(), sent.body.as_str().into()),
        ("created_at".to_owned(), moment(note.created_at).into()),
        ("attempts".to_owned(), note.attempts.into()),
        ("attempt".to_owned(), json!(note.attempt.as_ref().map(attempt))),
    ])
}
