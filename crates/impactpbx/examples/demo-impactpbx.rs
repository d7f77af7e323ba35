//! A guided tour of the Impact PBX: pull records, trigger webhooks, watch them arrive, pull again.
//!
//! `cargo run -p ringback-impactpbx --example demo-impactpbx`, or `just demo-impactpbx`.

#![expect(clippy::print_stdout, clippy::indexing_slicing, reason = "a tour talks")]

use std::error::Error;

use awc::Client;
use ringback_impactpbx::ImpactPbx;
use ringback_testkit::{Receiver, Temper};
use serde_json::{Value, json};

async fn get(url: &str, path: &str) -> Result<Value, Box<dyn Error>> {
    println!("\nGET {path}");
    let answer = Client::default().get(format!("{url}{path}")).send().await?.body().await?;
    Ok(serde_json::from_slice(&answer)?)
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let receiver = Receiver::start(Temper::Answers(200));
    // Nothing is lost in this tour, and five seconds pass in one.
    let settings = json!({ "unfinished": {}, "answered": 1.0 });
    let pbx = ImpactPbx::builder().rate(5.0).settings(settings).webhook(receiver.url()).start()?;
    let url = pbx.url();
    println!("The exchange answers at {url}; its webhooks go to {}.", receiver.url());

    let cdrs = get(&url, "/get_cdr").await?;
    println!("  total {}, the first: {}", cdrs["total"], cdrs["data"][0]);

    let fired = get(&url, "/trigger_webhooks").await?;
    println!("  {fired}");
    println!("\nThe events of that call arrive as it goes on, five times as fast as in life:");
    for count in 1..=4 {
        let arrived = receiver.wait_for(count);
        let Some(request) = arrived.get(count - 1) else { break };
        let (tenant, event) = (request.header("tenant-uuid"), request.json());
        println!("  {} (tenant {tenant})\n    {}", event["action"], request.body);
    }

    let cdrs = get(&url, "/get_cdr").await?;
    let listed = cdrs["data"].as_array().into_iter().flatten();
    let uuid = &receiver.wait_for(1)[0].json()["uuid"];
    let ours: Vec<&Value> = listed.filter(|cdr| cdr["uuid"] == *uuid).collect();
    println!("  total {}: five more, and the call that has just ended:", cdrs["total"]);
    println!("  {}", ours.first().copied().unwrap_or(&Value::Null));
    Ok(())
}
