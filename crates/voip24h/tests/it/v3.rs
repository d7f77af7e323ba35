//! A client of v3, of the dial service, and of both feeds.

use ringback_mock::inbox::{Inbox, InboxMessage};
use ringback_testkit::{Api, Reply};
use ringback_voip24h::Voip24h;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration as RealTime;
use time::Duration;

pub(crate) const KEY: &str = "9b1f0c7e5d3a48268f104ce2b7a6d9581c3e5f70";
pub(crate) const API_SECRET: &str = "4e2a6c8091b3d5f70718293a4b5c6d7e8f9012ab";
pub(crate) const DIAL_SECRET: &str = "5d0c9b8a7f6e4d3c2b1a09f8e7d6c5b4";
pub(crate) const LOGIN: &str = "/v3/authentication";
pub(crate) const SUBSCRIPTIONS: &str = "/v3/webhook-call-log/";

/// Logs in, and returns the token.
pub(crate) async fn login(api: &Api<Voip24h>) -> String {
    login_as(api, KEY, API_SECRET).await
}

pub(crate) async fn login_as(api: &Api<Voip24h>, key: &str, secret: &str) -> String {
    let reply = api.post(LOGIN, &json!({ "apiKey": key, "apiSecret": secret })).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json["data"]["token"].as_str().unwrap().to_owned()
}

/// Sends a request with a token.
pub(crate) async fn ask(
    api: &Api<Voip24h>,
    token: &str,
    method: &str,
    path: &str,
    body: &Value,
) -> Reply {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", &*authorization), ("content-type", "application/json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    api.request(method, path, &headers, body).await
}

pub(crate) async fn get(api: &Api<Voip24h>, token: &str, path: &str) -> Reply {
    ask(api, token, "GET", path, &Value::Null).await
}

/// The rows of the history that a query asks for, by a token of its own.
pub(crate) async fn history(api: &Api<Voip24h>, query: &str) -> Vec<Value> {
    let reply = get(api, &login(api).await, &format!("/v3/call/history?{query}")).await;
    assert_eq!(reply.status, 200, "{query}: {}", reply.text());
    reply.json["data"].as_array().unwrap().clone()
}

/// A path of the dial service with the credentials in front of its query.
pub(crate) fn dial_path(operation: &str, query: &str) -> String {
    format!("/dial{operation}?voip={KEY}&secret={DIAL_SECRET}&{query}")
}

pub(crate) async fn dial_call(api: &Api<Voip24h>, extension: &str, phone: &str) {
    let body = json!({ "extension": extension, "phone": phone });
    let reply = ask(api, &login(api).await, "POST", "/v3/call/dial", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}

/// Lets a call come in, and go as it says.
pub(crate) async fn call_in(api: &Api<Voip24h>, from: &str, to: &str, behaviour: Value) -> Value {
    let call = json!({ "from": from, "to": to, "behaviour": behaviour });
    let reply = api.post("/__admin/calls", &call).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    reply.json
}

/// Lets a minute and a half pass, in which every call ends that is not driven by hand.
pub(crate) async fn wait(api: &Api<Voip24h>) {
    api.advance(Duration::seconds(90)).await;
}

/// Sends states to an inbox.
pub(crate) fn push_to(api: &Api<Voip24h>, name: &str) -> Inbox {
    let inbox = api.inbox(name);
    api.demo().send_webhooks_to(&inbox.url()).unwrap();
    inbox
}

/// What an inbox has received, so many of them.
pub(crate) fn messages(inbox: &Inbox, count: usize) -> Vec<Arc<InboxMessage>> {
    let wanted = u64::try_from(count).unwrap();
    let messages = inbox.wait_for(wanted, RealTime::from_secs(20));
    let messages = messages.unwrap_or_else(|| panic!("{:?}", inbox.messages()));
    assert_eq!(messages.len(), count, "{messages:?}");
    messages
}

/// The query of a message, by name.
pub(crate) fn query_of(message: &InboxMessage) -> Vec<(String, String)> {
    serde_urlencoded::from_str(&message.query).unwrap()
}

/// A field of a query.
pub(crate) fn field<'a>(query: &'a [(String, String)], name: &str) -> &'a str {
    let found = query.iter().find(|(key, _)| key == name);
    found.map_or_else(|| panic!("no {name} in {query:?}"), |(_, value)| value)
}

/// An instance with settings.
pub(crate) fn set(settings: Value) -> Api<Voip24h> {
    Api::of(Voip24h::builder().seed(7).frozen_clock().settings(settings))
}

/// The token that a login at the beginning of a frozen clock gives.
pub(crate) fn token() -> &'static str {
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI5YjFmMGM3ZTVkM2E0ODI2OGYxMDRjZTJiN2E2ZDk1ODFjM2U1ZjcwIiwiaWF0IjoxNzY3NjAzNjAwLCJleHAiOjE3Njc2OTAwMDB9.lqXDPUdvgCk1K3VZCcragfFRgeoZq6qHhXrEjrCour0"
}
