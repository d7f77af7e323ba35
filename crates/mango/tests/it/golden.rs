use std::path::Path;

use ringback_mango::Mango;
use ringback_testkit::golden;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

#[actix_web::test]
async fn every_golden_case_is_answered_to_the_byte() {
    assert!(golden::run::<Mango>(Path::new(FIXTURES)).await > 0);
}

#[actix_web::test]
async fn every_golden_case_is_answered_to_the_byte_by_way_of_a_log_too() {
    assert!(golden::run_by_log::<Mango>(Path::new(FIXTURES)).await > 0);
}

#[test]
fn every_operation_has_a_golden_case_or_is_on_the_list() {
    golden::check_coverage::<Mango>(Path::new(FIXTURES));
}
