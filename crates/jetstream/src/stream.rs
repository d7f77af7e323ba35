//! The streams on the servers: how they are made, and what they must be like.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{CreateStreamErrorKind, GetStreamErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};
use bytes::Bytes;
use futures_util::StreamExt as _;
use ringback_engine::ordered::{Position, Stamp};
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::{sleep, timeout};

use crate::{ClusterError, Options, clock, link::Link};

/// How many nodes keep each record, if nothing else is asked for and the cluster has so many.
const REPLICAS: usize = 3;

/// How long a cluster may take to make a stream.
const MAKING: Duration = Duration::from_secs(30);

/// How long a cluster that has too few nodes may still be waiting for one that is starting.
const NODES_COMING: Duration = Duration::from_secs(5);

/// The stream of an instance: one subject, nothing discarded, nothing deleted but by purging.
pub(crate) fn records(name: &str, subject: &str, options: &Options) -> Config {
    Config {
        name: name.into(),
        description: Some("Ringback's command log".into()),
        subjects: vec![subject.into()],
        duplicate_window: options.duplicate_window,
        // A single record that is missing would be a gap.
        deny_delete: true,
        ..kept()
    }
}

/// The bucket of the pointers to snapshots.
///
/// Made here and not by the client, which would let any node answer, also one that is behind.
pub(crate) fn pointers(bucket: &str) -> Config {
    Config {
        name: format!("KV_{bucket}"),
        description: Some("the newest snapshots of Ringback's instances".into()),
        subjects: vec![format!("$KV.{bucket}.>")],
        max_messages_per_subject: 1,
        allow_rollup: true,
        deny_delete: true,
        ..kept()
    }
}

/// The bucket of the objects.
pub(crate) fn objects(bucket: &str) -> Config {
    Config {
        name: format!("OBJ_{bucket}"),
        description: Some("snapshots and large records of Ringback's instances".into()),
        subjects: vec![format!("$O.{bucket}.C.>"), format!("$O.{bucket}.M.>")],
        allow_rollup: true,
        ..kept()
    }
}

fn kept() -> Config {
    Config {
        retention: RetentionPolicy::Limits,
        // Where somebody sets a limit, what is new is refused rather than what is old forgotten.
        discard: DiscardPolicy::New,
        storage: StorageType::File,
        allow_direct: false,
        max_messages: -1,
        max_bytes: -1,
        ..Config::default()
    }
}

/// Makes a stream unless it is there, and looks whether it will do.
pub(crate) async fn ensure(
    context: &Context,
    options: &Options,
    config: Config,
) -> Result<(), ClusterError> {
    let name = config.name.clone();
    let unusable = |reason: String| ClusterError::Stream { stream: name.clone(), reason };
    let give_up = clock::now() + MAKING;
    let mut nodes_may_come = clock::now() + NODES_COMING;
    let mut replicas = options.replicas.unwrap_or(REPLICAS);
    loop {
        let found = find(context, &name).await;
        let reason = match found {
            Ok(Some(found)) => return fits(&found, &config, replicas).map_err(unusable),
            Ok(None) => {
                let config = Config { num_replicas: replicas, ..config.clone() };
                match make(context, options, config).await {
                    Made::Yes => return Ok(()),
                    Made::WithFewer(fewer, _) if fewer == 1 || clock::now() >= nodes_may_come => {
                        replicas = fewer;
                        nodes_may_come = clock::now() + NODES_COMING;
                        continue;
                    }
                    Made::NotYet(reason) | Made::WithFewer(_, reason) => reason,
                    Made::Never(reason) => return Err(unusable(reason)),
                }
            }
            Err(reason) => reason,
        };
        if clock::now() >= give_up {
            return Err(unusable(reason));
        }
        sleep(Duration::from_millis(250)).await;
    }
}

async fn find(context: &Context, name: &str) -> Result<Option<Config>, String> {
    let error = match context.get_stream(name).await {
        Ok(stream) => return Ok(Some(stream.cached_info().config.clone())),
        Err(error) => error,
    };
    if let GetStreamErrorKind::JetStream(refusal) = error.kind()
        && refusal.error_code() == ErrorCode::STREAM_NOT_FOUND
    {
        return Ok(None);
    }
    Err(error.to_string())
}

/// What became of making a stream.
enum Made {
    Yes,
    /// There are not so many nodes.
    WithFewer(usize, String),
    NotYet(String),
    Never(String),
}

async fn make(context: &Context, options: &Options, config: Config) -> Made {
    let replicas = config.num_replicas;
    let Err(error) = context.create_stream(config).await else { return Made::Yes };
    let CreateStreamErrorKind::JetStream(refusal) = error.kind() else {
        return Made::NotYet(error.to_string());
    };
    // Who names three nodes wants three, and not fewer because one of them is away.
    let least = options.replicas.unwrap_or(options.servers.len().min(REPLICAS));
    match refusal.error_code() {
        ErrorCode::STREAM_REPLICAS_NOT_SUPPORTED if least <= 1 => {
            Made::WithFewer(1, refusal.to_string())
        }
        ErrorCode::STREAM_REPLICAS_NOT_SUPPORTED => {
            Made::Never(format!("{least} nodes have to keep it, but the server is in no cluster"))
        }
        ErrorCode::CLUSTER_NO_PEERS if replicas > least => {
            Made::WithFewer(replicas - 1, refusal.to_string())
        }
        ErrorCode::CLUSTER_NO_PEERS => {
            Made::NotYet(format!("{replicas} nodes have to keep it, and not so many are there"))
        }
        // A name that exists by now: another process was quicker.
        ErrorCode::STREAM_NAME_EXIST | ErrorCode::INSUFFICIENT_RESOURCES => {
            Made::NotYet(refusal.to_string())
        }
        _ if refusal.code() == 503 || refusal.code() == 500 => Made::NotYet(refusal.to_string()),
        _ => Made::Never(refusal.to_string()),
    }
}

/// Looks whether a stream that is already there keeps what is put into it.
fn fits(found: &Config, wanted: &Config, replicas: usize) -> Result<(), String> {
    if found.subjects != wanted.subjects {
        return Err(format!("it has the subjects {:?}", found.subjects));
    }
    let forgets = found.max_age != Duration::ZERO
        || found.retention != RetentionPolicy::Limits
        || found.discard != DiscardPolicy::New;
    if forgets {
        return Err("it forgets records by age, by size or when they are read".into());
    }
    if found.num_replicas < replicas {
        log::warn!("{} is kept by {} nodes, not by {replicas}", found.name, found.num_replicas);
    }
    Ok(())
}

/// How long the leader may take to answer after a server that is cut off has.
const OTHERS: Duration = Duration::from_millis(500);

/// What a stream holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Tells a stream from a later one of the same name.
    pub(crate) created: String,
    /// The first record that is kept, or the next one if there is none.
    pub(crate) first: Position,
    /// When it was taken.
    pub(crate) first_at: Option<Stamp>,
    /// The last record.
    pub(crate) last: Position,
    /// The server's time.
    pub(crate) now: Stamp,
}

/// A stream does not say what it holds.
#[derive(Debug)]
pub(crate) enum NoExtent {
    /// There is no such stream.
    Missing,
    /// Nobody answers.
    Silent(String),
}

#[derive(Deserialize)]
pub(crate) struct Info {
    #[serde(default)]
    error: Option<Refusal>,
    #[serde(default)]
    created: String,
    #[serde(default)]
    state: State,
    #[serde(default)]
    cluster: Cluster,
    #[serde(default)]
    ts: String,
}

/// The servers that keep a stream, as the one that answers sees them.
#[derive(Default, Deserialize)]
struct Cluster {
    #[serde(default)]
    leader: Option<String>,
    /// Those beside the leader; all of them where none leads.
    #[serde(default)]
    replicas: Vec<Peer>,
}

#[derive(Deserialize)]
struct Peer {
    #[serde(default)]
    offline: bool,
    /// How many nanoseconds ago the leader has heard of it; 0 where it has not yet.
    #[serde(default)]
    active: u64,
}

/// How long a server is silent that is gone, in nanoseconds. A leader hears of each once a second.
const GONE: u64 = 8_000_000_000;

impl Cluster {
    /// Returns why what the server says may be old: a stream that nobody leads, or whose leader is cut off
    /// from the others, is told of by a server that is left for as long as that lasts.
    fn is_cut_off(&self) -> Option<&'static str> {
        let peers = self.replicas.len();
        if peers == 0 {
            return None;
        }
        if self.leader.as_deref().unwrap_or_default().is_empty() {
            return Some("nobody leads the stream");
        }
        let is_gone = |peer: &&Peer| peer.offline || peer.active > GONE;
        let there = peers + 1 - self.replicas.iter().filter(is_gone).count();
        (there * 2 <= peers + 1).then_some("the leader of the stream is cut off from the others")
    }
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    err_code: u64,
    #[serde(default)]
    description: String,
}

#[derive(Default, Deserialize)]
struct State {
    messages: u64,
    first_seq: u64,
    first_ts: String,
    last_seq: u64,
}

/// Asks the leader of a stream what it holds.
pub(crate) async fn extent(link: &Link, name: &str) -> Result<Extent, NoExtent> {
    let info: Info = link
        .context
        .request(format!("STREAM.INFO.{name}"), &())
        .await
        .map_err(|error| NoExtent::Silent(error.to_string()))?;
    match info.cluster.is_cut_off() {
        // The nearest server answers first, and not always the leader.
        Some(why) => others(link, name).await.ok_or_else(|| NoExtent::Silent(why.to_owned())),
        None => info.extent(),
    }
}

/// Asks all servers what a stream holds, and returns what one says that is not cut off, if any does soon.
async fn others(link: &Link, name: &str) -> Option<Extent> {
    let inbox = link.client.new_inbox();
    let mut answers = link.client.subscribe(inbox.clone()).await.ok()?;
    let subject = format!("$JS.API.STREAM.INFO.{name}");
    link.client.publish_with_reply(subject, inbox, Bytes::new()).await.ok()?;
    let believed = async {
        while let Some(answer) = answers.next().await {
            let info = serde_json::from_slice::<Info>(&answer.payload).ok();
            let info = info.filter(|info| info.cluster.is_cut_off().is_none());
            if let Some(extent) = info.and_then(|info| info.extent().ok()) {
                return Some(extent);
            }
        }
        None
    };
    timeout(OTHERS, believed).await.ok().flatten()
}

impl Info {
    /// Returns what the stream holds.
    pub(crate) fn extent(self) -> Result<Extent, NoExtent> {
        if let Some(error) = self.error {
            return Err(if ErrorCode(error.err_code) == ErrorCode::STREAM_NOT_FOUND {
                NoExtent::Missing
            } else {
                NoExtent::Silent(error.description)
            });
        }
        let now = stamp(&self.ts)
            .ok_or_else(|| NoExtent::Silent("the server does not say what time it is".into()))?;
        let State { messages, first_seq, first_ts, last_seq } = self.state;
        Ok(Extent {
            created: self.created,
            first: first_seq.max(1),
            first_at: if messages > 0 { stamp(&first_ts) } else { None },
            last: last_seq,
            now,
        })
    }
}

pub(crate) fn stamp(text: &str) -> Option<Stamp> {
    stamp_of(OffsetDateTime::parse(text, &Rfc3339).ok()?)
}

/// Returns a moment as a log's stamp.
pub(crate) fn stamp_of(at: OffsetDateTime) -> Option<Stamp> {
    Stamp::try_from(at.unix_timestamp_nanos() / 1_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_that_is_cut_off_is_not_believed() {
        let says = |cluster: &str| {
            let state =
                r#"{"messages":3,"first_seq":1,"first_ts":"2026-01-05T09:00:00Z","last_seq":3}"#;
            let text =
                format!(r#"{{"state":{state},"ts":"2026-01-05T09:00:01Z","cluster":{cluster}}}"#);
            let info = serde_json::from_str::<Info>(&text).expect("an answer");
            match info.cluster.is_cut_off() {
                Some(why) => why.to_owned(),
                None => info.extent().expect("a stream").last.to_string(),
            }
        };
        let peers = |peers: &str| format!(r#"{{"leader":"n0","replicas":[{peers}]}}"#);
        let (here, gone) = (r#"{"current":true,"active":1000}"#, r#"{"active":9000000000}"#);
        let offline = r#"{"current":false,"offline":true,"active":2000}"#;
        assert_eq!(says(r#"{"leader":"n0"}"#), "3", "one server keeps it");
        assert_eq!(says(&peers(&format!("{here},{here}"))), "3");
        assert_eq!(says(&peers(&format!("{here},{gone}"))), "3");
        assert_eq!(says(&peers(r#"{"active":0},{"active":0}"#)), "3", "it has just begun to lead");
        for cut_off in [format!("{gone},{gone}"), format!("{gone},{offline}"), offline.to_owned()] {
            let why = "the leader of the stream is cut off from the others";
            assert_eq!(says(&peers(&cut_off)), why);
        }
        assert_eq!(
            says(&format!(r#"{{"replicas":[{here},{here},{here}]}}"#)),
            "nobody leads the stream"
        );
    }

    #[test]
    fn a_stream_that_forgets_is_refused() {
        let options = Options::new("nats://a", "x").expect("read");
        let wanted = records("ringback_x_y", "ringback.x.y", &options);
        assert_eq!(fits(&wanted, &wanted, 1), Ok(()));
        let other = Config { subjects: vec!["foreign".into()], ..wanted.clone() };
        assert!(fits(&other, &wanted, 1).is_err());
        for found in [
            Config { max_age: Duration::from_secs(60), ..wanted.clone() },
            Config { discard: DiscardPolicy::Old, ..wanted.clone() },
            Config { retention: RetentionPolicy::WorkQueue, ..wanted.clone() },
        ] {
            assert!(fits(&found, &wanted, 1).is_err(), "{found:?}");
        }
    }

    #[test]
    fn moments_are_whole_microseconds() {
        assert_eq!(stamp("1970-01-01T00:00:01.000001999Z"), Some(1_000_001));
        assert_eq!(stamp("2026-11-26T10:00:00+02:00"), Some(1_795_680_000_000_000));
        assert_eq!(stamp("0001-01-01T00:00:00Z"), Some(-62_135_596_800_000_000));
        assert_eq!(stamp("yesterday"), None);
    }
}
