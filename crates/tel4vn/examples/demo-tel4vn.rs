//! A guided tour of TEL4VN: place a call, barge in, transfer, park, hang up, watch the events, and let a
//! campaign dial.
//!
//! `cargo run -p ringback-tel4vn --example demo-tel4vn`, or `just demo-tel4vn`.

#![expect(clippy::print_stdout, reason = "a tour talks")]

use std::error::Error;
use std::time::Duration;

use awc::{Client, http::Method};
use ringback_tel4vn::Tel4vn;
use ringback_testkit::{Receiver, Temper};
use serde_json::{Value, json};

struct Tour {
    url: String,
    token: String,
}

impl Tour {
    async fn ask(&self, method: Method, path: &str, body: Value) -> Result<Value, Box<dyn Error>> {
        let shown = if body.is_null() { String::new() } else { format!("  {body}") };
        println!("\n{method} {path}{shown}");
        let request = Client::default()
            .request(method, format!("{}{path}", self.url))
            .insert_header(("authorization", format!("Bearer {}", self.token)));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = request.send_body(body).await?.body().await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        println!("  {answer}");
        Ok(answer)
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value, Box<dyn Error>> {
        self.ask(Method::POST, path, body).await
    }

    async fn get(&self, path: &str) -> Result<Value, Box<dyn Error>> {
        self.ask(Method::GET, path, Value::Null).await
    }

    /// Shows who is in the call, as the control API does.
    async fn legs(&self, call: &str) -> Result<(), Box<dyn Error>> {
        actix_web::rt::time::sleep(Duration::from_millis(600)).await;
        let view = format!("{}/__admin/calls/{call}", self.url);
        let view = Client::default().get(view).send().await?.body().await?;
        let view: Value = serde_json::from_slice(&view)?;
        println!("  the call is {}:", view.get("state").unwrap_or(&Value::Null));
        for leg in view.get("legs").and_then(Value::as_array).into_iter().flatten() {
            let part = |name| leg.get(name).unwrap_or(&Value::Null);
            let number = leg.pointer("/party/number").unwrap_or(&Value::Null);
            let (role, state) = (part("role"), part("state"));
            println!("    {number} {role} {state}, hears {}", part("hears"));
        }
        Ok(())
    }
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let receiver = Receiver::start(Temper::Answers(200));
    // Three seconds pass in one.
    let pbx = Tel4vn::builder().rate(3.0).start()?;
    let mut tour = Tour { url: pbx.url(), token: String::new() };
    println!("TEL4VN answers at {}.", tour.url);

    let key = json!({ "api_key": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeee" });
    let issued = tour.post("/v1/auth/token", key).await?;
    let token = issued.pointer("/data/token").and_then(Value::as_str).ok_or("no token")?;
    tour.token = token.to_owned();
    for event in ["ringing", "answered", "hangup", "cdr"] {
        let hook = json!({ "callback_url": receiver.url(), "event": event });
        tour.post("/v1/event", hook).await?;
    }

    println!("\n101 calls a customer; the answer comes when 101 has picked up:");
    let placed = tour.get("/v1/click2call?ext=101&phone=0899123456").await?;
    let call = placed.get("call_id").and_then(Value::as_str).ok_or("no call")?.to_owned();
    actix_web::rt::time::sleep(Duration::from_secs(1)).await;
    tour.get("/v1/call").await?;

    println!("\n103 whispers to 101, whom the customer does not hear, and then barges in:");
    tour.post(&format!("/v1/call/{call}/whisper"), json!({ "ext": "103" })).await?;
    tour.legs(&call).await?;
    tour.post(&format!("/v1/call/{call}/barge"), json!({ "ext": "103" })).await?;
    tour.legs(&call).await?;

    println!("\n101 leaves and the customer waits; then 102 takes over:");
    tour.post(&format!("/v1/call/{call}/park"), json!({ "legs": "aleg" })).await?;
    tour.legs(&call).await?;
    let transfer = json!({ "ext": "102", "legs": "bleg" });
    tour.post(&format!("/v1/call/{call}/transfer"), transfer).await?;
    tour.legs(&call).await?;

    println!("\nParked once more, and this time nobody comes: after ten seconds it is over.");
    tour.post(&format!("/v1/call/{call}/park"), json!({ "legs": "aleg" })).await?;
    let events = receiver.wait_for(6);
    tour.get(&format!("/v1/cdr/{call}")).await?;

    println!("\nA campaign with three leads, one of whom is busy and one of whom rings out:");
    let campaign = "fdccdbf2-bc4b-4a0f-a7ea-cb0239daaa7d";
    let leads = ["0349199200", "0349199486", "0349199480"];
    let leads: Vec<Value> = leads.iter().map(|phone| json!({ "phone_number": phone })).collect();
    let list = "c455faf5-2674-4c06-ae73-8259943c3a87";
    tour.post("/v3/lead/multi", json!({ "list_uuid": list, "data": leads })).await?;
    tour.post(&format!("/v1/campaign/{campaign}/run/start"), json!({})).await?;
    println!("  a hundred and twenty simulated seconds later:");
    pbx.advance(time::Duration::seconds(120));
    tour.get(&format!("/v3/report/call/campaign?campaign_uuid={campaign}")).await?;
    tour.get(&format!("/v3/report/call/lead?campaign_uuid={campaign}&limit=1")).await?;

    println!("\nThe events that arrived meanwhile:");
    for event in &events {
        println!("  {}", event.body);
    }
    Ok(())
}
