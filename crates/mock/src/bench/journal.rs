//! The journal of requests: every request of a vendor's clients and its answer. Recording copies bytes
//! and parses nothing; what they mean is found out when an entry is read.

mod curl;
mod entry;
#[cfg(test)]
mod fuzz;
mod har;
mod packed;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BodySize, BoxBody, MessageBody as _},
    dev::ServiceResponse,
};
use bytes::Bytes;
use ringback_engine::OffsetDateTime;

use super::{Draft, Kind, RequestNote, Source, What};
use crate::{
    HttpRefusal, Instance, Received, Vendor, bench::Refusal, serve::Secure, stubs::play::PlayNote,
};
pub(crate) use entry::Entry;
pub(crate) use har::har;
use packed::{Kept, Packed};

/// How many bytes of a request's body are kept.
const ASKED: usize = 64 << 10;

/// Answers up to this length are kept whole, and of longer ones the beginning: every byte that is kept is
/// written to memory that has not been touched for long, and long lists are asked for most often.
const ANSWERED: usize = 16 << 10;
const BEGINNING: usize = 4 << 10;

/// A request under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun {
    /// When it came, by the clock of the instance.
    at: OffsetDateTime,
    /// What had happened before it.
    after: u64,
}

/// Begins the entry of a request; `None` while no journal is kept.
pub(crate) fn begin<V: Vendor>(instance: &Instance<V>) -> Option<Begun> {
    let bench = instance.bench();
    bench.keeps_journal().then(|| Begun { at: instance.clock().now(), after: bench.feed().last() })
}

/// Puts a request with its answer into the journal; the answer comes back as it was. A streamed answer
/// is kept by its head.
pub(crate) fn record<V: Vendor>(
    instance: &Instance<V>,
    begun: Begun,
    note: &RequestNote,
    refusal: Option<&HttpRefusal>,
    play: Option<PlayNote>,
    response: ServiceResponse,
) -> ServiceResponse {
    let Some(received) = Received::of(response.request()) else { return response };
    let took = begun_at(&received).elapsed();
    let (request, response) = response.into_parts();
    let (response, answer) = kept(response);
    let answer = match &answer {
        Some(answer) => Kept::of(answer, ANSWERED, BEGINNING),
        None => Kept::streamed(),
    };
    let body = Kept::of(received.body().map_or(&[], |body| body), ASKED, ASKED);
    let account = note.account();
    let (commands, noted) = note.take();
    let refusal =
        refusal.or(received.body().err().as_ref()).map(|why| of_http::<V>(why, request.path()));
    let feed = instance.bench().feed();
    // An event of this request came after its beginning, and is most likely the last there is.
    let caused = (!commands.is_empty()).then(|| {
        feed.find_back(Kind::Event, begun.after, |item| {
            let event = item.what.event()?;
            let is_ours = item.source.origin == Some(instance.origin())
                && item.command.is_some_and(|command| commands.contains(&command));
            is_ours.then_some((event.call, item.source.world, item.command))
        })
    });
    let caused = caused.flatten();
    let command = caused.and_then(|(_, _, command)| command).or(commands.last().copied());
    let entry = Entry {
        number: received.number(),
        operation: received.endpoint().map(|endpoint| endpoint.operation),
        method: request.method().clone(),
        packed: Packed::new(url(&request), request.headers(), body, response.headers(), answer),
        length: body.length,
        answer_length: answer.length,
        is_streamed: answer.is_streamed,
        is_secure: request.conn_data::<Secure>().is_some(),
        params: received.params().to_vec(),
        status: response.status().as_u16(),
        took,
        refusal: refusal.or(noted),
        call: caused.map(|(call, ..)| call),
        commands,
        after: begun.after,
        peer: request.peer_addr().map(|peer| peer.ip()),
        delay: play.as_ref().map_or(Duration::ZERO, |play| play.delay),
        stub: play.and_then(|play| play.stub).map(Box::new),
        secrets: V::SECRETS,
        explain: V::refused,
    };
    let at = account.map_or(begun.at, |account| instance.local(account, begun.at));
    let world = caused.map_or(0, |(_, world, _)| world);
    let source = Source { origin: Some(instance.origin()), account, world };
    feed.push([Draft { at, source, command, what: What::Request(Arc::new(entry)) }]);
    ServiceResponse::new(request, response)
}

fn begun_at(received: &Received) -> Instant {
    received.begun()
}

fn url(request: &HttpRequest) -> &str {
    let uri = request.uri();
    uri.path_and_query().map_or_else(|| uri.path(), |both| both.as_str())
}

/// Returns the answer, and its body if that is there as a whole.
fn kept(response: HttpResponse) -> (HttpResponse, Option<Bytes>) {
    let (head, body) = response.into_parts();
    match body.size() {
        BodySize::None | BodySize::Sized(0) => (head.set_body(body), Some(Bytes::new())),
        BodySize::Sized(_) => match body.try_into_bytes() {
            Ok(bytes) => (head.set_body(BoxBody::new(bytes.clone())), Some(bytes)),
            Err(body) => (head.set_body(body), None),
        },
        BodySize::Stream => (head.set_body(body), None),
    }
}

fn of_http<V: Vendor>(refusal: &HttpRefusal, path: &str) -> Refusal {
    let step = match refusal {
        HttpRefusal::NotFound | HttpRefusal::MethodNotAllowed { .. } | HttpRefusal::UrlTooLong => {
            "routing"
        }
        HttpRefusal::BodyTooLarge | HttpRefusal::BodyBroken | HttpRefusal::BodyTooSlow => "body",
        HttpRefusal::Unavailable => "engine",
    };
    let told = Refusal::new(step, refusal.to_string());
    match refusal {
        HttpRefusal::MethodNotAllowed { allow } => {
            Refusal { nearest: Some(allow.clone()), ..told.field("method") }
        }
        HttpRefusal::NotFound => {
            let known: Vec<&str> = V::ENDPOINTS.iter().map(|endpoint| endpoint.path).collect();
            told.field("path").nearest(path, &known)
        }
        HttpRefusal::UrlTooLong => told.field("path"),
        HttpRefusal::BodyTooLarge | HttpRefusal::BodyBroken | HttpRefusal::BodyTooSlow => {
            told.field("body")
        }
        HttpRefusal::Unavailable => told,
    }
}
