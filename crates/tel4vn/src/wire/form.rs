//! Forms with files, and the rows of a file of leads.

use std::convert::Infallible;

use actix_web::{HttpRequest, http::header};
use bytes::Bytes;
use futures_util::{FutureExt as _, stream};
use multer::Multipart;

/// One part of a form.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    name: String,
    file_name: Option<String>,
    content: Bytes,
}

/// The parts of a multipart form.
#[derive(Debug, Default)]
pub(crate) struct Form(Vec<Part>);

/// The most bytes of a text in a form.
const LONGEST: usize = 8_192;

/// The most parts of a form that are read.
const MOST: usize = 32;

impl Form {
    /// Reads a body by the type that its request declares; what is no form has no parts.
    pub(crate) fn of(request: &HttpRequest, body: &Bytes) -> Self {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let boundary = kind.and_then(|kind| multer::parse_boundary(kind.to_str().ok()?).ok());
        // The whole body is here, so there is nothing to wait for.
        let parts = boundary.and_then(|boundary| parts(boundary, body.clone()).now_or_never());
        Self(parts.unwrap_or_default())
    }

    /// Returns a field that is a text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let part = self.0.iter().find(|part| part.name == name && part.file_name.is_none())?;
        let text = std::str::from_utf8(&part.content).ok()?.trim();
        (!text.is_empty() && text.len() <= LONGEST).then(|| text.to_owned())
    }

    /// Returns a file, with its own name.
    pub(crate) fn file(&self, name: &str) -> Option<(&str, &Bytes)> {
        let part = self.0.iter().find(|part| part.name == name)?;
        Some((part.file_name.as_deref()?, &part.content))
    }
}

/// Returns the named parts of a multipart body, up to where it is malformed.
async fn parts(boundary: String, body: Bytes) -> Vec<Part> {
    let mut multipart = Multipart::new(stream::iter([Ok::<_, Infallible>(body)]), boundary);
    let mut parts = Vec::new();
    while let Ok(Some(part)) = multipart.next_field().await {
        let (name, file_name) =
            (part.name().map(str::to_owned), part.file_name().map(str::to_owned));
        let Ok(content) = part.bytes().await else { break };
        parts.extend(name.map(|name| Part { name, file_name, content }));
        if parts.len() >= MOST {
            break;
        }
    }
    parts
}

/// The most columns of a file that are looked at.
const COLUMNS: usize = 64;

/// Reads the rows of a CSV file, each by a look-up of its values by their columns, which the first row
/// names; `None` if there are more than so many. What is no text is replaced, and a row that is too short
/// lacks its last columns.
pub(crate) fn csv_rows<R>(
    file: &[u8],
    most: usize,
    mut read: impl FnMut(&dyn Fn(&str) -> Option<String>) -> R,
) -> Option<Vec<R>> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(file);
    let names: Vec<Vec<u8>> = match reader.byte_headers() {
        Ok(names) => names.iter().take(COLUMNS).map(<[u8]>::to_vec).collect(),
        Err(_) => Vec::new(),
    };
    let mut rows = Vec::new();
    for row in reader.byte_records().flatten() {
        if rows.len() >= most {
            return None;
        }
        rows.push(read(&|name| {
            let place = names.iter().position(|column| column == name.as_bytes())?;
            Some(String::from_utf8_lossy(row.get(place)?).into_owned())
        }));
    }
    Some(rows)
}
