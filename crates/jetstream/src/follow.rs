//! The task that hands on the records of an instance, in order and without a gap.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::push::{Ordered, OrderedConfig};
use futures_util::{FutureExt, StreamExt};
use ringback_engine::ordered::{LogError, Position, Record};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use crate::instance::{ID_HEADER, Instance, OBJECT_HEADER};
use crate::objects::{self, NoObject};
use crate::stream::{self, NoExtent};
use crate::{clock, names};

/// What is handed on at a time.
pub(crate) type Batch = Result<Vec<Record>, LogError>;

/// How much is handed on at once, at most.
const MOST_RECORDS: usize = 256;
const MOST_BYTES: usize = 1 << 20;

/// After how much silence the stream is asked whether there is more. A consumer may live on a node
/// that hangs, which nobody notices otherwise before that node wakes.
const STALL: Duration = Duration::from_secs(1);

/// How long records which must be there may take to arrive once the stream has said that they are.
const LATE: Duration = Duration::from_millis(100);

/// How long a stream may look as if it had been deleted, or had lost records, before that is
/// believed: nodes that have just started do not know everything yet.
const DOUBT: Duration = Duration::from_secs(5);

/// How long the object of a record may be missing before that is believed.
const OBJECT_LATE: Duration = Duration::from_secs(10);

const PAUSE: Duration = Duration::from_millis(250);

/// Why there is nothing more to hand on.
enum End {
    /// Nobody listens.
    Closed,
    Failed(LogError),
}

impl From<LogError> for End {
    fn from(error: LogError) -> Self {
        Self::Failed(error)
    }
}

struct Follower {
    instance: Arc<Instance>,
    batches: mpsc::Sender<Batch>,
    last: Position,
    /// Since when the stream has not been what it should be.
    doubt: Option<Instant>,
    /// How often in a row the record after `last` was not the next to come.
    holes: u32,
}

/// Hands on what comes after a position, for as long as somebody listens.
pub(crate) async fn follow(instance: Arc<Instance>, after: Position, batches: mpsc::Sender<Batch>) {
    let attendance = instance.outbox.attend();
    let mut follower = Follower { instance, batches, last: after, doubt: None, holes: 0 };
    let end = follower.run().await;
    drop(attendance);
    if let End::Failed(error) = end {
        log::error!("{}: {error}", follower.instance.stream);
        follower.batches.send(Err(error)).await.ok();
    }
}

impl Follower {
    async fn run(&mut self) -> End {
        loop {
            let result = match self.open().await {
                Ok(Some(messages)) => self.hand_on(messages).await,
                Ok(None) => {
                    tokio::select! {
                        () = self.batches.closed() => Err(End::Closed),
                        () = sleep(PAUSE) => Ok(()),
                    }
                }
                Err(end) => Err(end),
            };
            if let Err(end) = result {
                return end;
            }
        }
    }

    /// Looks whether the wanted records are there, and asks for them. None if it has to be tried
    /// again.
    async fn open(&mut self) -> Result<Option<Ordered>, End> {
        let extent = match self.instance.extent().await {
            Ok(extent) => extent,
            Err(NoExtent::Missing) => return self.doubted("the stream was deleted".into()),
            Err(NoExtent::Silent(_)) => return Ok(None),
        };
        if extent.created != self.instance.created {
            return self.doubted("the stream was deleted and made again".into());
        }
        if extent.last < self.last {
            return self.doubted(format!(
                "the stream ends at record {}, but there was a record {}",
                extent.last, self.last
            ));
        }
        self.doubt = None;
        let wanted = self.last + 1;
        if extent.first > wanted {
            return Err(LogError::Gap(self.last).into());
        }
        if self.holes > 2 {
            return Err(LogError::Damaged(format!("record {wanted} is missing")).into());
        }
        let link = &self.instance.link;
        let config = OrderedConfig {
            deliver_subject: link.client.new_inbox(),
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: wanted },
            ..OrderedConfig::default()
        };
        let Ok(consumer) =
            link.context.create_consumer_on_stream(config, &self.instance.stream).await
        else {
            return Ok(None);
        };
        Ok(consumer.messages().await.ok())
    }

    fn doubted(&mut self, reason: String) -> Result<Option<Ordered>, End> {
        let now = clock::now();
        let since = *self.doubt.get_or_insert(now);
        if now.saturating_duration_since(since) < DOUBT {
            return Ok(None);
        }
        Err(LogError::Damaged(reason).into())
    }

    /// Hands on what a consumer delivers, until there is reason to take another one.
    async fn hand_on(&mut self, mut messages: Ordered) -> Result<(), End> {
        let mut patience = STALL;
        loop {
            let next = tokio::select! {
                () = self.batches.closed() => return Err(End::Closed),
                next = timeout(patience, messages.next()) => next,
            };
            match next {
                Ok(Some(Ok(message))) => {
                    patience = STALL;
                    if !self.batch(message, &mut messages).await? {
                        return Ok(());
                    }
                }
                Ok(Some(Err(_)) | None) => return Ok(()),
                Err(_) if patience == LATE => return Ok(()),
                Err(_) => match self.instance.extent().await {
                    Ok(extent)
                        if extent.last == self.last && extent.created == self.instance.created => {}
                    Ok(_) => patience = LATE,
                    Err(NoExtent::Missing) => return Ok(()),
                    Err(NoExtent::Silent(_)) => {}
                },
            }
        }
    }

    /// Hands on a record with those that are there already. False if there is reason to take
    /// another consumer.
    async fn batch(&mut self, first: Message, messages: &mut Ordered) -> Result<bool, End> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        let mut message = first;
        let goes_on = loop {
            let Some(info) = message.info().ok() else { break false };
            let (position, stamp) = (info.stream_sequence, stream::stamp_of(info.published));
            if position > self.last + 1 {
                self.holes += 1;
                break false;
            }
            // What was handed on already: the client begins at the first record when its
            // connection was lost before it had any.
            if position == self.last + 1 {
                let (Some(id), Some(stamp)) = (id_of(&message), stamp) else {
                    self.send(batch).await?;
                    return Err(LogError::Damaged(format!(
                        "record {position} was not written by Ringback"
                    ))
                    .into());
                };
                let object = header(&message, OBJECT_HEADER).map(str::to_owned);
                let payload = match object {
                    None => message.message.payload,
                    Some(object) => {
                        self.send(std::mem::take(&mut batch)).await?;
                        let payload = self.object(position, &object).await?;
                        self.instance.objects.lock().insert(position, object);
                        payload
                    }
                };
                bytes += payload.len();
                batch.push(Record { position, stamp, id, bytes: payload });
                self.last = position;
                self.holes = 0;
                if let Some(sent) = self.instance.outbox.came_round(id, position) {
                    self.instance.clock.learn(stamp, sent, clock::now());
                }
            }
            if batch.len() >= MOST_RECORDS || bytes >= MOST_BYTES {
                break true;
            }
            match messages.next().now_or_never() {
                None => break true,
                Some(Some(Ok(next))) => message = next,
                Some(Some(Err(_)) | None) => break false,
            }
        };
        self.send(batch).await?;
        Ok(goes_on)
    }

    async fn send(&self, batch: Vec<Record>) -> Result<(), End> {
        if batch.is_empty() {
            return Ok(());
        }
        self.batches.send(Ok(batch)).await.map_err(|_| End::Closed)
    }

    /// Gets the bytes of a large record. They were there before the record was published, so that
    /// one which is missing was either removed with its record or lost.
    async fn object(&self, position: Position, name: &str) -> Result<bytes::Bytes, End> {
        let mut missing_since = None;
        loop {
            match objects::get(&self.instance.link, name).await {
                Ok(bytes) => return Ok(bytes),
                Err(NoObject::Silent(_)) => missing_since = None,
                Err(NoObject::Missing | NoObject::Spoilt(_)) => {
                    let now = clock::now();
                    let since = *missing_since.get_or_insert(now);
                    let gone = self.instance.extent().await;
                    if gone.is_ok_and(|extent| extent.first > position) {
                        return Err(LogError::Gap(position.saturating_sub(1)).into());
                    }
                    if now.saturating_duration_since(since) >= OBJECT_LATE {
                        return Err(LogError::Damaged(format!(
                            "the object {name} of record {position} is missing or spoilt"
                        ))
                        .into());
                    }
                }
            }
            tokio::select! {
                () = self.batches.closed() => return Err(End::Closed),
                () = sleep(PAUSE) => {}
            }
        }
    }
}

fn header<'m>(message: &'m Message, name: &str) -> Option<&'m str> {
    message.headers.as_ref()?.get(name).map(|value| value.as_str())
}

fn id_of(message: &Message) -> Option<ringback_engine::ordered::EntryId> {
    names::id_of(header(message, ID_HEADER)?)
}
