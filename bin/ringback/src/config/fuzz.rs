//! Fuzz targets: files and flags as users write them. What is wrong is told with its file.

use std::net::IpAddr;
use std::path::Path;

use ringback_mock::webhook::Targets;
use serde_json::Value;

use super::{addresses, file::toml, layers::split, scenario::Scenario, sections::of_toml};
use crate::{cli::Flags, explain, vendors, wait::Target};

/// A configuration file: its flags, and the vendors' sections.
#[test]
fn configurations() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        let path = Path::new("ringback.toml");
        let mut table = match toml(path, text) {
            Ok(table) => table,
            Err(fault) => {
                assert!(fault.to_string().starts_with("ringback.toml: line "), "{fault}");
                return;
            }
        };
        for known in vendors::ALL {
            let Some(section) = table.remove(known.name) else { continue };
            if let Err(problem) = (known.settings)(&section) {
                assert!(!problem.to_string().is_empty());
            }
        }
        if let Err(problem) = explain::read::<Flags>(&Value::Object(table), &vendors::NAMES) {
            assert!(!problem.to_string().is_empty());
        }
    });
}

/// A scenario file.
#[test]
fn scenarios() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        let path = Path::new("busy.toml");
        let Ok(table) = toml(path, text) else { return };
        match Scenario::of_table(table, path) {
            Ok(scenario) => {
                for known in vendors::ALL {
                    let own = scenario.of(known);
                    let checked = known.check_scenario(&own, &[]);
                    assert!(checked.is_ok(), "{}: {own}", known.name);
                }
            }
            Err(fault) => assert!(fault.to_string().starts_with("busy.toml: "), "{fault}"),
        }
    });
}

/// What stands behind a flag: addresses, networks, settings.
#[test]
fn flags() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        let _ = addresses::webhook(text, Targets::default());
        if let Ok(url) = addresses::public_url(text) {
            assert_eq!(addresses::public_url(&url).as_ref(), Ok(&url), "{text}");
        }
        if let Ok(network) = addresses::network(text) {
            assert_eq!(addresses::network(&network.to_string()), Ok(network), "{text}");
            let address: IpAddr = network.addr();
            assert!(network.contains(&address));
        }
        let _ = Target::of(text);
        let parts = split(text);
        assert!(parts.iter().map(String::len).sum::<usize>() <= text.len());
        of_toml(text);
    });
}
