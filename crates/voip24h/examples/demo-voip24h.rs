//! A guided tour of Voip24h: dial, watch it ring and end, list it, play its recording; then the same by v3,
//! with what is pushed meanwhile.
//!
//! `cargo run -p ringback-voip24h --example demo-voip24h`, or `just demo-voip24h`.

#![expect(clippy::print_stdout, reason = "a tour talks")]

use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use awc::Client;
use ringback_mock::Running;
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};

const PARTNER: &str = "/api/v1/partner/voip24h";
const SECRET: &str = "rdn7mllWMqND7S5DnZF8";
const API_KEY: &str = "9b1f0c7e5d3a48268f104ce2b7a6d9581c3e5f70";
const API_SECRET: &str = "4e2a6c8091b3d5f70718293a4b5c6d7e8f9012ab";

async fn ask(url: &str, request_type: &str, data: Value) -> Result<Value, Box<dyn Error>> {
    let request = json!({ "requestType": request_type, "partnerSecret": SECRET, "data": data });
    println!("\nPOST {PARTNER}  {request}");
    let mut answer = Client::default().post(format!("{url}{PARTNER}")).send_json(&request).await?;
    let answer: Value = answer.json().await?;
    println!("  {answer}");
    Ok(answer)
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let voip = Voip24h::builder().start()?;
    let url = voip.url();
    println!("Voip24h answers at {url}. Extension 101 calls a customer:");
    ask(&url, "makeDial", json!({ "extension": "101", "phone": "01687506228" })).await?;

    println!("\nThe call, as GET /__admin/calls shows it:");
    let mut last = Value::Null;
    loop {
        let calls = format!("{url}/__admin/calls?limit=1");
        let calls: Value = Client::default().get(calls).send().await?.json().await?;
        let state = calls.pointer("/calls/0/state").cloned().unwrap_or_default();
        if state != last {
            println!("  {state}");
        }
        if state == "ended" {
            break;
        }
        last = state;
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    }

    println!("\nIt is over, so it is in the history:");
    let calls = ask(&url, "getUser", json!({ "user": "101" })).await?;
    let call_id = calls.pointer("/data/0/callId").cloned().unwrap_or_default();
    let link = ask(&url, "recordingListen", json!({ "callId": call_id })).await?;
    let link = link.pointer("/data/link").and_then(Value::as_str).ok_or("no link")?;
    let recording = Client::default().get(link).send().await?.body().await?;
    let path = std::env::temp_dir().join("ringback-demo.wav");
    std::fs::write(&path, &recording)?;
    println!("\nIts recording is {} ({} bytes).", path.display(), recording.len());
    play(&path);
    v3(&voip, &url).await
}

/// The same by v3: whoever has subscribed is told of the call when it is over.
async fn v3(voip: &Running<Voip24h>, url: &str) -> Result<(), Box<dyn Error>> {
    println!("\nThe same by v3. States are pushed to one inbox, call logs go to another:");
    let (states, logs) = (voip.inbox("states"), voip.inbox("logs"));
    voip.demo().send_webhooks_to(&states.url())?;
    let keys = json!({ "apiKey": API_KEY, "apiSecret": API_SECRET });
    let login = post(url, "/v3/authentication", "", &keys).await?;
    let token = login.pointer("/data/token").and_then(Value::as_str).ok_or("no token")?;
    post(url, "/v3/webhook-call-log/", token, &json!({ "url": logs.url() })).await?;
    let dial = json!({ "extension": "102", "phone": "0901 234 567" });
    post(url, "/v3/call/dial", token, &dial).await?;
    for (count, state) in (1..).zip(["Ring", "Up", "Hangup", "Cdr"]) {
        let told = states.wait_for(count, Duration::from_secs(30)).ok_or("nothing was pushed")?;
        let told = told.last().map(|message| message.json()).unwrap_or_default();
        println!("  {state}: {told}");
    }
    let told = logs.wait_for(1, Duration::from_secs(30)).ok_or("no call log came")?;
    println!("  call log: {}", told.first().map_or("", |message| &message.query));
    let history = format!("{url}/v3/call/history?extension=102&limit=1");
    let request = Client::default().get(&history).insert_header(("authorization", token));
    let history: Value = request.send().await?.json().await?;
    println!("\nGET /v3/call/history?extension=102&limit=1\n  {history}");
    Ok(())
}

async fn post(url: &str, path: &str, token: &str, body: &Value) -> Result<Value, Box<dyn Error>> {
    println!("\nPOST {path}  {body}");
    let request = Client::default().post(format!("{url}{path}"));
    let request = request.insert_header(("authorization", format!("Bearer {token}")));
    let answer: Value = request.send_json(body).await?.json().await?;
    println!("  {answer}");
    Ok(answer)
}

/// Plays a file with whatever there is.
fn play(path: &Path) {
    for player in ["play", "ffplay", "aplay", "afplay"] {
        let quiet = || (Stdio::null(), Stdio::null());
        let (out, err) = quiet();
        let mut command = Command::new(player);
        if player == "ffplay" {
            command.args(["-nodisp", "-autoexit"]);
        }
        if command.arg(path).stdout(out).stderr(err).status().is_ok_and(|status| status.success()) {
            println!("Played with {player}.");
            return;
        }
    }
    println!("No player was found here; open the file with any.");
}
