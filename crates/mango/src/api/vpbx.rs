//! The signed API: who asks, whether the signature is right, which operation, and its answer.

pub(crate) mod waiting;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use ringback_mock::{AccountId, ExecuteError, Instance, Received};

use crate::{
    ErrorStyle, Mango, Refused, RunOperation, auth,
    error::{Rejected, Unreached, failure_420},
    machine::{Admission, CheckRateLimit, RecordRefusal, SetApiKey},
    operations::{Handler, OPERATIONS, Operation, command_id, operation},
    wire::{Answer, Form, Params, Reply},
};

/// Performs an operation in an account's world, and returns its answer with the `command_id` to
/// echo. Both faces come through here; nothing is signed or checked any more.
pub(crate) async fn perform(
    mango: &Instance<Mango>,
    account: AccountId,
    path: &str,
    params: Params,
) -> Result<(Answer, Option<String>), ExecuteError> {
    match operation(path) {
        Some(operation) => run(mango, account, operation, params).await,
        None => Ok((Err(Refused::code(4001)), None)),
    }
}

async fn run(
    mango: &Instance<Mango>,
    account: AccountId,
    operation: &'static Operation,
    params: Params,
) -> Result<(Answer, Option<String>), ExecuteError> {
    let command_id = match operation.run {
        Handler::Command(_) => command_id(&params).ok().flatten(),
        Handler::Read(_) | Handler::Change(_) => None,
    };
    if let Handler::Read(read) = operation.run {
        let answer = mango.engine().read_at(|accounts, now| {
            let (pbx, now) = accounts.world_at(account, now)?;
            // A forced result is used up, so it takes a command.
            (!pbx.forces(operation.path)).then(|| read(pbx, now, &params))
        });
        if let Some(answer) = answer {
            return Ok((answer, command_id));
        }
    }
    let perform = RunOperation { operation: operation.path.to_owned(), params };
    Ok((mango.execute(account, perform).await?, command_id))
}

/// Every `POST` of the VPBX API.
pub(crate) async fn serve(
    mango: web::Data<Instance<Mango>>,
    request: HttpRequest,
    received: Received,
) -> HttpResponse {
    let mut account = AccountId::default();
    let response = match answer(&mango, &request, &received, &mut account).await {
        Ok(response) => response,
        Err(rejected) => rejected.respond(style(&mango, account)),
    };
    identified(response, &request)
}

/// Fields, then key, then sign, then JSON; parameters and state are the operation's business.
async fn answer(
    mango: &Instance<Mango>,
    request: &HttpRequest,
    received: &Received,
    account: &mut AccountId,
) -> Result<HttpResponse, Rejected> {
    let body = received.body().map_err(Unreached::from)?;
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let form = Form::read(content_type, body);
    let key = form.key.ok_or(Rejected::FieldMissing("vpbx_api_key"))?;
    let sign = form.sign.ok_or(Rejected::FieldMissing("sign"))?;
    let operation = received.place().and_then(|place| OPERATIONS.get(place));
    // The bare path of an operation that both faces have comes here by its name.
    let operation = operation.or_else(|| self::operation(request.path()));
    let operation = operation.ok_or(Unreached::NotFound)?;
    *account = admit(mango, request, operation.path, &key).await?;
    let style = style(mango, *account);
    // A missing field is reported before the signature is looked at. vendors/mango.md, 5.1
    let Some(json) = form.json else {
        return Ok(refused(mango, *account, Refused::code(3103), style).await?);
    };
    let verifies = mango.read(*account, |pbx| auth::verifies(&key, &json, pbx.salt(), &sign));
    if verifies != Some(true) {
        note(mango, *account, Rejected::WrongSign.result()).await?;
        return Err(Rejected::WrongSign);
    }
    let Some(params) = Params::read(&json) else {
        return Ok(refused(mango, *account, Refused::code(3400), style).await?);
    };
    waiting::for_statistics(mango, *account, operation.path, &params).await;
    let (answer, command_id) = run(mango, *account, operation, params).await?;
    if let Err(refused) = &answer {
        note(mango, *account, Some(refused.code)).await?;
    }
    Ok(respond(mango, request, &answer, command_id.as_deref(), style))
}

/// Finds the account of a key, where it may ask now.
pub(super) async fn admit(
    mango: &Instance<Mango>,
    request: &HttpRequest,
    operation: &str,
    key: &str,
) -> Result<AccountId, Rejected> {
    let account =
        mango.admit(key).await.map_err(ExecuteError::from)?.ok_or(Rejected::UnknownKey)?;
    let address = request.peer_addr().map(|address| address.ip());
    let known = mango.read(account, |pbx| {
        (pbx.key() == key, pbx.settings().allows(address), pbx.settings().counts_requests())
    });
    let (is_introduced, is_allowed, counts) = known.ok_or(Rejected::UnknownKey)?;
    if !is_introduced {
        // An account that a key has opened learns the key with which it signs.
        mango.execute(account, SetApiKey { key: key.to_owned() }).await?;
    }
    if !is_allowed {
        return Err(Rejected::ForeignAddress);
    }
    if counts {
        match mango.execute(account, CheckRateLimit { operation: operation.to_owned() }).await? {
            Admission::Granted => {}
            Admission::TooFast => return Err(Rejected::TooFast),
            Admission::LockedOut => return Err(Rejected::LockedOut),
        }
    }
    Ok(account)
}

/// Notes a refusal, where that may lock the caller out.
pub(super) async fn note(
    mango: &Instance<Mango>,
    account: AccountId,
    code: Option<u16>,
) -> Result<(), ExecuteError> {
    let counts = mango.read(account, |pbx| pbx.settings().lock_out) == Some(true);
    if let Some(code) = code.filter(|code| counts && (3000..4000).contains(code)) {
        mango.execute(account, RecordRefusal { code }).await?;
    }
    Ok(())
}

async fn refused(
    mango: &Instance<Mango>,
    account: AccountId,
    refused: Refused,
    style: ErrorStyle,
) -> Result<HttpResponse, ExecuteError> {
    note(mango, account, Some(refused.code)).await?;
    Ok(render(&Err(refused), None, style))
}

pub(super) fn respond(
    mango: &Instance<Mango>,
    request: &HttpRequest,
    answer: &Answer,
    command_id: Option<&str>,
    style: ErrorStyle,
) -> HttpResponse {
    match answer {
        Ok(Reply::File(token)) => {
            let location = format!("{}/files/{token}", mango.base_url(request));
            HttpResponse::Found().insert_header((header::LOCATION, location)).finish()
        }
        answer => render(answer, command_id, style),
    }
}

fn render(answer: &Answer, command_id: Option<&str>, style: ErrorStyle) -> HttpResponse {
    if let Err(refused) = answer {
        refused.note();
    }
    match (answer, style) {
        (Ok(Reply::Csv(text)), _) => {
            HttpResponse::Ok().content_type("text/csv; charset=utf-8").body(text.clone())
        }
        (Ok(Reply::Building), _) => HttpResponse::NoContent().finish(),
        (Ok(Reply::Unknown | Reply::File(_)), _) => HttpResponse::NotFound().finish(),
        (Err(refused), ErrorStyle::Legacy420) => failure_420(refused.code),
        (Ok(Reply::Done | Reply::Json(_)) | Err(_), _) => {
            let text = Reply::text(answer, command_id).unwrap_or_default();
            HttpResponse::build(StatusCode::OK).content_type("application/json").body(text)
        }
    }
}

/// Returns how an account wants its refusals.
pub(crate) fn style(mango: &Instance<Mango>, account: AccountId) -> ErrorStyle {
    mango.read(account, |pbx| pbx.settings().error_style).unwrap_or_default()
}

/// Puts the request's id on an answer: any UUID, a new one each time.
pub(crate) fn identified(mut response: HttpResponse, request: &HttpRequest) -> HttpResponse {
    let drawn = Received::of(request).map(|received| received.id()).unwrap_or_default();
    let uuid = uuid::Builder::from_random_bytes(drawn).into_uuid().to_string();
    if let Ok(uuid) = header::HeaderValue::from_str(&uuid) {
        response.headers_mut().insert(header::HeaderName::from_static("x-uuid"), uuid);
    }
    response
}
