//! TEL4VN over real HTTP, and its machine under random commands.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, and says why"
)]

mod agents;
mod campaigns;
mod cdr;
mod click2call;
mod control_call;
mod cors;
mod endings;
mod events;
mod generated;
mod golden;
mod inbox;
mod knobs;
mod openapi;
mod order;
mod params;
mod property;
mod property_center;
mod record_faults;
mod references;
mod reports;
mod spelling;
mod story;
mod views;

use ringback_tel4vn::Tel4vn;
use ringback_testkit::{Api, Reply};
use serde_json::{Value, json};

const TOKEN: &str = "a-fixed-token";
const CALL: &str = "01b7d166-b564-42ec-80a1-4ad343225934";

/// An instance with a fixed token, and further settings.
fn api_with(mut settings: Value) -> Api<Tel4vn> {
    settings["fixed_token"] = TOKEN.into();
    Api::of(Tel4vn::builder().seed(7).frozen_clock().settings(settings))
}

fn api() -> Api<Tel4vn> {
    api_with(json!({}))
}

async fn ask(api: &Api<Tel4vn>, method: &str, path: &str, body: Option<Value>) -> Reply {
    let bearer = format!("Bearer {TOKEN}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let body = body.map_or(String::new(), |body| body.to_string());
    api.request(method, path, &headers, body).await
}

async fn get(api: &Api<Tel4vn>, path: &str) -> Reply {
    ask(api, "GET", path, None).await
}

async fn post(api: &Api<Tel4vn>, path: &str, body: Value) -> Reply {
    ask(api, "POST", path, Some(body)).await
}
