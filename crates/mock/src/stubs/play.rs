//! What stubs do to one request on its way: the part that stands in dispatch.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BodySize, BoxBody, MessageBody as _, SizedStream, to_bytes_limited},
    dev::ServiceResponse,
    http::{
        Method, StatusCode,
        header::{self, HeaderValue},
    },
    rt::time::sleep,
};
use bytes::Bytes;
use futures_util::stream;
use handlebars::Context;

use super::{
    Asked, Chosen, Held, Reply, Stub, Stubs, json, mapping,
    model::{self, Beside},
    response::{Body, Text},
};
use crate::{
    Instance, Received, Vendor,
    bench::{
        RequestNote, computer_time,
        journal::{self, Begun},
    },
    fault::{self, Fault, Head, MARKER, Wire},
    serve::Secure,
};

/// The longest answer of the simulator that can be changed or broken, in bytes.
const CHANGED: usize = 16 << 20;

/// What the journal says of a stub that had to do with a request.
#[derive(Debug, Clone)]
pub(crate) struct StubNote {
    pub(crate) stub: Arc<Stub>,
    /// Whether the simulator answered.
    pub(crate) is_passed: bool,
    pub(crate) fault: Option<Fault>,
}

/// What the journal says of what stubs do to a request.
#[derive(Debug, Clone)]
pub(crate) struct PlayNote {
    pub(crate) stub: Option<StubNote>,
    /// How long the answer waits.
    pub(crate) delay: Duration,
}

/// What stubs do to one request.
pub(crate) struct Play {
    chosen: Option<Chosen>,
    delay: Duration,
    wire: Option<Wire>,
    is_for_head: bool,
}

/// A request that has come, as far as stubs look at it.
pub(crate) struct Came<'a> {
    pub(crate) request: &'a HttpRequest,
    pub(crate) body: &'a Bytes,
    pub(crate) received: &'a Received,
}

impl Came<'_> {
    fn asked(&self) -> Asked<'_> {
        let uri = self.request.uri();
        let url = uri.path_and_query().map_or_else(|| uri.path(), |both| both.as_str());
        let method = self.request.method().as_str();
        let mut asked = Asked::live(method, url, self.request.headers(), self.body);
        asked.is_secure = self.request.conn_data::<Secure>().is_some();
        asked.operation = self.received.endpoint().map(|endpoint| endpoint.operation);
        asked.params = self.received.params();
        asked
    }

    fn beside(&self) -> Beside {
        let peer = self.request.peer_addr().map(|peer| peer.ip());
        Beside { peer, real_at: computer_time() }
    }
}

impl Play {
    /// Looks for a mapping; `None` if nothing is done to the request.
    pub(crate) fn begin<V: Vendor>(instance: &Instance<V>, came: &Came<'_>) -> Option<Self> {
        let stubs = instance.stubs();
        let chosen = stubs.choose(&came.asked(), came.received.endpoint(), instance.clock().now());
        let own = chosen.as_ref().map(|chosen| &chosen.reply.delay).filter(|own| !own.is_none());
        let delay = match (own, &chosen) {
            (Some(own), Some(chosen)) => own.draw(chosen.draw),
            _ => stubs.draw_delay(),
        };
        if chosen.is_none() && delay.is_zero() {
            return None;
        }
        let wire = came.request.conn_data::<Wire>().cloned();
        let is_for_head = *came.request.method() == Method::HEAD;
        Some(Self { chosen, delay, wire, is_for_head })
    }

    /// Waits until a request is released that its mapping holds.
    pub(crate) async fn hold<V: Vendor>(
        &mut self,
        instance: &Instance<V>,
        came: &Came<'_>,
        journal: Option<Begun>,
    ) {
        let note = self.note();
        let Some(chosen) = &mut self.chosen else { return };
        let Some(at_most) = chosen.stub.hold else { return };
        let stubs: &Arc<Stubs> = instance.stubs();
        let beside = came.beside();
        let held = Held {
            stub: chosen.stub.id.clone(),
            at: instance.clock().now(),
            real_at: beside.real_at,
            request: model::logged(&came.asked(), beside),
        };
        let left = Left { instance, journal, request: came.request.clone(), note };
        let released = stubs.holds.wait(held, at_most).await;
        left.came_back();
        if let Some(reply) = released {
            self.delay = reply.delay.draw(chosen.draw);
            chosen.reply = reply;
        }
    }

    /// Answers instead of the simulator; `None` if that answers.
    pub(crate) fn answer<V: Vendor>(
        &self,
        instance: &Instance<V>,
        came: &Came<'_>,
    ) -> Option<HttpResponse> {
        let chosen = self.chosen.as_ref().filter(|chosen| !chosen.reply.is_passed)?;
        let makes = || Makes::new(instance, chosen, came);
        let reply = &chosen.reply;
        let makes = reply.is_made().then(makes);
        let mut response = HttpResponse::build(reply.status.unwrap_or(StatusCode::OK));
        for (name, text) in &reply.headers {
            let value = Makes::text(makes.as_ref(), text);
            match HeaderValue::from_bytes(value.as_bytes()) {
                Ok(value) => response.append_header((name.clone(), value)),
                Err(_) => response.append_header((name.clone(), "[ERROR: no value of a header]")),
            };
        }
        let body = match &reply.body {
            Body::None => return Some(response.finish()),
            Body::Bytes(bytes) => bytes.clone(),
            Body::Made(template) => match makes.map(|makes| makes.render(template)) {
                Some(Ok(text)) => text.into(),
                // WireMock does so.
                Some(Err(why)) => {
                    log::warn!("{}: mapping {}: {why}", instance.name(), chosen.stub.id);
                    return Some(HttpResponse::InternalServerError().body(format!("{why}\n")));
                }
                None => Bytes::new(),
            },
        };
        Some(response.body(body))
    }

    /// Changes what the simulator answers.
    pub(crate) async fn change<V: Vendor>(
        &self,
        instance: &Instance<V>,
        response: ServiceResponse,
    ) -> ServiceResponse {
        let Some(chosen) = self.chosen.as_ref().filter(|chosen| chosen.reply.is_passed) else {
            return response;
        };
        let reply = &chosen.reply;
        let mut response = match &reply.patch {
            Some(patch) => patched(instance.name(), chosen, patch, response).await,
            None => response,
        };
        let head = response.response_mut().head_mut();
        if let Some(status) = reply.status {
            head.status = status;
        }
        for (name, text) in &reply.headers {
            if let Text::Plain(text) = text
                && let Ok(value) = HeaderValue::from_bytes(text.as_bytes())
            {
                head.headers.insert(name.clone(), value);
            }
        }
        response
    }

    /// Returns what the journal says of it.
    pub(crate) fn note(&self) -> PlayNote {
        let stub = self.chosen.as_ref().map(|Chosen { stub, reply, .. }| {
            let stub = Arc::clone(stub);
            StubNote { stub, is_passed: reply.is_passed, fault: reply.fault }
        });
        PlayNote { stub, delay: self.delay }
    }

    /// Waits, and sends the answer as it is to be sent.
    pub(crate) async fn finish(self, response: ServiceResponse) -> ServiceResponse {
        if !self.delay.is_zero() {
            sleep(self.delay).await;
        }
        let Some(chosen) = &self.chosen else { return response };
        let reply = &chosen.reply;
        if let Some(dribble) = reply.dribble() {
            return dribbled(response, dribble.chunks, dribble.within).await;
        }
        match (reply.fault, reply.reason.as_deref()) {
            (None, None) => response,
            (fault, reason) => self.on_the_wire(response, fault, reason, chosen.draw).await,
        }
    }

    async fn on_the_wire(
        &self,
        response: ServiceResponse,
        fault: Option<Fault>,
        reason: Option<&str>,
        draw: u64,
    ) -> ServiceResponse {
        let Some(wire) = &self.wire else {
            log::error!("faults on the wire need Ringback's own server: nothing is done");
            return response;
        };
        let (request, response) = response.into_parts();
        let (response, body) = whole(response).await;
        let head = Head::new(response.status(), response.headers(), self.is_for_head);
        let head = head.reason(reason);
        let order = match fault {
            Some(fault) => fault.order(&head, &body, draw),
            None => Some(fault::with_reason(&head, &body, response.status())),
        };
        let Some(order) = order else {
            return ServiceResponse::new(request, response.set_body(BoxBody::new(body)));
        };
        wire.set(order);
        let marked = HttpResponse::NoContent().insert_header((MARKER, "1")).finish();
        ServiceResponse::new(request, marked)
    }
}

impl Reply {
    /// Returns whether something of it is rendered.
    fn is_made(&self) -> bool {
        matches!(self.body, Body::Made(_))
            || self.headers.iter().any(|(_, text)| matches!(text, Text::Made(_)))
    }
}

/// Puts a request into the journal whose client goes while it is held.
struct Left<'a, V: Vendor> {
    instance: &'a Instance<V>,
    journal: Option<Begun>,
    request: HttpRequest,
    note: PlayNote,
}

impl<V: Vendor> Left<'_, V> {
    /// The client was still there.
    fn came_back(mut self) {
        self.journal = None;
    }
}

impl<V: Vendor> Drop for Left<'_, V> {
    fn drop(&mut self) {
        let Some(begun) = self.journal else { return };
        // The number that others have for a client that went before it was answered.
        let status = StatusCode::from_u16(499).unwrap_or(StatusCode::REQUEST_TIMEOUT);
        let response = HttpResponse::new(status);
        let response = ServiceResponse::new(self.request.clone(), response);
        let (note, play) = (RequestNote::default(), Some(self.note.clone()));
        journal::record(self.instance, begun, &note, None, play, response);
    }
}

/// Renders what a mapping's templates make of a request.
struct Makes {
    model: Context,
    now: ringback_engine::OffsetDateTime,
    draw: u64,
}

impl Makes {
    fn new<V: Vendor>(instance: &Instance<V>, chosen: &Chosen, came: &Came<'_>) -> Self {
        let asked = came.asked();
        let params = chosen.stub.request.url().params(asked.path());
        let params = if params.is_empty() { came.received.params().to_vec() } else { params };
        let id = mapping::id(came.received.number(), u64::from(instance.origin().0));
        let parameters = &chosen.reply.parameters;
        let model = model::model(&asked, came.beside(), &id, &params, parameters);
        Self { model, now: instance.clock().now(), draw: chosen.draw }
    }

    fn render(&self, template: &super::template::Template) -> Result<String, String> {
        template.render(&self.model, self.now, self.draw)
    }

    fn text(makes: Option<&Self>, text: &Text) -> String {
        match (text, makes) {
            (Text::Plain(text), _) => text.clone(),
            (Text::Made(template), Some(makes)) => {
                makes.render(template).unwrap_or_else(|why| format!("[ERROR: {why}]"))
            }
            (Text::Made(_), None) => String::new(),
        }
    }
}

/// Reads the body of an answer; one that is too long or breaks off is cut.
async fn whole(response: HttpResponse) -> (HttpResponse<()>, Bytes) {
    let (head, body) = response.into_parts();
    match to_bytes_limited(body, CHANGED).await {
        Ok(Ok(bytes)) => (head, bytes),
        Ok(Err(_)) | Err(_) => {
            log::warn!("an answer of more than {CHANGED} bytes is cut by a mapping");
            (head, Bytes::new())
        }
    }
}

async fn patched(
    name: &str,
    chosen: &Chosen,
    patch: &serde_json::Value,
    response: ServiceResponse,
) -> ServiceResponse {
    let (request, response) = response.into_parts();
    if matches!(response.body().size(), BodySize::Sized(length) if length > CHANGED as u64) {
        log::warn!("{name}: mapping {}: the answer is too long to be changed", chosen.stub.id);
        return ServiceResponse::new(request, response);
    }
    let (mut head, body) = whole(response).await;
    let body = match serde_json::from_slice(&body) {
        Ok(mut value) => {
            json::merge(&mut value, patch);
            // What was said of the body no longer holds.
            head.headers_mut().remove(header::ETAG);
            Bytes::from(value.to_string())
        }
        Err(_) => {
            log::warn!("{name}: mapping {}: the answer is no JSON to be changed", chosen.stub.id);
            body
        }
    };
    ServiceResponse::new(request, head.set_body(BoxBody::new(body)))
}

/// Lets the body come in pieces, evenly within a time.
async fn dribbled(response: ServiceResponse, chunks: usize, within: Duration) -> ServiceResponse {
    let (request, response) = response.into_parts();
    let (head, body) = whole(response).await;
    if body.is_empty() {
        sleep(within).await;
        return ServiceResponse::new(request, head.set_body(BoxBody::new(body)));
    }
    let length = body.len();
    let chunks = chunks.clamp(1, length);
    let pause = within.checked_div(u32::try_from(chunks).unwrap_or(u32::MAX)).unwrap_or_default();
    let pieces = stream::unfold((body, 0), move |(body, place)| async move {
        if place == chunks {
            return None;
        }
        sleep(pause).await;
        let piece = body.slice(length * place / chunks..length * (place + 1) / chunks);
        Some((Ok::<_, Infallible>(piece), (body, place + 1)))
    });
    let body = SizedStream::new(length as u64, Box::pin(pieces));
    ServiceResponse::new(request, head.set_body(BoxBody::new(body)))
}
