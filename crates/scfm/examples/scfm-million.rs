//! A million contacts: how long they take, how much memory, and what pages of lists cost then.
//!
//! `cargo run --release -p ringback-scfm --example scfm-million`

#![expect(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;
use std::time::Instant;

use awc::Client;
use ringback_scfm::{BatchStatus, CreateBatch, CreateCallout, FireBatch, Metadata, Scfm, bulk};
use time::Duration;

/// The memory of this process in bytes, where the system tells.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = status.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or(0) * 4_096
}

/// Asks a few times and returns the fastest answer: its time, and what it says.
async fn ask(url: &str) -> Result<(std::time::Duration, String, usize), Box<dyn Error>> {
    let client = Client::default();
    let mut best: Option<std::time::Duration> = None;
    let (mut total, mut length) = (String::new(), 0);
    for _ in 0..20 {
        let begun = Instant::now();
        let mut answer = client.get(url).send().await?;
        length = answer.body().limit(64 << 20).await?.len();
        let took = begun.elapsed();
        best = Some(best.map_or(took, |best| best.min(took)));
        let header = answer.headers().get("total").and_then(|total| total.to_str().ok());
        total = header.unwrap_or_default().to_owned();
    }
    Ok((best.unwrap_or_default(), total, length))
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let contacts = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let scfm = Scfm::builder().seed(7).frozen_clock().fresh("{}").start()?;
    let demo = scfm.demo();
    let before = memory();

    let begun = Instant::now();
    bulk::seed(&demo, contacts, &mut |_| {})?;
    let (took, used) = (begun.elapsed(), memory() - before);
    let each = used / usize::try_from(contacts)?.max(1);
    println!("{contacts} contacts: {took:.2?}, {each} B each, name and district among them");

    for path in [
        "/api/contacts?page=1",
        "/api/contacts?page=40000",
        "/api/contacts?metadata[district]=Kampot&page=1",
        "/api/contacts?metadata[district]=Kampot&page=1600",
        "/api/contacts?metadata[district]=Kampot&metadata[name]=Dara+Sok",
        "/api/contacts?metadata[name]&page=1",
        "/api/contacts?q[created_at_or_after]=2026-01-01&page=40000",
        "/api/contacts?q[updated_at_or_after]=2026-01-01&metadata[district]=Kampot&page=1600",
        "/api/contacts?msisdn=85510310000",
    ] {
        let (took, total, length) = ask(&format!("{}{path}", scfm.url())).await?;
        println!("{took:>10.0?}  Total {total:>7}  {length:>5} B  GET {path}");
    }

    let before = memory();
    let callout = demo.execute(CreateCallout::default())??;
    let everybody = CreateBatch::population(callout, Default::default(), Metadata::default());
    let population = demo.execute(everybody)??;
    demo.execute(FireBatch { id: population, event: Some("queue".to_owned()) })??;
    let begun = Instant::now();
    let mut longest = std::time::Duration::ZERO;
    while demo.read(|platform| platform.batch_status(population)).flatten()
        != Some(BatchStatus::Finished)
    {
        let begun = Instant::now();
        scfm.advance(Duration::milliseconds(10));
        longest = longest.max(begun.elapsed());
    }
    let (took, used) = (begun.elapsed(), memory() - before);
    let each = used / usize::try_from(contacts)?.max(1);
    println!(
        "populated with {contacts}: {took:.2?}, {each} B for each participation; \
         at most {longest:.1?} at a time"
    );
    for path in [
        format!("/api/callouts/{callout}/contacts?metadata[district]=Kampot&page=1"),
        format!("/api/callouts/{callout}/contacts?metadata[district]=Kampot&page=1600"),
        format!("/api/callouts/{callout}/callout_participations?page=40000"),
        format!("/api/callouts/{callout}/callout_statistics"),
        format!("/api/callout_populations/{population}/preview/contacts?page=40000"),
    ] {
        let (took, total, length) = ask(&format!("{}{path}", scfm.url())).await?;
        println!("{took:>10.0?}  Total {total:>7}  {length:>5} B  GET {path}");
    }
    Ok(())
}
