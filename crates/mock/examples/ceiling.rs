//! The ceiling of `docs/performance.md`: a bare actix-web server that gives every request the same
//! answer, read from a file, so that a simulator can be measured beside it: status, headers and bytes
//! as the simulator gave them.
//!
//! `cargo run --release --example ceiling -- 8099 2 answer`: port, workers, an answer with its head, as
//! `curl -si` writes it.

#![expect(clippy::unwrap_used, reason = "a measuring tool that cannot go on stops")]

use actix_web::{
    App, HttpResponse, HttpServer,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    web,
};

/// What the server writes by itself.
const OWN: [&str; 4] = ["content-length", "date", "connection", "transfer-encoding"];

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let mut given = std::env::args().skip(1);
    let port: u16 = given.next().unwrap().parse().unwrap();
    let workers = given.next().unwrap().parse().unwrap();
    let answer = std::fs::read(given.next().unwrap())?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let (head, body) = answer.split_at(end);
    let mut lines = str::from_utf8(head).unwrap().lines();
    let status: u16 = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let status = StatusCode::from_u16(status).unwrap();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(": ").unwrap();
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        (name, HeaderValue::from_str(value).unwrap())
    });
    let headers: Vec<_> = headers.filter(|(name, _)| !OWN.contains(&name.as_str())).collect();
    let body = web::Bytes::copy_from_slice(body.strip_prefix(b"\r\n\r\n").unwrap());
    HttpServer::new(move || {
        let (headers, body) = (headers.clone(), body.clone());
        App::new().default_service(web::to(move |_request: web::Bytes| {
            let mut answer = HttpResponse::build(status);
            for (name, value) in &headers {
                answer.append_header((name, value));
            }
            let body = body.clone();
            async move { answer.body(body) }
        }))
    })
    .workers(workers)
    .bind(("127.0.0.1", port))?
    .run()
    .await
}
