use time::macros::datetime;

use super::{Listing, SEGMENT};

#[test]
fn lists_of_every_length_are_whole() {
    let mut listing = Listing::default();
    for length in 0..3 * SEGMENT {
        let page = listing.page();
        let wanted =
            serde_json::json!({ "total": length, "data": (0..length).collect::<Vec<_>>() });
        let found: serde_json::Value = serde_json::from_slice(&page.into_body()).unwrap();
        assert_eq!(found, wanted);
        listing.push(datetime!(2026-03-04 09:15:20 UTC), &length.to_string());
    }
}
