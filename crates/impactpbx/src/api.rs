//! Handlers: parse, one command or one read, render.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use ringback_mock::{Instance, Received};

use crate::{
    ACCOUNT, ImpactPbx, Page, Pull, Trigger,
    error::Error,
    render,
    wire::{
        echo::Echo,
        reply::{Content, respond},
    },
};

type Pbx = web::Data<Instance<ImpactPbx>>;

/// `GET /`
pub(crate) async fn root(pbx: Pbx, request: HttpRequest) -> HttpResponse {
    respond(&pbx, &request, Ok(Content::html("Nothing here, call /get_cdr"))).await
}

/// `GET /get_cdr`: five more records, then all there are.
pub(crate) async fn get_cdr(pbx: Pbx, request: HttpRequest) -> HttpResponse {
    let page = pbx.execute(ACCOUNT, Pull).await;
    // The text is put together outside the lock.
    let content = page.map(|page| Content::json(page.into_body())).map_err(Error::from);
    respond(&pbx, &request, content).await
}

/// `HEAD /get_cdr`: the headers of a list that does not grow by being asked for.
pub(crate) async fn head_cdr(pbx: Pbx, request: HttpRequest) -> HttpResponse {
    let page = pbx.read(ACCOUNT, |pbx| pbx.page()).ok_or(Error::NotFound);
    respond(&pbx, &request, page.map(|page: Page| Content::json(page.into_body()))).await
}

/// `GET /trigger_webhooks`: starts one call and answers before anything is delivered.
pub(crate) async fn trigger_webhooks(pbx: Pbx, request: HttpRequest) -> HttpResponse {
    let fired = pbx.execute(ACCOUNT, Trigger).await;
    let content = fired.map(|()| Content::json(r#"{"status":"firing webhooks"}"#));
    respond(&pbx, &request, content.map_err(Error::from)).await
}

/// `POST /post`: an echo, so that the exchange can be its own receiver.
pub(crate) async fn echo(pbx: Pbx, request: HttpRequest, received: Received) -> HttpResponse {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.map(|value| String::from_utf8_lossy(value.as_bytes()));
    let payload = received
        .body()
        .map_err(Error::from)
        .and_then(|body| Echo::read(content_type.as_deref(), body));
    respond(&pbx, &request, payload.and_then(|payload| payload.answer())).await
}

/// `GET /pb_directory.csv`: everybody who is called, for clients to preload.
pub(crate) async fn directory(pbx: Pbx, request: HttpRequest) -> HttpResponse {
    let csv = pbx.read(ACCOUNT, |pbx| render::csv(pbx.contacts())).ok_or(Error::NotFound);
    respond(&pbx, &request, csv.map(Content::csv)).await
}
