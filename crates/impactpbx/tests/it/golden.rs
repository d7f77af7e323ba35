use std::path::Path;

use ringback_impactpbx::ImpactPbx;
use ringback_testkit::golden;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

#[actix_web::test]
async fn every_golden_case_is_answered_to_the_byte() {
    assert!(golden::run::<ImpactPbx>(Path::new(FIXTURES)).await > 50);
}

#[actix_web::test]
async fn every_golden_case_is_answered_to_the_byte_by_way_of_a_log_too() {
    assert!(golden::run_by_log::<ImpactPbx>(Path::new(FIXTURES)).await > 0);
}

#[test]
fn every_operation_has_a_golden_case() {
    golden::check_coverage::<ImpactPbx>(Path::new(FIXTURES));
}
