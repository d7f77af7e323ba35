//! The thread of an instance.

use actix_web::rt;
use tokio::sync::oneshot;

/// The thread in which timer and dispatcher run; it ends when this is dropped.
pub(super) struct BackgroundTasks {
    _end: oneshot::Sender<()>,
}

impl BackgroundTasks {
    pub(super) fn begin(name: &'static str, start: impl FnOnce() + Send + 'static) -> Option<Self> {
        let (end, ended) = oneshot::channel::<()>();
        let run = move || {
            rt::System::new().block_on(async move {
                start();
                // Resolves when the instance drops the other end; nothing is ever sent.
                let _ = ended.await;
            });
        };
        match std::thread::Builder::new().name(format!("{name}-background")).spawn(run) {
            Ok(_) => Some(Self { _end: end }),
            Err(error) => {
                log::error!("{name}: no thread for the timer and the webhooks: {error}");
                None
            }
        }
    }
}
