//! Recordings: `queries/recording…`. The files themselves are behind temporary addresses.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use ringback_engine::OffsetDateTime;
use ringback_mock::{AccountId, Instance, Received};
use serde::Serialize;

use super::{admit, identified, note, respond, style};
use crate::{Mango, Params, Pbx, Perform, Refused, Reply, auth, error::Rejected, wire::Answer};

/// There is no such recording.
const UNKNOWN: u16 = 3320;

/// How a recording is fetched.
fn action(params: &Params) -> Result<bool, Refused> {
    match params.text("action")?.as_str() {
        "download" => Ok(true),
        "play" => Ok(false),
        _ => Err(params.malformed("action")),
    }
}

/// `queries/recording/post`. vendors/mango.md, 8
pub(crate) fn post(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let recordings = params.texts("recording_id")?;
    let [recording] = recordings.as_slice() else {
        return Err(params.missing("recording_id"));
    };
    let downloads = action(params)?;
    let token = pbx.issue_link(now, recording, downloads);
    token.map(Reply::File).ok_or(Refused::code(UNKNOWN))
}

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
    let answer = mango.execute(account, Perform::new("queries/recording/post", params)).await?;
    let token = match &answer {
        Ok(Reply::File(token)) => token,
        Ok(Reply::Done | Reply::Json(_) | Reply::Csv(_) | Reply::Building | Reply::Unknown) => {
            return Ok(HttpResponse::NotFound().finish());
        }
        Err(refused) if refused.code != UNKNOWN => {
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

#[derive(Serialize)]
struct List<T> {
    result: u16,
    data: Vec<T>,
}

#[derive(Serialize)]
struct Transcript {
    recording_id: String,
    names: Names,
    phrases: Vec<[String; 0]>,
}

#[derive(Serialize)]
struct Names {
    client: String,
    operator: String,
}

/// `queries/recording_transcripts`: nobody says a word on these recordings.
pub(crate) fn transcripts(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let recordings = params.texts("recording_id")?;
    if recordings.is_empty() {
        return Err(params.missing("recording_id"));
    }
    let known = recordings.into_iter().filter(|recording| pbx.recording(recording).is_some());
    let transcript = |recording_id: String| {
        let (client, operator) = pbx.recorded_parties(&recording_id);
        Transcript { recording_id, names: Names { client, operator }, phrases: Vec::new() }
    };
    Reply::json(&List { result: 1000, data: known.map(transcript).collect() })
}

#[derive(Serialize)]
struct Categorised {
    recording_id: String,
    categories: Vec<Category>,
}

#[derive(Serialize)]
struct Category {
    id: u32,
    assign_time: i64,
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    terms: Option<Vec<Term>>,
}

#[derive(Serialize)]
struct Term {
    channels: [i8; 1],
    count: u32,
    value: &'static str,
}

/// `queries/recording_categories`. A recording that is stored has the one category of a greeting.
pub(crate) fn categories(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let recordings = params.texts("recording_id")?;
    if recordings.is_empty() {
        return Err(params.missing("recording_id"));
    }
    let with_terms = params.flag_or_none("with_terms")? == Some(true);
    let with_names = params.flag_or_none("with_names")? == Some(true);
    let term = || vec![Term { channels: [-1], count: 1, value: "hello" }];
    let categorised = |recording_id: String| {
        let ended = pbx.recorded_until(&recording_id);
        let category = ended.map(|assign_time| Category {
            id: 1,
            assign_time,
            version: 1,
            name: with_names.then_some("Greeting"),
            terms: with_terms.then(term),
        });
        Categorised { recording_id, categories: category.into_iter().collect() }
    };
    Reply::json(&List { result: 1000, data: recordings.into_iter().map(categorised).collect() })
}
