//! Voip24h over real HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod accounts;
mod background;
mod call_log;
mod checkpoints;
mod edges;
mod faces;
mod generated;
mod golden;
mod invariant;
mod make_dial;
mod openapi;
mod params;
mod property;
mod push;
mod recording;
mod spelling;
mod story;
mod v3;
mod v3_dial;
mod v3_history;
mod v3_login;
mod v3_recording;

use ringback_testkit::{Api, Reply};
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};

const PARTNER: &str = "/api/v1/partner/voip24h";
const SECRET: &str = "rdn7mllWMqND7S5DnZF8";

async fn ask(api: &Api<Voip24h>, request_type: &str, data: Value) -> Reply {
    ask_as(api, SECRET, request_type, data).await
}

async fn ask_as(api: &Api<Voip24h>, secret: &str, request_type: &str, data: Value) -> Reply {
    let request = json!({ "requestType": request_type, "partnerSecret": secret, "data": data });
    api.post(PARTNER, &request).await
}
