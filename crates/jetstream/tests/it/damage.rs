//! What nobody who follows the log may pass over.

use async_nats::jetstream;
use ringback_engine::ordered::{Log, LogError};

use crate::{STREAM, Stage, follow, id, stage};

impl Stage {
    /// Another client of the servers, which knows nothing of Ringback.
    pub(crate) async fn stranger(&self) -> jetstream::Context {
        let addresses = self.nodes.addresses();
        let addresses: Vec<_> = addresses.split(',').collect();
        jetstream::new(async_nats::connect(addresses).await.unwrap())
    }

    /// Returns the names of the objects, in order.
    pub(crate) async fn objects(&self) -> Vec<String> {
        use futures_util::TryStreamExt;
        let bucket = self.stranger().await.get_object_store("ringback_test").await.unwrap();
        let mut names: Vec<_> =
            bucket.list().await.unwrap().map_ok(|info| info.name).try_collect().await.unwrap();
        names.sort();
        names
    }

    /// Returns how many subjects the object store has, but for the parts of objects.
    pub(crate) async fn traces_of_objects(&self) -> usize {
        use futures_util::TryStreamExt;
        let stream = self.stranger().await.get_stream("OBJ_ringback_test").await.unwrap();
        let subjects = stream.info_with_subjects("$O.ringback_test.M.>").await.unwrap();
        subjects.try_collect::<Vec<_>>().await.unwrap().len()
    }

    pub(crate) async fn remove_object(&self, beginning: &str) {
        let names = self.objects().await;
        let name = names.iter().find(|name| name.starts_with(beginning)).unwrap();
        let bucket = self.stranger().await.get_object_store("ringback_test").await.unwrap();
        bucket.delete(name).await.unwrap();
    }
}

fn damage(error: LogError) -> String {
    let LogError::Damaged(reason) = error else { panic!("not damaged: {error}") };
    reason
}

#[tokio::test]
async fn a_foreign_message_stops_all_replicas_with_the_same_line() {
    let Some(stage) = stage(1) else { return };
    let logs = [stage.replica(), stage.replica()];
    let mut followers = [follow(&logs[0], 0), follow(&logs[1], 0)];
    logs[0].submit(id(1, 1), "a".into()).await.unwrap();
    let stranger = stage.stranger().await;
    stranger.publish("ringback.test.toy", "hello".into()).await.unwrap().await.unwrap();
    for follower in &mut followers {
        assert_eq!(damage(follower.end().await), "record 2 was not written by Ringback");
        assert_eq!(follower.seen.len(), 1);
    }
    // An id that has the form of none is no better.
    assert_eq!(damage(follow(&stage.replica(), 1).end().await).len(), 36);
}

#[tokio::test]
async fn a_stream_that_is_deleted_or_made_again_is_not_followed() {
    let Some(stage) = stage(1) else { return };
    let log = stage.replica();
    for serial in 1..=3 {
        log.submit(id(1, serial), "a".into()).await.unwrap();
    }
    let (mut early, mut late) = (follow(&log, 0), follow(&log, 3));
    early.until(3).await;
    let stranger = stage.stranger().await;
    stranger.delete_stream(STREAM).await.unwrap();
    assert_eq!(damage(early.end().await), "the stream was deleted");
    let again = stage.replica();
    assert!(damage(late.end().await).starts_with("the stream was deleted"));
    // The snapshots outlive it: a replica that begins from one sees that this is another log.
    let reason = damage(follow(&again, 3).end().await);
    assert_eq!(reason, "the stream ends at record 0, but there was a record 3");
}

#[tokio::test]
async fn a_large_record_whose_object_is_lost_is_never_skipped() {
    let Some(stage) = stage(1) else { return };
    let log = stage.replica();
    log.submit(id(1, 1), vec![7; 2_000_000].into()).await.unwrap();
    log.submit(id(1, 2), "after".into()).await.unwrap();
    stage.remove_object("toy/record/").await;
    let mut follower = follow(&log, 0);
    let reason = damage(follower.end().await);
    assert_eq!(reason, "the object toy/record/0000000000000001-1 of record 1 is missing or spoilt");
    assert!(follower.seen.is_empty());
}
