use std::path::Path;

use ringback_tel4vn::Tel4vn;
use ringback_testkit::golden;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

#[actix_web::test]
async fn every_golden_case_is_answered_to_the_byte() {
    assert!(golden::run::<Tel4vn>(Path::new(FIXTURES)).await > 400);
}

#[actix_web::test]
async fn every_golden_case_is_answered_to_the_byte_by_way_of_a_log_too() {
    assert!(golden::run_by_log::<Tel4vn>(Path::new(FIXTURES)).await > 0);
}

#[test]
fn every_operation_has_a_golden_case() {
    golden::check_coverage::<Tel4vn>(Path::new(FIXTURES));
}
