use std::path::Path;

use ringback_mock::{Endpoint, Vendor as _};
use ringback_testkit::params::{Check, Ignored};

use super::*;
use crate::Mango;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

const IGNORED: &[Ignored] = &[Ignored {
    operation: "stats-request",
    name: "limit",
    why: "a client gives it, and the manual does not know it",
}];

/// The operations of the VPBX API, with what they take; but not the one whose bare path the other face
/// answers without a signature.
fn endpoints() -> &'static [Endpoint] {
    let described = |endpoint: &Endpoint| {
        let path = endpoint.path.strip_prefix("/vpbx/")?;
        (endpoint.method == "POST" && path != "roles").then(|| endpoint.accepts(of(path)))
    };
    Vec::leak(Mango::ENDPOINTS.iter().filter_map(described).collect())
}

#[test]
fn what_golden_cases_give_with_success_is_described() {
    let check = Check::of::<Mango>().endpoints(endpoints()).ignoring(IGNORED);
    let check = check.done_if(|body| {
        let result = &body["result"];
        result.is_null() || *result == 1000 || result[0] == 1000
    });
    let done = check.run(Path::new(FIXTURES));
    assert!(done > 250, "{done}");
}

#[test]
fn every_path_of_the_table_is_one_of_an_operation() {
    for (path, _) in OPERATIONS {
        let path = format!("/vpbx/{path}");
        assert!(Mango::ENDPOINTS.iter().any(|endpoint| endpoint.path == path), "{path}");
    }
    assert!(!is_same("task", "task/add") && !is_same("task/add", "task") && is_same("a", "a"));
}
