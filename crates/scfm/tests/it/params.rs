use std::path::Path;

use ringback_scfm::Scfm;
use ringback_testkit::params::{Check, Ignored};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

const fn ignored(operation: &'static str, name: &'static str, why: &'static str) -> Ignored {
    Ignored { operation, name, why }
}

const NOT_PERMITTED: &str = "dropped, as what a controller does not permit";
const NO_HASH: &str = "a hash that is none is dropped";
const UNREAD: &str = "what cannot be read whole is read as far as it can be";

const IGNORED: &[Ignored] = &[
    ignored("create-callout", "status", NOT_PERMITTED),
    ignored("create-contact", "created_at", NOT_PERMITTED),
    ignored("create-contact", "id", NOT_PERMITTED),
    ignored("create-contact", "metadata", NO_HASH),
    ignored("create-contact", "status", NOT_PERMITTED),
    ignored("create-population", "contact_filter_params", NO_HASH),
    ignored("fire-callout", "metadata", NOT_PERMITTED),
    ignored("list-callouts", "status", "a filter of an array is none"),
    ignored("list-contacts", "colour", "an unknown filter is none"),
    ignored("list-contacts", "q.colour", "an unknown filter is none"),
    ignored("list-contacts", "metadata", NO_HASH),
    ignored("list-contacts", "page", UNREAD),
    ignored("list-contacts", "per_page", UNREAD),
    ignored("list-participations", "q.having_max_phone_calls_count", "finds nothing"),
    ignored("put-contact-data", "metadata_merge_mode", "an unknown mode is none"),
    ignored("update-callout", "status", NOT_PERMITTED),
    ignored("update-event", "details", NOT_PERMITTED),
    ignored("update-participation", "contact_id", NOT_PERMITTED),
    ignored("update-phone-call", "remote_call_id", NOT_PERMITTED),
    ignored("update-phone-call", "status", NOT_PERMITTED),
];

#[test]
fn what_golden_cases_give_with_success_is_described() {
    let done = Check::of::<Scfm>().ignoring(IGNORED).run(Path::new(FIXTURES));
    assert!(done > 250, "{done}");
}
