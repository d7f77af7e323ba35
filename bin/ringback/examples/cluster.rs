//! Three NATS servers, three replicas and a round-robin before them, on this computer.
//!
//! ```text
//! just cluster [FLAGS OF RINGBACK]
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a demonstration that cannot go on ends"
)]

#[path = "../../../crates/jetstream/tests/it/nodes.rs"]
#[expect(dead_code, reason = "the tests do more to them")]
mod nodes;

use std::io::{self, BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use nodes::Nodes;
use serde_json::Value;

/// The ports of the round-robin: those that one Ringback has.
const PORTS: [(&str, u16); 6] = [
    ("hub", 4010),
    ("impactpbx", 3030),
    ("mango", 8081),
    ("scfm", 3000),
    ("tel4vn", 8082),
    ("voip24h", 8000),
];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(binary), flags) = (arguments.next(), arguments.collect::<Vec<_>>()) else {
        println!("which ringback? `just cluster` says it");
        return;
    };
    let Some(nodes) = Nodes::start(3, "") else { return };
    println!("NATS       {}", nodes.addresses());
    let cluster = nodes.addresses();
    let replicas: Vec<_> = (0..3).map(|_| Replica::start(&binary, &cluster, &flags)).collect();
    for (number, replica) in replicas.iter().enumerate() {
        println!("replica {number}  {} (process {})", replica.urls(), replica.0.id());
    }
    for (name, port) in PORTS {
        let targets: Vec<_> = replicas.iter().filter_map(|replica| replica.address(name)).collect();
        if targets.is_empty() {
            continue;
        }
        match TcpListener::bind(("127.0.0.1", port)) {
            Ok(listener) => {
                println!("{name:<10} http://127.0.0.1:{port}, each connection to the next replica");
                std::thread::spawn(move || round_robin(&listener, &targets));
            }
            Err(error) => println!("{name:<10} not on port {port}: {error}"),
        }
    }
    println!("Kill what you like; Ctrl-C ends all of it.");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(tokio::signal::ctrl_c()).unwrap();
}

/// Gives each connection to the next one that takes it.
fn round_robin(listener: &TcpListener, targets: &[String]) {
    let next = Arc::new(AtomicUsize::new(0));
    for client in listener.incoming().filter_map(Result::ok) {
        let begin = next.fetch_add(1, Ordering::Relaxed);
        let target = (0..targets.len())
            .find_map(|i| TcpStream::connect(&targets[(begin + i) % targets.len()]).ok());
        let Some(target) = target else { continue };
        let pass = |mut from: TcpStream, mut to: TcpStream| {
            std::thread::spawn(move || {
                // Either side may go away.
                let _ = io::copy(&mut from, &mut to);
                let _ = to.shutdown(std::net::Shutdown::Write);
            });
        };
        pass(client.try_clone().unwrap(), target.try_clone().unwrap());
        pass(target, client);
    }
}

struct Replica(Child, Value);

impl Replica {
    fn start(binary: &str, cluster: &str, flags: &[String]) -> Self {
        let vendors = PORTS.iter().skip(1).map(|(name, _)| format!("{name}=0"));
        let vendors: Vec<_> = vendors.collect();
        let mut command = Command::new(binary);
        command.args(["--cluster", cluster, "--hub", "0", "--log-format", "json", "--log", "off"]);
        if !flags.iter().any(|flag| flag.starts_with("--vendor")) {
            command.args(["--vendor", &vendors.join(",")]);
        }
        let mut child = command.args(flags).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Self(child, serde_json::from_str(&line).unwrap_or_default())
    }

    fn address(&self, name: &str) -> Option<String> {
        let line = self.1["listening"].as_array()?.iter().find(|line| line["name"] == name)?;
        Some(line["url"].as_str()?.trim_start_matches("http://").to_owned())
    }

    fn urls(&self) -> String {
        let urls = PORTS
            .iter()
            .filter_map(|(name, _)| self.address(name).map(|address| format!("{name} {address}")));
        urls.collect::<Vec<_>>().join(", ")
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
