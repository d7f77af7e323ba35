//! How the logs of instances are doing, and whether this process is ready because of them.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode};
use futures_util::future::join_all;
use ringback_engine::LogStatus;
use serde_json::{Map, Value, json};

use super::{Answer, Ask, Problem, answer, ok};
use crate::Mount;

/// How many records an instance may be behind and yet be ready: a busy log is always a few ahead.
const BEHIND: u64 = 1_000;

/// `GET log`
pub(super) async fn show(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    let mut logs = Map::new();
    let statuses = join_all(ask.mounts.iter().map(|mount| mount.log_status())).await;
    for (mount, found) in ask.mounts.iter().zip(statuses) {
        let shown = found.as_ref().map(status).unwrap_or(json!({ "kind": "none" }));
        logs.insert(mount.name().to_owned(), shown);
    }
    ok(&json!({ "logs": logs }))
}

/// `GET log.jsonl`: the commands of a running instance, for `ringback replay`.
pub(super) async fn export(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    match ask.mount()?.export_log().await? {
        Some(lines) => Ok(HttpResponse::Ok().content_type("application/jsonl").body(lines)),
        None => {
            let why = "no log is kept here that can be exported";
            let hint = "start with --record, or with --data-dir".to_owned();
            Err(Problem::new(StatusCode::CONFLICT, why).hint(hint))
        }
    }
}

fn status(status: &LogStatus) -> Value {
    json!({
        "kind": status.kind,
        "shared": status.is_shared,
        "position": status.position,
        "applied": status.applied,
        "lag": status.lag(),
        "on_the_way": status.on_the_way,
        "snapshots": {
            "newest": status.snapshot,
            "saved": status.snapshots_saved,
            "failed": status.snapshot_failed,
        },
        "lease": status.has_lease,
        "refused": status.refused,
        "stopped": status.stopped,
    })
}

/// Returns why an instance is not to be asked now, if that is so.
pub(super) async fn unready(mount: &dyn Mount) -> Option<String> {
    if let Some(why) = mount.stopped() {
        return Some(format!("the log has stopped: {why}"));
    }
    let status = mount.log_status().await?;
    match (status.lag(), status.is_shared) {
        (Some(lag), _) if lag > BEHIND => Some(format!("{lag} records behind")),
        (None, true) => Some("the log cannot be reached".to_owned()),
        (Some(_) | None, _) => None,
    }
}

/// Returns why instances are not to be asked now, by their names.
async fn all(mounts: &[Arc<dyn Mount>]) -> Map<String, Value> {
    let mut unready_ones = Map::new();
    let found = join_all(mounts.iter().map(|mount| unready(mount.as_ref()))).await;
    for (mount, found) in mounts.iter().zip(found) {
        if let Some(why) = found {
            unready_ones.insert(mount.name().to_owned(), why.into());
        }
    }
    unready_ones
}

/// `GET readyz` of the control API: says why, if it is not.
pub(super) async fn ready(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    let unready = all(&ask.mounts).await;
    let status = match unready.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    Ok(answer(status, &json!({ "ready": unready.is_empty(), "unready": unready })))
}

/// `GET /readyz`, as load balancers ask.
pub(super) async fn readiness(mounts: Vec<Arc<dyn Mount>>) -> HttpResponse {
    let unready = all(&mounts).await;
    let mut response = match unready.is_empty() {
        true => HttpResponse::Ok(),
        false => HttpResponse::ServiceUnavailable(),
    };
    let text = match unready.is_empty() {
        true => "ok\n".to_owned(),
        false => {
            let line = |(name, why): (&String, &Value)| {
                format!("{name}: {}\n", why.as_str().unwrap_or_default())
            };
            unready.iter().map(line).collect()
        }
    };
    response.content_type("text/plain").body(text)
}
