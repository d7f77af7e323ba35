//! A vendor's client, for those who are not one: a page on the hub cannot ask another port.

use std::sync::Arc;
use std::time::Duration;

use actix_web::{http::StatusCode, rt};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Method, Request,
    client::conn::http1,
    header::{HOST, HeaderName, HeaderValue},
};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use tokio::{net::TcpStream, time::timeout};

use super::{Answer, Ask, Problem, ask::value, ok};
use crate::{BODY_LIMIT, bench::aside};

/// How long a vendor may take for its answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// The most headers of one request.
const HEADERS: usize = 100;

/// `POST request` `{"method"?, "path", "headers"?, "body"?, "journal"?}`
pub(super) async fn request(mut ask: Ask) -> Answer {
    ask.takes_no_account()?;
    let mount = Arc::clone(ask.mount()?);
    let mut fields = ask.fields(&["method", "path", "headers", "body", "journal"])?;
    let method = value::<String>(&mut fields, "method")?.unwrap_or_else(|| "GET".to_owned());
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|_| Problem::at("/method", "is no method of HTTP"))?;
    let path: String = value(&mut fields, "path")?
        .ok_or_else(|| Problem::at("/path", "is missing: a path of the vendor, with its query"))?;
    // An authority in it would be another server's.
    if !path.starts_with('/') {
        return Err(Problem::at("/path", "begins with a slash"));
    }
    let headers = value::<Map<String, Value>>(&mut fields, "headers")?.unwrap_or_default();
    let body: String = value(&mut fields, "body")?.unwrap_or_default();
    let is_aside = value::<bool>(&mut fields, "journal")? == Some(false);
    let address = mount.socket().ok_or_else(|| {
        Problem::new(
            StatusCode::CONFLICT,
            format!("{} listens on no port of its own", mount.name()),
        )
    })?;
    let authority = address.trim_start_matches("http://").to_owned();
    let mut request = Request::builder().method(method).uri(path.as_str());
    let mut has_host = false;
    if headers.len() > HEADERS {
        return Err(Problem::at("/headers", format!("are more than {HEADERS}")));
    }
    for (name, shown) in &headers {
        let at = format!("/headers/{name}");
        let bad = || Problem::at(&at, "is no header");
        let text = shown.as_str().ok_or_else(bad)?;
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        let own = ["connection", "content-length", "transfer-encoding", "upgrade"];
        if own.contains(&name.as_str()) {
            return Err(Problem::at(&at, "is set by whoever sends it"));
        }
        has_host |= name == HOST;
        request = request.header(name, HeaderValue::from_str(text).map_err(|_| bad())?);
    }
    if is_aside {
        request = request.header(aside::HEADER, mount.bench().aside());
    }
    if !has_host {
        request = request.header(HOST, authority.as_str());
    }
    let request = request
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| Problem::at("/path", error.to_string()))?;
    match timeout(PATIENCE, send(&authority, request)).await {
        Ok(answer) => ok(&answer?),
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "the vendor has not answered yet")),
    }
}

async fn send(authority: &str, request: Request<Full<Bytes>>) -> Result<Value, Problem> {
    let failed = |why: String| Problem::new(StatusCode::CONFLICT, format!("no answer: {why}"));
    let stream = TcpStream::connect(authority).await.map_err(|error| failed(error.to_string()))?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| failed(error.to_string()))?;
    let task = rt::spawn(connection);
    let answer = sender.send_request(request).await.map_err(|error| failed(error.to_string()))?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, BODY_LIMIT).collect().await;
    task.abort();
    let body = body.map_err(|error| failed(error.to_string()))?.to_bytes();
    let headers = head
        .headers
        .iter()
        .map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())]));
    let mut shown = json!({
        "status": head.status.as_u16(),
        "headers": headers.collect::<Value>(),
    });
    if let Some(fields) = shown.as_object_mut() {
        match std::str::from_utf8(&body) {
            Ok(text) => fields.insert("body".to_owned(), text.into()),
            Err(_) => fields.insert("body_base64".to_owned(), BASE64_STANDARD.encode(&body).into()),
        };
    }
    Ok(shown)
}
