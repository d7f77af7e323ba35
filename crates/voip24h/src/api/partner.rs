//! The one endpoint of the partner API: parse, one command or one read, render.

use std::ops::RangeInclusive;

use actix_web::{HttpRequest, HttpResponse, web};
use ringback_engine::OffsetDateTime;
use ringback_mock::{AccountId, Instance, Received};
use serde::Serialize;
use serde_json::json;

use crate::{
    MakeDial, Voip24h, auth,
    error::{DialRefused, Error, refused},
    machine::IssueLink,
    render::{CallRecord, link},
    seal,
    wire::{ANY_ORIGIN, Envelope, Params, RequestType, object, permitted},
};

type Voip = web::Data<Instance<Voip24h>>;

/// `POST /api/v1/partner/voip24h`
pub(crate) async fn partner(
    voip: Voip,
    request: HttpRequest,
    received: Received,
) -> Result<HttpResponse, Error> {
    let body = match received.body() {
        Ok(body) => body,
        Err(refusal) => return Ok(refused(refusal, request.path())),
    };
    // The order of checks is the spec's: a wrong secret never tells whether a type or call exists.
    let object = object(body)?;
    let account = auth::account(&voip, &object).await?;
    let request_type = RequestType::of(&object)?;
    let params = Params::of(object)?;
    match request_type {
        RequestType::GetUser => list(&voip, account, Some(params.text("user")?), None),
        RequestType::GetDate => list(&voip, account, None, Some(params.days()?)),
        RequestType::GetUserDate => {
            list(&voip, account, Some(params.text("user")?), Some(params.days()?))
        }
        RequestType::GetCallData => call_data(&voip, account, &params),
        RequestType::RecordingDownload => {
            recording(&voip, account, &params, &request, "/api/recording/download").await
        }
        RequestType::RecordingListen => {
            recording(&voip, account, &params, &request, "/recording/listen").await
        }
        RequestType::MakeDial => make_dial(&voip, account, &params).await,
    }
}

/// `OPTIONS /api/v1/partner/voip24h`: a browser asks whether it may post.
pub(crate) async fn preflight(request: HttpRequest) -> HttpResponse {
    permitted(&request, "POST, OPTIONS", &["content-type"])
}

fn success(data: impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header(ANY_ORIGIN).json(Envelope {
        resp_code: 0,
        resp_msg: "Success",
        data: Some(data),
    })
}

/// What a record takes in a list, rounded up: a list is written into one piece of memory.
const RECORD: usize = 256;

/// Answers with records, written as they are: the envelope as [`success`] has it.
fn written(count: usize, write: impl FnOnce(&mut Vec<u8>)) -> HttpResponse {
    let mut body = Vec::with_capacity(RECORD * (count + 1));
    body.extend_from_slice(br#"{"respCode":0,"respMsg":"Success","data":"#);
    write(&mut body);
    body.push(b'}');
    HttpResponse::Ok().insert_header(ANY_ORIGIN).content_type("application/json").body(body)
}

fn records<'a>(records: impl Iterator<Item = CallRecord<'a>>) -> HttpResponse {
    let records: Vec<CallRecord<'_>> = records.collect();
    written(records.len(), |body| {
        body.push(b'[');
        for (place, record) in records.iter().enumerate() {
            if place > 0 {
                body.push(b',');
            }
            record.write(body);
        }
        body.push(b']');
    })
}

fn list(
    voip: &Voip,
    account: AccountId,
    user: Option<String>,
    days: Option<RangeInclusive<OffsetDateTime>>,
) -> Result<HttpResponse, Error> {
    let answer = voip.read(account, |pbx| match (user, days) {
        (Some(user), None) => records(pbx.calls_of(&user)),
        (Some(user), Some(days)) => records(pbx.calls_of_during(&user, days)),
        (None, Some(days)) => records(pbx.calls_during(days)),
        (None, None) => success([(); 0]),
    });
    answer.ok_or(Error::InvalidSecret)
}

fn call_data(voip: &Voip, account: AccountId, params: &Params) -> Result<HttpResponse, Error> {
    let call_id = params.text_or("uniqueId", "callId")?;
    let answer = voip.read(account, |pbx| {
        let record = CallRecord::from(pbx.find(&call_id)?);
        Some(written(1, |body| record.write(body)))
    });
    answer.ok_or(Error::InvalidSecret)?.ok_or(Error::CallNotFound)
}

async fn recording(
    voip: &Voip,
    account: AccountId,
    params: &Params,
    request: &HttpRequest,
    path: &str,
) -> Result<HttpResponse, Error> {
    let issue = IssueLink { call_id: params.text("callId")? };
    let issued = voip.execute(account, issue).await??;
    let host = seal::seal(&voip.settings().application_key, account, issued.iv);
    let link = link(&voip.base_url(request), path, &host, &issued.recording_file);
    Ok(success(json!({ "link": link })))
}

async fn make_dial(
    voip: &Voip,
    account: AccountId,
    params: &Params,
) -> Result<HttpResponse, Error> {
    let dial = MakeDial { extension: params.text("extension")?, phone: params.text("phone")? };
    let echo = json!({ "extension": dial.extension, "phone": dial.phone });
    let extension = dial.extension.clone();
    voip.execute(account, dial).await?.inspect_err(|refused| {
        if *refused == DialRefused::UnknownExtension {
            let known = voip.read(account, |pbx| {
                let numbers = pbx.exchange().extensions().map(|known| known.number.to_string());
                numbers.collect::<Vec<String>>()
            });
            let known = known.unwrap_or_default();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            Error::Dial(*refused).note_nearest(&extension, &known);
        }
    })?;
    Ok(success(echo))
}
