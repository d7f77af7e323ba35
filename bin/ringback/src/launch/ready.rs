//! The file that says, once all sockets are bound, who answers where.

use std::io::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::Bound;
use crate::{
    Fault,
    config::{Config, Tls, reached},
};

/// A file that is not there until everything answers.
pub(crate) struct ReadyFile(PathBuf);

/// The file as it was written.
#[derive(Clone)]
pub(crate) struct Written {
    path: PathBuf,
    text: String,
}

impl ReadyFile {
    /// Takes away what a run that was killed may have left, so that nobody takes it for this one's.
    /// The file of a run that still answers stays: this one may be about to find its ports taken.
    pub(crate) fn begin(path: PathBuf) -> Result<Self, Fault> {
        if is_answering(&path) {
            return Ok(Self(path));
        }
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(fault(&path, &error)),
            Ok(()) | Err(_) => Ok(Self(path)),
        }
    }

    /// Writes it as a whole: a reader finds all of it or nothing.
    pub(crate) fn write(self, config: &Config, bound: &[Bound]) -> Result<Written, Fault> {
        let Self(path) = self;
        let text = format!("{:#}\n", content(config, bound));
        let beside = beside(&path);
        let write = || {
            let mut file = std::fs::File::create(&beside)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&beside, &path)
        };
        write().map_err(|error| fault(&path, &error))?;
        Ok(Written { path, text })
    }
}

impl Written {
    /// Takes it away, unless another run has put its own in its place.
    pub(crate) fn remove(&self) {
        let is_ours = std::fs::read_to_string(&self.path).is_ok_and(|text| text == self.text);
        if let Some(error) = is_ours.then(|| std::fs::remove_file(&self.path).err()).flatten() {
            log::warn!("--ready-file {}: {error}", self.path.display());
        }
    }
}

/// Returns whether somebody listens where a ready file says so.
fn is_answering(path: &Path) -> bool {
    let said = std::fs::read(path).ok().and_then(|text| serde_json::from_slice(&text).ok());
    let said: Value = said.unwrap_or_default();
    let url = said.pointer("/vendors/0/url").and_then(Value::as_str).unwrap_or_default();
    let address = url.split_once("://").and_then(|(_, address)| address.parse().ok());
    let patience = Duration::from_millis(200);
    address.is_some_and(|address| TcpStream::connect_timeout(&address, patience).is_ok())
}

/// Returns a name in the same folder: only there can it be renamed in one step.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}", std::process::id()))
}

fn content(config: &Config, bound: &[Bound]) -> Value {
    let scheme = match config.tls {
        Tls::Off => "http",
        Tls::SelfSigned | Tls::Files { .. } => "https",
    };
    let url =
        |bound: &Bound| format!("{scheme}://{}", reached(bound.address.ip(), bound.address.port()));
    let vendors = bound.iter().filter_map(|bound| {
        let instance = bound.instance.as_ref()?;
        Some(json!({
            "name": instance.mount.name(),
            "vendor": instance.vendor.name,
            "title": instance.vendor.title,
            "url": url(bound),
            "address": bound.address.to_string(),
            "credentials": instance.credentials,
            "notes": instance.mount.notes(),
        }))
    });
    let hub = bound.iter().find(|bound| bound.instance.is_none());
    let hub = hub.map(|hub| json!({ "url": url(hub), "address": hub.address.to_string() }));
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "pid": std::process::id(),
        "seed": config.seed,
        "vendors": vendors.collect::<Vec<_>>(),
        "hub": hub,
        "needs_control_token": config.guard.token.is_some(),
    })
}

fn fault(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(format!("--ready-file {}: {error}", path.display()))
}
