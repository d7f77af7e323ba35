//! Lists and leads.

use std::collections::BTreeSet;

use serde_json::Value;
use uuid::Uuid;

use super::{
    Answer,
    campaigns::{active, change, known},
    tables::part,
};
use crate::{
    CallCenterEdit, LeadColumns, RareColumns,
    auth::Caller,
    error::{ErrorKind, NOT_FOUND},
    machine::callcenter::{Lead, MOST_LEADS},
    render::{LeadRow, ListRow},
    wire::{
        body::{Body, Fields, text_of},
        form::{Form, csv_rows},
        phone::is_callable,
        query::Query,
        reply,
        schema::{self, Check, PHONE, Rule, may, must},
    },
};

fn list_id(caller: &Caller) -> Result<Uuid, ErrorKind> {
    known(caller, |pbx, id| pbx.center().list(id).is_some(), NOT_FOUND)
}

fn lead_id(caller: &Caller) -> Result<Uuid, ErrorKind> {
    known(caller, |pbx, id| pbx.center().leads.find(id).is_some(), NOT_FOUND)
}

/// `POST /v3/list`
pub(crate) async fn create_list(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    schema::check(
        &fields,
        &[
            must("campaign_uuid", Check::Text(1)),
            must("list_name", Check::Text(1)),
            may("description", Check::Text(0)),
        ],
    )?;
    let create = CallCenterEdit::CreateList {
        campaign: fields.required("campaign_uuid")?,
        name: fields.required("list_name")?,
        description: fields.text("description")?.unwrap_or_default(),
    };
    change(&caller, create).await
}

/// `GET /v3/list`: oldest first.
pub(crate) async fn lists(caller: Caller) -> Answer {
    let page = caller.read(|pbx| {
        let rows = pbx.center().lists.iter();
        reply::ok(&part(&caller, rows, |list| ListRow::of(pbx, list)))
    });
    Ok(page?)
}

/// `GET /v3/list/{id}`
pub(crate) async fn list(caller: Caller) -> Answer {
    let id = list_id(&caller)?;
    let found =
        caller.read(|pbx| pbx.center().list(id).map(|list| reply::ok(&ListRow::of(pbx, list))));
    found?.ok_or(NOT_FOUND.into())
}

/// `PATCH /v3/list/{id}/active`
pub(crate) async fn set_list_active(caller: Caller, body: Body) -> Answer {
    let id = list_id(&caller)?;
    let active = active(body)?;
    change(&caller, CallCenterEdit::SetListActive { id, active }).await
}

/// `DELETE /v3/list/{id}`
pub(crate) async fn remove_list(caller: Caller) -> Answer {
    let id = list_id(&caller)?;
    change(&caller, CallCenterEdit::DeleteList { id }).await
}

const TEXT: Check = Check::Text(0);

/// What a body may say of a lead, its number and its list excepted.
const OTHERS: [Rule; 20] = [
    may("lead_name", TEXT),
    may("lead_code", TEXT),
    may("contract_number", TEXT),
    may("additional", TEXT),
    may("after_day", Check::Integer),
    may("identity_number", TEXT),
    may("identity_issued_at", TEXT),
    may("identity_issued_on", TEXT),
    may("address", TEXT),
    may("province", TEXT),
    may("district", TEXT),
    may("ward", TEXT),
    may("date_of_birth", TEXT),
    may("comment", TEXT),
    may("ref_id", TEXT),
    may("ref_code", TEXT),
    may("gender", TEXT),
    may("other_identity_number", TEXT),
    may("other_identity_issued_at", TEXT),
    may("other_identity_issued_on", TEXT),
];

/// The most bytes of a column of a lead, of which there may be many; and of what else is known of one.
const LONGEST: usize = 255;
const LONGEST_ADDITIONAL: usize = 4_096;

/// Reads a lead by the names of its columns.
fn lead(
    text: impl Fn(&'static str) -> Result<Option<String>, ErrorKind>,
) -> Result<LeadColumns, ErrorKind> {
    let text = |name| {
        let text = text(name)?.unwrap_or_default();
        let most = if name == "additional" { LONGEST_ADDITIONAL } else { LONGEST };
        if text.len() <= most { Ok(text) } else { Err(ErrorKind::Invalid(name)) }
    };
    let after_day = match text("after_day")?.as_str() {
        "" => 0,
        days => days.parse().map_err(|_| ErrorKind::Invalid("after_day"))?,
    };
    let rare = RareColumns {
        identity_number: text("identity_number")?,
        identity_issued_at: text("identity_issued_at")?,
        identity_issued_on: text("identity_issued_on")?,
        address: text("address")?,
        province: text("province")?,
        district: text("district")?,
        ward: text("ward")?,
        date_of_birth: text("date_of_birth")?,
        comment: text("comment")?,
        ref_id: super::click2call::named(text("ref_id")?),
        ref_code: text("ref_code")?,
        gender: text("gender")?,
        other_identity_number: text("other_identity_number")?,
        other_identity_issued_at: text("other_identity_issued_at")?,
        other_identity_issued_on: text("other_identity_issued_on")?,
    };
    Ok(LeadColumns {
        phone_number: text("phone_number")?.trim().to_owned(),
        lead_name: text("lead_name")?,
        lead_code: text("lead_code")?,
        contract_number: text("contract_number")?,
        additional: text("additional")?,
        after_day,
        rare: (rare != RareColumns::default()).then(|| Box::new(rare)),
    })
}

/// `POST /v3/lead`
pub(crate) async fn create(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    let own = [must("list_uuid", Check::Text(36)), must("phone_number", Check::Like(1, PHONE))];
    let rules: Vec<Rule> = own.into_iter().chain(OTHERS).collect();
    schema::check(&fields, &rules)?;
    let list = fields.required("list_uuid")?;
    let columns = Box::new(lead(|name| fields.text(name))?);
    change(&caller, CallCenterEdit::CreateLead { list, columns }).await
}

/// `POST /v3/lead/multi`: those whose number cannot be called are passed over.
pub(crate) async fn create_many(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    let list = fields.required("list_uuid")?;
    schema::check(&fields, &[must("data", Check::Array)])?;
    let data = fields.raw("data").and_then(Value::as_array).into_iter().flatten();
    let read = |item: &Value| {
        let text = |name| Ok(item.get(name).and_then(text_of));
        lead(text).unwrap_or_default()
    };
    let leads = data.map(read).collect();
    change(&caller, CallCenterEdit::AddLeads { list, leads, from_file: false }).await
}

/// `POST /v3/lead/file`: a CSV file whose columns have the names of a lead's.
pub(crate) async fn upload(caller: Caller, body: Body) -> Answer {
    let bytes = body.body().map_err(crate::wire::body::broken)?;
    let form = Form::of(caller.request(), bytes);
    let list = form.text("list_uuid").ok_or(ErrorKind::Missing("list_uuid"))?;
    let (_, file) = form.file("file").ok_or(ErrorKind::Bad("http: no such file"))?;
    let rows = csv_rows(file, MOST_LEADS, |value| lead(|name| Ok(value(name))).unwrap_or_default());
    let leads = rows.ok_or(ErrorKind::Bad("too many entries"))?;
    change(&caller, CallCenterEdit::AddLeads { list, leads, from_file: true }).await
}

/// `GET /v3/lead`: newest first.
pub(crate) async fn leads(caller: Caller) -> Answer {
    let query = Query::of(caller.request());
    let ids = |name| query.values(name).into_iter().map(|id| id.parse::<Uuid>().ok()).collect();
    let (lists, campaigns): (Vec<Option<Uuid>>, Vec<Option<Uuid>>) =
        (ids("list_uuid"), ids("campaign_uuid"));
    let phones = query.values("phone_number");
    let page = caller.read(|pbx| {
        let center = pbx.center();
        let own = center.lists.iter().filter(|list| campaigns.contains(&Some(list.campaign_uuid)));
        let own: BTreeSet<Uuid> = own.map(|list| list.list_uuid).collect();
        let is_wanted = |lead: &&Lead| {
            (lists.is_empty() || lists.contains(&Some(lead.list_uuid)))
                && (campaigns.is_empty() || own.contains(&lead.list_uuid))
                && (phones.is_empty() || phones.contains(&lead.columns.phone_number.as_str()))
        };
        let rows = match lists.as_slice() {
            [Some(list)] => {
                let rows = center.leads.of_list(*list).rev().filter(is_wanted);
                part(&caller, rows, |lead| LeadRow::of(pbx, lead))
            }
            _ => {
                let rows = center.leads.rows().values().rev().filter(is_wanted);
                part(&caller, rows, |lead| LeadRow::of(pbx, lead))
            }
        };
        reply::ok(&rows)
    });
    Ok(page?)
}

/// `GET /v3/lead/{id}`
pub(crate) async fn show(caller: Caller) -> Answer {
    let id = lead_id(&caller)?;
    let found = caller
        .read(|pbx| pbx.center().leads.find(id).map(|lead| reply::ok(&LeadRow::of(pbx, lead))));
    found?.ok_or(NOT_FOUND.into())
}

/// `PUT /v3/lead/{id}`
pub(crate) async fn replace(caller: Caller, body: Body) -> Answer {
    let id = lead_id(&caller)?;
    let fields = Fields::of(body)?;
    let rules: Vec<Rule> =
        [must("phone_number", Check::Text(1))].into_iter().chain(OTHERS).collect();
    schema::check(&fields, &rules)?;
    let columns = Box::new(lead(|name| fields.text(name))?);
    if !is_callable(&columns.phone_number) {
        return Err(ErrorKind::Invalid("phone_number").into());
    }
    change(&caller, CallCenterEdit::ChangeLead { id, columns }).await
}

/// `DELETE /v3/lead/{id}`
pub(crate) async fn remove(caller: Caller) -> Answer {
    let id = lead_id(&caller)?;
    change(&caller, CallCenterEdit::DeleteLead { id }).await
}
