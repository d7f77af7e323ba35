//! What stands between an instance and its clients: mappings.

use std::sync::Arc;

use crate::{Instance, Vendor, stubs::Stubs};

/// An instance with mappings that answer instead of it.
pub trait Stubbed {
    /// Returns them.
    #[doc(hidden)]
    fn stubs(&self) -> &Arc<Stubs>;
}

impl<V: Vendor> Stubbed for Arc<Instance<V>> {
    fn stubs(&self) -> &Arc<Stubs> {
        Instance::stubs(self)
    }
}
