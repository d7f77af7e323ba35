//! A client for an instance of its own, over real HTTP.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration as ComputerTime;

use actix_web::http::{Method, header::HeaderMap};
use awc::Client;
use ringback_engine::Duration;
use ringback_mock::{Builder, Running, Vendor};
use serde_json::Value;

/// An instance behind its own server, and a client for it. Dereferences to the instance.
pub struct Api<V: Vendor> {
    running: Running<V>,
    client: Client,
}

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
    /// Its body as JSON, or null if it is none.
    pub json: Value,
}

impl Reply {
    /// Returns a header as text; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header of plain text"))
    }

    /// Returns the body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body of text")
    }
}

impl<V: Vendor> Api<V> {
    /// An instance with seed 7 and a clock that stands still.
    pub fn frozen() -> Self {
        Self::of(Builder::<V>::default().seed(7).frozen_clock())
    }

    /// An instance set up as wanted.
    pub fn of(builder: Builder<V>) -> Self {
        Self::beside(builder, Vec::new())
    }

    /// An instance set up as wanted, on a port shared with instances of other vendors.
    pub fn beside(builder: Builder<V>, others: Vec<Arc<dyn ringback_mock::Mount>>) -> Self {
        let running = builder.start_beside(others).expect("the instance starts");
        Self {
            running,
            client: Client::builder()
                .disable_redirects()
                .timeout(ComputerTime::from_secs(30))
                .finish(),
        }
    }

    /// Returns the address of the server.
    pub fn url(&self) -> String {
        self.running.url()
    }

    /// Sends a request; a `Host` header may stand among the headers.
    pub async fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Reply {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let url = format!("{}{path}", self.running.url());
        let mut request = self.client.request(method, url).no_decompress();
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        let mut response = request.send_body(body.into()).await.expect("an answer");
        let body = response.body().limit(256 << 20).await.expect("a whole body").to_vec();
        let json = serde_json::from_slice(&body).unwrap_or_default();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Reply { status, headers, body, json }
    }

    /// Sends a `GET`.
    pub async fn get(&self, path: &str) -> Reply {
        self.request("GET", path, &[], "").await
    }

    /// Sends a `POST` with a JSON body.
    pub async fn post(&self, path: &str, json: &Value) -> Reply {
        self.send("POST", path, json).await
    }

    /// Sends a JSON body with any method.
    pub async fn send(&self, method: &str, path: &str, json: &Value) -> Reply {
        let headers = [("content-type", "application/json")];
        self.request(method, path, &headers, json.to_string()).await
    }

    /// Jumps the clock forward, lets everything due happen, and lets webhooks arrive.
    pub async fn advance(&self, by: Duration) {
        self.running.advance(by);
        self.settle().await;
    }

    /// Waits until no webhook is under way.
    pub async fn settle(&self) {
        let settled = self.running.webhooks_settled(ComputerTime::from_secs(60)).await;
        assert!(settled, "webhooks settle within a minute");
    }
}

impl<V: Vendor> Deref for Api<V> {
    type Target = Running<V>;

    fn deref(&self) -> &Running<V> {
        &self.running
    }
}
