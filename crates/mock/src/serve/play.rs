//! Carries out what a request's answer tells its connection: bytes by hand, pauses, a close, a reset.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Buf as _;
use tokio::time::{Sleep, sleep};

use super::stream::Io;
use crate::fault::{Order, Step};

/// How long a connection hangs for a client that does not go.
const LONGEST: Duration = Duration::from_secs(3_600);

/// How often a hanging connection looks whether its client is there, where nothing tells.
const LOOKS: Duration = Duration::from_secs(15);

/// An order that is being carried out.
pub(super) struct Play {
    order: Order,
    /// How many bytes of the answer are not sent instead.
    pub(super) swallows: usize,
    sleep: Option<Pin<Box<Sleep>>>,
    hung: Duration,
}

/// What a connection does that is being played on.
pub(super) enum Turn {
    /// All is done, and the connection goes on.
    Done,
    /// The client takes nothing.
    Blocked,
    /// It sends nothing on purpose, or for good.
    Waits,
    Hangs,
}

impl Play {
    pub(super) fn new(order: Order, swallows: usize) -> Self {
        Self { order, swallows, sleep: None, hung: Duration::ZERO }
    }

    /// Goes on; an error ends the connection.
    pub(super) fn poll(&mut self, io: &mut Io, context: &mut Context<'_>) -> io::Result<Turn> {
        loop {
            let Some(step) = self.order.first() else {
                return match io.poll_flush(context) {
                    Poll::Ready(flushed) => flushed.map(|()| Turn::Done),
                    Poll::Pending => Ok(Turn::Blocked),
                };
            };
            match step {
                Step::Bytes(bytes) if bytes.is_empty() => match io.poll_flush(context) {
                    Poll::Ready(flushed) => {
                        flushed?;
                        self.order.next();
                    }
                    Poll::Pending => return Ok(Turn::Blocked),
                },
                Step::Bytes(bytes) => match io.poll_write(context, bytes) {
                    Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                    Poll::Ready(written) => bytes.advance(written?),
                    Poll::Pending => return Ok(Turn::Blocked),
                },
                Step::Wait(length) => {
                    let length = *length;
                    if self.sleeps(context, length).is_pending() {
                        return Ok(Turn::Waits);
                    }
                    self.order.next();
                }
                Step::Hang => {
                    if io.poll_gone(context) || self.hung >= LONGEST {
                        return Err(io::ErrorKind::ConnectionAborted.into());
                    }
                    if self.sleeps(context, LOOKS).is_pending() {
                        return Ok(Turn::Hangs);
                    }
                    self.hung += LOOKS;
                }
                Step::Close => {
                    return match io.poll_shutdown(context) {
                        Poll::Ready(_) => Err(io::ErrorKind::ConnectionAborted.into()),
                        Poll::Pending => Ok(Turn::Blocked),
                    };
                }
                Step::Reset => {
                    io.will_reset();
                    return Err(io::ErrorKind::ConnectionReset.into());
                }
            }
        }
    }

    fn sleeps(&mut self, context: &mut Context<'_>, length: Duration) -> Poll<()> {
        let sleeping = self.sleep.get_or_insert_with(|| Box::pin(sleep(length)));
        ready!(sleeping.as_mut().poll(context));
        self.sleep = None;
        Poll::Ready(())
    }
}
