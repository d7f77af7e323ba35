//! The bytes: parameters of requests wherever they stand, and what every answer carries.

pub(crate) mod answer;
pub(crate) mod pages;
pub(crate) mod rack;

use actix_web::{HttpRequest, http::header};
use bytes::Bytes;
use futures_util::stream;

use ringback_mock::Instance;

use crate::{
    MergeMode, Scfm,
    json::{Json, Object},
    machine::Metadata,
};
use rack::{Malformed, Pair};

/// Returns the address by which a request came, as links and signatures have it: scheme, host and
/// port. Everything in this crate asks here.
pub(crate) fn address(scfm: &Instance<Scfm>, request: &HttpRequest) -> String {
    scfm.base_url(request)
}

/// The parameters of one request, from its path, its query string and its body.
#[derive(Debug, Default)]
pub(crate) struct Params {
    /// All of them; the query string has won over the body.
    pub(crate) all: Object,
    /// Those of the query string.
    pub(crate) query: Object,
    /// Those of a form as they were sent.
    pub(crate) form: Vec<Pair>,
}

impl Params {
    /// Reads the parameters of a request.
    pub(crate) async fn of(request: &HttpRequest, body: &Bytes) -> Result<Self, Malformed> {
        let mut query = rack::nested(&rack::query(request.query_string())?)?;
        let form = pairs(request, body).await?;
        let mut all = match Content::of(request) {
            Content::Json => json(body)?,
            Content::Form | Content::Multipart(_) | Content::Other => rack::nested(&form)?,
        };
        query.values_mut().for_each(permit);
        all.values_mut().for_each(permit);
        all.extend(query.clone());
        Ok(Self { all, query, form })
    }

    /// Reads a hash; anything else is dropped as if it had not been sent.
    pub(crate) fn hash(&self, name: &str) -> Option<Object> {
        self.all.get(name).and_then(Json::as_object).cloned()
    }

    /// Reads a scalar, null as an empty one; arrays and hashes are dropped.
    pub(crate) fn scalar(&self, name: &str) -> Option<String> {
        match self.all.get(name)? {
            Json::Null => Some(String::new()),
            Json::Array(_) | Json::Object(_) => None,
            scalar @ (Json::Bool(_) | Json::Number(_) | Json::Text(_)) => scalar.text(),
        }
    }

    /// Returns whether a parameter is more than a blank, as Rails' `require` asks.
    pub(crate) fn is_present(&self, name: &str) -> bool {
        match self.all.get(name) {
            None | Some(Json::Null) => false,
            Some(Json::Text(text)) => !text.trim().is_empty(),
            Some(Json::Array(items)) => !items.is_empty(),
            Some(Json::Object(object)) => !object.is_empty(),
            Some(Json::Bool(_) | Json::Number(_)) => true,
        }
    }

    /// Reads metadata, and how it is to be merged.
    pub(crate) fn metadata(&self) -> Metadata {
        let merge = match self.scalar("metadata_merge_mode").as_deref() {
            Some("replace") => Some(MergeMode::Replace),
            Some("merge") => Some(MergeMode::Merge),
            Some("deep_merge") => Some(MergeMode::DeepMerge),
            Some(_) | None => None,
        };
        Metadata { value: self.hash("metadata"), merge }
    }
}

/// Drops what Rails takes out of arrays, at any depth: nulls, when it reads parameters, and arrays in
/// arrays, when it picks the permitted ones. A key may be null. (field report, S5 to S7)
fn permit(value: &mut Json) {
    match value {
        Json::Array(items) => {
            items.retain(|item| !matches!(item, Json::Null | Json::Array(_)));
            items.iter_mut().for_each(permit);
        }
        Json::Object(object) => object.values_mut().for_each(permit),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => {}
    }
}

/// Reads the parameters of a form, urlencoded or multipart; other bodies have none.
pub(crate) async fn pairs(request: &HttpRequest, body: &Bytes) -> Result<Vec<Pair>, Malformed> {
    match Content::of(request) {
        Content::Form => rack::form(body),
        Content::Multipart(boundary) => multipart(body, &boundary).await,
        Content::Json | Content::Other => Ok(Vec::new()),
    }
}

/// How a body is read, by its content type.
enum Content {
    Form,
    Multipart(String),
    Json,
    Other,
}

impl Content {
    fn of(request: &HttpRequest) -> Self {
        let Some(declared) = request.headers().get(header::CONTENT_TYPE) else { return Self::Form };
        let declared = declared.to_str().unwrap_or_default();
        let kind = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "" | "application/x-www-form-urlencoded" => Self::Form,
            "application/json" | "text/x-json" | "application/jsonrequest" => Self::Json,
            "multipart/form-data" => match multer::parse_boundary(declared) {
                Ok(boundary) => Self::Multipart(boundary),
                Err(_) => Self::Other,
            },
            _ => Self::Other,
        }
    }
}

fn json(body: &[u8]) -> Result<Object, Malformed> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Object::new());
    }
    let text = std::str::from_utf8(body).map_err(|_| Malformed::Encoding)?;
    match serde_json::from_str(text) {
        Ok(json @ (Json::Object(_) | Json::Array(_))) if !json.is_within(Json::DEPTH) => {
            Err(Malformed::Depth)
        }
        Ok(Json::Object(params)) => Ok(params),
        Ok(Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Array(_)) => {
            Ok(Object::new())
        }
        Err(_) => Err(Malformed::Json),
    }
}

async fn multipart(body: &Bytes, boundary: &str) -> Result<Vec<Pair>, Malformed> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let whole = Ok::<_, std::convert::Infallible>(body.clone());
    let mut parts = multer::Multipart::new(stream::iter([whole]), boundary);
    let mut pairs = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|_| Malformed::Multipart)? {
        // Files are no scalars, and nothing here takes one.
        let name = part.name().filter(|_| part.file_name().is_none()).map(str::to_owned);
        let value = part.bytes().await.map_err(|_| Malformed::Multipart)?;
        if let Some(name) = name {
            let value = String::from_utf8(value.to_vec()).map_err(|_| Malformed::Encoding)?;
            pairs.push((name, Some(value)));
        }
    }
    Ok(pairs)
}
