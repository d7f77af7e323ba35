//! Scripts that are played to one customer at once, and what became of them.

use serde_json::{Map, Value, json};

use super::Answer;
use crate::{
    CallOne,
    auth::Caller,
    error::{ErrorKind, NOT_FOUND},
    wire::{
        body::{Body, Fields},
        phone::is_callable,
        reply,
        schema::{self, Check, Rule, may, must},
    },
};

/// The most bytes of what a client says of a call.
const LONGEST: usize = 8_192;

/// Reads a body in which a field may have another name.
fn read(
    body: Body,
    name: &'static str,
    other: &'static str,
) -> Result<Map<String, Value>, ErrorKind> {
    let mut fields = Fields::of(body)?.into_map();
    if !fields.contains_key(name)
        && let Some(value) = fields.get(other).cloned()
    {
        fields.insert(name.to_owned(), value);
    }
    Ok(fields)
}

fn checked(fields: &Fields, rules: &[Rule]) -> Result<(String, String), ErrorKind> {
    schema::check(fields, rules)?;
    let phone = fields.required("phone_number")?.trim().to_owned();
    if !is_callable(&phone) {
        return Err(ErrorKind::Invalid("phone_number"));
    }
    Ok((fields.required("campaign_uuid")?, phone))
}

fn bounded(
    params: Map<String, Value>,
    name: &'static str,
) -> Result<Map<String, Value>, ErrorKind> {
    let length = serde_json::to_vec(&params).map_or(usize::MAX, |json| json.len());
    if length <= LONGEST { Ok(params) } else { Err(ErrorKind::Invalid(name)) }
}

/// `POST /v3/autocall/import`
pub(crate) async fn import(caller: Caller, body: Body) -> Answer {
    let given = read(body, "param", "params")?;
    let fields = Fields::from(given);
    let (campaign, phone) = checked(
        &fields,
        &[
            must("campaign_uuid", Check::Text(1)),
            must("phone_number", Check::Text(1)),
            must("param", Check::Object),
            may("ref_id", Check::Text(0)),
        ],
    )?;
    let mut params = fields.value("param").and_then(Value::as_object).cloned().unwrap_or_default();
    params.insert("phone_number".to_owned(), phone.clone().into());
    let params = bounded(params, "param")?;
    let reference = fields.text("ref_id")?.map(super::click2call::named);
    let order = CallOne { campaign, phone, template: None, reference, params };
    let (call, lead) = caller.execute(order).await?.map_err(ErrorKind::from)?;
    Ok(reply::ok(&json!({ "call_id": call, "lead_uuid": lead, "message": "success" })))
}

/// `POST /v3/autocall/otp`
pub(crate) async fn otp(caller: Caller, body: Body) -> Answer {
    let given = Fields::of(body.clone())?.into_map();
    let fields = Fields::from(read(body, "template", "template_name")?);
    let (campaign, phone) = checked(
        &fields,
        &[
            must("campaign_uuid", Check::Text(1)),
            must("phone_number", Check::Text(1)),
            must("template", Check::Text(1)),
            must("code_otp", Check::Text(1)),
            may("ref_id", Check::Text(0)),
        ],
    )?;
    // The record has the whole request.
    let params = bounded(given, "code_otp")?;
    let reference = fields.text("ref_id")?.map(super::click2call::named);
    let template = Some(fields.required("template")?);
    let order = CallOne { campaign, phone, template, reference: reference.clone(), params };
    let (call, lead) = caller.execute(order).await?.map_err(ErrorKind::from)?;
    let ref_id = reference.unwrap_or_default();
    let answer =
        json!({ "call_id": call, "lead_uuid": lead, "message": "success", "ref_id": ref_id });
    Ok(reply::ok(&answer))
}

/// `GET /v3/autocall/log/{ref}/ref_id`: the newest call of a reference, once it is over.
pub(crate) async fn log(caller: Caller) -> Answer {
    let base = caller.base();
    let answer = caller.read(|pbx| {
        let record = pbx.record_of_reference(caller.parameter("ref"))?;
        let whose = pbx.whose(&record);
        Some(reply::written(1, |out| record.write_v3(&base, &whose, out)))
    });
    answer?.ok_or(NOT_FOUND.into())
}
