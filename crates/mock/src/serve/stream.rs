//! One connection: plain, or TLS, as its first byte tells.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_http::Protocol;
use actix_tls::accept::rustls_0_23::reexports::ServerConfig;
use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsAcceptor;

/// Marks a connection that came by TLS.
#[derive(Debug, Clone, Copy)]
pub struct Secure;

/// The first byte of a TLS greeting: the record type "handshake".
const TLS_GREETING: u8 = 0x16;

/// How long a client may take to send its first byte, or to finish its TLS handshake.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection of either kind.
pub(super) enum Stream {
    Plain(TcpStream),
    Secure(Box<tokio_rustls::server::TlsStream<TcpStream>>),
}

impl Stream {
    /// Looks at the first byte of a new connection and shakes hands if it is a TLS greeting.
    pub(super) async fn open(
        stream: TcpStream,
        local: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
    ) -> io::Result<(Self, Protocol, Option<SocketAddr>)> {
        let peer = stream.peer_addr().ok();
        stream.set_nodelay(true)?;
        let mut first = [0];
        let seen = tokio::time::timeout(PATIENCE, stream.peek(&mut first)).await??;
        let greets = seen == 1 && first == [TLS_GREETING];
        let stream = match (greets, tls) {
            (true, Some(config)) => {
                let handshake = TlsAcceptor::from(config).accept(stream);
                let secure = tokio::time::timeout(PATIENCE, handshake).await??;
                Self::Secure(Box::new(secure))
            }
            (true, None) => {
                log::warn!(
                    "somebody speaks https to http://{local}, which is plain HTTP: \
                     use http://, or start with --tls"
                );
                return Err(io::ErrorKind::InvalidData.into());
            }
            (false, _) => Self::Plain(stream),
        };
        Ok((stream, Protocol::Http1, peer))
    }

    pub(super) fn is_secure(&self) -> bool {
        matches!(self, Self::Secure(_))
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Secure(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Secure(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Secure(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Secure(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
