//! Fuzz targets: scenarios as `ringback scenario run` plays them.

use std::path::Path;

use super::file::Played;

/// A file with steps: what is wrong is told with its line, and of each step the line is one of the file.
#[test]
fn played_scenarios() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        let lines: Vec<&str> = text.split('\n').collect();
        for name in ["busy.toml", "busy.json"] {
            match Played::of(Path::new(name), text) {
                Ok(played) => {
                    assert!(!played.vendors.is_empty());
                    for step in &played.steps {
                        for key in ["call", "expect", "vendor", "nothing"] {
                            let line = step.line_of(key);
                            assert!((1..=lines.len()).contains(&line), "{key} in line {line}");
                        }
                    }
                }
                Err(fault) => {
                    let fault = fault.to_string();
                    let told = fault.strip_prefix(name).and_then(|rest| rest.strip_prefix(':'));
                    let told = told.unwrap_or_else(|| panic!("{fault}"));
                    let line = told.split(':').next().and_then(|line| line.parse::<usize>().ok());
                    assert!(line.is_none_or(|line| (1..=lines.len()).contains(&line)), "{fault}");
                }
            }
        }
    });
}
