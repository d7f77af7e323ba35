use std::path::Path;

use ringback_testkit::params::{Check, Ignored};
use ringback_voip24h::Voip24h;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

const IGNORED: &[Ignored] = &[Ignored {
    operation: "partner",
    name: "data.user",
    why: "the document's own sample of getDate gives one, which changes nothing",
}];

#[test]
fn what_golden_cases_give_with_success_is_described() {
    let done = Check::of::<Voip24h>()
        .ignoring(IGNORED)
        .done_if(|body| body["respCode"] == 0)
        .run(Path::new(FIXTURES));
    assert!(done > 25, "{done}");
}
