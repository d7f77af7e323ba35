//! `docs/coverage.md`: every operation of every vendor, and how many golden cases it has.

use std::fmt::Write as _;
use std::path::Path;

use ringback_impactpbx::ImpactPbx;
use ringback_mango::Mango;
use ringback_mock::Vendor;
use ringback_scfm::Scfm;
use ringback_tel4vn::Tel4vn;
use ringback_voip24h::Voip24h;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn write<V: Vendor>(page: &mut String) {
    write!(
        page,
        "\n## {}\n\n| operation | route | golden cases |\n| --- | --- | --- |\n",
        V::TITLE
    )
    .unwrap();
    let mut total = 0;
    let mut written: Vec<&str> = Vec::new();
    for endpoint in V::ENDPOINTS {
        let operation = endpoint.operation;
        if written.contains(&operation) {
            continue;
        }
        written.push(operation);
        let folder = Path::new(ROOT).join("fixtures").join(V::NAME).join(operation);
        let cases = std::fs::read_dir(folder).map_or(0, |entries| entries.count());
        // Other spellings and methods of an operation share its cases.
        let routes = V::ENDPOINTS.iter().filter(|other| other.operation == operation);
        let more = match routes.count() {
            1 => String::new(),
            several => format!(" and {} more", several - 1),
        };
        let (method, path) = (endpoint.method, endpoint.path);
        writeln!(page, "| {operation} | `{method} {path}`{more} | {cases} |").unwrap();
        total += cases;
    }
    writeln!(page, "\n{total} golden cases.").unwrap();
}

/// With `UPDATE_GOLDENS` in the environment the page is written anew.
#[test]
fn the_page_of_coverage_is_up_to_date() {
    let mut page = "# Coverage\n\nMade by a test from the vendors' tables of endpoints and \
                    `fixtures/`.\n"
        .to_owned();
    write::<ImpactPbx>(&mut page);
    write::<Mango>(&mut page);
    write::<Scfm>(&mut page);
    write::<Tel4vn>(&mut page);
    write::<Voip24h>(&mut page);
    let path = Path::new(ROOT).join("docs/coverage.md");
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, page, "run it with UPDATE_GOLDENS=1");
}
