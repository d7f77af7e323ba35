//! `ringback replay`: instances that go on from exported logs, in memory.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use ringback_engine::ordered::Log;
use ringback_filelog::{Exported, Replayed};
use ringback_mock::InstanceLog;
use sha2::{Digest as _, Sha256};

use crate::{
    Fault,
    config::{Config, Wanted},
    launch, table, vendors,
};

/// Reads an exported log.
pub(crate) fn read(path: &Path) -> Result<Exported, Fault> {
    let failed = |error: &dyn std::fmt::Display| Fault::new(format!("{}: {error}", path.display()));
    let file = File::open(path).map_err(|error| failed(&error))?;
    Exported::read(BufReader::new(file)).map_err(|error| failed(&error))
}

/// Makes a configuration one of the instances that the logs are of.
pub(crate) fn replay(config: &mut Config, logs: Vec<Exported>) -> Result<(), Fault> {
    let mut instances: Vec<Wanted> = Vec::new();
    for exported in logs {
        let (vendor, name) = (exported.header.vendor.clone(), exported.header.instance.clone());
        if vendors::find(&vendor).is_none() {
            return Err(Fault::new(format!(
                "the log is of the vendor {vendor:?}, which is unknown"
            )));
        }
        if instances.iter().any(|other| other.name() == name) {
            return Err(Fault::new(format!("{name}: there are two logs of this name")));
        }
        let place = config.instances.iter().position(|wanted| wanted.vendor.name == vendor);
        let Some(place) = place else {
            let what = format!("--vendor names others: add {vendor}, or leave it out");
            return Err(Fault::new(format!("the log is of {vendor}, and {what}")));
        };
        let mut wanted = config.instances.remove(place);
        wanted.options.label = (name != vendor).then_some(name);
        let log: Arc<dyn Log> = Arc::new(Replayed::from(exported));
        wanted.options.log = Some(InstanceLog::from(log));
        // Whoever received them has received them.
        wanted.options.sends_webhooks = false;
        wanted.has_begun = true;
        instances.push(wanted);
    }
    (config.instances, config.contacts, config.data_dir) = (instances, None, None);
    Ok(())
}

/// Executes the logs and prints what they lead to.
pub(crate) fn check(config: &Config) -> Result<(), Fault> {
    for built in launch::build(config)? {
        let name = built.mount.name();
        let state = built.mount.log_state();
        let (position, state) = state.ok_or_else(|| Fault::new(format!("{name}: no log")))?;
        let digest: String =
            Sha256::digest(&state).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        table::print(format!("{name}: state {digest} after record {position}\n").as_bytes())?;
    }
    Ok(())
}
