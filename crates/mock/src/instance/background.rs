//! The thread of an instance.

use std::io::Error;
use std::sync::mpsc;

use actix_web::rt;
use tokio::sync::oneshot;

/// The thread in which timer and dispatcher run; it ends when this is dropped.
pub(super) struct BackgroundTasks {
    _end: oneshot::Sender<()>,
}

impl BackgroundTasks {
    /// Begins the thread, and returns once it has all it needs of the system.
    pub(super) fn begin(name: &'static str, start: impl FnOnce() + Send + 'static) -> Option<Self> {
        let (end, ended) = oneshot::channel::<()>();
        let (report, begun) = mpsc::sync_channel(1);
        let run = move || {
            let runtime = match rt::Runtime::new() {
                Ok(runtime) => runtime,
                Err(error) => return drop(report.send(Err(error))),
            };
            drop(report.send(Ok(())));
            runtime.block_on(async move {
                start();
                // Resolves when the instance drops the other end; nothing is ever sent.
                let _ = ended.await;
            });
        };
        let spawned = std::thread::Builder::new().name(format!("{name}-background")).spawn(run);
        let begun =
            spawned.and_then(|_| begun.recv().unwrap_or_else(|lost| Err(Error::other(lost))));
        match begun {
            Ok(()) => Some(Self { _end: end }),
            Err(error) => {
                log::error!("{name}: no thread for the timer and the webhooks: {error}");
                None
            }
        }
    }
}
