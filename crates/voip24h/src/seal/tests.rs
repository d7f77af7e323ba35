use super::*;

#[test]
fn a_sealed_account_is_opened_again() {
    for account in [0, 1, 9_999, u32::MAX - 1].map(AccountId) {
        assert_eq!(open("k", &seal("k", account, [7; 16])), Some(account));
    }
}

#[test]
fn the_token_has_the_form_of_the_samples() {
    let token = seal("k", AccountId(0), [255; 16]);
    let json = String::from_utf8(BASE64_STANDARD.decode(token).unwrap()).unwrap();
    // The iv of all ones is full of slashes in base64.
    assert!(json.starts_with(r#"{"iv":"\/\/\/"#), "{json}");
    let payload: Payload = serde_json::from_str(&json).unwrap();
    assert_eq!(BASE64_STANDARD.decode(payload.value).unwrap().len(), 32);
    assert_eq!(payload.mac.len(), 64);
}

#[test]
fn a_token_with_any_character_changed_is_refused() {
    let json = BASE64_STANDARD.decode(seal("k", AccountId(0), [7; 16])).unwrap();
    for place in 0..json.len() {
        let mut changed = json.clone();
        changed[place] ^= 1;
        assert_eq!(open("k", &BASE64_STANDARD.encode(changed)), None, "byte {place}");
    }
    assert_eq!(open("other", &BASE64_STANDARD.encode(json)), None);
}

#[test]
fn nonsense_is_refused() {
    for nonsense in ["", "x", "e30=", "bnVsbA==", "eyJpdiI6IiIsInZhbHVlIjoiIiwibWFjIjoiIn0="] {
        assert_eq!(open("k", nonsense), None, "{nonsense}");
    }
}
