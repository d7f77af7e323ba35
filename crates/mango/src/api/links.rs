//! Links to recordings: a signature or the cabinet instead of a signed form. vendors/mango.md, 8

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use ringback_mock::{AccountId, Instance, Received};

use super::vpbx::{admit, identified, note, respond, style};
use crate::{Mango, Reply, RunOperation, auth, error::Rejected, operations::UNKNOWN_RECORDING};

/// `GET queries/recording/link/{recording_id}/{action}/{vpbx_api_key}/{timestamp}/{sign}`
pub(crate) async fn link(
    mango: web::Data<Instance<Mango>>,
    request: HttpRequest,
    received: Received,
) -> HttpResponse {
    let mut account = AccountId::default();
    let response = signed_link(&mango, &request, &received, &mut account).await;
    let response = response.unwrap_or_else(|rejected| rejected.respond(style(&mango, account)));
    identified(response, &request)
}

async fn signed_link(
    mango: &Instance<Mango>,
    request: &HttpRequest,
    received: &Received,
    account: &mut AccountId,
) -> Result<HttpResponse, Rejected> {
    let names = ["recording_id", "action", "key", "timestamp", "sign"];
    let [recording_id, action, key, timestamp, sign] = names.map(|name| received.param(name));
    *account = admit(mango, request, "queries/recording/link", key).await?;
    let signed = mango.read(*account, |pbx| {
        let parts = [key, timestamp, recording_id].map(|part| part.as_bytes());
        let [key, timestamp, recording_id] = parts;
        let wanted = auth::sign(&[key, timestamp, recording_id, pbx.salt().as_bytes()]);
        auth::matches(sign, &wanted)
    });
    if signed != Some(true) {
        note(mango, *account, Rejected::WrongSign.result()).await?;
        return Err(Rejected::WrongSign);
    }
    // Some clients make links for a thousand years: more than 32 bits.
    let until: i64 = timestamp.parse().map_err(|_| Rejected::LinkExpired)?;
    let now = mango.read_at(*account, |pbx, now| pbx.unix(now)).unwrap_or_default();
    if until < now {
        return Err(Rejected::LinkExpired);
    }
    redirect(mango, request, *account, recording_id, action).await
}

/// `GET queries/recording/issa/{recording_id}/{action}`: the original redirects to the cabinet, which
/// asks who one is; this goes to the file.
pub(crate) async fn issa(
    mango: web::Data<Instance<Mango>>,
    request: HttpRequest,
    received: Received,
) -> HttpResponse {
    let account = AccountId::default();
    let [recording_id, action] = ["recording_id", "action"].map(|name| received.param(name));
    let response = redirect(&mango, &request, account, recording_id, action).await;
    let response = response.unwrap_or_else(|rejected| rejected.respond(style(&mango, account)));
    identified(response, &request)
}

async fn redirect(
    mango: &Instance<Mango>,
    request: &HttpRequest,
    account: AccountId,
    recording_id: &str,
    action: &str,
) -> Result<HttpResponse, Rejected> {
    let params = serde_json::json!({ "recording_id": [recording_id], "action": action });
    let answer =
        mango.execute(account, RunOperation::new("queries/recording/post", params)).await?;
    let token = match &answer {
        Ok(Reply::File(token)) => token,
        Ok(Reply::Done | Reply::Json(_) | Reply::Csv(_) | Reply::Building | Reply::Unknown) => {
            return Ok(HttpResponse::NotFound().finish());
        }
        Err(refused) if refused.code != UNKNOWN_RECORDING => {
            let style = style(mango, account);
            return Ok(respond(mango, request, &answer, None, style));
        }
        Err(_) => {
            let body = Reply::text(&answer, None).unwrap_or_default();
            return Ok(HttpResponse::NotFound().content_type("application/json").body(body));
        }
    };
    let location = format!("{}/files/{token}", mango.base_url(request));
    Ok(HttpResponse::Found().insert_header((header::LOCATION, location)).finish())
}
