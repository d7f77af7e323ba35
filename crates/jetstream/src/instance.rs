//! What the tasks of one instance's log share.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use ringback_engine::ordered::Position;

use crate::clock::{self, ServerClock};
use crate::link::Link;
use crate::outbox::Outbox;
use crate::stream::{self, Extent, NoExtent};
use crate::{ClusterError, names};

/// The header that names the object which holds a record too large for a message.
pub(crate) const OBJECT_HEADER: &str = "Ringback-Object";

/// The header by which the servers, and replicas, know a record again.
pub(crate) const ID_HEADER: &str = "Nats-Msg-Id";

/// One instance's stream, and what is known of it.
pub(crate) struct Instance {
    pub(crate) link: Arc<Link>,
    pub(crate) name: String,
    pub(crate) stream: String,
    pub(crate) subject: String,
    /// When the stream was made. A later one of the same name is another log.
    pub(crate) created: String,
    /// Whether there were records when it was opened.
    pub(crate) has_begun: bool,
    pub(crate) clock: ServerClock,
    pub(crate) outbox: Arc<Outbox>,
    /// The objects of the records that have come round and may still be in the stream.
    pub(crate) objects: Mutex<BTreeMap<Position, String>>,
}

impl Instance {
    /// Makes the stream if there is none.
    pub(crate) async fn open(link: Arc<Link>, name: &str) -> Result<Arc<Self>, ClusterError> {
        if !names::is_plain(name) {
            return Err(ClusterError::Instance(name.into()));
        }
        let deployment = &link.options.deployment;
        let (stream, subject) = (names::stream(deployment, name), names::subject(deployment, name));
        let config = stream::records(&stream, &subject, &link.options);
        stream::ensure(&link.context, &link.options, config).await?;

        let give_up = clock::now() + link.options.patience;
        let (extent, asked, heard) = loop {
            let asked = clock::now();
            match stream::extent(&link, &stream).await {
                Ok(extent) => break (extent, asked, clock::now()),
                Err(NoExtent::Silent(reason)) if clock::now() >= give_up => {
                    return Err(ClusterError::Stream { stream, reason });
                }
                Err(NoExtent::Silent(_) | NoExtent::Missing) => {
                    tokio::time::sleep(std::time::Duration::from_millis(250)).await;
                }
            }
        };
        Ok(Arc::new(Self {
            name: name.into(),
            stream,
            subject,
            has_begun: extent.last > 0,
            created: extent.created,
            clock: ServerClock::new(extent.now, asked, heard),
            outbox: Arc::default(),
            objects: Mutex::default(),
            link,
        }))
    }

    /// Asks what the stream holds, and learns what time it is there.
    pub(crate) async fn extent(&self) -> Result<Extent, NoExtent> {
        let asked = clock::now();
        let extent = stream::extent(&self.link, &self.stream).await?;
        self.clock.learn(extent.now, asked, clock::now());
        Ok(extent)
    }

    /// Calls an attempt until it succeeds, or until the patience is at an end.
    pub(crate) async fn patiently<T, F>(
        &self,
        mut attempt: impl FnMut() -> F,
    ) -> Result<T, ringback_engine::ordered::LogError>
    where
        F: Future<Output = Result<T, String>>,
    {
        let give_up = clock::now() + self.link.options.patience;
        loop {
            match attempt().await {
                Ok(done) => return Ok(done),
                Err(reason) if clock::now() >= give_up => {
                    return Err(ringback_engine::ordered::LogError::Stopped(reason));
                }
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(250)).await,
            }
        }
    }
}
