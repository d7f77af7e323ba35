//! What the provider says of a call: parameters of events and callbacks, and its answers.

use ringback_exchange::HangupCause;

use crate::{
    json::{Document, Json, Object},
    machine::{Details, PhoneCall, Platform, RemoteEvent},
};

/// Returns the parameters of an event.
pub(crate) fn details(platform: &Platform, event: &RemoteEvent) -> Object {
    match &event.details {
        Details::Given(document) => document.object(),
        Details::Told { word, seconds } => {
            let call = platform.phone_calls.get(event.phone_call);
            let params = call.map(|call| provider_params(platform, call, word, *seconds));
            let params = params.unwrap_or_default().into_iter();
            params.map(|(name, value)| (name, Json::Text(value))).collect()
        }
    }
}

/// The parameters by which the provider tells of a call.
pub(crate) fn provider_params(
    platform: &Platform,
    call: &PhoneCall,
    word: &str,
    seconds: Option<u32>,
) -> Vec<(String, String)> {
    let line = call.line.as_deref().unwrap_or_default().to_owned();
    let phone = call.dialled.unwrap_or(call.msisdn).to_string();
    let is_inbound = call.remote_direction.as_deref() == Some("inbound");
    let (from, to) = if is_inbound { (phone, line) } else { (line, phone) };
    let mut params = vec![
        ("CallSid", call.remote_call_id.as_deref().unwrap_or_default().to_owned()),
        ("From", from),
        ("To", to),
        ("Direction", call.remote_direction.as_deref().unwrap_or_default().to_owned()),
        ("CallStatus", word.to_owned()),
        ("AccountSid", platform.account_sid().to_owned()),
        ("ApiVersion", API_VERSION.to_owned()),
    ];
    if let Some(seconds) = seconds {
        params.push(("CallDuration", seconds.to_string()));
    }
    params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

const API_VERSION: &str = "2010-04-01";

/// What the provider answered when it took a call over; empty before.
pub(crate) fn queue_response(account: &str, call: &PhoneCall) -> Document {
    match (&call.remote_call_id, call.remotely_queued_at) {
        (Some(_), Some(_)) => answer(account, call, "queued", None),
        _ => Document::default(),
    }
}

/// What the provider answers when it is asked about a call.
pub(crate) fn provider_call(
    platform: &Platform,
    call: &PhoneCall,
    word: &str,
    seconds: Option<u32>,
) -> Document {
    answer(platform.account_sid(), call, word, seconds)
}

fn answer(account: &str, call: &PhoneCall, word: &str, seconds: Option<u32>) -> Document {
    let sid = call.remote_call_id.as_deref().unwrap_or_default();
    let uri = format!("/{API_VERSION}/Accounts/{account}/Calls/{sid}");
    let mut object = Object::new();
    let mut put = |name: &str, value: Json| drop(object.insert(name.to_owned(), value));
    put("account_sid", account.into());
    put("api_version", API_VERSION.into());
    put("direction", call.remote_direction.as_deref().unwrap_or_default().into());
    if let Some(seconds) = seconds {
        put("duration", Json::Text(seconds.to_string()));
    }
    put("from", call.line.as_deref().unwrap_or_default().into());
    put("sid", sid.into());
    put("status", word.into());
    put("subresource_uris", Json::Object(Object::new()));
    put("to", Json::Text(call.dialled.unwrap_or(call.msisdn).to_string()));
    put("uri", Json::Text(uri));
    Document::from(&object)
}

/// The provider's word for a call that ended without having been answered.
pub(crate) fn provider_word(cause: HangupCause) -> &'static str {
    match cause {
        HangupCause::UserBusy | HangupCause::CallRejected => "busy",
        HangupCause::NoAnswer | HangupCause::NoUserResponse => "no-answer",
        HangupCause::OriginatorCancel
        | HangupCause::NormalClearing
        | HangupCause::ManagerRequest
        | HangupCause::LoseRace
        | HangupCause::PickedOff
        | HangupCause::BlindTransfer
        | HangupCause::AttendedTransfer => "canceled",
        HangupCause::UnallocatedNumber
        | HangupCause::NoRouteDestination
        | HangupCause::SubscriberAbsent
        | HangupCause::NumberChanged
        | HangupCause::DestinationOutOfOrder
        | HangupCause::InvalidNumberFormat
        | HangupCause::FacilityRejected
        | HangupCause::NormalUnspecified
        | HangupCause::NormalCircuitCongestion
        | HangupCause::NetworkOutOfOrder
        | HangupCause::NormalTemporaryFailure
        | HangupCause::SwitchCongestion
        | HangupCause::OutgoingCallBarred
        | HangupCause::IncompatibleDestination
        | HangupCause::RecoveryOnTimerExpire
        | HangupCause::UserNotRegistered => "failed",
    }
}

#[cfg(test)]
mod tests;
