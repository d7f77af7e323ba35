//! The task that publishes an instance's records, in the order in which they were submitted.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::ErrorCode;
use async_nats::{HeaderMap, Message, StatusCode, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use ringback_engine::ordered::EntryId;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use crate::instance::{ID_HEADER, Instance, OBJECT_HEADER};
use crate::outbox::Due;
use crate::{clock, names, objects};

/// After how long a record that is not acknowledged is published again.
const RETRY: Duration = Duration::from_secs(1);

/// The same where nobody could be there to acknowledge it: no connection, or no leader.
const RETRY_SOON: Duration = Duration::from_millis(200);

/// What headers and the protocol take of the servers' limit of a message.
const ROOM: usize = 4096;

/// A record to publish.
pub(crate) struct Submission {
    pub(crate) id: EntryId,
    pub(crate) bytes: Bytes,
}

/// What is published of a record: its bytes, or the name of the object which holds them.
enum Form {
    Inline(Bytes),
    Object(String),
}

type Upload = BoxFuture<'static, (EntryId, Result<String, String>)>;

pub(crate) struct Publisher {
    instance: Arc<Instance>,
    submissions: mpsc::UnboundedReceiver<Submission>,
    acknowledgements: Subscriber,
    inbox: String,
    records: HashMap<EntryId, Form>,
    /// When to look at a record again. One that has come round since is no longer in `records`
    /// after that look.
    timers: BTreeSet<(Instant, EntryId)>,
    /// A large record on its way to the object store; those behind it wait, for the order's sake.
    upload: Option<Upload>,
}

/// How a server acknowledges.
#[derive(Deserialize)]
struct Acknowledgement {
    #[serde(default)]
    seq: u64,
    #[serde(default)]
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    err_code: u64,
    #[serde(default)]
    description: String,
}

impl Publisher {
    pub(crate) async fn new(
        instance: Arc<Instance>,
        submissions: mpsc::UnboundedReceiver<Submission>,
    ) -> Result<Self, String> {
        let client = &instance.link.client;
        let inbox = client.new_inbox();
        let acknowledgements =
            client.subscribe(format!("{inbox}.*")).await.map_err(|error| error.to_string())?;
        Ok(Self {
            submissions,
            acknowledgements,
            inbox,
            records: HashMap::new(),
            timers: BTreeSet::new(),
            upload: None,
            instance,
        })
    }

    /// Works until the log is dropped, and then until the last record is through.
    pub(crate) async fn run(mut self) {
        let mut open = true;
        while open || !self.timers.is_empty() || self.upload.is_some() {
            let next = self.timers.first().map_or_else(|| clock::now() + RETRY, |(at, _)| *at);
            tokio::select! {
                Some(message) = self.acknowledgements.next() => self.acknowledged(&message),
                (id, uploaded) = uploading(&mut self.upload), if self.upload.is_some() => {
                    self.upload = None;
                    self.uploaded(id, uploaded).await;
                }
                submission = self.submissions.recv(), if open && self.upload.is_none() => {
                    match submission {
                        Some(submission) => self.submitted(submission).await,
                        None => open = false,
                    }
                }
                () = sleep_until(next), if !self.timers.is_empty() => self.look(next).await,
            }
        }
    }

    async fn submitted(&mut self, Submission { id, bytes }: Submission) {
        let most = self.instance.link.client.max_payload().saturating_sub(ROOM);
        if bytes.len() <= most {
            self.records.insert(id, Form::Inline(bytes));
            self.publish(id).await;
            return;
        }
        let instance = Arc::clone(&self.instance);
        self.upload = Some(Box::pin(async move {
            let name = format!("{}{}", names::record_objects(&instance.name), names::id_text(id));
            let put = instance
                .patiently(|| objects::put(&instance.link, &name, bytes.clone()))
                .await
                .map_err(|error| error.to_string());
            (id, put.map(|()| name))
        }));
    }

    async fn uploaded(&mut self, id: EntryId, uploaded: Result<String, String>) {
        match uploaded {
            Ok(name) => {
                self.records.insert(id, Form::Object(name));
                self.publish(id).await;
            }
            Err(reason) => self.instance.outbox.refused(id, &reason),
        }
    }

    /// Looks at the records whose time has come.
    async fn look(&mut self, until: Instant) {
        while let Some((at, id)) = self.timers.first().copied() {
            if at > until {
                return;
            }
            self.timers.remove(&(at, id));
            self.publish(id).await;
        }
    }

    /// Publishes a record if that is still to be done, and sees to it that it is looked at again.
    async fn publish(&mut self, id: EntryId) {
        let now = clock::now();
        let deadline = match self.instance.outbox.due(id, now) {
            Due::Nothing => {
                self.records.remove(&id);
                return;
            }
            Due::Wait(deadline) => {
                self.records.remove(&id);
                self.timers.insert((deadline, id));
                return;
            }
            Due::Publish(deadline) => deadline,
        };
        let client = &self.instance.link.client;
        if client.connection_state() != State::Connected {
            // Not even handed to the client: so it is surely not committed yet.
            self.timers.insert((deadline.min(now + RETRY_SOON), id));
            return;
        }
        let Some(form) = self.records.get(&id) else { return };
        let name = names::id_text(id);
        let reply = format!("{}.{name}", self.inbox);
        let mut headers = HeaderMap::new();
        headers.insert(ID_HEADER, name);
        let bytes = match form {
            Form::Inline(bytes) => bytes.clone(),
            Form::Object(object) => {
                headers.insert(OBJECT_HEADER, object.as_str());
                Bytes::new()
            }
        };
        self.instance.outbox.published(id, now);
        let subject = self.instance.subject.clone();
        let sent = client.publish_with_reply_and_headers(subject, reply, headers, bytes);
        // What the client cannot take within a second is tried again like what got lost.
        timeout(RETRY, sent).await.ok();
        self.timers.insert((deadline.min(now + RETRY), id));
    }

    fn acknowledged(&mut self, message: &Message) {
        let id = message.subject.as_str().rsplit('.').next().and_then(names::id_of);
        let Some(id) = id else { return };
        if message.status == Some(StatusCode::NO_RESPONDERS) {
            // The stream has no leader: no use in waiting for its acknowledgement.
            self.timers.retain(|(_, other)| *other != id);
            self.timers.insert((clock::now() + RETRY_SOON, id));
            return;
        }
        let Ok(ack) = serde_json::from_slice::<Acknowledgement>(&message.payload) else { return };
        match ack.error {
            None => self.instance.outbox.acknowledged(id, ack.seq),
            Some(refusal) if is_final(&refusal) => {
                self.instance.outbox.refused(id, &refusal.description);
            }
            // An earlier attempt that is still in process, a leader that is stepping down: again.
            Some(_) => {}
        }
    }
}

/// Waits for the upload; never, if there is none.
async fn uploading(upload: &mut Option<Upload>) -> (EntryId, Result<String, String>) {
    match upload {
        Some(upload) => upload.await,
        None => std::future::pending().await,
    }
}

/// Returns whether trying again would have the same end.
fn is_final(refusal: &Refusal) -> bool {
    [
        ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM,
        ErrorCode::STREAM_SEALED,
        ErrorCode::STREAM_STORE_FAILED,
        ErrorCode::STORAGE_RESOURCES_EXCEEDED,
        ErrorCode::MEMORY_RESOURCES_EXCEEDED,
        ErrorCode::ACCOUNT_RESOURCES_EXCEEDED,
        ErrorCode::INSUFFICIENT_RESOURCES,
        ErrorCode::STREAM_MAX_STREAM_BYTES_EXCEEDED,
    ]
    .contains(&ErrorCode(refusal.err_code))
}
