//! Tokens of v3: they say for themselves whose they are and until when, so none is kept.
//! vendors/voip24h-v3.md, 3.2

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// The `apiKey` of the account.
    pub(crate) sub: String,
    /// When it was issued, in seconds since 1970.
    pub(crate) iat: i64,
    /// From when on it is worth nothing.
    pub(crate) exp: i64,
}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// Writes a token.
pub(crate) fn issue(application_key: &str, claims: &Claims) -> String {
    // Texts and numbers have a JSON form.
    let claims = serde_json::to_vec(claims).unwrap_or_default();
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let signed = format!("{}.{}", encode(HEADER.as_bytes()), encode(&claims));
    let mac = mac(application_key, &signed).map(|mac| mac.finalize().into_bytes().to_vec());
    format!("{signed}.{}", encode(&mac.unwrap_or_default()))
}

/// Reads a token that was issued here; `None` if anything about it is wrong.
pub(crate) fn open(application_key: &str, token: &str) -> Option<Claims> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
    mac(application_key, signed)?.verify_slice(&signature).ok()?;
    let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).ok();
    if decode(header)? != HEADER.as_bytes() {
        return None;
    }
    serde_json::from_slice(&decode(claims)?).ok()
}

fn mac(application_key: &str, signed: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(application_key.as_bytes()).ok()?;
    mac.update(signed.as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests;
