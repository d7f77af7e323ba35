//! Writes a second without a log, with one in a file, and with one on three NATS servers of this computer,
//! beside how often its disk syncs a second.
//!
//! ```text
//! just bench-logs [ROUNDS [SECONDS]]
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement that cannot go on ends"
)]

#[path = "../tests/cluster/http.rs"]
#[expect(dead_code, reason = "the tests read more of an answer")]
mod http;
#[path = "../../../crates/jetstream/tests/it/nodes.rs"]
#[expect(dead_code, reason = "the tests do more to them")]
mod nodes;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::Http;
use nodes::Nodes;
use serde_json::Value;

const CONNECTIONS: [usize; 3] = [1, 32, 64];
const WRITES: [&str; 2] = ["Voip24h `makeDial`", "SCFM contact"];

/// Figures of one cell: writes a second, and milliseconds at the median and the 99th percentile.
type Figures = [f64; 3];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let binary = arguments.next().unwrap();
    let rounds = arguments.next().map_or(3, |text| text.parse().unwrap());
    let seconds = arguments.next().map_or(2, |text| text.parse().unwrap());
    let mut modes = vec!["none", "file"];
    if nodes::binary().is_some() {
        modes.extend(["cluster", "cluster of 3"]);
    }
    let mut all: BTreeMap<(usize, usize, usize), Vec<Figures>> = BTreeMap::new();
    let (mut syncs, mut errors) = (Vec::new(), 0);
    for _ in 0..rounds {
        for (mode, name) in modes.iter().enumerate() {
            let folder = tempfile::tempdir_in("target").unwrap();
            if *name == "file" {
                syncs.push(fdatasyncs(folder.path()));
            }
            let nodes = name.starts_with("cluster").then(|| Nodes::start(3, "").unwrap());
            let mut flags = Vec::new();
            if *name == "file" {
                flags.extend(["--data-dir".to_owned(), folder.path().display().to_string()]);
            }
            if let Some(nodes) = &nodes {
                flags.extend(["--cluster".to_owned(), nodes.addresses()]);
            }
            let count = if *name == "cluster of 3" { 3 } else { 1 };
            let processes: Vec<_> = (0..count).map(|_| Process::start(&binary, &flags)).collect();
            for (write, _) in WRITES.iter().enumerate() {
                for (place, connections) in CONNECTIONS.iter().enumerate() {
                    let (figures, failed) = measure(&processes, write, *connections, seconds);
                    all.entry((write, place, mode)).or_default().push(figures);
                    errors += failed;
                }
            }
        }
    }
    println!("fdatasync of 236 bytes: {:.0} a second\n", median(&mut syncs));
    println!("| write | connections | {} |", modes.join(" | "));
    println!("| --- | --- |{}", " --- |".repeat(modes.len()));
    for (write, name) in WRITES.iter().enumerate() {
        for (place, connections) in CONNECTIONS.iter().enumerate() {
            let mut cells = Vec::new();
            let mut none = 0.0;
            for mode in 0..modes.len() {
                let rounds = all.get(&(write, place, mode)).unwrap();
                let [rate, p50, p99] = [0, 1, 2].map(|i| {
                    median(&mut rounds.iter().map(|figures| figures[i]).collect::<Vec<_>>())
                });
                if mode == 0 {
                    none = rate;
                }
                cells.push(format!("{rate:.0} ({:.2}), {p50:.2} / {p99:.1} ms", rate / none));
            }
            println!("| {name} | {connections} | {} |", cells.join(" | "));
        }
    }
    println!("\nwithout an answer, or with another one than expected: {errors}");
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How often a second so much is on the disk.
fn fdatasyncs(folder: &std::path::Path) -> f64 {
    let mut file = std::fs::File::create(folder.join("raw")).unwrap();
    let (began, mut count) = (Instant::now(), 0);
    while began.elapsed() < Duration::from_secs(1) {
        file.write_all(&[7; 236]).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    f64::from(count) / began.elapsed().as_secs_f64()
}

fn measure(
    processes: &[Process],
    write: usize,
    connections: usize,
    seconds: u64,
) -> (Figures, usize) {
    static NUMBERS: AtomicU64 = AtomicU64::new(0);
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..connections)
        .map(|client| {
            let process = &processes[client % processes.len()];
            let url = process.url(["voip24h", "scfm"][write]);
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || {
                let (mut http, mut waits, mut failed) = (Http::new(&url), Vec::new(), 0);
                while !stop.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    let reply = match write {
                        0 => {
                            let dial = r#"{"requestType":"makeDial","partnerSecret":"rdn7mllWMqND7S5DnZF8","data":{"extension":"101","phone":"0987699486"}}"#;
                            let json = Some(("application/json", dial));
                            http.ask("POST", "/api/v1/partner/voip24h", json)
                        }
                        _ => {
                            let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
                            let body = format!("msisdn=8491{number:07}");
                            let form = Some(("application/x-www-form-urlencoded", body.as_str()));
                            http.ask("POST", "/api/contacts", form)
                        }
                    };
                    waits.push(began.elapsed());
                    failed += usize::from(!reply.is_ok_and(|reply| (200..300).contains(&reply.status)));
                }
                (waits, failed)
            })
        })
        .collect();
    let began = Instant::now();
    std::thread::sleep(Duration::from_secs(seconds));
    stop.store(true, Ordering::Relaxed);
    let elapsed = began.elapsed().as_secs_f64();
    let (mut waits, mut failed) = (Vec::new(), 0);
    for client in clients {
        let one = client.join().unwrap();
        waits.extend(one.0);
        failed += one.1;
    }
    waits.sort_unstable();
    let at = |share: f64| waits[(waits.len() as f64 * share) as usize].as_secs_f64() * 1_000.0;
    ([waits.len() as f64 / elapsed, at(0.5), at(0.99)], failed)
}

struct Process(Child, Value);

impl Process {
    fn start(binary: &str, flags: &[String]) -> Self {
        let mut command = Command::new(binary);
        command.args(["--vendor", "voip24h=0,scfm=0", "--no-hub", "--workers", "2", "--seed", "7"]);
        command.args(["--log", "off", "--log-format", "json"]).args(flags);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Self(child, serde_json::from_str(&line).unwrap())
    }

    fn url(&self, name: &str) -> String {
        let lines = self.1["listening"].as_array().unwrap();
        let line = lines.iter().find(|line| line["name"] == name).unwrap();
        line["url"].as_str().unwrap().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
