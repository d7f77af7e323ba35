//! Three processes that are one Ringback, on three NATS servers of their own.
//!
//! Skipped where no nats-server is found: `.ci/cluster` installs one.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says when it has nothing to try"
)]

mod agreement;
mod faults;
mod http;
mod load;
#[path = "../../../../crates/jetstream/tests/it/nodes.rs"]
mod nodes;
mod receiver;
mod replica;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use http::Http;
use nodes::Nodes;
use replica::Replica;

/// One at a time: six processes are busy with one test already.
static ONE: Mutex<()> = Mutex::new(());

/// Three nodes and three replicas.
struct Stage {
    nodes: Nodes,
    replicas: Vec<Replica>,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    /// Starts them with some flags, their clocks five seconds apart where that can be.
    fn start(flags: &[&str]) -> Option<Self> {
        let turn = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let nodes = Nodes::start(3, "")?;
        let cluster = nodes.addresses();
        let flags = [&["--cluster", &cluster, "--deployment", "test"], flags].concat();
        let replicas = [-5, 0, 5].map(|skew| Replica::start(skew, &flags));
        Some(Self { nodes, replicas: replicas.into(), _turn: turn })
    }

    /// Asks a replica's hub; JSON.
    fn hub(&self, replica: usize, method: &str, path: &str, body: Option<&Value>) -> Value {
        let reply = Http::new(&self.replicas[replica].url("hub")).json(method, path, body);
        let (status, body) = reply.unwrap();
        assert!(status < 300, "{method} {path}: {status} {body}");
        body
    }

    /// Waits until a replica is ready.
    fn ready(&self, replica: usize) {
        let mut said = String::new();
        nodes::until(&format!("replica {replica} is ready"), || {
            let mut http = Http::new(&self.replicas[replica].url("hub"));
            let Ok(reply) = http.ask("GET", "/readyz", None) else { return false };
            let text = String::from_utf8_lossy(&reply.body);
            if reply.status != 200 && text != said {
                said = text.into_owned();
                println!("replica {replica} is not ready: {said}");
            }
            reply.status == 200
        });
    }

    /// Takes a snapshot at each replica, while nothing happens, and asserts that they are the same to
    /// the byte; returns how many those are.
    fn same_snapshots(&self, name: &str) -> usize {
        for replica in 0..3 {
            self.hub(
                replica,
                "POST",
                "/__admin/snapshots",
                Some(&serde_json::json!({ "name": name })),
            );
        }
        self.same_everywhere("hub", &format!("/__admin/snapshots/{name}")).len()
    }

    /// Asserts that a page is the same at all replicas, and returns it.
    fn same_everywhere(&self, name: &str, path: &str) -> Vec<u8> {
        let pages = self.replicas.iter().map(|replica| {
            let reply = Http::new(&replica.url(name)).ask("GET", path, None).unwrap();
            assert_eq!(reply.status, 200, "{name} {path}");
            reply.body
        });
        let pages: Vec<_> = pages.collect();
        for (replica, page) in pages.iter().enumerate() {
            let differs = page.iter().zip(&pages[0]).position(|(one, other)| one != other);
            let text = |page: &[u8]| {
                let from = differs.unwrap_or(0).saturating_sub(200);
                String::from_utf8_lossy(&page[from..page.len().min(from + 600)]).into_owned()
            };
            assert!(
                *page == pages[0],
                "{name} {path} differs at replica {replica}:\n{}\n{}",
                text(&pages[0]),
                text(page)
            );
        }
        pages[0].clone()
    }
}
