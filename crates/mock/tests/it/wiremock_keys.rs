//! `docs/wiremock-keys.md`: every key of WireMock's JSON, and what becomes of it.

/// With `UPDATE_GOLDENS` in the environment the page is written anew.
#[test]
fn the_page_of_wiremocks_keys_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/wiremock-keys.md");
    let page = ringback_mock::stubs::page();
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(found, page, "run it with UPDATE_GOLDENS=1");
}
