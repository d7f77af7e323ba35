//! What the launcher says about itself.

use serde_json::Value;

use crate::started::{ringback, success};

fn said(flags: &[&str]) -> String {
    success(ringback(&std::env::temp_dir(), flags))
}

#[test]
fn the_help_has_groups_examples_and_exit_statuses_and_the_short_one_is_short() {
    let (long, short) = (said(&["--help"]), said(&["-h"]));
    for part in ["What starts:", "What it begins with:", "Time:", "Webhooks and links:"] {
        assert!(long.contains(part) && short.contains(part), "{part}");
    }
    for part in ["Access and https:", "Examples:", "Exit status:", "--tls-cert", "--ready-file"] {
        assert!(long.contains(part) && !short.contains(part), "{part}");
    }
    let (_, examples) = long.split_once("Examples:").unwrap();
    let (examples, _) = examples.split_once("Exit status:").unwrap();
    let commands = examples.lines().filter(|line| line.starts_with("  ringback"));
    assert_eq!(commands.count(), 6);
    assert!(short.lines().count() < 50, "{short}");
}

#[test]
fn vendors_and_completions_are_printed() {
    let vendors = said(&["vendors"]);
    assert!(vendors.contains("voip24h") && vendors.contains("8000"), "{vendors}");
    let vendors: Value = serde_json::from_str(&said(&["vendors", "--json"])).unwrap();
    let scfm = vendors.as_array().unwrap().iter().find(|vendor| vendor["name"] == "scfm").unwrap();
    assert_eq!(scfm["port"], 3000);
    assert_eq!(scfm["settings"]["dialling"]["capacity"], 1000);
    assert_eq!(scfm["environment"]["HTTP_BASIC_AUTH_USER"], "http_basic_auth_user");
    let openapi: Value = serde_json::from_str(&said(&["openapi", "scfm"])).unwrap();
    assert_eq!(openapi["paths"]["/api/contacts"]["get"]["operationId"], "list-contacts");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = said(&["completions", shell]);
        assert!(script.len() > 1_000, "{shell}");
        if shell != "elvish" && shell != "powershell" {
            assert!(script.contains("impactpbx") && script.contains("voip24h"), "{shell}");
        }
    }
}

#[test]
fn the_readme_has_every_flag_and_variable_and_its_file_is_a_configuration() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    for line in said(&["--help"]).lines() {
        let line = line.trim();
        let Some(flag) = line.strip_prefix("--").and_then(|rest| rest.split([' ', '[']).next())
        else {
            continue;
        };
        assert!(readme.contains(&format!("--{flag}")), "{flag}");
    }
    let file = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = crate::started::folder("readme");
    std::fs::write(folder.join("ringback.toml"), file).unwrap();
    let checked = success(ringback(&folder, &["config", "check"]));
    assert_eq!(checked, "fine: 2 would start\n");
}

#[test]
fn the_version_is_printed() {
    assert_eq!(said(&["--version"]), format!("ringback {}\n", env!("CARGO_PKG_VERSION")));
}
