//! Who is told of finished calls. vendors/voip24h-v3.md, 7.1

use actix_web::HttpRequest;
use ringback_mock::{
    Received,
    webhook::{self, DeliveryMethod},
};
use serde::Serialize;
use serde_json::json;

use super::v3::{Answer, Voip};
use crate::{
    auth,
    error::Fault,
    machine::{Subscribe, Subscription, Unsubscribe},
    render::{Kind, Status},
    wire::{
        fields::Fields,
        reply::{self, Part},
    },
};

/// The most bytes of an address, and of a token.
const LONGEST: usize = 2_048;

/// The most words of a filter.
const WORDS: usize = 20;

/// `POST /v3/webhook-call-log/`
pub(crate) async fn subscribe(voip: Voip, request: HttpRequest, received: Received) -> Answer {
    let account = auth::bearer(&voip, &request).await?;
    let fields = Fields::of(&request, &received)?;
    let url = address(&fields)?;
    let method = match fields.text("method")?.unwrap_or_default().trim() {
        "" => DeliveryMethod::Get,
        word if word.eq_ignore_ascii_case("get") => DeliveryMethod::Get,
        word if word.eq_ignore_ascii_case("post") => DeliveryMethod::Post,
        word => {
            let fault = Fault::Invalid("method");
            fault.note_nearest(word, &["GET", "POST"]);
            return Err(fault);
        }
    };
    let active = fields.flag("active")?.unwrap_or(true);
    let param = fields.within("param")?;
    let auth = param.text("auth")?.unwrap_or_default();
    // It travels in a header.
    let is_header = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    if auth.len() > LONGEST || !auth.bytes().all(is_header) {
        return Err(Fault::Invalid("auth"));
    }
    let kinds = param.words("type", Kind::read, &Kind::WORDS)?;
    let dispositions = param.words("disposition", Status::read, &Status::WORDS)?;
    if kinds.len() > WORDS || dispositions.len() > WORDS {
        return Err(Fault::Invalid("param"));
    }
    let base = voip.base_url(&request);
    let subscription = Subscription { url, method, active, auth, kinds, dispositions, base };
    voip.execute(account, Subscribe(subscription)).await??;
    Ok(done("Update webhook call log is success"))
}

/// `DELETE /v3/webhook-call-log/`
pub(crate) async fn unsubscribe(voip: Voip, request: HttpRequest, received: Received) -> Answer {
    let account = auth::bearer(&voip, &request).await?;
    let fields = Fields::of(&request, &received)?;
    let url = fields.required("url")?.trim().to_owned();
    voip.execute(account, Unsubscribe { url }).await??;
    Ok(done("Delete webhook call log is success"))
}

/// A whole address, as it was given: one without a scheme would be completed.
fn address(fields: &Fields) -> Result<String, Fault> {
    let url = fields.required("url")?.trim().to_owned();
    let is_whole = url.contains("://") || url.starts_with("inbox:");
    let is_whole = is_whole && url.len() <= LONGEST && webhook::normalise(&url).is_ok();
    if is_whole { Ok(url) } else { Err(Fault::Invalid("url")) }
}

fn done(message: &str) -> actix_web::HttpResponse {
    #[derive(Serialize)]
    struct Done<'a> {
        status: u16,
        message: &'a str,
    }
    reply::plain(&Done { status: 200, message })
}

/// `GET /v3/webhook-call-log/`: ours, for tests.
pub(crate) async fn list(voip: Voip, request: HttpRequest) -> Answer {
    #[derive(Serialize)]
    struct Row {
        url: String,
        method: DeliveryMethod,
        active: bool,
        param: serde_json::Value,
    }
    let account = auth::bearer(&voip, &request).await?;
    let answer = voip.read(account, |pbx| {
        let rows = pbx.subscriptions().iter().map(|subscription| {
            let Subscription { url, method, active, auth, kinds, dispositions, .. } =
                subscription.clone();
            let kinds: Vec<&str> = kinds.into_iter().map(Kind::as_str).collect();
            let words: Vec<&str> = dispositions.into_iter().map(Status::as_str).collect();
            let (kinds, words) = (kinds.join(","), words.join(","));
            let param = json!({ "auth": auth, "type": kinds, "disposition": words });
            Row { url, method, active, param }
        });
        let rows: Vec<Row> = rows.collect();
        let part = Part { offset: 0, limit: rows.len(), total: rows.len() };
        reply::list(part, rows)
    });
    answer.ok_or(Fault::Unauthorized)
}
