//! The three fields of a signed request, out of a url-encoded or a multipart form.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{FutureExt as _, stream};
use multer::Multipart;
use percent_encoding::percent_decode;

/// The fields of a signed request, as the exact bytes that were signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Form {
    /// `vpbx_api_key`.
    pub(crate) key: Option<String>,
    /// `sign`.
    pub(crate) sign: Option<String>,
    /// `json`.
    pub(crate) json: Option<Vec<u8>>,
}

impl Form {
    /// Reads a body by its `Content-Type`; what is neither form has no fields.
    ///
    /// A body without a type is taken as url-encoded: that is what a careless client means.
    pub(crate) fn read(content_type: &str, body: &[u8]) -> Self {
        let mut form = Self::default();
        let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
        let kind = kind.trim();
        if kind.eq_ignore_ascii_case("multipart/form-data") {
            // The whole body is here, so there is nothing to wait for.
            let parts = boundary(parameters).and_then(|of| parts(of, body).now_or_never());
            for (name, value) in parts.unwrap_or_default() {
                form.put(name.as_bytes(), value.to_vec());
            }
        } else if kind.is_empty() || kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        {
            for pair in body.split(|byte| *byte == b'&') {
                let mut halves = pair.splitn(2, |byte| *byte == b'=');
                let name = decoded(halves.next().unwrap_or_default());
                form.put(&name, decoded(halves.next().unwrap_or_default()));
            }
        }
        form
    }

    /// A field given twice: the last one counts.
    fn put(&mut self, name: &[u8], value: Vec<u8>) {
        match name {
            b"vpbx_api_key" => self.key = Some(String::from_utf8_lossy(&value).into_owned()),
            b"sign" => self.sign = Some(String::from_utf8_lossy(&value).into_owned()),
            b"json" => self.json = Some(value),
            _ => {}
        }
    }
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> =
        text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).collect()
}

/// Returns the boundary of a multipart body. RFC 2046, 5.1.1: it may be quoted; and where it should
/// be, careless clients leave the quotes out.
fn boundary(parameters: &str) -> Option<String> {
    let named = |parameter: &str| {
        let (name, value) = parameter.split_once('=')?;
        let is_it = name.trim().eq_ignore_ascii_case("boundary");
        is_it.then(|| value.trim().trim_matches('"').to_owned())
    };
    parameters.split(';').find_map(named).filter(|boundary| !boundary.is_empty())
}

/// Returns the named parts of a multipart body, up to where it is malformed.
async fn parts(boundary: String, body: &[u8]) -> Vec<(String, Bytes)> {
    let whole = Ok::<_, Infallible>(Bytes::copy_from_slice(body));
    let mut multipart = Multipart::new(stream::iter([whole]), boundary);
    let mut parts = Vec::new();
    while let Ok(Some(part)) = multipart.next_field().await {
        let name = part.name().map(str::to_owned);
        let Ok(value) = part.bytes().await else { break };
        parts.extend(name.map(|name| (name, value)));
    }
    parts
}

#[cfg(test)]
mod tests;
