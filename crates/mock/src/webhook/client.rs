//! One attempt over HTTP/1.1: resolve, connect, post, read the answer.
//!
//! Built on hyper's connections and not on a client with a pool of its own, for three reasons: the
//! dispatcher has to say which connection is used (a second try wants a fresh one), has to know
//! whether the receiver had begun to answer, and interim answers are not final.

use std::cell::{Cell, RefCell};
use std::error::Error as _;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::rt;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT, HOST, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::{
    Delivery, DeliveryMethod, Targets,
    descriptors::{Descriptor, are_exhausted, is_short},
    sent::REQUEST,
    target::{Address, Receiver},
};
use crate::inbox::{Inboxes, Origin};

/// How much of a receiver's answer is remembered.
const ANSWER: usize = 2_048;

/// How much of it is read before the connection is given up.
const READ: usize = 64 * 1024;

/// The most a receiver's head may take.
const HEAD: usize = 64 * 1024;

/// Posts webhooks to where they may go.
#[derive(Clone)]
pub(super) struct Client {
    targets: Targets,
    inboxes: Arc<Inboxes>,
    user_agent: HeaderValue,
    tls: Option<tokio_rustls::TlsConnector>,
}

/// A connection to a receiver that may serve again.
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    /// How many bytes the receiver has sent on it.
    heard: Rc<Cell<u64>>,
    /// What is being sent on it.
    written: Written,
    /// Its address at this end.
    local: Option<SocketAddr>,
    /// Reads and writes; the socket is its.
    task: rt::task::JoinHandle<()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Not when the receiver has taken all that was on its way: it may never do so.
        self.task.abort();
    }
}

/// The beginning of a request as it goes over the wire.
type Written = Rc<RefCell<Vec<u8>>>;

/// What one attempt has put on the wire, known whatever becomes of it.
#[derive(Default)]
pub(super) struct Wire(RefCell<Written>);

impl Wire {
    /// Takes the bytes of the last request.
    pub(super) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.borrow().borrow_mut())
    }

    fn is_of(&self, connection: &Connection) {
        connection.written.borrow_mut().clear();
        self.0.replace(Rc::clone(&connection.written));
    }
}

/// What a receiver answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// The beginning of its body.
    pub(super) body: String,
    /// The connection, if it may serve again.
    pub(super) connection: Option<Connection>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// The process has no descriptor for it now. Nothing was attempted.
    Later,
    /// The attempt has failed.
    Failed(String),
}

impl Failure {
    fn of(error: &io::Error) -> Self {
        if is_short(error) { Self::Later } else { Self::Failed(error.to_string()) }
    }
}

impl Client {
    pub(super) fn new(vendor: &str, targets: Targets, inboxes: Arc<Inboxes>) -> Self {
        let agent = format!("Ringback/{} ({vendor})", env!("CARGO_PKG_VERSION"));
        let unnamed = HeaderValue::from_static("Ringback");
        let user_agent = HeaderValue::from_str(&agent).unwrap_or(unnamed);
        Self { targets, inboxes, user_agent, tls: tls() }
    }

    /// Posts a delivery, over a connection that has served before if there is one.
    ///
    /// If that one breaks before the first byte of an answer, the receiver closed it while it stood
    /// idle, or is just doing so: the same attempt goes on over a fresh connection.
    pub(super) async fn post(
        &self,
        address: &Address,
        delivery: &Delivery,
        connection: Option<Connection>,
        wire: &Wire,
        origin: Option<Arc<Origin>>,
    ) -> Result<Answer, Failure> {
        let request = self.request(address, delivery).map_err(Failure::Failed)?;
        // An inbox is told by which connection it gets which webhook: nothing is added to that.
        let under_way = |connection: &Connection| {
            Some(self.inboxes.under_way(connection.local?, Arc::clone(origin.as_ref()?)))
        };
        if let Some(mut connection) = connection
            // Else it was closed while it stood idle.
            && connection.sender.ready().await.is_ok()
        {
            let heard = connection.heard.get();
            let _under_way = under_way(&connection);
            wire.is_of(&connection);
            match exchange(&mut connection, request.clone()).await {
                Ok(read) => return Ok(read.answer(connection)),
                // An inbox closes a connection because its plan says so.
                Err(error) if connection.heard.get() > heard || address.receiver.is_inbox() => {
                    return Err(Failure::Failed(explain(&error)));
                }
                Err(_) => {}
            }
        }
        let mut connection = self.connect(&address.receiver).await?;
        let _under_way = under_way(&connection);
        wire.is_of(&connection);
        match exchange(&mut connection, request).await {
            Ok(read) => Ok(read.answer(connection)),
            Err(error) => Err(Failure::Failed(explain(&error))),
        }
    }

    fn request(
        &self,
        address: &Address,
        delivery: &Delivery,
    ) -> Result<Request<Full<Bytes>>, String> {
        let body = Full::new(Bytes::from(delivery.body.clone()));
        let mut request = Request::new(body);
        *request.method_mut() = match delivery.method {
            DeliveryMethod::Post => Method::POST,
            DeliveryMethod::Get => Method::GET,
        };
        *request.uri_mut() = address.path.parse().map_err(|_| "the path is none".to_owned())?;
        let headers = request.headers_mut();
        let host = HeaderValue::from_str(&address.authority).map_err(|error| error.to_string())?;
        headers.insert(HOST, host);
        headers.insert(USER_AGENT, self.user_agent.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        for (name, value) in &delivery.headers {
            let broken = |_| format!("the header {name} cannot be sent");
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| broken(()))?;
            let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| broken(()))?;
            headers.insert(header, value);
        }
        Ok(request)
    }

    async fn connect(&self, receiver: &Receiver) -> Result<Connection, Failure> {
        let descriptor = Descriptor::take().ok_or(Failure::Later)?;
        let found = match receiver.is_inbox() {
            false => self.targets.resolve(receiver).await,
            true => {
                let nowhere = || Failure::Failed("no port of this process has inboxes".to_owned());
                Ok(Ok(vec![self.inboxes.address().ok_or_else(nowhere)?]))
            }
        };
        let found = match found {
            Ok(found) => found.map_err(|refused| Failure::Failed(refused.to_string()))?,
            Err(error) if is_short(&error) || are_exhausted() => return Err(Failure::Later),
            Err(_) => {
                return Err(Failure::Failed(format!("{} cannot be resolved", receiver.host)));
            }
        };
        let stream = reach(&found).await.map_err(|error| Failure::of(&error))?;
        let local = stream.local_addr().ok();
        let connection = if receiver.secure {
            let tls = self.tls.as_ref();
            let tls = tls.ok_or_else(|| Failure::Failed("no TLS on this computer".to_owned()))?;
            let name = ServerName::try_from(receiver.host.clone())
                .map_err(|error| Failure::Failed(error.to_string()))?;
            let stream = tls.connect(name, stream).await.map_err(|error| Failure::of(&error))?;
            serve(stream, descriptor, local).await
        } else {
            serve(stream, descriptor, local).await
        };
        connection.map_err(|error| Failure::Failed(explain(&error)))
    }
}

impl Connection {
    /// Returns whether it may serve again, as far as is known.
    pub(super) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }
}

/// Connects to the first of several addresses that takes a connection.
async fn reach(addresses: &[std::net::SocketAddr]) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(addresses).await?;
    // Heads and bodies are written at once; nothing is gained by holding the last packet back.
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn serve<S>(
    stream: S,
    descriptor: Descriptor,
    local: Option<SocketAddr>,
) -> hyper::Result<Connection>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let (heard, written) = (Rc::new(Cell::new(0)), Written::default());
    let io = Counted {
        stream,
        heard: Rc::clone(&heard),
        written: Rc::clone(&written),
        _descriptor: descriptor,
    };
    let mut http = http1::Builder::new();
    let (sender, connection) = http.max_buf_size(HEAD).handshake(TokioIo::new(io)).await?;
    // Whatever breaks it, the one who waits for an answer is told.
    let task = rt::spawn(async move { drop(connection.await) });
    Ok(Connection { sender, heard, written, local, task })
}

/// What was read of an answer.
struct Read {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
    is_whole: bool,
}

impl Read {
    fn answer(self, connection: Connection) -> Answer {
        let Self { status, headers, body, is_whole } = self;
        let body = String::from_utf8_lossy(body.get(..ANSWER).unwrap_or(&body)).into_owned();
        Answer { status, headers, body, connection: Some(connection).filter(|_| is_whole) }
    }
}

async fn exchange(
    connection: &mut Connection,
    request: Request<Full<Bytes>>,
) -> hyper::Result<Read> {
    let mut response = connection.sender.send_request(request).await?;
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    let (mut body, mut length, mut is_whole) = (Vec::new(), 0, true);
    // Whatever the receiver says beyond the limit, or breaks off, changes nothing.
    while let Some(frame) = response.frame().await {
        let Ok(frame) = frame else {
            is_whole = false;
            break;
        };
        let Some(data) = frame.data_ref() else { continue };
        if body.len() < ANSWER {
            body.extend_from_slice(data);
        }
        length += data.len();
        if length > READ {
            is_whole = false;
            break;
        }
    }
    Ok(Read { status, headers, body, is_whole })
}

/// Says what went wrong with its cause, which hyper keeps apart.
fn explain(error: &hyper::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Trusts whom browsers trust. HTTP/2 is not offered: receivers of webhooks seldom speak it.
fn tls() -> Option<tokio_rustls::TlsConnector> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.ok()?.with_root_certificates(roots).with_no_client_auth();
    Some(Arc::new(config).into())
}

/// A stream that counts what is read, and keeps the beginning of what is written.
struct Counted<S> {
    stream: S,
    heard: Rc<Cell<u64>>,
    written: Written,
    _descriptor: Descriptor,
}

impl<S> Counted<S> {
    /// Keeps the beginning of what has been written.
    fn keep(&self, written: &[u8]) {
        let mut kept = self.written.borrow_mut();
        let room = REQUEST.saturating_sub(kept.len()).min(written.len());
        kept.extend_from_slice(written.get(..room).unwrap_or_default());
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let more = u64::try_from(buffer.filled().len() - before).unwrap_or(u64::MAX);
        self.heard.set(self.heard.get().saturating_add(more));
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(count)) = written {
            self.keep(bytes.get(..count).unwrap_or_default());
        }
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        if let Poll::Ready(Ok(mut left)) = written {
            self.written.borrow_mut().reserve(left.min(REQUEST));
            for part in parts {
                let count = left.min(part.len());
                self.keep(part.get(..count).unwrap_or_default());
                left -= count;
            }
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
