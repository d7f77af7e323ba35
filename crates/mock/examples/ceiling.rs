//! The ceiling of `docs/performance.md`: a bare actix-web server that answers every request with the
//! same bytes, read from a file, so that a simulator can be measured beside it.
//!
//! `cargo run --release --example ceiling -- 8099 2 body.json`: port, workers, body.

#![expect(clippy::unwrap_used, reason = "a measuring tool that cannot go on stops")]

use actix_web::{App, HttpResponse, HttpServer, web};

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let mut given = std::env::args().skip(1);
    let port: u16 = given.next().unwrap().parse().unwrap();
    let workers = given.next().unwrap().parse().unwrap();
    let body = web::Bytes::from(std::fs::read(given.next().unwrap())?);
    HttpServer::new(move || {
        let body = body.clone();
        App::new().default_service(web::to(move |_request: web::Bytes| {
            let body = body.clone();
            async move { HttpResponse::Ok().content_type("application/json").body(body) }
        }))
    })
    .workers(workers)
    .bind(("127.0.0.1", port))?
    .run()
    .await
}
