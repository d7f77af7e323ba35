//! The log of one instance.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use ringback_engine::ordered::{EntryId, Log, LogError, Position, Record, Saved, Stamp};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use crate::cluster::Guard;
use crate::instance::Instance;
use crate::publish::{Publisher, Submission};
use crate::stream::NoExtent;
use crate::{ClusterError, clock, follow, snapshots};

/// How many batches wait for who follows; behind them the servers stop sending.
const BATCHES: usize = 16;

/// A command log that is a stream on NATS JetStream.
pub struct JetStream {
    instance: Arc<Instance>,
    submissions: mpsc::UnboundedSender<Submission>,
    tasks: Handle,
    connection: Arc<Guard>,
}

impl JetStream {
    pub(crate) async fn open(
        instance: Arc<Instance>,
        tasks: Handle,
        connection: Arc<Guard>,
    ) -> Result<Self, ClusterError> {
        let (submissions, receiver) = mpsc::unbounded_channel();
        let publisher = Publisher::new(Arc::clone(&instance), receiver)
            .await
            .map_err(|reason| ClusterError::Stream { stream: instance.stream.clone(), reason })?;
        tasks.spawn(publisher.run());
        Ok(Self { instance, submissions, tasks, connection })
    }

    /// Returns the name of the stream.
    pub fn stream(&self) -> &str {
        &self.instance.stream
    }

    /// Begins something on the connection's thread; what is returned may be awaited anywhere.
    fn begin<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, LogError>> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        let (answer, receiver) = oneshot::channel();
        let connection = Arc::clone(&self.connection);
        self.tasks.spawn(async move {
            answer.send(work.await).ok();
            drop(connection);
        });
        Box::pin(async move { receiver.await.unwrap_or_else(|_| Err(closed())) })
    }
}

fn closed() -> LogError {
    LogError::Unknown("the connection to NATS was closed".into())
}

impl Log for JetStream {
    fn submit(&self, id: EntryId, bytes: Bytes) -> BoxFuture<'static, Result<Position, LogError>> {
        let deadline = clock::now() + self.instance.link.options.patience;
        let answer = match self.instance.outbox.admit(id, deadline) {
            Ok(answer) => answer,
            Err(error) => return Box::pin(std::future::ready(Err(error))),
        };
        if self.submissions.send(Submission { id, bytes }).is_err() {
            self.instance.outbox.refused(id, "the connection to NATS was closed");
        }
        Box::pin(async move { answer.await.unwrap_or_else(|_| Err(closed())) })
    }

    fn follow(&self, after: Position) -> mpsc::Receiver<Result<Vec<Record>, LogError>> {
        let (batches, receiver) = mpsc::channel(BATCHES);
        let (instance, connection) = (Arc::clone(&self.instance), Arc::clone(&self.connection));
        self.tasks.spawn(async move {
            follow::follow(instance, after, batches).await;
            drop(connection);
        });
        receiver
    }

    /// A stream does not know what others are about to publish: only entries let time pass.
    fn horizon(&self, _applied: Position) -> Stamp {
        Stamp::MIN
    }

    fn now(&self) -> Stamp {
        self.instance.clock.stamp()
    }

    fn tip(&self) -> BoxFuture<'static, Result<Position, LogError>> {
        let instance = Arc::clone(&self.instance);
        self.begin(async move {
            let attempt = || async {
                match instance.extent().await {
                    Ok(extent) => Ok(extent.last),
                    Err(NoExtent::Missing) => Err("the stream is missing".to_owned()),
                    Err(NoExtent::Silent(reason)) => Err(reason),
                }
            };
            instance.patiently(attempt).await
        })
    }

    fn save(
        &self,
        position: Position,
        snapshot: Bytes,
    ) -> BoxFuture<'static, Result<(), LogError>> {
        let instance = Arc::clone(&self.instance);
        self.begin(async move { snapshots::save(&instance, position, snapshot).await })
    }

    fn newest(&self) -> BoxFuture<'static, Result<Option<Saved>, LogError>> {
        let instance = Arc::clone(&self.instance);
        self.begin(async move { snapshots::newest(&instance).await })
    }

    /// Forgets records that the last two snapshots hold; of one that only the newest holds, that
    /// might turn out to be spoilt.
    fn compact(&self, through: Position) -> BoxFuture<'static, Result<(), LogError>> {
        let instance = Arc::clone(&self.instance);
        self.begin(async move { snapshots::compact(&instance, through).await })
    }

    fn kind(&self) -> &'static str {
        "jetstream"
    }
}
