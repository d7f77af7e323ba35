//! What a fresh instance contains, as `fresh.json` says it.

use serde::Deserialize;

use crate::machine::tables::Tables;

/// The contents of `fresh.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fresh {
    /// The key of the demo account.
    pub vpbx_api_key: String,
    /// The salt of all signatures.
    pub vpbx_api_salt: String,
    /// The product's identity.
    pub product_id: u64,
    /// The number of the virtual exchange, which is part of call ids.
    pub vpbx: u32,
    /// The number of the node, which is part of call ids.
    pub node: u32,
    /// Employees, groups, lines and everything else that is configured.
    pub(crate) tables: Tables,
}
