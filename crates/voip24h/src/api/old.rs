//! The generation before v3, which some clients combine with it. vendors/voip24h-v3.md, 8

use actix_web::{HttpRequest, HttpResponse};
use ringback_mock::Received;
use serde::Serialize;

use super::{
    history::{filter, is_ascending, part},
    v3::{Answer, Issued, Voip, issue},
};
use crate::{
    auth,
    error::Fault,
    render::FoundRow,
    wire::{fields::Fields, reply},
};

/// Answers failures in the form of this generation.
fn whole(answer: Answer) -> HttpResponse {
    answer.unwrap_or_else(|fault| fault.answer_old())
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Token {
    is_token: String,
    createat: String,
    expried: String,
    is_longlive: bool,
}

/// `POST /api/token`
pub(crate) async fn token(voip: Voip, request: HttpRequest, received: Received) -> HttpResponse {
    whole(issued(&voip, &request, &received).await)
}

async fn issued(voip: &Voip, request: &HttpRequest, received: &Received) -> Answer {
    let fields = Fields::of(request, received)?;
    let key = fields.required("api_key")?;
    // Spelt so by the vendor.
    let secret = fields.text_or("api_secert", "api_secret")?;
    let secret = secret.ok_or(Fault::Required("api_secert"))?;
    let is_long = fields.flag("isLonglive")?.or(fields.flag("isLongLive")?).unwrap_or_default();
    let Issued { token, created_at, expires_at, is_long } =
        issue(voip, key, &secret, is_long).await?;
    Ok(reply::old_success(Token {
        is_token: token,
        createat: created_at,
        expried: expires_at,
        is_longlive: is_long,
    }))
}

/// `POST /call/find`
pub(crate) async fn find(voip: Voip, request: HttpRequest, received: Received) -> HttpResponse {
    whole(found(&voip, &request, &received).await)
}

async fn found(voip: &Voip, request: &HttpRequest, received: &Received) -> Answer {
    let account = auth::bearer(voip, request).await?;
    let fields = Fields::of(request, received)?;
    let filter = filter(&fields, true)?;
    let (offset, limit) = part(&fields);
    let answer = voip.read(account, |pbx| {
        let page = match is_ascending(&fields) {
            true => pbx.page_ascending(&filter, offset, limit),
            false => pbx.page(&filter, offset, limit),
        };
        let rows: Vec<FoundRow<'_>> = page.rows.into_iter().map(FoundRow::from).collect();
        reply::old_success(rows)
    });
    answer.ok_or(Fault::Unauthorized)
}

/// `POST /call/findone`
pub(crate) async fn find_one(voip: Voip, request: HttpRequest, received: Received) -> HttpResponse {
    whole(found_one(&voip, &request, &received).await)
}

async fn found_one(voip: &Voip, request: &HttpRequest, received: &Received) -> Answer {
    let account = auth::bearer(voip, request).await?;
    let fields = Fields::of(request, received)?;
    let id = fields.text_or("callid", "callId")?.ok_or(Fault::Required("callid"))?;
    let answer = voip.read(account, |pbx| {
        let row = pbx.row(id.trim()).ok_or(Fault::CallNotFound)?;
        Ok(reply::old_success(FoundRow::from(row)))
    });
    answer.ok_or(Fault::Unauthorized)?
}
