//! Hooks: who is told of which event.

use ringback_mock::webhook;
use serde::Serialize;
use serde_json::json;

use super::Answer;
use crate::{
    auth::Caller,
    error::{ErrorKind, NOT_FOUND},
    machine::{AddHook, Hook, HookRefused, RemoveHook},
    wire::{
        body::{Body, Fields},
        reply::{self, ListReply},
    },
};

#[derive(Serialize)]
struct Row {
    id: String,
    event: String,
    callback_url: String,
    callback_apikey: String,
}

impl From<&Hook> for Row {
    fn from(hook: &Hook) -> Self {
        let Hook { id, event, callback_url, callback_apikey, .. } = hook.clone();
        Self { id: id.to_string(), event, callback_url, callback_apikey }
    }
}

impl From<HookRefused> for ErrorKind {
    fn from(refused: HookRefused) -> Self {
        match refused {
            HookRefused::TooMany => Self::Bad("too many events"),
            HookRefused::Unknown => NOT_FOUND,
        }
    }
}

/// `GET /v1/event`
pub(crate) async fn list(caller: Caller) -> Answer {
    let rows: Vec<Row> = caller.read(|pbx| pbx.hooks().iter().map(Row::from).collect())?;
    Ok(reply::ok(&ListReply::from(rows)))
}

/// Reads the address of a receiver. One without a scheme would be completed; the vendor's clients give
/// whole ones.
pub(super) fn whole_address(url: &str) -> Option<String> {
    let url = url.trim();
    let is_whole = url.contains("://") || url.starts_with("inbox:");
    (is_whole && webhook::normalise(url).is_ok()).then(|| url.to_owned())
}

/// `POST /v1/event`
pub(crate) async fn add(caller: Caller, body: Body) -> Answer {
    #[derive(Serialize)]
    struct Created {
        created: bool,
        id: String,
    }
    let fields = Fields::of(body)?;
    let callback_url = fields.required("callback_url")?;
    let callback_url = whole_address(&callback_url).ok_or(ErrorKind::Invalid("callback_url"))?;
    let callback_apikey = fields.text("callback_apikey")?.unwrap_or_default();
    // It travels in a header.
    if !callback_apikey.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return Err(ErrorKind::Invalid("callback_apikey").into());
    }
    let event = fields.required("event")?.trim().to_owned();
    if event.is_empty() {
        return Err(ErrorKind::Missing("event").into());
    }
    let base = caller.base();
    let hook = AddHook { event, callback_url, callback_apikey, base };
    let id = caller.execute(hook).await?.map_err(ErrorKind::from)?;
    Ok(reply::ok(&Created { created: true, id: id.to_string() }))
}

/// `DELETE /v1/event/{id}`
pub(crate) async fn remove(caller: Caller) -> Answer {
    let id = caller.parameter("id").to_owned();
    caller.execute(RemoveHook { id }).await?.map_err(ErrorKind::from)?;
    Ok(reply::ok(&json!({ "deleted": true })))
}
