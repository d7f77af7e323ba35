//! The signals that end it.

/// Ctrl-C, and SIGTERM where there is such a thing.
#[cfg(unix)]
pub(crate) struct Ending(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Ending {
    pub(crate) fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let listened = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
        let warn = |error| log::warn!("a signal will end this without a farewell: {error}");
        Self(listened.into_iter().filter_map(|signal| signal.map_err(warn).ok()).collect())
    }

    /// Returns when one of them comes.
    pub(crate) async fn comes(&mut self) {
        let mut each = self.0.iter_mut();
        match (each.next(), each.next()) {
            (Some(one), Some(other)) => {
                tokio::select! {
                    _ = one.recv() => {}
                    _ = other.recv() => {}
                }
            }
            (Some(one), None) => drop(one.recv().await),
            (None, _) => std::future::pending().await,
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(crate) struct Ending;

#[cfg(not(unix))]
impl Ending {
    pub(crate) fn listen() -> Self {
        Self
    }

    /// Returns when it comes.
    pub(crate) async fn comes(&mut self) {
        if let Err(error) = tokio::signal::ctrl_c().await {
            log::warn!("Ctrl-C will end this without a farewell: {error}");
            std::future::pending::<()>().await;
        }
    }
}
