//! A guided tour of Voip24h: dial, watch it ring and end, list it, play its recording.
//!
//! `cargo run -p ringback-voip24h --example demo-voip24h`, or `just demo-voip24h`.

#![expect(clippy::print_stdout, reason = "a tour talks")]

use std::error::Error;
use std::process::{Command, Stdio};
use std::time::Duration;

use awc::Client;
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};

const PARTNER: &str = "/api/v1/partner/voip24h";
const SECRET: &str = "rdn7mllWMqND7S5DnZF8";

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
    for player in ["play", "ffplay", "aplay", "afplay"] {
        let quiet = || (Stdio::null(), Stdio::null());
        let (out, err) = quiet();
        let mut command = Command::new(player);
        if player == "ffplay" {
            command.args(["-nodisp", "-autoexit"]);
        }
        if command.arg(&path).stdout(out).stderr(err).status().is_ok_and(|status| status.success())
        {
            println!("Played with {player}.");
            return Ok(());
        }
    }
    println!("No player was found here; open the file with any.");
    Ok(())
}
