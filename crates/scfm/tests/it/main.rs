//! SCFM over real HTTP, and its machine under random commands.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, and says why"
)]

mod arrays;
mod callbacks;
mod campaign;
mod generated;
mod golden;
mod inbox;
mod limits;
mod openapi;
mod params;
mod populating;
mod property;
mod record_faults;
mod spelling;
mod story;
mod wire;

use ringback_scfm::Scfm;
use ringback_testkit::{Api, Reply};
use serde_json::Value;

/// An instance without any records.
fn empty() -> Api<Scfm> {
    Api::of(Scfm::builder().seed(7).frozen_clock().fresh("{}"))
}

/// An instance without any records, set up as wanted.
fn set(settings: Value) -> Api<Scfm> {
    Api::of(Scfm::builder().seed(7).frozen_clock().fresh("{}").settings(settings))
}

/// Sends a form.
async fn form(api: &Api<Scfm>, method: &str, path: &str, body: &str) -> Reply {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    api.request(method, path, &headers, body).await
}

/// Posts a form and returns the record that it made.
async fn made(api: &Api<Scfm>, path: &str, body: &str) -> Value {
    let reply = form(api, "POST", path, body).await;
    assert_eq!(reply.status, 201, "{path} {body}: {reply:?}");
    reply.json
}

/// Lists ids.
async fn ids(api: &Api<Scfm>, path: &str) -> Vec<u64> {
    let reply = api.get(path).await;
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    let records = reply.json.as_array().expect("a list");
    records.iter().map(|record| record["id"].as_u64().expect("an id")).collect()
}
