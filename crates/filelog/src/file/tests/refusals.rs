//! Logs that are not this process's: each refusal is one line that says what to do.

use std::fs;

use super::*;
use crate::Archive;

fn refusal(folder: &Path, expected: &Expected) -> String {
    let refused = FileLog::open(folder, expected, Opening::default()).unwrap_err().to_string();
    assert!(!refused.contains('\n') && refused.contains("; "), "{refused}");
    refused.replace(&folder.display().to_string(), "DIR")
}

fn with_records(records: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path());
    if records > 0 {
        fill(&log, 1..=records);
    }
    folder
}

/// Changes the header of a log.
fn edit(folder: &Path, change: impl FnOnce(&mut serde_json::Value)) {
    let file = fs::File::options().read(true).write(true).open(folder.join(FILE)).unwrap();
    let store = Store::open(redb::backends::FileBackend::new(file).unwrap(), 1 << 20).unwrap();
    let mut header = serde_json::from_slice(&store.recover().unwrap().header[4..]).unwrap();
    change(&mut header);
    let json = header.to_string().into_bytes();
    store.begin(&[crc32c::crc32c(&json).to_le_bytes().as_slice(), &json].concat()).unwrap();
}

#[test]
fn one_process_at_a_time() {
    let folder = with_records(3);
    let log = open(folder.path());
    let in_use = "DIR: in use by another process; stop that one, or give another folder";
    assert_eq!(refusal(folder.path(), &expected()), in_use);
    assert!(matches!(Archive::open(folder.path()), Err(OpenError::InUse { .. })));
    check(&log, 0, 3);
    drop(log);

    let (archive, second) = (Archive::open(folder.path()), Archive::open(folder.path()));
    assert!(archive.is_ok() && second.is_ok(), "those that read do so together");
    assert_eq!(refusal(folder.path(), &expected()), in_use);
    drop((archive, second));
    check(&open(folder.path()), 0, 3);
}

#[test]
fn the_log_of_something_else() {
    let folder = with_records(3);
    let other = Expected { vendor: "scfm".into(), ..expected() };
    let says = "DIR: has the vendor \"kitchen\" and not \"scfm\"; give another folder";
    assert_eq!(refusal(folder.path(), &other), says);
    let other = Expected { instance: "second".into(), ..expected() };
    let says = "DIR: has the instance \"main\" and not \"second\"; give another folder";
    assert_eq!(refusal(folder.path(), &other), says);
    let other = Expected { settings: "fixed".into(), ..expected() };
    let says = "DIR: has the settings \"open\" and not \"fixed\"; give another folder";
    assert_eq!(refusal(folder.path(), &other), says);
    check(&open(folder.path()), 0, 3);
}

#[test]
fn a_newer_log() {
    let folder = with_records(3);
    edit(folder.path(), |header| {
        header["form"] = 2.into();
        header["release"] = "0.9.0".into();
    });
    let says = "DIR/log.redb: written by release 0.9.0, whose form this one does not know; start \
                release 0.9.0 or a later one";
    assert_eq!(refusal(folder.path(), &expected()), says);
    edit(folder.path(), |header| header["form"] = 1.into());
    edit(folder.path(), |header| header["logic"] = 2.into());
    let says = "DIR: written by release 0.9.0, whose rules this one does not know; start release \
                0.9.0 or a later one";
    assert_eq!(refusal(folder.path(), &expected()), says);
}

#[test]
fn rules_that_have_changed() {
    let folder = with_records(3);
    let newer = Expected { logic: 2, release: "0.2.0".into(), ..expected() };
    let says = "DIR: has commands of release 0.1.0, and the rules have changed since; start release \
                0.1.0 once and stop it, or accept the new rules for them";
    assert_eq!(refusal(folder.path(), &newer), says);
    let log = open(folder.path());
    wait(log.save(2, "older".into())).unwrap();
    wait(log.save(3, "at the end".into())).unwrap();
    drop(log);

    let log = FileLog::open(folder.path(), &newer, Opening::default()).unwrap();
    assert_eq!(wait(log.newest()).unwrap().unwrap().position, 3, "nothing is left to execute");
    assert_eq!(log.snapshots(), [3], "what follows the older one was executed by other rules");
    fill(&log, 4..=5);
    drop(log);
    let log = FileLog::open(folder.path(), &newer, Opening::default()).unwrap();
    assert_eq!((log.header().logic, log.header().since), (2, 3));
    check(&log, 3, 5);
    drop(log);
    let says = "DIR: written by release 0.2.0, whose rules this one does not know; start release \
                0.2.0 or a later one";
    assert_eq!(refusal(folder.path(), &expected()), says);

    let newest = Expected { logic: 3, release: "0.3.0".into(), ..expected() };
    assert!(refusal(folder.path(), &newest).contains("has commands of release 0.2.0"));
    let accept = Opening { accept_new_rules: true, ..Opening::default() };
    let log = FileLog::open(folder.path(), &newest, accept).unwrap();
    assert_eq!((log.header().logic, log.header().since), (3, 3));
    drop(log);
    fs::write(folder.path().join(format!("snapshot-{:020}", 3)), "spoiled").unwrap();
    assert!(refusal(folder.path(), &newest).contains("no snapshot before them can be read"));
}

#[test]
fn a_release_with_the_same_rules_goes_on() {
    let folder = with_records(3);
    let next = Expected { release: "0.1.1".into(), ..expected() };
    drop(FileLog::open(folder.path(), &next, Opening::default()).unwrap());
    assert_eq!(Archive::open(folder.path()).unwrap().header().release, "0.1.1");
    check(&open(folder.path()), 0, 3);
}

#[test]
fn files_that_are_no_logs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    fs::write(&path, "Dear diary, today I learned how logs are made.\n".repeat(200)).unwrap();
    assert!(refusal(folder.path(), &expected()).starts_with("DIR/log.redb: not a command log ("));
    fs::write(&path, "").unwrap();
    let says = refusal(folder.path(), &expected());
    assert!(says.starts_with("DIR/log.redb: damaged: "), "{says}");
    fs::remove_file(&path).unwrap();
    fs::write(folder.path().join("snapshot-00000000000000000042"), "").unwrap();
    let says = "DIR: damaged: there are snapshots, and no log.redb; restore the folder from a backup, \
                or move it away to begin anew";
    assert_eq!(refusal(folder.path(), &expected()), says);
    let says = refusal(&folder.path().join("snapshot-00000000000000000042/main"), &expected());
    assert!(says.ends_with("; give a folder that can be read and written"), "{says}");
}

#[test]
fn a_log_is_made_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("log.part"), "half a database").unwrap();
    let log = open(&folder.path().join("below/main"));
    drop(log);
    check(&open(folder.path()), 0, 0);
    assert!(matches!(Archive::open("/nowhere"), Err(OpenError::Absent { .. })));
}

#[test]
fn looking_at_a_log_leaves_it_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path());
    fill(&log, 1..=3_000);
    // As the end of a process leaves it: to be repaired.
    let left = tempfile::tempdir().unwrap();
    fs::copy(folder.path().join(FILE), left.path().join(FILE)).unwrap();
    let before = fs::read(left.path().join(FILE)).unwrap();
    let mut archive = Archive::open(left.path()).unwrap();
    assert_eq!((archive.records(), archive.newest()), (Some(1..=3_000), None));
    let all: Vec<Record> = archive.after(0).collect::<Result<_, _>>().unwrap();
    assert_eq!(all, records(&log, 0).unwrap());
    assert_eq!(archive.after(2_999).count(), 1);
    drop(archive);
    assert!(before == fs::read(left.path().join(FILE)).unwrap());
    check(&open(left.path()), 0, 3_000);
}
