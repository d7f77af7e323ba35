//! What mappings cost that are about other requests: `docs/performance.md`. A toy vendor answers with 10,
//! 100 and 1,000 of them beside none, taken in turns; medians of the ratios of so many rounds.
//!
//! `cargo run --release -p ringback-mock --example stubs -- 7`

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measuring tool that cannot go on stops"
)]

#[path = "../tests/it/bell.rs"]
mod bell;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long each measurement takes, with how many connections.
const LENGTH: Duration = Duration::from_millis(1_000);
const CONNECTIONS: usize = 4;

/// What the clients send: as much as a small request of a real one.
const REQUEST: &[u8] = b"GET /bell/rung HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\
    User-Agent: measuring/1.0\r\nX-Request-Id: 0123456789\r\n\r\n";

fn mapping(kind: &str, number: usize) -> Value {
    let request = match kind {
        "other paths" => json!({ "method": "GET", "url": format!("/bell/stubbed/{number}") }),
        "patterns of other paths" => {
            json!({ "method": "GET", "urlPathPattern": format!("/bell/[a-z]+/{number}/[0-9]+") })
        }
        "another operation" => {
            json!({ "operation": "ring", "headers": { "x-test": { "equalTo": number.to_string() } } })
        }
        "the same path, another header" => json!({ "method": "GET", "urlPath": "/bell/rung",
            "headers": { "user-agent": { "equalTo": format!("test {number}") } } }),
        "the same path, another parameter" => json!({ "method": "GET", "urlPath": "/bell/rung",
            "queryParameters": { "id": { "equalTo": number.to_string() } } }),
        "the same path, other texts in a header" => {
            json!({ "method": "GET", "urlPath": "/bell/rung",
            "headers": { "user-agent": { "contains": format!("test {number}") } } })
        }
        _ => json!({ "method": "POST" }),
    };
    json!({ "request": request, "response": { "status": 418 } })
}

/// Requests a second.
fn rate(address: SocketAddr) -> f64 {
    let begun = Instant::now();
    let client = move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let (mut count, mut answer) = (0_u32, [0; 4_096]);
        while begun.elapsed() < LENGTH {
            stream.write_all(REQUEST).unwrap();
            let mut length = 0;
            while !answer[..length].windows(4).any(|four| four == b"\r\n\r\n") {
                length += stream.read(&mut answer[length..]).unwrap();
            }
            count += 1;
        }
        count
    };
    let clients: Vec<_> = (0..CONNECTIONS).map(|_| std::thread::spawn(client)).collect();
    let count: u32 = clients.into_iter().map(|client| client.join().unwrap()).sum();
    f64::from(count) / begun.elapsed().as_secs_f64()
}

fn median(mut ratios: Vec<f64>) -> f64 {
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

fn main() {
    let rounds: usize = std::env::args().nth(1).map_or(7, |rounds| rounds.parse().unwrap());
    let bell = bell::Bell::builder().start().unwrap();
    println!("{:.0} requests a second without mappings", rate(bell.address()));
    println!("| mappings about | 10 | 100 | 1,000 |\n| --- | --- | --- | --- |");
    for kind in [
        "other paths",
        "patterns of other paths",
        "another operation",
        "another method",
        "the same path, another header",
        "the same path, another parameter",
        "the same path, other texts in a header",
    ] {
        let mut ratios = vec![Vec::new(); 3];
        for _ in 0..rounds {
            bell.remove_mappings();
            let none = rate(bell.address());
            let mut set = 0;
            for (place, count) in [10, 100, 1_000].into_iter().enumerate() {
                for number in set..count {
                    bell.set_mapping(&mapping(kind, number)).unwrap();
                }
                set = count;
                ratios[place].push(rate(bell.address()) / none);
            }
        }
        let cells = ratios.into_iter().map(|ratios| format!("{:.2}", median(ratios)));
        println!("| {kind} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
}
