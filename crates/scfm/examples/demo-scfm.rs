//! A guided tour of SCFM: a campaign over HTTP, from contacts to statistics.
//!
//! `cargo run -p ringback-scfm --example demo-scfm`

#![expect(clippy::print_stdout, reason = "a tour talks")]

use std::error::Error;

use awc::Client;
use ringback_scfm::Scfm;
use serde_json::Value;
use time::Duration;

struct Tour {
    url: String,
}

impl Tour {
    async fn post(&self, path: &str, form: &str) -> Result<Value, Box<dyn Error>> {
        println!("\nPOST {path}  {form}");
        let request = Client::default().post(format!("{}{path}", self.url));
        let request = request.content_type("application/x-www-form-urlencoded");
        let mut answer = request.send_body(form.to_owned()).await?;
        let body = answer.body().await?;
        println!("  {} {}", answer.status(), String::from_utf8_lossy(&body));
        Ok(serde_json::from_slice(&body)?)
    }

    async fn get(&self, path: &str) -> Result<Value, Box<dyn Error>> {
        println!("\nGET {path}");
        let mut answer = Client::default().get(format!("{}{path}", self.url)).send().await?;
        let total = answer.headers().get("total").and_then(|total| total.to_str().ok());
        let total = total.map_or(String::new(), |total| format!(", Total: {total}"));
        let body = answer.body().limit(8 << 20).await?;
        println!("  {}{total} {}", answer.status(), String::from_utf8_lossy(&body));
        Ok(serde_json::from_slice(&body)?)
    }
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let scfm = Scfm::builder().seed(42).frozen_clock().start()?;
    let tour = Tour { url: scfm.url() };
    println!("SCFM answers at {}. A campaign for the contacts in Kep:", tour.url);
    let callout = tour.post("/api/callouts", "metadata[season]=flood").await?;
    let id = callout.get("id").and_then(Value::as_u64).ok_or("no callout")?;
    let filter = "contact_filter_params[metadata][district]=Kep&metadata[note]=first+wave";
    let path = format!("/api/callouts/{id}/callout_populations");
    let population = tour.post(&path, filter).await?;
    let population = population.get("id").and_then(Value::as_u64).ok_or("no population")?;
    let preview = format!("/api/callout_populations/{population}/preview/contacts?per_page=1");
    tour.get(&preview).await?;
    let events = format!("/api/callout_populations/{population}/callout_population_events");
    tour.post(&events, "event=queue").await?;
    scfm.advance(Duration::seconds(1));
    tour.get(&format!("/api/callout_populations/{population}")).await?;

    tour.post(&format!("/api/callouts/{id}/callout_events"), "event=start").await?;
    for seconds in [2, 8, 20, 60] {
        scfm.advance(Duration::seconds(seconds));
        println!("\n{seconds} simulated seconds later:");
        tour.get(&format!("/api/callouts/{id}/callout_statistics")).await?;
    }
    println!("\nOne of its calls, and what the provider told of it:");
    let path = format!("/api/callouts/{id}/phone_calls?q[status]=completed&per_page=1");
    let calls = tour.get(&path).await?;
    let call = calls.pointer("/0/id").and_then(Value::as_u64).ok_or("no call")?;
    tour.get(&format!("/api/phone_calls/{call}/remote_phone_call_events")).await?;
    Ok(())
}
