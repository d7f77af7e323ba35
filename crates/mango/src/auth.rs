//! Signatures: `hex(sha256(parts…))`, the salt among the parts and never on the wire.

use sha2::{Digest as _, Sha256};

/// Signs some parts, one after the other without anything between them.
pub(crate) fn sign(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hex(&hash.finalize())
}

/// Compares a signature with the one wanted, in either case of letters.
pub(crate) fn matches(shown: &str, wanted: &str) -> bool {
    shown.trim().eq_ignore_ascii_case(wanted)
}

/// Verifies a request. An empty `json` may have been signed as it is or as `{}`.
pub(crate) fn verifies(key: &str, json: &[u8], salt: &str, shown: &str) -> bool {
    let signed = |json: &[u8]| sign(&[key.as_bytes(), json, salt.as_bytes()]);
    let is_blank = json.iter().all(u8::is_ascii_whitespace);
    matches(shown, &signed(json)) || (is_blank && matches(shown, &signed(b"{}")))
}

/// Writes bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::{sign, verifies};

    #[test]
    fn a_signature_is_the_hash_of_key_json_and_salt() {
        // printf 'key{}salt' | sha256sum
        let wanted = "6a591005f93c3d5080524c57ebe649861d4ac51865ee447be2031ae531acb3e8";
        let signed = sign(&[b"key", b"{}", b"salt"]);
        assert_eq!(signed, wanted);
        assert!(verifies("key", b"{}", "salt", &signed.to_uppercase()));
        assert!(verifies("key", b"", "salt", &signed));
        assert!(verifies("key", b"", "salt", &sign(&[b"key", b"salt"])));
        assert!(!verifies("key", b"{} ", "salt", &signed));
        assert!(!verifies("key", b"{}", "pepper", &signed));
    }
}
