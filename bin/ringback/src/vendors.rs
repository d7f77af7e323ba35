//! The only place that names all vendors.

use std::sync::Arc;

use ringback_impactpbx::ImpactPbx;
use ringback_mango::Mango;
use ringback_mock::{BuildError, Builder, Mount, Options, Vendor};
use ringback_scfm::{Scfm, bulk};
use ringback_tel4vn::Tel4vn;
use ringback_voip24h::Voip24h;
use serde_json::Value;

use crate::{
    Fault,
    contacts::{Contacts, Source},
    explain::{self, Problem},
};

/// A vendor this launcher can start.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) port: u16,
    pub(crate) has_history: bool,
    /// The OpenAPI document of its API.
    pub(crate) openapi: &'static str,
    /// The number of the rules of its machine.
    pub(crate) logic: u32,
    /// Variables of the original, and the settings that take their values.
    pub(crate) environment: &'static [(&'static str, &'static str)],
    /// Checks a section of the configuration and returns it with what it leaves to defaults.
    pub(crate) settings: fn(&Value) -> Result<Value, Problem>,
    scenario: fn(&Value, &[&str]) -> Result<(), Problem>,
    /// Returns the credentials of the demo account.
    pub(crate) credentials: fn(&Options) -> Vec<String>,
    pub(crate) build: fn(Options) -> Result<Arc<dyn Mount>, BuildError>,
    /// Builds it with contacts in the demo account, if it has such.
    pub(crate) build_with: Option<BuildWith>,
}

/// Builds an instance with contacts, telling now and then how many there are by now.
type BuildWith = fn(Options, &Contacts, &mut dyn FnMut(u64)) -> Result<Arc<dyn Mount>, Fault>;

/// Every vendor, in the order in which they are started.
pub(crate) const ALL: &[Known] = &[
    known::<ImpactPbx>(),
    known::<Mango>(),
    Known { build_with: Some(scfm_with), ..known::<Scfm>() },
    known::<Tel4vn>(),
    known::<Voip24h>(),
];

/// Their names, for messages.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which checks the bounds")]
pub(crate) const NAMES: [&str; ALL.len()] = {
    let mut names = [""; ALL.len()];
    let mut place = 0;
    while place < ALL.len() {
        names[place] = ALL[place].name;
        place += 1;
    }
    names
};

impl Known {
    /// Checks a scenario, or a part of one. `also` lists what else may be meant by an unknown key.
    pub(crate) fn check_scenario(&self, part: &Value, also: &[&str]) -> Result<(), Problem> {
        (self.scenario)(part, also)
    }
}

const fn known<V: Vendor>() -> Known {
    Known {
        name: V::NAME,
        title: V::TITLE,
        port: V::PORT,
        has_history: V::HAS_HISTORY,
        openapi: V::OPENAPI,
        logic: V::LOGIC,
        environment: V::ENVIRONMENT,
        settings: settings::<V>,
        scenario: |part, also| explain::read::<V::Scenario>(part, also).map(drop),
        credentials: credentials::<V>,
        build: build::<V>,
        build_with: None,
    }
}

fn settings<V: Vendor>(section: &Value) -> Result<Value, Problem> {
    let settings: V::Settings = explain::read(section, &[])?;
    // What was read can be written again; if not, what was said is all there is to show.
    Ok(serde_json::to_value(settings).unwrap_or_else(|_| section.clone()))
}

fn credentials<V: Vendor>(options: &Options) -> Vec<String> {
    let fresh = serde_json::from_str(options.fresh.as_deref().unwrap_or(V::FRESH)).ok();
    let settings = explain::read(&options.settings, &[]).ok();
    let accounts = fresh.zip(settings).map(|(fresh, settings)| V::accounts(&fresh, &settings));
    accounts.and_then(|accounts| accounts.into_iter().next()).unwrap_or_default()
}

fn build<V: Vendor>(options: Options) -> Result<Arc<dyn Mount>, BuildError> {
    Ok(Arc::new(Builder::<V>::from(options).build()?))
}

fn scfm_with(
    options: Options,
    contacts: &Contacts,
    progress: &mut dyn FnMut(u64),
) -> Result<Arc<dyn Mount>, Fault> {
    let scfm = Builder::<Scfm>::from(options).build().map_err(Fault::new)?;
    if !scfm.began_here() {
        // Another process was quicker to begin the log, and adds them.
        return Ok(Arc::new(scfm));
    }
    match &contacts.source {
        Source::Made(count) => {
            let progress = &mut |count: u32| progress(count.into());
            let added = bulk::seed(&scfm.demo(), *count, progress).map_err(Fault::new)?;
            if added < *count {
                return Err(contacts.fault(format!("there are numbers for {added} only")));
            }
        }
        Source::Listed(csv) => {
            let progress = &mut |count: usize| progress(count as u64);
            bulk::import(&scfm.demo(), csv, progress).map_err(|error| contacts.fault(error))?;
        }
    }
    Ok(Arc::new(scfm))
}

/// Finds a vendor by its name.
pub(crate) fn find(name: &str) -> Option<Known> {
    ALL.iter().copied().find(|known| known.name == name)
}

/// Returns the names of those that have contacts.
pub(crate) fn with_contacts() -> impl Iterator<Item = &'static str> {
    ALL.iter().filter(|known| known.build_with.is_some()).map(|known| known.name)
}
