//! A running binary on free ports.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// The binary, ready to be given flags, without what the environment or a file might say.
pub(crate) fn ringback(folder: &Path, flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringback"));
    command.args(flags).current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars() {
        let is_said = name.starts_with("RINGBACK_") || name.starts_with("HTTP_BASIC_AUTH_");
        if is_said || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command
}

/// A folder of its own for one test.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("ringback-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What a mistake says: one line, and exit status 2.
pub(crate) fn mistake(flags: &[&str]) -> String {
    failure(ringback(&std::env::temp_dir(), flags), 2)
}

/// What something that fails says: one line, and an exit status.
pub(crate) fn failure(mut command: Command, status: i32) -> String {
    let output = command.output().expect("the binary runs");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{command:?}: {said}");
    assert_eq!(said.lines().count(), 1, "{command:?}: {said}");
    said
}

/// What something that succeeds prints.
pub(crate) fn success(mut command: Command) -> String {
    let output = command.output().expect("the binary runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// A running binary; dropping it kills it.
pub(crate) struct Started {
    child: Child,
    /// What it said when all sockets were bound.
    pub(crate) table: Value,
}

impl Started {
    pub(crate) fn with(flags: &[&str]) -> Self {
        let flags = [&["--log-format", "json"], flags].concat();
        Self::of(ringback(&std::env::temp_dir(), &flags))
    }

    pub(crate) fn of(mut command: Command) -> Self {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the binary starts");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("its output")).read_line(&mut line).unwrap();
        if line.is_empty() {
            let mut said = String::new();
            child.stderr.as_mut().expect("its errors").read_to_string(&mut said).unwrap();
            panic!("it did not start: {said}");
        }
        Self { child, table: serde_json::from_str(&line).expect("a table in JSON") }
    }

    /// Returns its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns where a vendor, or the hub, answers.
    pub(crate) fn url(&self, name: &str) -> String {
        let lines = self.table["listening"].as_array().expect("a list");
        let line = lines.iter().find(|line| line["name"] == name);
        line.unwrap_or_else(|| panic!("no {name} in {}", self.table))["url"]
            .as_str()
            .expect("an address")
            .to_owned()
    }

    /// Sends a signal.
    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: &str) {
        // The shell's own `kill`: the program of that name is not everywhere.
        let kill = format!("kill {signal} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits until it says something on standard error.
    #[cfg(unix)]
    pub(crate) fn wait_for(&mut self, words: &str) {
        let mut lines = BufReader::new(self.child.stderr.as_mut().expect("its errors")).lines();
        assert!(lines.any(|line| line.unwrap().contains(words)), "{words} is never said");
    }

    /// Sends a signal and returns how it ended, and what it said on standard error.
    #[cfg(unix)]
    pub(crate) fn end_by(mut self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        let mut said = String::new();
        self.child.stderr.as_mut().expect("its errors").read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
