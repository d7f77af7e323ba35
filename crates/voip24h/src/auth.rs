//! The partner secret: which account is this.

use ringback_mock::{AccountId, Instance};
use serde_json::{Map, Value};

use crate::{Voip24h, error::Error};

/// Returns the account of a request's `partnerSecret`. The secret is never echoed or logged.
pub(crate) async fn account(
    voip: &Instance<Voip24h>,
    request: &Map<String, Value>,
) -> Result<AccountId, Error> {
    let secret = request.get("partnerSecret").and_then(Value::as_str);
    let secret = secret.filter(|secret| !secret.is_empty()).ok_or(Error::InvalidSecret)?;
    voip.admit(secret).await?.ok_or(Error::InvalidSecret)
}
