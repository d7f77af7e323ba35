use std::path::Path;

use ringback_newvendor::NewVendor;
use ringback_testkit::golden;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

#[actix_web::test]
async fn every_golden_case_is_answered_to_the_byte() {
    assert!(golden::run::<NewVendor>(Path::new(FIXTURES)).await > 0);
}

#[test]
fn every_operation_has_a_golden_case() {
    golden::check_coverage::<NewVendor>(Path::new(FIXTURES));
}
