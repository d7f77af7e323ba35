//! Impact PBX over real HTTP, and its machine under random commands.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, and says why"
)]

mod accounts;
mod control;
mod events;
mod generated;
mod golden;
mod list;
mod openapi;
mod params;
mod property;
mod receivers;
mod replies;
mod shares;
mod spelling;
mod story;
mod wire;

use std::sync::Arc;

use ringback_impactpbx::{ImpactPbx, Trigger};
use ringback_mock::{Instance, World as _, webhook::Delivery};
use serde_json::Value;

/// An instance without a server: events stay in its outbox.
fn unserved(settings: Value) -> Arc<Instance<ImpactPbx>> {
    ImpactPbx::builder().seed(7).frozen_clock().settings(settings).build().expect("settings")
}

fn trigger(pbx: &Arc<Instance<ImpactPbx>>) {
    pbx.demo().execute(Trigger).expect("a call is started");
}

/// The events that wait, oldest first.
fn events(pbx: &Arc<Instance<ImpactPbx>>) -> Vec<Delivery> {
    let waiting =
        pbx.demo().read(|pbx| pbx.outbox().map(|outbox| outbox.deliveries().cloned().collect()));
    waiting.flatten().expect("an outbox")
}

/// The waiting events of each call, in the order of the calls.
fn events_by_call(pbx: &Arc<Instance<ImpactPbx>>) -> Vec<Vec<Value>> {
    let mut calls = std::collections::BTreeMap::<u64, Vec<Value>>::new();
    for event in events(pbx) {
        let body = serde_json::from_str(&event.body).expect("a JSON body");
        calls.entry(event.lane).or_default().push(body);
    }
    calls.into_values().collect()
}

/// The list as it is, without adding to it.
fn listed(pbx: &Arc<Instance<ImpactPbx>>) -> Vec<Value> {
    let body = pbx.demo().read(|pbx| pbx.page().into_body()).expect("the account");
    let list: Value = serde_json::from_slice(&body).expect("a JSON list");
    list["data"].as_array().expect("an array").clone()
}

fn actions(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["action"].as_str().expect("an action")).collect()
}
