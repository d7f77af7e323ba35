//! NATS servers of one's own, on loopback: started, killed, stopped, robbed of their disks.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Returns where a NATS server is, or says that there is none.
pub(crate) fn binary() -> Option<PathBuf> {
    let named = std::env::var_os("RINGBACK_NATS_SERVER").map(PathBuf::from);
    let found = named.or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|dir| dir.join("nats-server")).find(|file| file.is_file())
    });
    if found.is_none() {
        println!("skipped: no nats-server in PATH, and RINGBACK_NATS_SERVER is not set");
    }
    found
}

/// One server.
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) port: u16,
    monitor: u16,
    binary: PathBuf,
    dir: TempDir,
    running: Option<Child>,
}

/// Servers that know each other.
pub(crate) struct Nodes(pub(crate) Vec<Node>);

impl Nodes {
    /// Starts so many servers, with some more lines in their configuration; none if there is no
    /// program for it.
    pub(crate) fn start(count: usize, more: &str) -> Option<Self> {
        let binary = binary()?;
        // Held until all are chosen, so that they differ.
        let held: Vec<_> =
            (0..3 * count).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<_> = held.iter().map(|held| held.local_addr().unwrap().port()).collect();
        drop(held);
        let routes: Vec<_> =
            ports[2 * count..].iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
        let nodes = (0..count).map(|i| {
            let (port, monitor) = (ports[i], ports[count + i]);
            let dir = tempfile::tempdir().unwrap();
            let mut config = format!(
                "listen: 127.0.0.1:{port}\nhttp: 127.0.0.1:{monitor}\nserver_name: n{i}\n\
                 jetstream {{ store_dir: {:?} }}\n{more}\n",
                dir.path().join("store")
            );
            if count > 1 {
                let cluster = ports[2 * count + i];
                writeln!(
                    config,
                    "cluster {{ name: test, listen: 127.0.0.1:{cluster}, routes: {routes:?} }}"
                )
                .unwrap();
            }
            std::fs::write(dir.path().join("server.conf"), config).unwrap();
            let name = format!("n{i}");
            let mut node = Node { name, port, monitor, binary: binary.clone(), dir, running: None };
            node.start();
            node
        });
        let nodes = Self(nodes.collect());
        nodes.ready();
        Some(nodes)
    }

    /// Waits until all that run are in order.
    pub(crate) fn ready(&self) {
        for node in self.0.iter().filter(|node| node.running.is_some()) {
            until(&format!("{} is in order", node.name), || {
                node.ask("/healthz").is_some_and(|text| text.starts_with("HTTP/1.0 200"))
            });
        }
    }

    /// Returns the addresses of all, as they are given to a client.
    pub(crate) fn addresses(&self) -> String {
        let all: Vec<_> =
            self.0.iter().map(|node| format!("nats://127.0.0.1:{}", node.port)).collect();
        all.join(",")
    }

    /// Returns which node leads a stream.
    pub(crate) fn leader(&self, stream: &str) -> usize {
        let mut leader = None;
        until(&format!("{stream} has a leader"), || {
            leader = self.0.iter().find_map(|node| {
                let name = node.leader_of(stream)?;
                self.0.iter().position(|node| node.name == name)
            });
            leader.is_some()
        });
        leader.unwrap()
    }
}

impl Node {
    pub(crate) fn start(&mut self) {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.dir.path().join("server.log"))
            .unwrap();
        let mut command = Command::new(&self.binary);
        command.arg("-c").arg(self.dir.path().join("server.conf"));
        command.stdout(Stdio::null()).stderr(log);
        self.running = Some(command.spawn().unwrap());
    }

    /// Ends the process without a warning.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Takes away what it has stored.
    pub(crate) fn wipe(&self) {
        std::fs::remove_dir_all(self.dir.path().join("store")).unwrap();
    }

    /// Lets it hang, with its connections open.
    pub(crate) fn pause(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.running.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// Returns an answer of the server's monitoring.
    pub(crate) fn ask(&self, path: &str) -> Option<String> {
        self.running.as_ref()?;
        let address = ([127, 0, 0, 1], self.monitor).into();
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(500)).ok()?;
        stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    fn leader_of(&self, stream: &str) -> Option<String> {
        let answer = self.ask("/jsz?streams=true")?;
        let (_, body) = answer.split_once("\r\n\r\n")?;
        let body: serde_json::Value = serde_json::from_str(body).ok()?;
        let streams = body["account_details"][0]["stream_detail"].as_array()?;
        let stream = streams.iter().find(|detail| detail["name"] == stream)?;
        stream["cluster"]["leader"].as_str().map(str::to_owned)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if self.running.is_some() {
            self.resume();
            self.kill();
        }
    }
}

/// Waits until something is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
