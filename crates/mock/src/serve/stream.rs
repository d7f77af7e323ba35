//! One connection: plain, or TLS, as its first byte tells; what its client may not do to it.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_http::Protocol;
use actix_tls::accept::rustls_0_23::reexports::ServerConfig;
use actix_web::rt::net::TcpStream;
use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsAcceptor;

use super::{
    crowd::Seat,
    deadlines::{Deadlines, Patience},
    play::{Play, Turn},
    upgrade::Filter,
};
use crate::{
    fault::{self, Wire},
    inbox::Reset,
};

/// Marks a connection that came by TLS.
#[derive(Debug, Clone, Copy)]
pub struct Secure;

/// The first byte of a TLS greeting: the record type "handshake".
const TLS_GREETING: u8 = 0x16;

/// The first byte of a TLS record that says goodbye: the record type "alert".
const TLS_ALERT: u8 = 0x15;

/// A connection of either kind.
pub(super) struct Stream {
    io: Io,
    filter: Filter,
    /// What is left of the filter's, to be read first.
    filtered: Bytes,
    deadlines: Deadlines,
    /// How many requests have come, as far as the seat knows.
    asked: u64,
    /// Whether something of an answer has been written since.
    has_written: bool,
    seat: Seat,
    reset: Reset,
    wire: Wire,
    play: Option<Play>,
}

pub(super) enum Io {
    Plain(TcpStream),
    Secure(Box<tokio_rustls::server::TlsStream<TcpStream>>),
}

impl Stream {
    /// Looks at the first byte of a new connection and shakes hands if it is a TLS greeting.
    pub(super) async fn open(
        stream: TcpStream,
        local: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
        patience: Patience,
    ) -> io::Result<(Self, Protocol, Option<SocketAddr>)> {
        let seat = Seat::take();
        let peer = stream.peer_addr().ok();
        stream.set_nodelay(true)?;
        let io = tokio::select! {
            // A client that has said something by now may stay.
            biased;
            io = Io::greet(stream, local, tls, patience) => io?,
            () = seat.has_to_go() => return Err(io::ErrorKind::ConnectionAborted.into()),
        };
        let stream = Self {
            io,
            filter: Filter::default(),
            filtered: Bytes::new(),
            deadlines: Deadlines::new(patience),
            asked: 0,
            has_written: false,
            seat,
            reset: Reset::default(),
            wire: Wire::default(),
            play: None,
        };
        Ok((stream, Protocol::Http1, peer))
    }

    pub(super) fn is_secure(&self) -> bool {
        matches!(self.io, Io::Secure(_))
    }

    /// Returns what resets the connection instead of answering the request that it is set in.
    pub(super) fn reset(&self) -> Reset {
        self.reset.clone()
    }

    /// Returns what tells the connection to do something else than to answer.
    pub(super) fn wire(&self) -> Wire {
        self.wire.clone()
    }

    /// Goes on with an order, and returns how many bytes of the answer it stands for.
    fn poll_play(&mut self, context: &mut Context<'_>) -> Option<Poll<io::Result<usize>>> {
        let play = self.play.as_mut()?;
        Some(match play.poll(&mut self.io, context) {
            Ok(Turn::Done) => {
                let swallowed = play.swallows;
                self.play = None;
                self.has_written = true;
                self.deadlines.has_written();
                Poll::Ready(Ok(swallowed))
            }
            Ok(Turn::Waits) => Poll::Pending,
            Ok(Turn::Hangs) => {
                self.deadlines.has_written();
                self.seat.waits();
                match self.seat.check(context) {
                    Ok(()) => Poll::Pending,
                    Err(error) => Poll::Ready(Err(error)),
                }
            }
            Ok(Turn::Blocked) => self.blocked(context),
            Err(error) => Poll::Ready(Err(error)),
        })
    }

    /// Waits until the client takes something.
    fn blocked<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        self.seat.waits();
        self.seat.check(context)?;
        self.deadlines.writes(context)
    }

    /// Takes what has just been read into a buffer behind the bytes that were there.
    fn take(&mut self, buffer: &mut ReadBuf<'_>, before: usize) {
        let read = buffer.filled().get(before..).unwrap_or_default();
        if read.is_empty() {
            self.filtered = self.filter.end().into();
        } else if let Some(changed) = self.filter.pass(read) {
            buffer.set_filled(before);
            self.filtered = changed.into();
        }
        if self.filter.requests() != self.asked {
            self.asked = self.filter.requests();
            self.has_written = false;
            self.seat.is_asked();
        }
    }

    /// Reads what the filter has left.
    fn read_filtered(&mut self, buffer: &mut ReadBuf<'_>) {
        let count = self.filtered.len().min(buffer.remaining());
        buffer.put_slice(self.filtered.get(..count).unwrap_or_default());
        self.filtered.advance(count);
        if self.filtered.is_empty() {
            // It may be part of something larger.
            self.filtered = Bytes::new();
        }
    }
}

impl Io {
    /// Lets the connection end with a reset when it is dropped, whatever is on its way.
    pub(super) fn will_reset(&self) {
        let stream = match self {
            Self::Plain(stream) => stream,
            Self::Secure(stream) => stream.get_ref().0,
        };
        if let Err(error) = stream.set_zero_linger() {
            log::debug!("a connection cannot be reset: {error}");
        }
    }

    async fn greet(
        stream: TcpStream,
        local: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
        patience: Patience,
    ) -> io::Result<Self> {
        let mut first = [0];
        let seen = tokio::time::timeout(patience.greeting, stream.peek(&mut first)).await??;
        let greets = seen == 1 && first == [TLS_GREETING];
        match (greets, tls) {
            (true, Some(config)) => {
                let handshake = TlsAcceptor::from(config).accept(stream);
                let secure = tokio::time::timeout(patience.greeting, handshake).await??;
                Ok(Self::Secure(Box::new(secure)))
            }
            (true, None) => {
                log::warn!(
                    "somebody speaks https to http://{local}, which is plain HTTP: \
                     use http://, or start with --tls"
                );
                Err(io::ErrorKind::InvalidData.into())
            }
            (false, _) => Ok(Self::Plain(stream)),
        }
    }

    fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Secure(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }

    /// Returns whether the client is gone; where it is not, the task is woken once it goes, unless it
    /// says something before.
    pub(super) fn poll_gone(&self, context: &mut Context<'_>) -> bool {
        let mut first = [0];
        let mut buffer = ReadBuf::new(&mut first);
        let (stream, is_secure) = match self {
            Self::Plain(stream) => (stream, false),
            Self::Secure(stream) => (stream.get_ref().0, true),
        };
        match stream.poll_peek(context, &mut buffer) {
            Poll::Pending => false,
            Poll::Ready(Ok(0) | Err(_)) => true,
            Poll::Ready(Ok(_)) => is_secure && buffer.filled() == [TLS_ALERT],
        }
    }

    pub(super) fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Secure(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    pub(super) fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Secure(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    pub(super) fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Secure(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if buffer.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        loop {
            if !this.filtered.is_empty() {
                this.read_filtered(buffer);
                return Poll::Ready(Ok(()));
            }
            let before = buffer.filled().len();
            match this.io.poll_read(context, buffer) {
                Poll::Pending => {
                    this.seat.check(context)?;
                    let (number, stage) = (this.filter.requests(), this.filter.stage());
                    return this.deadlines.reads(context, number, stage);
                }
                Poll::Ready(read) => read?,
            }
            let is_end = buffer.filled().len() == before;
            this.seat.stays();
            this.take(buffer, before);
            let is_left = buffer.filled().len() > before;
            if is_left || (is_end && this.filtered.is_empty()) {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.reset.is_set() {
            this.io.will_reset();
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let mut bytes = bytes;
        if this.play.is_none()
            && this.wire.is_set()
            && let Some(marked) = fault::find(bytes)
        {
            match marked.from {
                0 => this.play = this.wire.take().map(|order| Play::new(order, marked.to)),
                // What others are answered goes first.
                from => bytes = bytes.get(..from).unwrap_or(bytes),
            }
        }
        if let Some(played) = this.poll_play(context) {
            return played;
        }
        match this.io.poll_write(context, bytes) {
            Poll::Ready(written) => {
                this.has_written = true;
                this.deadlines.has_written();
                Poll::Ready(written)
            }
            Poll::Pending => this.blocked(context),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match this.io.poll_flush(context) {
            Poll::Ready(flushed) => {
                if std::mem::take(&mut this.has_written) {
                    this.deadlines.has_written();
                    this.seat.is_answered();
                }
                Poll::Ready(flushed)
            }
            Poll::Pending => this.blocked(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let done = this.io.poll_shutdown(context);
        if done.is_pending() {
            this.seat.check(context)?;
        }
        done
    }
}
