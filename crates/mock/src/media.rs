//! Files that are made while they are sent: whole, in part, or their headers alone.

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    http::{
        Method, StatusCode,
        header::{self, ByteRangeSpec, Header as _, Range},
    },
};
use bytes::Bytes;
use futures_util::stream;

/// How much is made at once.
const CHUNK: usize = 16 * 1024;

/// A file as a function: what it is, how long it is, and how to make any part of it.
pub struct Media<R> {
    /// Its media type.
    pub media_type: &'static str,
    /// Its `Content-Disposition`.
    pub disposition: String,
    /// Its length in bytes.
    pub size: u64,
    /// Fills a buffer from an offset and returns how many bytes it filled.
    pub read: R,
}

impl<R: Fn(u64, &mut [u8]) -> usize + 'static> Media<R> {
    /// Answers `GET` and `HEAD`, with a single byte range if one is asked for.
    ///
    /// Several ranges at once are answered with the whole file, as RFC 9110 section 14.2 allows; a
    /// range that lies behind the end with 416.
    pub fn respond(self, request: &HttpRequest) -> HttpResponse {
        let Self { media_type, disposition, size, read } = self;
        let asked = request.method() == Method::GET || request.method() == Method::HEAD;
        // These files have no validators, so no condition on one is met. RFC 9110, 13.1.5
        let asked = asked && !request.headers().contains_key(header::IF_RANGE);
        let (status, from, to) = match single_range(request).filter(|_| asked) {
            None => (StatusCode::OK, 0, size),
            Some(range) => match range.to_satisfiable_range(size) {
                Some((first, last)) => (StatusCode::PARTIAL_CONTENT, first, last + 1),
                None => {
                    return HttpResponse::RangeNotSatisfiable()
                        .insert_header((header::CONTENT_RANGE, format!("bytes */{size}")))
                        .finish();
                }
            },
        };
        let mut response = HttpResponse::build(status);
        response
            .content_type(media_type)
            .insert_header((header::ACCEPT_RANGES, "bytes"))
            .insert_header((header::CONTENT_DISPOSITION, disposition));
        if status == StatusCode::PARTIAL_CONTENT {
            let range = format!("bytes {from}-{}/{size}", to - 1);
            response.insert_header((header::CONTENT_RANGE, range));
        }
        if request.method() == Method::HEAD {
            // Nothing is made of what nobody gets: the server would read a body to its end.
            let none = stream::empty::<Result<Bytes, std::io::Error>>();
            return response.body(SizedStream::new(to - from, none));
        }
        let parts = stream::unfold((read, from), move |(read, at)| async move {
            let left = usize::try_from(to.saturating_sub(at)).unwrap_or(CHUNK).min(CHUNK);
            let mut buffer = vec![0; left];
            let made = read(at, &mut buffer);
            buffer.truncate(made);
            let next = at + u64::try_from(made).unwrap_or(0);
            (made > 0).then(|| (Ok::<_, std::io::Error>(Bytes::from(buffer)), (read, next)))
        });
        response.body(SizedStream::new(to - from, Box::pin(parts)))
    }
}

fn single_range(request: &HttpRequest) -> Option<ByteRangeSpec> {
    match Range::parse(request).ok()? {
        Range::Bytes(ranges) => match <[ByteRangeSpec; 1]>::try_from(ranges) {
            Ok([only]) => Some(only),
            Err(_) => None,
        },
        Range::Unregistered(..) => None,
    }
}
