//! The scenario files of the repository, played; and what is said of one that fails.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::started::Started;

fn run(files: &[PathBuf]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringback"));
    command.args(["scenario", "run"]).args(files).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn all_scenarios_of_the_repository_pass_and_cover_every_vendor() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scenarios");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    assert!(files.len() >= 12, "{}", files.len());
    let output = run(&files);
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(text(&output.stdout).matches("passed: ").count(), files.len());
    let all: String = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    for vendor in ["impactpbx", "mango", "scfm", "tel4vn", "voip24h"] {
        assert!(all.contains(&format!("\"{vendor}\"")), "{vendor} is in no scenario");
    }
}

#[test]
fn a_scenario_that_fails_names_the_line_what_was_wanted_and_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.toml");
    let scenario = r#"vendors = ["mango"]

[[step]]
call = { from = "101", to = "79161234567" }

[[step]]
advance = "idle"

[[step]]
about = "this is what fails"
expect = { kind = "call", cause = "USER_BUSY" }
"#;
    std::fs::write(&file, scenario).unwrap();
    let output = run(std::slice::from_ref(&file));
    assert_eq!(output.status.code(), Some(1));
    let wanted = format!(
        "FAILED: {}:11: expected at least 1 call like {{\"cause\":\"USER_BUSY\"}}; found 0 of 1; in the \
         nearest cause is \"NORMAL_CLEARING\", not \"USER_BUSY\"\n",
        file.display()
    );
    assert_eq!(text(&output.stdout), wanted);
}

#[test]
fn a_file_that_is_no_scenario_is_a_mistake_of_the_users() {
    let folder = tempfile::tempdir().unwrap();
    for (scenario, why) in [
        ("vendors = [\"mango\"]\n[[step]]\nadvanse = 1\n", "did you mean advance?"),
        ("vendors = [\"mangoo\"]\n", "unknown vendor"),
        ("[[step]]\nadvance = 1\n", "vendors has to name one"),
        ("vendors = [\"mango\"]\n[[step]]\nabout = \"x\"\n", ":2: step 0 has to have one of"),
        ("vendors = [\"mango\"]\n[[rules]]\noutcome = \"bussy\"\n", "busy"),
    ] {
        let file = folder.path().join("s.toml");
        std::fs::write(&file, scenario).unwrap();
        let output = run(&[file]);
        assert_eq!(output.status.code(), Some(2), "{scenario}");
        assert!(text(&output.stderr).contains(why), "{}", text(&output.stderr));
    }
}

/// Plays files against a Ringback in another process.
fn run_at(url: &str, more: &[&str], files: &[PathBuf]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringback"));
    command.args(["scenario", "run", "--url", url]).args(more).args(files).output().unwrap()
}

#[test]
fn all_scenarios_pass_against_a_ringback_in_another_process() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scenarios");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    let all = ["impactpbx=0", "mango=0", "scfm=0", "tel4vn=0", "voip24h=0"];
    let vendors = all.iter().flat_map(|vendor| ["--vendor", *vendor]);
    let settings = [
        "tel4vn.fixed_token=t",
        "mango.webhook_retries=[5, 30]",
        "scfm.provider.lost_events=0.0",
        "scfm.provider.refused=0.0",
    ];
    let settings = settings.iter().flat_map(|setting| ["--set", *setting]);
    let more: Vec<&str> = vendors.chain(settings).collect();
    // One of them begins at another moment.
    let (early, usual) = files.into_iter().partition(|file| file.ends_with("office-hours.toml"));
    for (freeze, files) in [("--freeze", usual), ("--freeze=2026-01-05T08:59:00Z", early)] {
        let files: Vec<PathBuf> = files;
        let world = ["--hub", "0", "--seed", "0", freeze];
        let running = Started::with(&[&world[..], &more].concat());
        let output = run_at(&running.url("hub"), &["--reset"], &files);
        assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
        assert_eq!(text(&output.stdout).matches("passed: ").count(), files.len());
    }
}

#[test]
fn what_a_running_ringback_lacks_for_a_scenario_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.toml");
    let scenario = r#"vendors = ["mango"]

[[rules]]
to = "7916*"
outcome = "busy"

[[step]]
call = { from = "101", to = "79161234567" }

[[step]]
advance = "idle"

[[step]]
expect = { kind = "call", cause = "NO_ANSWER" }
"#;
    std::fs::write(&file, scenario).unwrap();
    let files = [file.clone()];
    let quiet = ["--hub", "0", "--vendor", "voip24h=0"];
    let running = Started::with(&[&quiet[..], &["--freeze"]].concat());
    let output = run_at(&running.url("hub"), &[], &files);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("no mango runs here; start it with --vendor mango as well"), "{said}");

    let two = [&quiet[..], &["--vendor", "mango=0"]].concat();
    let running = Started::with(&two);
    let output = run_at(&running.url("hub"), &[], &files);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("start it with --freeze"), "{said}");

    // The file's own rule is there, and the line that fails is named.
    let running = Started::with(&[&two[..], &["--freeze"]].concat());
    let output = run_at(&running.url("hub"), &[], &files);
    assert_eq!(output.status.code(), Some(1));
    let wanted = format!("FAILED: {}:14: ", file.display());
    let said = text(&output.stdout);
    assert!(
        said.starts_with(&wanted) && said.contains("\"USER_BUSY\", not \"NO_ANSWER\""),
        "{said}"
    );
    let nobody = run_at("http://127.0.0.1:9", &[], &files);
    assert_eq!(nobody.status.code(), Some(2));
    assert!(text(&nobody.stderr).contains("http://127.0.0.1:9"), "{}", text(&nobody.stderr));
}

#[test]
fn a_scenario_with_steps_is_a_world_to_begin_with_as_well() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scenarios");
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringback"));
    let file = folder.join("ivr-keys.toml");
    let output = command.args(["config", "check", "--scenario"]).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
}
