//! The connection of a process to a cluster, and the thread that serves it.

use std::sync::Arc;
use std::sync::mpsc;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::instance::Instance;
use crate::jetstream::JetStream;
use crate::link::{self, Link};
use crate::{ClusterError, Options};

/// A connection to NATS. It ends when this, all logs made from it and all that follow them
/// are dropped.
pub struct Cluster {
    link: Arc<Link>,
    tasks: Handle,
    guard: Arc<Guard>,
}

/// Keeps the thread running.
pub(crate) struct Guard {
    _running: oneshot::Sender<()>,
}

impl Cluster {
    /// Connects, which may take some seconds where servers are just starting. It blocks.
    ///
    /// # Errors
    /// When no server can be reached, or none that will do; the message is one line.
    pub fn connect(options: &Options) -> Result<Self, ClusterError> {
        let (connected, receiver) = mpsc::sync_channel(1);
        let (running, stopped) = oneshot::channel();
        let options = options.clone();
        std::thread::Builder::new()
            .name("nats".into())
            .spawn(move || serve(&options, &connected, stopped))
            .map_err(|error| ClusterError::Thread(error.to_string()))?;
        let (link, tasks) = receiver
            .recv()
            .unwrap_or_else(|_| Err(ClusterError::Thread("its thread has ended".into())))?;
        Ok(Self { link, tasks, guard: Arc::new(Guard { _running: running }) })
    }

    /// Opens the log of an instance, and makes its stream if there is none. It blocks.
    ///
    /// # Errors
    /// When there can be no stream of that name, or the one that is there cannot be used.
    pub fn log(&self, instance: &str) -> Result<JetStream, ClusterError> {
        let (opened, receiver) = mpsc::sync_channel(1);
        let (link, instance) = (Arc::clone(&self.link), instance.to_owned());
        let (tasks, guard) = (self.tasks.clone(), Arc::clone(&self.guard));
        self.tasks.spawn(async move {
            let opening = async {
                let instance = Instance::open(link, &instance).await?;
                JetStream::open(instance, tasks, guard).await
            };
            opened.send(opening.await).ok();
        });
        receiver.recv().unwrap_or_else(|_| Err(ClusterError::Thread("its thread has ended".into())))
    }

    /// Returns the version of the server that is connected at the moment.
    pub fn server_version(&self) -> String {
        self.link.client.server_info().version
    }
}

type Connected = Result<(Arc<Link>, Handle), ClusterError>;

fn serve(
    options: &Options,
    connected: &mpsc::SyncSender<Connected>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            connected.send(Err(ClusterError::Thread(error.to_string()))).ok();
            return;
        }
    };
    runtime.block_on(async {
        let link = link::connect(options).await;
        let is_connected = link.is_ok();
        let answered = connected.send(link.map(|link| (link, Handle::current())));
        if is_connected && answered.is_ok() {
            // Ends when the last log is dropped.
            stopped.await.ok();
        }
    });
    // A name that is being looked up must not hold up the end of the process.
    runtime.shutdown_background();
}
