use std::path::Path;

use ringback_testkit::params::{Check, Ignored};
use ringback_voip24h::Voip24h;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

const IGNORED: &[Ignored] = &[
    Ignored {
        operation: "partner",
        name: "data.user",
        why: "the document's own sample of getDate gives one, which changes nothing",
    },
    Ignored {
        operation: "v3-call-history",
        name: "limit",
        why: "what is no count counts as not given",
    },
    Ignored { operation: "v3-call-history", name: "colour", why: "unknown keys are ignored" },
];

#[test]
fn what_golden_cases_give_with_success_is_described() {
    let done = Check::of::<Voip24h>()
        .ignoring(IGNORED)
        .done_if(|body| body.get("respCode").is_none_or(|code| code == 0))
        .run(Path::new(FIXTURES));
    assert!(done > 25, "{done}");
}
