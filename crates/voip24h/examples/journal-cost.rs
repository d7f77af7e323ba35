//! What the journal costs, and how soon a wait is answered.
//!
//! `cargo run --release --example journal-cost` starts one instance that keeps a journal and one that does
//! not, says where they are, for a load generator to be sent to each in turn, and measures 1,000 waits
//! over HTTP: from the moment at which a call is ordered to the moment at which the answer is there.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measuring tool")]

use std::time::{Duration, Instant};

use futures_util::future::join;
use ringback_mock::bench::Bench;
use ringback_testkit::Api;
use ringback_voip24h::{MakeDial, Voip24h};
use serde_json::json;

#[actix_web::main]
async fn main() {
    let builder = || Voip24h::builder().seed(7).frozen_clock().history(1_000);
    let with = Api::of(builder());
    let without = Api::of(builder().bench(Bench::with_journal(0)));
    println!("with a journal    {}", with.url());
    println!("without a journal {}", without.url());
    let mut took = Vec::new();
    for number in 0..1_000 {
        let to = format!("09{number:08}");
        let wanted = json!({ "kind": "event", "event": "call_created", "to": to });
        let wait = json!({ "match": wanted, "timeout": 10 });
        let waits = async {
            let answer = with.post("/__admin/wait", &wait).await;
            assert_eq!(answer.status, 200, "{}", answer.json);
            Instant::now()
        };
        let acts = async {
            // The wait is under way by then.
            actix_web::rt::time::sleep(Duration::from_millis(5)).await;
            let (account, began) = (with.demo(), Instant::now());
            let dial = MakeDial { extension: "101".to_owned(), phone: to.clone() };
            account.execute(dial).unwrap().unwrap();
            began
        };
        let (answered, began) = join(waits, acts).await;
        took.push(answered.saturating_duration_since(began));
        with.post("/__admin/clock/advance", &json!({ "seconds": 3600 })).await;
    }
    took.sort_unstable();
    let at = |part: usize| took.get(took.len() * part / 1_000).copied().unwrap_or_default();
    println!("a wait is answered after {:?} (median), {:?} (p99)", at(500), at(990));
    println!("end it with an interrupt");
    std::future::pending::<()>().await;
}
