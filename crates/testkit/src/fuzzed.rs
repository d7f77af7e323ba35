//! Requests as fuzz targets make them, asked of an instance without a socket.
//!
//! A request is written as `METHOD PATH?QUERY`, its headers, an empty line, and its body. Each is asked of
//! a fresh world: what is found is found again with the same file alone.

use std::any::Any;
use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::{
    App,
    body::to_bytes_limited,
    dev::Service as _,
    http::{
        Method, Uri,
        header::{HeaderName, HeaderValue},
    },
    rt::{System, SystemRunner},
    test::{TestRequest, init_service},
};
use ringback_mock::{Builder, Instance, Options, Vendor};
use serde_json::Value;
use tokio::sync::watch;

use crate::generated::Request;

/// The most of an answer that is read, in bytes.
const READ: usize = 1 << 20;

type Ask = dyn Fn(TestRequest) -> std::pin::Pin<Box<dyn Future<Output = u16>>>;

/// An instance, and how it is asked.
struct Served<V: Vendor> {
    system: SystemRunner,
    instance: Arc<Instance<V>>,
    /// Notices that a request has changed something.
    changes: watch::Receiver<u64>,
    ask: Rc<Ask>,
}

thread_local! {
    /// One for a test, whose vendor it is. Never dropped: a system has to end before its thread does.
    static SERVED: RefCell<Option<ManuallyDrop<Box<dyn Any>>>> = const { RefCell::new(None) };
}

impl<V: Vendor> Served<V> {
    fn new(settings: Value) -> Self {
        let options = Options { seed: 7, settings, sends_webhooks: false, ..Options::default() };
        let instance = Builder::<V>::from(options).frozen_clock().build().expect("an instance");
        let system = System::new();
        let service = instance.service();
        let app = system.block_on(init_service(App::new().configure(service)));
        let app = Rc::new(app);
        let ask: Rc<Ask> = Rc::new(move |request| {
            let app = Rc::clone(&app);
            Box::pin(async move {
                let answered = app.call(request.to_request()).await;
                let answered = answered.expect("an answer");
                let status = answered.status().as_u16();
                // A recording goes on for long; its beginning will do.
                let _ = to_bytes_limited(answered.into_body(), READ).await;
                status
            })
        });
        let changes = instance.engine().changes();
        Self { system, instance, changes, ask }
    }
}

/// Reads a request; `None` if no client can send it.
pub(crate) fn read(input: &[u8]) -> Option<Request> {
    let end = input.windows(2).position(|two| two == b"\n\n");
    let (head, body) = input.split_at(end.unwrap_or(input.len()));
    let mut lines = str::from_utf8(head).ok()?.lines();
    let (method, target) = lines.next()?.split_once(' ')?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    };
    Some(Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: lines.filter_map(header).collect(),
        fields: Value::Null,
        body: body.get(2..).unwrap_or_default().to_vec(),
    })
}

/// Makes what the server takes of a request; `None` if no client can send it.
pub(crate) fn asked(request: Request) -> Option<TestRequest> {
    let uri: Uri = request.target().parse().ok()?;
    if !request.path.starts_with('/') {
        return None;
    }
    let peer = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9);
    let mut asked = TestRequest::default().uri(&uri.to_string()).peer_addr(peer);
    asked = asked.method(Method::from_bytes(request.method.as_bytes()).ok()?);
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        asked = asked.append_header((name, HeaderValue::from_str(value).ok()?));
    }
    Some(asked.set_payload(request.body))
}

/// Asks what an input says of an instance with these settings, once `dress` has made it one of the
/// vendor's, such as by signing it.
///
/// # Panics
/// When it is answered with a 5xx, or leaves a world that is not sound.
pub fn ask<V: Vendor>(
    input: &[u8],
    settings: impl FnOnce() -> Value,
    dress: fn(&mut Request),
    verify: fn(&V::World) -> Result<(), String>,
) {
    let Some(mut request) = read(input) else { return };
    dress(&mut request);
    let Some(request) = asked(request) else { return };
    SERVED.with_borrow_mut(|served| {
        let served =
            served.get_or_insert_with(|| ManuallyDrop::new(Box::new(Served::<V>::new(settings()))));
        let served = served.downcast_mut::<Served<V>>().expect("one vendor in a test");
        let status = served.system.block_on((served.ask)(request));
        assert!((100..500).contains(&status), "answered {status}");
        if served.changes.has_changed().unwrap_or(true) {
            served.instance.demo().read(verify).expect("the demo account").expect("a sound world");
            served.instance.engine().reset_blocking().expect("a reset");
            served.changes.mark_unchanged();
        }
    });
}
