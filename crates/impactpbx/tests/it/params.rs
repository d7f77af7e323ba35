use std::path::Path;

use ringback_impactpbx::ImpactPbx;
use ringback_testkit::params::{Check, Ignored};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

const IGNORED: &[Ignored] = &[
    Ignored { operation: "get-cdr", name: "since", why: "the original takes nothing" },
    Ignored { operation: "root", name: "a", why: "the original takes nothing" },
    Ignored { operation: "trigger-webhooks", name: "x", why: "the original takes nothing" },
];

#[test]
fn what_golden_cases_give_with_success_is_described() {
    let done = Check::of::<ImpactPbx>().ignoring(IGNORED).run(Path::new(FIXTURES));
    assert!(done > 25, "{done}");
}
