//! Handlers: parse, one command or one read, render.

use actix_web::{HttpResponse, http::header};

use crate::{
    Page, Pull, Trigger,
    auth::Caller,
    error::Error,
    render,
    wire::{echo::Echo, reply::Content},
};

/// `GET /`
pub(crate) async fn root(caller: Caller) -> HttpResponse {
    let content = caller.account().map(|_| Content::html("Nothing here, call /get_cdr"));
    caller.respond(content).await
}

/// `GET /get_cdr`: five more records, then all there are.
pub(crate) async fn get_cdr(caller: Caller) -> HttpResponse {
    let page = async {
        let page = caller.pbx.execute(caller.account()?, Pull).await?;
        // The text is put together outside the lock.
        Ok(Content::json(page.into_body()))
    };
    let content = page.await;
    caller.respond(content).await
}

/// `HEAD /get_cdr`: the headers of a list that does not grow by being asked for.
pub(crate) async fn head_cdr(caller: Caller) -> HttpResponse {
    let page = caller
        .account()
        .and_then(|account| caller.pbx.read(account, |pbx| pbx.page()).ok_or(Error::NotFound));
    caller.respond(page.map(|page: Page| Content::json(page.into_body()))).await
}

/// `GET /trigger_webhooks`: starts one call and answers before anything is delivered.
pub(crate) async fn trigger_webhooks(caller: Caller) -> HttpResponse {
    let fired = async {
        caller.pbx.execute(caller.account()?, Trigger).await?;
        Ok(Content::json(r#"{"status":"firing webhooks"}"#))
    };
    let content = fired.await;
    caller.respond(content).await
}

/// `POST /post`: an echo, so that the exchange can be its own receiver.
pub(crate) async fn echo(caller: Caller) -> HttpResponse {
    let content_type = caller.request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.map(|value| String::from_utf8_lossy(value.as_bytes()));
    let payload = caller.account().and_then(|_| {
        let body = caller.received.body()?;
        Echo::read(content_type.as_deref(), body)
    });
    let content = payload.and_then(|payload| payload.answer());
    caller.respond(content).await
}

/// `GET /pb_directory.csv`: everybody who is called, for clients to preload.
pub(crate) async fn directory(caller: Caller) -> HttpResponse {
    let csv = caller.account().and_then(|account| {
        caller.pbx.read(account, |pbx| render::csv(pbx.contacts())).ok_or(Error::NotFound)
    });
    caller.respond(csv.map(Content::csv)).await
}
