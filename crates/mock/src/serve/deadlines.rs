//! How long a connection waits for its client.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Sleep, sleep};

use super::upgrade::Stage;

/// How long clients may keep a connection waiting.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the first byte, and for a TLS handshake.
    pub greeting: Duration,
    /// For the rest of a head. The HTTP library has a limit for the first head of a connection, and
    /// says 408 then; a longer one here leaves that to it.
    pub head: Duration,
    /// For the rest of a body. A vendor's own limit is shorter, and says so in the vendor's form.
    pub body: Duration,
    /// Until it takes a byte of what it is sent.
    pub taking: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            greeting: Duration::from_secs(30),
            head: Duration::from_secs(31),
            body: Duration::from_secs(65),
            taking: Duration::from_secs(60),
        }
    }
}

/// The deadlines of one connection.
#[derive(Debug)]
pub(super) struct Deadlines {
    patience: Patience,
    /// For the part of a request that is being waited for: its number and stage.
    reading: Option<(u64, Stage, Pin<Box<Sleep>>)>,
    writing: Option<Pin<Box<Sleep>>>,
}

impl Deadlines {
    pub(super) fn new(patience: Patience) -> Self {
        Self { patience, reading: None, writing: None }
    }

    /// Waits for more of a request; between requests others have an eye on the time.
    pub(super) fn reads(
        &mut self,
        context: &mut Context<'_>,
        number: u64,
        stage: Stage,
    ) -> Poll<io::Result<()>> {
        let limit = match stage {
            Stage::Idle => {
                self.reading = None;
                return Poll::Pending;
            }
            Stage::Head => self.patience.head,
            Stage::Body => self.patience.body,
        };
        let is_it = |at: &(u64, Stage, _)| at.0 == number && at.1 == stage;
        if !self.reading.as_ref().is_some_and(is_it) {
            self.reading = Some((number, stage, Box::pin(sleep(limit))));
        }
        let Some((_, _, sleep)) = &mut self.reading else { return Poll::Pending };
        sleep.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Waits until the client takes something.
    pub(super) fn writes<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let limit = self.patience.taking;
        let sleep = self.writing.get_or_insert_with(|| Box::pin(sleep(limit)));
        sleep.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Notes that it has taken something.
    pub(super) fn has_written(&mut self) {
        self.writing = None;
    }
}
