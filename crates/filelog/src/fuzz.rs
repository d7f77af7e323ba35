//! Fuzz targets: what is read back from a disk, or from a file that others sent. What is not as it was
//! written is an error that says where.

use std::path::Path;
use std::sync::Arc;

use futures_util::FutureExt as _;
use ringback_engine::{
    Command, Duration, Engine, Identity, LogOptions, Machine, OffsetDateTime, Start, logged,
    ordered::EntryId,
};
use serde::{Deserialize, Serialize};

use crate::{
    Exported, Header, Replayed,
    header::Expected,
    jsonl,
    record::{seal, unseal},
};

/// The form of a record in the database.
#[test]
fn records() {
    ringback_fuzz::target!(|input| {
        assert!(unseal(7, input).is_err() || input.len() >= 36);
        // A checksum that fits, so that more than the sum is looked at.
        let mut sealed = [&[0; 4], input].concat();
        let sum = crc32c::crc32c(&sealed[4..]).to_le_bytes();
        sealed[..4].copy_from_slice(&sum);
        match unseal(7, &sealed) {
            Ok(record) => {
                let mut again = Vec::new();
                seal(&mut again, 7, record.stamp, record.id, &record.bytes);
                assert_eq!(again, sealed);
            }
            Err(why) => assert!(why.starts_with("record "), "{why}"),
        }
        let (mut again, id) = (Vec::new(), EntryId { origin: 1, serial: 2 });
        seal(&mut again, 7, -3, id, input);
        assert!(unseal(7, &again).is_ok_and(|record| record.bytes == input));
    });
}

/// The header of a log.
#[test]
fn headers() {
    ringback_fuzz::target!(|input| {
        let folder = Path::new("log");
        let sealed = [crc32c::crc32c(input).to_le_bytes().as_slice(), input].concat();
        for given in [input, &sealed] {
            match Header::read(folder, given) {
                Ok(header) => {
                    assert_eq!(Header::read(folder, &header.seal()).unwrap(), header);
                    let other = Expected {
                        vendor: String::new(),
                        instance: String::new(),
                        release: String::new(),
                        logic: 0,
                        settings: String::new(),
                    };
                    let _ = header.check(folder, &other);
                }
                Err(error) => assert!(error.to_string().contains("log"), "{error}"),
            }
        }
    });
}

/// The lines of an exported log: what is written of what was read gives the same, and what cannot be read
/// names a line that there is.
#[test]
fn exports() {
    ringback_fuzz::target!(|input| {
        match Exported::read(input) {
            Ok(exported) => {
                let mut written = Vec::new();
                let count = exported.records.len() as u64;
                jsonl::begin(&mut written, &exported.header, exported.snapshot.as_ref(), count)
                    .unwrap();
                for record in &exported.records {
                    jsonl::write_record(&mut written, record).unwrap();
                }
                assert_eq!(Exported::read(written.as_slice()).unwrap(), exported);
            }
            Err(error) => {
                let lines = input.split(|byte| *byte == b'\n').count() as u64;
                assert!(error.line <= lines, "line {} of {lines}", error.line);
                assert!(error.to_string().starts_with(&format!("line {}: ", error.line)));
            }
        }
    });
}

/// A counter, and when it counts by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Counter {
    count: u64,
    due: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Count {
    after: Duration,
}

logged! {
    /// Every command.
    enum Logged of Counter {
        /// As [`Count`].
        Count(Count),
    }
}

impl Machine for Counter {
    type Logged = Logged;
    type Event = ();

    fn advance(&mut self, to: OffsetDateTime) {
        if self.next_due().is_some_and(|due| due <= to) {
            (self.count, self.due) = (self.count.wrapping_add(1), None);
        }
    }

    fn next_due(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp(self.due?).ok()
    }

    fn drain_events(&mut self, _: &mut Vec<()>) {}
}

impl Command<Counter> for Count {
    type Outcome = u64;

    fn execute(self, counter: &mut Counter, now: OffsetDateTime) -> u64 {
        counter.due = Some(now.saturating_add(self.after).unix_timestamp());
        counter.count
    }
}

/// An exported log that is executed: `ringback replay`.
#[test]
fn replays() {
    ringback_fuzz::target!(|input| {
        let Ok(exported) = Exported::read(input) else { return };
        let identity = Identity {
            instance: exported.header.instance.clone(),
            logic: exported.header.logic,
            settings: exported.header.settings.clone(),
        };
        let log = Arc::new(Replayed::from(exported));
        let fresh = |_| Counter { count: 0, due: None };
        let start = Start::Frozen(OffsetDateTime::UNIX_EPOCH);
        let opened = Engine::open(start, fresh, log, LogOptions::new(identity, 7));
        // Everything is in memory, so that there is nothing to wait for.
        let opened = opened.now_or_never().expect("an end");
        if let Ok((engine, _follower)) = opened {
            engine.read_at(|counter, now| (counter.count, now));
        }
    });
}
