//! A request as its handler receives it: matched once, numbered, its body read once.

use std::future::{Ready, ready};
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest,
    dev::{Payload, ServiceRequest},
    error::{ErrorInternalServerError, PayloadError},
    http::header,
    rt::time::timeout,
};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;

use crate::{Endpoint, HttpRefusal, router::PathParams};

/// How long a client may take to send the body of one request.
const BODY_TIME: Duration = Duration::from_secs(60);

/// What is known of a request before its handler runs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Received(Rc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) number: u64,
    pub(crate) endpoint: Option<(usize, &'static Endpoint)>,
    pub(crate) params: PathParams,
    pub(crate) account: Option<String>,
    pub(crate) body: Result<Bytes, HttpRefusal>,
    pub(crate) begun: Instant,
}

impl Received {
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Rc::new(inner))
    }

    /// Returns what is known of a request; `None` outside a vendor's handlers.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// Returns the number of the request within its instance, counted from 1.
    pub fn number(&self) -> u64 {
        self.0.number
    }

    /// Returns 16 bytes that follow from the request's number, for vendors whose answers carry an
    /// id of the request: they differ within an instance, and are the same in every run.
    pub fn id(&self) -> [u8; 16] {
        request_id(self.0.number)
    }

    /// Returns the endpoint that was matched; `None` if the request reaches no handler.
    pub fn endpoint(&self) -> Option<&'static Endpoint> {
        self.0.endpoint.map(|(_, endpoint)| endpoint)
    }

    /// Returns the place of that endpoint in the vendor's table.
    pub fn place(&self) -> Option<usize> {
        self.0.endpoint.map(|(place, _)| place)
    }

    /// Returns a parameter of the path, decoded; empty if the path has none of this name.
    pub fn param(&self, name: &str) -> &str {
        let param = self.0.params.iter().find(|(known, _)| known == name);
        param.map_or("", |(_, value)| value)
    }

    /// Returns the account that the request names by a header or in front of its path, where the
    /// vendor's clients may.
    pub fn account(&self) -> Option<&str> {
        self.0.account.as_deref()
    }

    /// Returns the parameters of the path, decoded.
    pub(crate) fn params(&self) -> &[(String, String)] {
        &self.0.params
    }

    /// Returns whether a parameter is the last segment of the endpoint's path.
    pub fn is_last(&self, name: &str) -> bool {
        let last = self.endpoint().and_then(|endpoint| endpoint.path.rsplit('/').next());
        last.and_then(|last| last.strip_prefix('{')?.strip_suffix('}')) == Some(name)
    }

    /// Returns the whole body; an absent one is empty.
    ///
    /// # Errors
    /// When it was too long, broke off or took too long to arrive.
    pub fn body(&self) -> Result<&Bytes, HttpRefusal> {
        self.0.body.as_ref().map_err(HttpRefusal::clone)
    }

    /// Returns when the request was received, by the computer's clock.
    pub fn begun(&self) -> Instant {
        self.0.begun
    }
}

impl FromRequest for Received {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(
            Self::of(request)
                .ok_or_else(|| ErrorInternalServerError("not routed by a vendor's table")),
        )
    }
}

/// Spreads the bits of a number over all of it: SplitMix64, for what does not have to be hard to guess.
pub(crate) fn spread(mut z: u64) -> u64 {
    z = z.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Returns 16 bytes that follow from the number of a request.
pub(crate) fn request_id(number: u64) -> [u8; 16] {
    let [first, second] = [spread(number * 2 + 1), spread(number * 2 + 2)];
    let mut id = [0; 16];
    let bytes = first.to_be_bytes().into_iter().chain(second.to_be_bytes());
    id.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    id
}

/// Reads the body of a request, up to a limit.
pub(crate) async fn read_body(
    request: &mut ServiceRequest,
    limit: usize,
) -> Result<Bytes, HttpRefusal> {
    let mut payload = request.take_payload();
    if matches!(payload, Payload::None) {
        return Ok(Bytes::new());
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(HttpRefusal::BodyTooLarge);
    }
    let read = async {
        let Some(first) = payload.next().await.transpose().map_err(broken)? else {
            return Ok(Bytes::new());
        };
        // Most bodies come in one piece, which needs no copy.
        if length == Some(first.len()) {
            return Ok(first);
        }
        let mut body = BytesMut::from(first);
        while body.len() <= limit {
            match payload.next().await.transpose().map_err(broken)? {
                Some(part) => body.extend_from_slice(&part),
                None => return Ok(body.freeze()),
            }
        }
        Err(HttpRefusal::BodyTooLarge)
    };
    timeout(BODY_TIME, read).await.unwrap_or(Err(HttpRefusal::BodyTooSlow))
}

fn broken(error: PayloadError) -> HttpRefusal {
    // One of the others is there only with HTTP/2.
    match matches!(error, PayloadError::Overflow) {
        true => HttpRefusal::BodyTooLarge,
        false => HttpRefusal::BodyBroken,
    }
}
