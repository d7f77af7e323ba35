//! One process of several.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Where the library is that shows a process another time.
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

pub(crate) struct Replica {
    child: Child,
    table: Value,
    folder: TempDir,
}

impl Replica {
    /// Starts one whose computer's clock is so many seconds wrong.
    pub(crate) fn start(skew: i32, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ringback"));
        command.args(["--log-format", "json", "--log", "off", "--hub", "0"]).args(flags);
        command.current_dir(folder.path()).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(log);
        for (name, _) in std::env::vars() {
            if name.starts_with("RINGBACK_") || name == "RUST_LOG" {
                command.env_remove(name);
            }
        }
        if skew != 0 {
            if std::path::Path::new(FAKETIME).exists() {
                command.env("LD_PRELOAD", FAKETIME).env("FAKETIME", format!("{skew:+}"));
                command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
            } else {
                println!("no libfaketime: the clock of this replica is right");
            }
        }
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let mut this = Self { child, table: Value::Null, folder };
        this.table = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("it did not start: {}", this.said()));
        this
    }

    /// Returns what it has said on standard error.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Returns where a vendor, or the hub, answers.
    pub(crate) fn url(&self, name: &str) -> String {
        let lines = self.table["listening"].as_array().unwrap();
        let line = lines.iter().find(|line| line["name"] == name).unwrap();
        line["url"].as_str().unwrap().to_owned()
    }

    /// Lets it hang.
    pub(crate) fn pause(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("-- a replica said:\n{}", self.said());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
