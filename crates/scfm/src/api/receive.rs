//! Provider events: posted by forms, perhaps signed, answered by TwiML. vendors/scfm.md, 16.

use actix_web::http::StatusCode;

use super::RequestContext;
use crate::{
    error::Error,
    machine::{ReceiveEvent, signature},
    wire::{
        Params, address,
        answer::{Answer, XML},
    },
};

pub(super) async fn receive(asked: &RequestContext<'_>) -> Result<Answer, Error> {
    let params = Params::of(asked.request, asked.body).await?;
    if let Some(token) = &asked.scfm.settings().twilio_request_auth_token {
        let query = asked.request.query_string();
        let mark = if query.is_empty() { "" } else { "?" };
        let path = asked.request.path();
        let url = format!("{}{path}{mark}{query}", address(asked.scfm, asked.request));
        let form: Vec<(String, String)> = params
            .form
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().unwrap_or_default()))
            .collect();
        let wanted = signature(token, &url, &form);
        let shown = asked.request.headers().get("x-twilio-signature");
        if shown.is_none_or(|shown| shown.as_bytes() != wanted.as_bytes()) {
            return Err(Error::Unsigned);
        }
    }
    let event = ReceiveEvent { details: params.all };
    let twiml = asked.scfm.execute(asked.account, event).await?.map_err(Error::Event)?;
    Ok(Answer::new(StatusCode::CREATED, XML, twiml))
}
