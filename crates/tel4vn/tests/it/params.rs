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

#[actix_web::test]
async fn nothing_but_logging_in_and_sounds_is_open() {
    use ringback_mock::Vendor as _;
    let api = crate::api();
    let open =
        ["auth", "auth-token", "auth-v3", "auth-token-v3", "recording", "voicemail-download"];
    let closed = Tel4vn::ENDPOINTS.iter().filter(|endpoint| !open.contains(&endpoint.operation));
    for endpoint in closed.clone() {
        let path = endpoint.path.replace("{id}", "x").replace("{ext}", "x").replace("{ref}", "x");
        for headers in [vec![], vec![("authorization", "Bearer wrong")]] {
            let reply = api.request(endpoint.method, &path, &headers, "{}").await;
            assert_eq!(reply.status, 401, "{} {path}", endpoint.method);
        }
    }
    assert!(closed.count() > 120);
}
