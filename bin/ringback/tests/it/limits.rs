#![cfg(target_os = "linux")]

use std::process::Command;

use crate::started::Started;

/// attack report, B5: each connection and each webhook under way needs a descriptor.
#[test]
fn the_soft_limit_of_open_files_is_raised_at_start() {
    let mut shell = Command::new("sh");
    let binary = env!("CARGO_BIN_EXE_ringback");
    shell.args(["-c", "ulimit -S -n 200 && exec \"$0\" \"$@\"", binary]);
    shell.args(["--log-format", "json", "--vendor", "voip24h=0", "--no-hub"]);
    let ringback = Started::of(shell);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", ringback.id())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let mut numbers = line.split_whitespace().filter_map(|word| word.parse::<u64>().ok());
    let (soft, hard) = (numbers.next().unwrap(), numbers.next().unwrap());
    assert_eq!(soft, hard.min(65_536), "{line}");
}
