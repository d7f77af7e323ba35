//! The file that says, once all sockets are bound, who answers where.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;

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
    /// Takes away what an earlier run may have left, so that nobody takes it for this one's.
    pub(crate) fn begin(path: PathBuf) -> Result<Self, Fault> {
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

/// Returns a name in the same folder: only there can it be renamed in one step.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}", std::process::id()))
}

fn content(config: &Config, bound: &[Bound]) -> serde_json::Value {
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
        "needs_control_token": config.control_token.is_some(),
    })
}

fn fault(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(format!("--ready-file {}: {error}", path.display()))
}
