//! The `host` of recording links: a string encrypted as Laravel does it. vendors/voip24h.md, 5.2.

use aes::Aes256;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use cbc::cipher::{
    BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _, block_padding::Pkcs7,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use ringback_mock::AccountId;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What the token holds, in the order of the samples.
#[derive(Serialize, Deserialize)]
struct Payload {
    iv: String,
    value: String,
    mac: String,
}

/// Seals the address of the exchange that keeps an account's recordings.
pub(crate) fn seal(application_key: &str, account: AccountId, iv: [u8; 16]) -> String {
    let key = key(application_key);
    let address = address(account);
    let plain = format!("s:{}:\"{address}\";", address.len());
    let sealed = cbc::Encryptor::<Aes256>::new(&key.into(), &iv.into())
        .encrypt_padded_vec::<Pkcs7>(plain.as_bytes());
    let (iv, value) = (BASE64_STANDARD.encode(iv), BASE64_STANDARD.encode(sealed));
    let mac = hex(&mac(&key, &iv, &value));
    // PHP's json_encode escapes slashes.
    let json = format!(r#"{{"iv":"{iv}","value":"{value}","mac":"{mac}"}}"#).replace('/', "\\/");
    BASE64_STANDARD.encode(json)
}

/// Opens a token and returns the account whose exchange it names.
///
/// `None` if anything about it is wrong: its form, its signature, its contents.
pub(crate) fn open(application_key: &str, token: &str) -> Option<AccountId> {
    let key = key(application_key);
    let payload: Payload = serde_json::from_slice(&BASE64_STANDARD.decode(token).ok()?).ok()?;
    let given = unhex(&payload.mac)?;
    let mut expected = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    expected.update(payload.iv.as_bytes());
    expected.update(payload.value.as_bytes());
    expected.verify_slice(&given).ok()?;
    let iv: [u8; 16] = BASE64_STANDARD.decode(&payload.iv).ok()?.try_into().ok()?;
    let sealed = BASE64_STANDARD.decode(&payload.value).ok()?;
    let plain = cbc::Decryptor::<Aes256>::new(&key.into(), &iv.into())
        .decrypt_padded_vec::<Pkcs7>(&sealed)
        .ok()?;
    let (_, address) = std::str::from_utf8(&plain).ok()?.split_once('"')?;
    let number = address.strip_prefix("pbx")?.strip_suffix(".voip24h\";")?;
    number.parse::<u32>().ok()?.checked_sub(1).map(AccountId)
}

/// Returns the `xKey` of a recording's name: what proves that a link to it was given out.
///
/// `salt` is empty for the demo account; each other one has its own, for the same name may be that
/// of a recording of another account. vendors/voip24h-v3.md, 5
pub(crate) fn link_key(application_key: &str, salt: &str, file: &str) -> String {
    let mac = link_mac(application_key, salt, file);
    hex(&mac.map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default())
}

/// Returns whether an `xKey` is that of a recording's name.
pub(crate) fn opens(application_key: &str, salt: &str, file: &str, key: &str) -> bool {
    let given = unhex(key);
    let mac = link_mac(application_key, salt, file);
    given.zip(mac).is_some_and(|(given, mac)| mac.verify_slice(&given).is_ok())
}

fn link_mac(application_key: &str, salt: &str, file: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(application_key.as_bytes()).ok()?;
    if !salt.is_empty() {
        mac.update(salt.as_bytes());
        // No file's name has one.
        mac.update(b"\0");
    }
    mac.update(file.as_bytes());
    Some(mac)
}

/// The exchange of each account has an address of its own; the demo account's is `pbx1`.
fn address(account: AccountId) -> String {
    format!("pbx{}.voip24h", account.0.saturating_add(1))
}

fn key(application_key: &str) -> [u8; 32] {
    Sha256::digest(application_key.as_bytes()).into()
}

fn mac(key: &[u8; 32], iv: &str, value: &str) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(iv.as_bytes());
    mac.update(value.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads lower-case hex, the only form that Laravel writes.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let is_lower = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if !text.len().is_multiple_of(2) || !text.bytes().all(is_lower) {
        return None;
    }
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests;
