//! A call as others see it: each of the vendor's own views, and the ladder.

use actix_web::{HttpResponse, http::header};
use serde_json::{Value, json};

use super::{Answer, Ask, Problem, calls::find, ok};
use crate::{CallShown, mount::View};

/// Whose scripts and pages an image may fetch: nobody's.
const ALONE: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// `GET calls/{id}/views`
pub(super) async fn views(ask: Ask) -> Answer {
    let (mount, account, id) = find(&ask, ask.param("id"))?;
    let none = || Problem::no_such("call");
    let shown = mount.views(account, id).ok_or_else(none)?;
    let call = mount.view(account, View::Call(id)).ok_or_else(none)?;
    let view = |view: &CallShown| {
        json!({
            "view": view.view,
            "kind": view.kind.as_str(),
            "shown": view.shown,
            "says": view.says.json(),
        })
    };
    ok(&json!({
        "call": call.get("id"),
        "vendor": call.get("vendor"),
        "account": call.get("account"),
        "vendor_ids": call.get("vendor_ids"),
        "views": shown.iter().map(view).collect::<Value>(),
    }))
}

/// `GET calls/{id}/ladder?format=json|svg|mermaid`
pub(super) async fn ladder(ask: Ask) -> Answer {
    let (mount, account, id) = find(&ask, ask.param("id"))?;
    let format = ask.query("format").unwrap_or("json");
    if !["json", "svg", "mermaid"].contains(&format) {
        return Err(Problem::at("format", "is one of json, svg, mermaid"));
    }
    let ladder = mount.ladder(account, id).ok_or_else(|| Problem::no_such("call"))?;
    match format {
        "svg" => Ok(HttpResponse::Ok()
            .content_type("image/svg+xml")
            .insert_header((header::CONTENT_SECURITY_POLICY, ALONE))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(ladder.svg())),
        "mermaid" => Ok(HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(ladder.mermaid())),
        _ => ok(&ladder.json()),
    }
}
