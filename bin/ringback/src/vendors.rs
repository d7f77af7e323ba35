//! The only place that names all vendors.

use std::sync::Arc;

use ringback_impactpbx::ImpactPbx;
use ringback_mock::{BuildError, Builder, Mount, Options, Vendor};
use ringback_voip24h::Voip24h;

/// A vendor this launcher can start.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) port: u16,
    pub(crate) build: fn(Options) -> Result<Arc<dyn Mount>, BuildError>,
}

/// Every vendor, in the order in which they are started.
pub(crate) const ALL: &[Known] = &[known::<ImpactPbx>(), known::<Voip24h>()];

const fn known<V: Vendor>() -> Known {
    Known { name: V::NAME, title: V::TITLE, port: V::PORT, build: build::<V> }
}

fn build<V: Vendor>(options: Options) -> Result<Arc<dyn Mount>, BuildError> {
    Ok(Arc::new(Builder::<V>::from(options).build()?))
}

/// Finds a vendor by its name.
pub(crate) fn find(name: &str) -> Option<Known> {
    ALL.iter().copied().find(|known| known.name == name)
}

/// Lists the names, for messages.
pub(crate) fn names() -> String {
    let names: Vec<&str> = ALL.iter().map(|known| known.name).collect();
    names.join(", ")
}
