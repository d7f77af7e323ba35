use std::path::Path;

use ringback_engine::ordered::Log as _;

use super::*;
use crate::{Expected, FileLog, Opening};

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Returns a log with entries as engines write them, and others.
fn log(folder: &Path, entries: u64) -> FileLog {
    let text = |text: &str| text.to_owned();
    let expected = Expected {
        vendor: text("kitchen"),
        instance: text("main"),
        release: text("0.1.0"),
        logic: 1,
        settings: text("open"),
    };
    let log = FileLog::open(folder, &expected, Opening::default()).unwrap();
    let tip = wait(log.tip()).unwrap();
    for serial in tip + 1..=tip + entries {
        let bytes: Bytes = match serial % 4 {
            0 => Bytes::from_static(b""),
            1 => format!("\u{1}{{\"a\":1.50,\"b\":[{serial},\"\\u00e4 ä\"]}}").into(),
            2 => Bytes::from_static(b"\x01{\"a\":\n2}"),
            _ => Bytes::from_static(b"\xff\x00not json"),
        };
        wait(log.submit(EntryId { origin: u64::MAX - 1, serial }, bytes)).unwrap();
    }
    log
}

fn exported(folder: &Path) -> String {
    let mut lines = Vec::new();
    Archive::open(folder).unwrap().export(&mut lines).unwrap();
    String::from_utf8(lines).unwrap()
}

fn all(folder: &Path, after: Position) -> Vec<Record> {
    Archive::open(folder).unwrap().after(after).map(Result::unwrap).collect()
}

#[test]
fn an_exported_log_is_read_back_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path(), 9).close();
    let lines = exported(folder.path());
    assert_eq!(lines.lines().count(), 10);
    let second = lines.lines().nth(1).unwrap();
    let ends = "\"origin\":\"fffffffffffffffe\",\"serial\":1,\
                \"entry\":{\"form\":1,\"json\":{\"a\":1.50,\"b\":[1,\"\\u00e4 ä\"]}}}";
    assert!(second.ends_with(ends), "{second}");
    let read = Exported::read(lines.as_bytes()).unwrap();
    assert_eq!(read.header, *Archive::open(folder.path()).unwrap().header());
    assert_eq!(read.records, all(folder.path(), 0));
    assert_eq!(read.snapshot, None);
}

#[test]
fn one_that_was_cut_begins_with_its_older_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(folder.path(), 30);
    for position in [10, 20] {
        wait(log.save(position, format!("\u{1}[{position}]").into())).unwrap();
    }
    wait(log.compact(20)).unwrap();
    log.close();
    let lines = exported(folder.path());
    let second = lines.lines().nth(1).unwrap();
    assert_eq!(second, "{\"snapshot\":10,\"state\":{\"form\":1,\"json\":[10]}}");
    let read = Exported::read(lines.as_bytes()).unwrap();
    assert_eq!(read.snapshot, Some(Saved { position: 10, bytes: "\u{1}[10]".into() }));
    assert_eq!(read.records, all(folder.path(), 10));
    assert_eq!(read.records.len(), 20);
}

#[test]
fn what_is_missing_or_wrong_is_named_by_its_line() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path(), 5).close();
    let lines = exported(folder.path());
    let lines: Vec<&str> = lines.lines().collect();
    let refused =
        |lines: &[&str]| Exported::read(lines.join("\n").as_bytes()).unwrap_err().to_string();
    assert_eq!(refused(&[]), "line 0: there is nothing");
    let says = "line 1: not an exported log: ringback log export makes one";
    assert_eq!(refused(&["Dear diary"]), says);
    assert_eq!(refused(&lines[1..]), says);
    assert_eq!(refused(&lines[..4]), "line 4: it ends after 3 records, and there were 5");
    let gap = [lines[0], lines[1], lines[3]];
    assert_eq!(refused(&gap), "line 3: record 3 comes after 1");
    let newer = lines[0].replace("\"ringback_log\":1", "\"ringback_log\":2");
    let says = "line 1: the form of the lines is 2, and this release knows 1";
    assert_eq!(refused(&[&newer]), says);
    let broken = lines[1].replace("\"form\":1,", "");
    let says = "line 2: there has to be form and json, or hex alone";
    assert_eq!(refused(&[lines[0], &broken]), says);
    assert!(refused(&[lines[0], "{\"position\":1}"]).starts_with("line 2: missing field"));
    // Signs are no digits.
    let signed = lines[1].replace("fffffffffffffffe", "+ffffffffffffffe");
    let says = "line 2: origin \"+ffffffffffffffe\" is no hexadecimal number";
    assert_eq!(refused(&[lines[0], &signed]), says);
    for hex in ["+f", "f", "0g"] {
        let entry = format!(
            "\"position\":1,\"stamp\":9,\"origin\":\"1\",\"serial\":1,\"entry\":{{\"hex\":\"{hex}\"}}"
        );
        let says = "line 2: hex: there have to be pairs of digits";
        assert_eq!(refused(&[lines[0], &format!("{{{entry}}}")]), says, "{hex}");
    }
}

#[test]
fn behind_the_last_position_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path(), 1).close();
    let lines = exported(folder.path());
    let lines: Vec<&str> = lines.lines().collect();
    let last = u64::MAX;
    let head = lines[0].replace("\"records\":1", "\"records\":0");
    let snapshot = format!("{{\"snapshot\":{last},\"state\":{{\"hex\":\"00\"}}}}");
    let record = lines[1].replace("\"position\":1", &format!("\"position\":{last}"));
    let whole = [head.as_str(), &snapshot].join("\n");
    let refused = Exported::read([&whole, record.as_str()].join("\n").as_bytes()).unwrap_err();
    assert_eq!(refused.to_string(), format!("line 3: record {last} comes after {last}"));
    let replayed = crate::Replayed::from(Exported::read(whole.as_bytes()).unwrap());
    let id = EntryId { origin: 1, serial: 1 };
    assert!(wait(replayed.submit(id, "x".into())).is_err());
}
