//! Carriers and gateways.

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Answer,
    campaigns::{change, known, per_network},
    tables::part,
};
use crate::{
    CallCenterEdit, CarrierColumns,
    auth::Caller,
    error::ErrorKind,
    params::callcenter::DIAL_TYPES,
    render::CarrierRow,
    wire::{
        body::{Body, Fields},
        reply,
        schema::{self, Check, Rule, may, must},
    },
};

const UNKNOWN: ErrorKind = ErrorKind::NotFound("carrier_name is not exists");

const SCHEMA: &[Rule] = &[
    must("carrier_name", Check::Text(1)),
    must("gateway_uuid", Check::Text(1)),
    must("concurrent_call", Check::Integer),
    must("dial_type", Check::Strictly(DIAL_TYPES)),
    may("caller_id", Check::Text(0)),
    may("description", Check::Text(0)),
    may("network", Check::Object),
    may("data", Check::Object),
];

fn carrier(fields: &Fields) -> Result<CarrierColumns, ErrorKind> {
    let text = |name| Ok::<_, ErrorKind>(fields.text(name)?.unwrap_or_default());
    let caller_id = text("caller_id")?;
    if !caller_id.is_empty() && crate::wire::phone::plain(&caller_id).is_none() {
        return Err(ErrorKind::Invalid("caller_id"));
    }
    let network = fields.value("network").and_then(Fields::within);
    let mut data = fields.value("data").and_then(Value::as_object).cloned().unwrap_or_default();
    // The prefixes are told beside the data, and kept in it.
    for name in
        ["prefix", "prefix_mobi", "prefix_viettel", "prefix_vina", "prefix_tel", "prefix_offnet"]
    {
        if let Some(prefix) = fields.text(name)? {
            data.insert(name.to_owned(), prefix.into());
        }
    }
    if !data.contains_key("caller_id") {
        data.insert("caller_id".to_owned(), caller_id.clone().into());
    }
    if serde_json::to_vec(&data).map_or(usize::MAX, |json| json.len()) > 8_192 {
        return Err(ErrorKind::Invalid("data"));
    }
    Ok(CarrierColumns {
        carrier_name: text("carrier_name")?,
        gateway_uuid: text("gateway_uuid")?,
        description: text("description")?,
        dial_type: text("dial_type")?,
        network: network.as_ref().map(per_network).transpose()?.unwrap_or_default(),
        concurrent_call: fields.number("concurrent_call")?.unwrap_or(0),
        caller_id,
        data,
    })
}

/// `POST /v3/carrier`
pub(crate) async fn create(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    schema::check(&fields, SCHEMA)?;
    let columns = Box::new(carrier(&fields)?);
    change(&caller, CallCenterEdit::CreateCarrier { columns }).await
}

/// `GET /v3/carrier`
pub(crate) async fn list(caller: Caller) -> Answer {
    let page = caller.read(|pbx| {
        let rows = pbx.center().carriers.iter();
        reply::ok(&part(&caller, rows, |row| CarrierRow::of(pbx, row)))
    });
    Ok(page?)
}

fn carrier_id(caller: &Caller) -> Result<Uuid, ErrorKind> {
    known(caller, |pbx, id| pbx.center().carrier(&id.to_string()).is_some(), UNKNOWN)
}

/// `PUT /v3/carrier/{id}`
pub(crate) async fn replace(caller: Caller, body: Body) -> Answer {
    let id = carrier_id(&caller)?;
    let fields = Fields::of(body)?;
    schema::check(&fields, SCHEMA)?;
    let columns = Box::new(carrier(&fields)?);
    change(&caller, CallCenterEdit::ChangeCarrier { id, columns }).await
}

/// `DELETE /v3/carrier/{id}`
pub(crate) async fn remove(caller: Caller) -> Answer {
    let id = carrier_id(&caller)?;
    change(&caller, CallCenterEdit::DeleteCarrier { id }).await
}

/// `GET /v3/gateway`
pub(crate) async fn gateways(caller: Caller) -> Answer {
    #[derive(Serialize)]
    struct Row<'a> {
        gateway_uuid: Uuid,
        domain_uuid: Uuid,
        gateway: &'a str,
        description: &'a str,
    }
    let page = caller.read(|pbx| {
        let rows = pbx.center().gateways.iter();
        reply::ok(&part(&caller, rows, |row| Row {
            gateway_uuid: row.gateway_uuid,
            domain_uuid: pbx.domain_uuid(),
            gateway: &row.gateway,
            description: &row.description,
        }))
    });
    Ok(page?)
}
