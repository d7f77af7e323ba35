use std::path::Path;

use ringback_tel4vn::Tel4vn;
use ringback_testkit::params::{Check, Ignored};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

const IGNORED: &[Ignored] =
    &[Ignored { operation: "cdr", name: "page", why: "a number that is none is not there" }];

#[test]
fn what_golden_cases_give_with_success_is_described() {
    let done = Check::of::<Tel4vn>().ignoring(IGNORED).run(Path::new(FIXTURES));
    assert!(done > 25, "{done}");
}
