//! Mappings from Rust.

use std::sync::Arc;

use serde_json::Value;

use super::{Named, Stub, StubRefused};
use crate::{Instance, Vendor};

impl<V: Vendor> Instance<V> {
    /// Sets a mapping in WireMock's form, as `POST /__admin/mappings` does, and returns its id.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use serde_json::json;
    ///
    /// let id = mock.set_mapping(&json!({
    ///     "request": { "operation": "partner", "number": "0912*" },
    ///     "response": { "passthrough": true, "fault": "CONNECTION_RESET_BY_PEER" },
    ///     "times": 1,
    /// }))?;
    /// # mock.remove_mapping(&id);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it cannot be read, or there are too many; nothing is set then.
    pub fn set_mapping(&self, mapping: &Value) -> Result<String, StubRefused> {
        let stubs = self.stubs();
        let vendor = Named { name: self.name(), endpoints: V::ENDPOINTS };
        let stub = Arc::new(Stub::read(mapping, "", &stubs.new_id(), &[vendor])?);
        stubs.add(&stub, self.clock().now())?;
        Ok(stub.id.clone())
    }

    /// Removes a mapping; returns whether it was there.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use serde_json::json;
    ///
    /// let id = mock.set_mapping(&json!({ "request": { "urlPath": "/x" }, "response": { "status": 418 } }))?;
    /// assert!(mock.remove_mapping(&id));
    /// assert!(!mock.remove_mapping(&id));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn remove_mapping(&self, id: &str) -> bool {
        self.stubs().remove(&id.to_ascii_lowercase())
    }

    /// Removes all mappings, and lets go what they hold.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use serde_json::json;
    ///
    /// mock.set_mapping(&json!({ "request": { "urlPath": "/x" }, "response": { "status": 418 } }))?;
    /// mock.remove_mappings();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn remove_mappings(&self) {
        self.stubs().clear();
    }
}
