//! A request in WireMock's form: as the journal shows it, and as templates see it.

use std::net::IpAddr;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use handlebars::Context;
use ringback_engine::OffsetDateTime;
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;

use super::{Asked, template};

/// What is known of a request beside what it says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beside {
    pub(crate) peer: Option<IpAddr>,
    /// When it came, by the computer's clock.
    pub(crate) real_at: OffsetDateTime,
}

/// Where a request was sent, as far as its client said.
struct Origin {
    scheme: &'static str,
    host: String,
    port: u16,
    base: String,
}

fn origin(asked: &Asked<'_>) -> Origin {
    let scheme = if asked.is_secure { "https" } else { "http" };
    let authority = asked.header("host").first().map(ToString::to_string).unwrap_or_default();
    let parted = authority.rsplit_once(':').filter(|(_, port)| !port.contains(']'));
    let (host, port) = match parted {
        Some((host, port)) => (host.to_owned(), port.parse().ok()),
        None => (authority.clone(), None),
    };
    let port = port.unwrap_or(if asked.is_secure { 443 } else { 80 });
    Origin { scheme, host, port, base: format!("{scheme}://{authority}") }
}

/// Gathers values by their names: one is a text, several are a list.
fn gathered(pairs: &[(String, String)]) -> Map<String, Value> {
    let mut found: Map<String, Value> = Map::new();
    for (name, value) in pairs {
        match found.get_mut(name) {
            None => drop(found.insert(name.clone(), value.as_str().into())),
            Some(Value::Array(several)) => several.push(value.as_str().into()),
            Some(one) => *one = json!([one.take(), value]),
        }
    }
    found
}

/// The same, each as a list.
fn listed(pairs: &[(String, String)]) -> Map<String, Value> {
    let mut found: Map<String, Value> = Map::new();
    for (name, value) in pairs {
        let several = found.entry(name.clone()).or_insert_with(|| json!([]));
        if let Some(several) = several.as_array_mut() {
            several.push(value.as_str().into());
        }
    }
    found
}

/// The same, the first of each.
fn first(pairs: &[(String, String)]) -> Map<String, Value> {
    let mut found: Map<String, Value> = Map::new();
    for (name, value) in pairs {
        found.entry(name.clone()).or_insert_with(|| value.as_str().into());
    }
    found
}

/// Gathers parameters as WireMock shows those of a query.
fn parameters(pairs: &[(String, String)]) -> Map<String, Value> {
    let shown = listed(pairs).into_iter();
    shown.map(|(name, values)| (name.clone(), json!({ "key": name, "values": values }))).collect()
}

/// Shows a request as WireMock logs it.
pub(crate) fn logged(asked: &Asked<'_>, beside: Beside) -> Value {
    let origin = origin(asked);
    let body = String::from_utf8_lossy(asked.body);
    let real_at = beside.real_at.replace_nanosecond(0).unwrap_or(beside.real_at);
    let mut shown = json!({
        "url": asked.url,
        "absoluteUrl": format!("{}{}", origin.base, asked.url),
        "method": asked.method,
        "clientIp": beside.peer.map(|peer| peer.to_string()),
        "headers": gathered(&asked.headers()),
        "cookies": gathered(asked.cookies()),
        "browserProxyRequest": false,
        "loggedDate": i64::try_from(beside.real_at.unix_timestamp_nanos() / 1_000_000).unwrap_or(0),
        "loggedDateString": real_at.format(&Rfc3339).unwrap_or_default(),
        "body": body,
        "bodyAsBase64": BASE64_STANDARD.encode(asked.body),
        "scheme": origin.scheme,
        "host": origin.host,
        "port": origin.port,
        "queryParams": parameters(asked.query()),
        "formParams": parameters(asked.form()),
    });
    if let Some(fields) = shown.as_object_mut() {
        if !asked.is_whole {
            fields.insert("bodyIsCut".to_owned(), true.into());
        }
        if let Some((username, password)) = asked.basic_auth() {
            let credentials = json!({ "username": username, "password": password });
            fields.insert("basicAuthCredentials".to_owned(), credentials);
        }
    }
    shown
}

/// Makes the model that templates see; parameters of the path are those of a mapping's template.
pub(crate) fn model(
    asked: &Asked<'_>,
    beside: Beside,
    id: &str,
    path_params: &[(String, String)],
    parameters: &Value,
) -> Context {
    let origin = origin(asked);
    let segments = asked.path().trim_matches('/').split('/');
    let segments: Vec<String> = segments
        .map(|part| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect();
    let (headers, query, cookies) = (asked.headers(), asked.query(), asked.cookies());
    let headers: Vec<(String, String)> =
        headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    let request = json!({
        "id": id,
        "url": asked.url,
        "path": asked.path(),
        "pathSegments": segments,
        "pathParams": first(path_params),
        "method": asked.method,
        "scheme": origin.scheme,
        "host": origin.host,
        "port": origin.port,
        "baseUrl": origin.base,
        "clientIp": beside.peer.map(|peer| peer.to_string()),
        "query": first(query),
        "queryAll": listed(query),
        "queryFull": gathered(query),
        "headers": first(&headers),
        "headersAll": listed(&headers),
        "cookies": first(cookies),
        "cookiesAll": listed(cookies),
        "body": String::from_utf8_lossy(asked.body),
        "bodyAsBase64": BASE64_STANDARD.encode(asked.body),
    });
    template::model(request, parameters)
}
