//! A call as others see it: each of the vendor's own views, and the ladder.

use std::sync::Arc;

use actix_web::{HttpResponse, http::header};
use ringback_exchange::CallId;
use serde_json::{Value, json};

use super::{Answer, Ask, Problem, calls::find, ok};
use crate::{
    AccountId, CallShown, LadderRequest, Mount,
    bench::{Item, Kind, What},
    mount::View,
};

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
    let ladder = ladder.with_requests(requests(mount, account, id));
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

/// How many requests of one call are drawn.
const REQUESTS: usize = 500;

/// Returns the requests in the journal that have to do with a call, oldest first.
fn requests(mount: &Arc<dyn Mount>, account: AccountId, id: CallId) -> Vec<LadderRequest> {
    let is_of_call = |item: &Item| {
        item.source.origin == Some(mount.origin())
            && item.source.account == Some(account)
            && matches!(&item.what, What::Request(note) if note.call() == Some(id))
    };
    let (mut items, _) = mount.bench().feed().latest(Kind::Request, REQUESTS, is_of_call);
    items.reverse();
    let shown = mount.show_items(&items, false);
    let text =
        |shown: &Value, name: &str| shown.get(name).and_then(Value::as_str).map(str::to_owned);
    let request = |(item, shown): (&Item, &Value)| {
        // After a reset another call may have the number.
        shown.get("vendor_ids").and_then(Value::as_object).filter(|ids| !ids.is_empty())?;
        let status = shown.pointer("/response/status").and_then(Value::as_u64);
        let refused = shown.pointer("/refused/detail").and_then(Value::as_str);
        Some(LadderRequest {
            id: text(shown, "id")?,
            at: item.at,
            operation: text(shown, "operation").or_else(|| text(shown, "url"))?,
            status: status.and_then(|status| u16::try_from(status).ok()).unwrap_or_default(),
            refused: refused.map(str::to_owned),
        })
    };
    items.iter().zip(&shown).filter_map(request).collect()
}
