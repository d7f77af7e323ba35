//! The only place that names all vendors.

use std::sync::Arc;

use ringback_impactpbx::ImpactPbx;
use ringback_mango::Mango;
use ringback_mock::{BuildError, Builder, Mount, Options, Vendor};
use ringback_scfm::{Scfm, bulk};
use ringback_tel4vn::Tel4vn;
use ringback_voip24h::Voip24h;

use crate::{
    Fault,
    contacts::{Contacts, Source},
};

/// A vendor this launcher can start.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) port: u16,
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

const fn known<V: Vendor>() -> Known {
    Known { name: V::NAME, title: V::TITLE, port: V::PORT, build: build::<V>, build_with: None }
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

/// Lists the names, for messages.
pub(crate) fn names() -> String {
    let names: Vec<&str> = ALL.iter().map(|known| known.name).collect();
    names.join(", ")
}
