//! Click-to-call: ordering a call, and waiting for the extension.

use std::time::Duration;

use ringback_mock::Accounts;
use serde::Serialize;
use uuid::Uuid;

use super::Answer;
use crate::{
    AesKey, ClickToCall, Code, Pbx,
    auth::Caller,
    error::{ErrorFormat, ErrorKind, InFormat as _},
    machine::Progress,
    wire::{
        body::{Body, Fields},
        phone,
        query::Query,
        reply,
    },
};

/// The longest that a client is kept waiting, in the computer's time: with a clock that stands still
/// nobody picks up.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Serialize)]
struct Success {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    call_id: String,
    #[serde(skip_serializing_if = "Option::is_none", rename = "status")]
    status_last: Option<&'static str>,
}

fn success(call: Uuid) -> Answer {
    let (code, status, status_last) = (None, Some("success"), None);
    Ok(reply::ok(&Success { code, status, call_id: call.to_string(), status_last }))
}

/// Reads the number to call, however it is hidden.
fn phone(query: &Query, key: Option<&AesKey>) -> Result<String, ErrorKind> {
    let text = query.get("phone").ok_or(ErrorKind::Missing("phone"))?;
    let is_aes = query.get("encrypt_method").is_some_and(|m| m.eq_ignore_ascii_case("aes"));
    let key = key.and_then(AesKey::bytes).filter(|_| is_aes);
    let number = match (query.is_true("is_encode"), key) {
        (false, _) => phone::plain(text),
        (true, None) => phone::encoded(text),
        (true, Some(key)) => phone::encrypted(text, &key),
    };
    number.ok_or(ErrorKind::Invalid("phone"))
}

/// What a client calls things: as much of it as is kept.
pub(super) fn named(text: String) -> String {
    text.chars().take(256).collect()
}

async fn order(caller: &Caller) -> Result<Uuid, ErrorKind> {
    let query = Query::of(caller.request());
    let ext = query.text("ext").ok_or(ErrorKind::Missing("ext"))?;
    let key = caller.read(|pbx| pbx.settings().aes_key.clone())?;
    let phone = phone(&query, key.as_ref())?;
    let hotline = match query.get("hotline") {
        Some(text) => Some(phone::plain(text).ok_or(ErrorKind::Invalid("hotline"))?),
        None => None,
    };
    let auto_answer = query.is_true("auto_answer");
    let [customer, reference] = ["customer_id", "ref_id"].map(|name| query.text(name).map(named));
    let order = ClickToCall { ext, phone, hotline, auto_answer, customer, reference };
    Ok(caller.execute(order).await??)
}

/// Waits until the extension has picked up, or has not. Only this future waits, and never longer than
/// the call rings: an extension has one such call at most, so there are no more waits than
/// extensions, whatever becomes of the clients.
async fn outcome(caller: &Caller, call: Uuid) -> Result<(), ErrorKind> {
    let decided = |accounts: &Accounts<Pbx>, _now| {
        let Some(pbx) = accounts.world(caller.account()) else {
            return Some(Err(ErrorKind::Unauthorized));
        };
        match pbx.progress(call) {
            Some(Progress::PickedUp) => Some(Ok(())),
            Some(Progress::Refused(refused)) => Some(Err(refused.into())),
            Some(Progress::Rings) => None,
            // The account was reset meanwhile.
            None => Some(Err(pbx.refused(Code::CallNotFound).into())),
        }
    };
    match caller.instance().engine().wait_for(LONGEST, decided).await {
        Some(outcome) => outcome,
        None => Err(caller.read(|pbx| pbx.refused(Code::NoAnswer))?.into()),
    }
}

/// `GET /v1/click2call`: answers when the extension has picked up or refused.
pub(crate) async fn wait(caller: Caller) -> Answer {
    let call = order(&caller).await.in_format(ErrorFormat::Control)?;
    outcome(&caller, call).await.in_format(ErrorFormat::Control)?;
    success(call)
}

/// `GET /v1/click2call/async`: answers at once.
pub(crate) async fn at_once(caller: Caller) -> Answer {
    success(order(&caller).await.in_format(ErrorFormat::Click)?)
}

/// `POST /v2/click2call` `{"id", "mobile", "agent"}`
pub(crate) async fn by_agent(caller: Caller, body: Body) -> Answer {
    let order = async {
        let fields = Fields::of(body)?;
        let customer = fields.text("id")?.map(named);
        let reference = fields.text("ref_id")?.map(named);
        let mobile = fields.required("mobile")?;
        let phone = phone::plain(&mobile).ok_or(ErrorKind::Invalid("mobile"))?;
        let order = ClickToCall::new(fields.required("agent")?, phone);
        let order = ClickToCall { customer, reference, ..order };
        Ok::<_, ErrorKind>(caller.execute(order).await??)
    };
    let call = order.await.in_format(ErrorFormat::Agent)?;
    let (code, status, status_last) = (Some("0"), None, Some("success"));
    Ok(reply::ok(&Success { code, status, call_id: call.to_string(), status_last }))
}
