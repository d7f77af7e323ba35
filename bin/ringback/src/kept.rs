//! What `--data-dir` keeps: a log for each instance, in a folder of its name.

mod look;
mod replay;

use std::sync::Arc;
use std::thread;

use ringback_engine::ordered::Log;
use ringback_filelog::{Expected, FileLog, Opening};
use ringback_mock::InstanceLog;
use tempfile::TempDir;

use crate::{
    Fault,
    config::{Config, Wanted},
};
pub(crate) use look::look;
pub(crate) use replay::{check, read, replay};

/// The logs of all instances, if there are any; each is this process's alone.
#[derive(Default)]
pub(crate) struct Kept {
    logs: Vec<Arc<FileLog>>,
    /// The folder of logs that go with the process.
    _passing: Option<TempDir>,
}

impl Kept {
    /// Opens the logs of all instances and gives them to these.
    pub(crate) fn open(config: &mut Config) -> Result<Self, Fault> {
        let is_passing = config.record && config.data_dir.is_none() && config.cluster.is_none();
        let passing = is_passing.then(|| tempfile::Builder::new().prefix("ringback").tempdir());
        let passing = passing.transpose().map_err(Fault::new)?;
        let dir = config.data_dir.clone();
        let dir = dir.or_else(|| passing.as_ref().map(|dir| dir.path().to_owned()));
        let Some(dir) = dir else { return Ok(Self::default()) };
        let opening = Opening { accept_new_rules: config.accept_new_rules, ..Opening::default() };
        // Each is read whole before anything answers, and so together.
        let opened: Vec<_> = thread::scope(|scope| {
            let open = |wanted: &Wanted| {
                let (folder, expected) = (dir.join(wanted.name()), expected(wanted));
                let opening = opening.clone();
                scope.spawn(move || FileLog::open(folder, &expected, opening))
            };
            let opening: Vec<_> = config.instances.iter().map(open).collect();
            opening.into_iter().map(thread::ScopedJoinHandle::join).collect()
        });
        let mut logs = Vec::new();
        for (wanted, opened) in config.instances.iter_mut().zip(opened) {
            let failed = || Fault::new(format!("{}: cannot be opened", dir.display()));
            let log = Arc::new(opened.map_err(|_| failed())?.map_err(Fault::new)?);
            wanted.has_begun = log.has_begun();
            let shared: Arc<dyn Log> = Arc::clone(&log) as Arc<dyn Log>;
            wanted.options.log = Some(InstanceLog::from(shared));
            logs.push(log);
        }
        if !config.beginnings.is_empty() && config.instances.iter().any(|wanted| wanted.has_begun) {
            let said = config.beginnings.join(", ");
            log::warn!("{}: has begun already, without {said}", dir.display());
        }
        Ok(Self { logs, _passing: passing })
    }

    /// Lets go of the folders.
    pub(crate) fn close(&self) {
        self.logs.iter().for_each(|log| log.close());
    }
}

fn expected(wanted: &Wanted) -> Expected {
    Expected {
        vendor: wanted.vendor.name.to_owned(),
        instance: wanted.name().to_owned(),
        release: env!("CARGO_PKG_VERSION").to_owned(),
        logic: wanted.vendor.logic,
        settings: wanted.options.settings_digest(wanted.vendor.name),
    }
}
