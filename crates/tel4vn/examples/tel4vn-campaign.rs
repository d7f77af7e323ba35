//! A campaign of ten thousand leads under a clock that stands still: how long it takes, and whether
//! report, records, events and leads tell the same.
//!
//! `cargo run --release -p ringback-tel4vn --example tel4vn-campaign [LEADS]`

#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::collections::BTreeMap;
use std::error::Error;
use std::time::{Duration as RealTime, Instant};

use awc::{Client, http::Method};
use ringback_mock::World as _;
use ringback_tel4vn::{Pbx, Tel4vn};
use serde_json::{Value, json};
use time::Duration;

/// What becomes of numbers by their last digits: answered, busy, ringing out, unknown, answered.
const ENDINGS: [&str; 5] = ["99200", "99486", "99480", "99404", "00001"];

struct User {
    url: String,
}

impl User {
    async fn ask(&self, method: Method, path: &str, body: Value) -> Result<Value, Box<dyn Error>> {
        let request = Client::builder().timeout(RealTime::from_secs(60)).finish();
        let request = request.request(method, format!("{}{path}", self.url));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = request.insert_header(("authorization", "Bearer t"));
        let answer = request.send_body(body).await?.body().limit(64 << 20).await?;
        Ok(serde_json::from_slice(&answer)?)
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value, Box<dyn Error>> {
        self.ask(Method::POST, path, body).await
    }

    async fn get(&self, path: &str) -> Result<Value, Box<dyn Error>> {
        self.ask(Method::GET, path, Value::Null).await
    }
}

fn text(json: &Value, name: &str) -> Result<String, Box<dyn Error>> {
    let text = json.get(name).and_then(Value::as_str);
    Ok(text.ok_or_else(|| format!("no {name} in {json}"))?.to_owned())
}

fn number(json: &Value, path: &str) -> u64 {
    json.pointer(path).and_then(Value::as_u64).unwrap_or(u64::MAX)
}

fn same(what: &str, found: u64, wanted: u64) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("{what}: {found}, and not {wanted}")) }
}

/// What the world itself has: calls of leads by status, leads that were called, calls that they count.
fn of_world(pbx: &Pbx) -> (BTreeMap<&'static str, u64>, u64) {
    let mut statuses = BTreeMap::new();
    let filter = ringback_tel4vn::Filter::default();
    for record in pbx.records(&filter) {
        *statuses.entry(record.small_status()).or_default() += 1;
    }
    let delivered = pbx.outbox().map(|outbox| outbox.counts()).unwrap_or_default();
    let [waiting, delivered, failed, dropped] = delivered;
    let told = if waiting + failed + dropped == 0 { delivered } else { u64::MAX };
    (statuses, told)
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let count: u32 = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => 10_000,
    };
    let settings = json!({ "fixed_token": "t" });
    let builder = Tel4vn::builder().seed(7).frozen_clock().settings(settings);
    let pbx = builder.webhook("inbox:events").start()?;
    let user = User { url: pbx.url() };
    let campaign = json!({
        "campaign_name": "ten thousand", "type": "autocall", "concurrent_call": 100,
        "recall_times": 1, "recall_status": ["busy"], "callback_url": "inbox:campaign",
    });
    let campaign = text(&user.post("/v3/campaign", campaign).await?, "campaign_uuid")?;
    let list = json!({ "campaign_uuid": campaign, "list_name": "ten thousand" });
    let list = text(&user.post("/v3/list", list).await?, "list_uuid")?;
    let begun = Instant::now();
    let leads: Vec<Value> = (0..count)
        .zip(ENDINGS.iter().cycle())
        .map(|(place, ending)| json!({ "phone_number": format!("03{:04}{ending}", place / 5) }))
        .collect();
    let added = user.post("/v3/lead/multi", json!({ "list_uuid": list, "data": leads })).await?;
    same("leads added", number(&added, "/total_insert"), count.into())?;
    println!("{count} leads added in {:.2} s", begun.elapsed().as_secs_f64());

    let begun = Instant::now();
    user.post(&format!("/v1/campaign/{campaign}/run/start"), json!({})).await?;
    let (mut steps, mut advancing) = (0_u32, RealTime::ZERO);
    let runs = |pbx: &Pbx| {
        pbx.campaigns().any(|one| {
            one.live > 0 || one.waiting + one.recalls > 0 && one.campaign_name == "ten thousand"
        })
    };
    while pbx.demo().read(runs).unwrap_or_default() {
        let step = Instant::now();
        pbx.advance(Duration::seconds(20));
        advancing += step.elapsed();
        // So that what waits for receivers stays within its bounds.
        if !pbx.demo().wait_for_webhooks(RealTime::from_secs(60)) {
            return Err("webhooks do not arrive".into());
        }
        steps += 1;
    }
    let whole = begun.elapsed();
    println!(
        "{steps} steps of 20 simulated seconds: {:.2} s of real time for the machine, {:.2} s with all webhooks",
        advancing.as_secs_f64(),
        whole.as_secs_f64()
    );

    pbx.demo().read(Pbx::verify).ok_or("no world")??;
    let (statuses, told) = pbx.demo().read(of_world).ok_or("no world")?;
    let of = |status: &str| statuses.get(status).copied().unwrap_or(0);
    let calls: u64 = statuses.values().sum();
    // A fifth is busy, and is called once more.
    same("calls", calls, u64::from(count) + u64::from(count / 5))?;
    let report = user.get(&format!("/v3/report/call/campaign?campaign_uuid={campaign}")).await?;
    for (counter, status) in [
        ("answered", "answered"),
        ("busy", "busy"),
        ("no_answered", "no-answered"),
        ("invalid", "invalid-number"),
    ] {
        same(counter, number(&report, &format!("/data/0/{counter}")), of(status))?;
    }
    same("total of the report", number(&report, "/data/0/total"), calls)?;
    let records = format!("/v3/cdr?limit=1&offset=0&campaign_uuid={campaign}");
    same("records", number(&user.get(&records).await?, "/total"), calls)?;
    let mut called = 0;
    for page in 0..=count / 1_000 {
        let path = format!("/v3/lead?limit=1000&offset={}&campaign_uuid={campaign}", page * 1_000);
        let rows = user.get(&path).await?;
        let rows = rows.get("data").and_then(Value::as_array).cloned().unwrap_or_default();
        for row in rows {
            let times = number(&row, "/called_count");
            let wanted = if text(&row, "status")? == "BUSY" { 2 } else { 1 };
            same("calls of a lead", times, wanted)?;
            called += times;
        }
    }
    same("calls that leads count", called, calls)?;
    // Ringing, hangup, record twice, the campaign's own callback, and answered where somebody did.
    same("events", told, 5 * calls + of("answered"))?;
    println!("{calls} calls, {told} events: report, records, events and leads agree: {statuses:?}");
    Ok(())
}
