//! Deals and funnels of the contact centre. vendors/mango.md, 13

use ringback_engine::OffsetDateTime;
use serde::Serialize;
use serde_json::{Number, Value};

use crate::{
    Params, Pbx, Refused,
    machine::tables::sales::{Deal, DealFields, DealStatus, Funnel, Reason, Sales},
    render::MOSCOW,
    wire::{Answer, calendar_day, named},
};

/// The most characters of a name, and of a longer text.
const TEXT: (usize, usize) = (255, 4_096);

/// A deal as clients see it.
#[derive(Serialize)]
struct Shown<'a> {
    deal_id: u64,
    name: &'a str,
    abonent_id: Option<u64>,
    description: &'a str,
    amount: &'a Number,
    status: DealStatus,
    reason_comment: &'a str,
    contact_id: Option<u64>,
    step_id: u64,
    funnel_id: u64,
    custom_fields: Option<&'a Value>,
    status_change_reason: Option<Reason>,
}

impl<'a> From<&'a Deal> for Shown<'a> {
    fn from(deal: &'a Deal) -> Self {
        Self {
            deal_id: deal.deal_id,
            name: &deal.name,
            abonent_id: deal.abonent_id,
            description: &deal.description,
            amount: &deal.amount,
            status: deal.status,
            reason_comment: &deal.reason_comment,
            contact_id: deal.contact_id,
            step_id: deal.step_id,
            funnel_id: deal.funnel_id,
            custom_fields: deal.custom_fields.as_ref(),
            status_change_reason: deal.status_change_reason,
        }
    }
}

/// Returns whether a request is about this product. Any product is, unless that is to be strict.
fn is_here(pbx: &Pbx, params: &Params) -> Result<bool, Refused> {
    let product_id = params.id_or_none("product_id")?;
    let is_ours = product_id.is_none_or(|id| id == pbx.product_id());
    Ok(is_ours || !pbx.settings().strict_product)
}

/// `cc/deal/list`
pub(crate) fn list(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let status = params.required("status", params.word("status", &DealStatus::WORDS)?)?;
    let members = ids(params, "abonent_ids")?.or(ids(params, "members_ids")?);
    let contact = params.id_or_none("contact_id")?;
    let (from, until) = (day(params, "from_date")?, day(params, "until_date")?);
    if from.zip(until).is_some_and(|(from, until)| from > until) {
        return Err(params.unusable("until_date", 3111));
    }
    if !is_here(pbx, params)? {
        return named("deals", [(); 0]);
    }
    let is_meant = |deal: &&Deal| {
        deal.status == status
            && contact.is_none_or(|id| deal.contact_id == Some(id))
            && from.is_none_or(|from| deal.created_on >= from)
            && until.is_none_or(|until| deal.created_on <= until)
            && members
                .as_ref()
                .is_none_or(|ids| deal.abonent_id.is_some_and(|id| ids.contains(&id)))
    };
    let deals = pbx.tables.sales.deals().filter(is_meant);
    named("deals", deals.map(Shown::from).collect::<Vec<_>>())
}

/// Reads identifiers: an array, a text of one, a bare one, or several with commas between them.
fn ids(params: &Params, name: &str) -> Result<Option<Vec<u64>>, Refused> {
    let commas = match params.value(name) {
        None => return Ok(None),
        Some(Value::String(text)) if text.contains(',') && !text.trim().starts_with('[') => text,
        Some(_) => return Ok(Some(params.ids(name)?).filter(|ids| !ids.is_empty())),
    };
    let ids: Result<Vec<u64>, _> = commas.split(',').map(|id| id.trim().parse()).collect();
    ids.map(Some).map_err(|_| params.malformed(name))
}

fn day(params: &Params, name: &str) -> Result<Option<time::Date>, Refused> {
    match params.text_or_none(name)?.as_deref() {
        None | Some("") => Ok(None),
        Some(text) => calendar_day(text).map(Some).ok_or_else(|| params.malformed(name)),
    }
}

fn amount(params: &Params) -> Result<Option<Number>, Refused> {
    let number = match params.value("amount") {
        None => return Ok(None),
        Some(Value::Number(number)) => Some(number.clone()),
        Some(Value::String(text)) => serde_json::from_str(text.trim()).ok(),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_) | Value::Null) => None,
    };
    number.map(Some).ok_or_else(|| params.malformed("amount"))
}

/// Reads a deal. The person in charge is named `abonent_id`, or `member_id` as one client has it.
fn read(params: &Params) -> Result<DealFields, Refused> {
    let abonent_id = params.id_or_none("abonent_id")?.or(params.id_or_none("member_id")?);
    Ok(DealFields {
        name: params.named("name", TEXT.0)?,
        abonent_id,
        description: params.bounded("description", TEXT.1)?,
        amount: amount(params)?,
        status: params.word("status", &DealStatus::WORDS)?,
        reason_comment: params.bounded("reason_comment", TEXT.1)?,
        contact_id: params.id_or_none("contact_id")?,
        step_id: params.id_or_none("step_id")?,
        funnel_id: params.id_or_none("funnel_id")?,
        custom_fields: params.free("custom_fields", TEXT.1)?,
        status_change_reason: params.word("status_change_reason", &Reason::WORDS)?,
        created_on: day(params, "create_date")?,
    })
}

/// Refuses what refers to something that does not exist.
fn check(params: &Params, fields: &DealFields, pbx: &Pbx) -> Result<(), Refused> {
    if fields.contact_id.is_some_and(|id| pbx.tables.book.contact(id).is_none()) {
        return Err(params.blame(3300, "contact_id"));
    }
    if fields.abonent_id.is_some_and(|id| pbx.tables.user(id).is_none()) {
        let name = if params.has("abonent_id") { "abonent_id" } else { "member_id" };
        return Err(params.blame(3300, name));
    }
    Ok(())
}

/// `cc/deal/create`
pub(crate) fn create(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let fields = read(params)?;
    params.required("name", fields.name.as_ref())?;
    check(params, &fields, pbx)?;
    let sales = &mut pbx.tables.sales;
    let place = sales.place(fields.funnel_id, fields.step_id);
    let place = place.map_err(|blamed| params.blame(3300, blamed))?;
    if sales.deals().len() >= Sales::MOST {
        return Err(Refused::code(4100));
    }
    named("deal_id", sales.open_deal(place, now.to_offset(MOSCOW).date(), fields))
}

/// `cc/deal/update`
pub(crate) fn update(pbx: &mut Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let deal_id = params.id("deal_id")?;
    let mut fields = read(params)?;
    let deal = pbx.tables.sales.deal(deal_id);
    let deal = deal.ok_or_else(|| params.blame(3300, "deal_id"))?;
    check(params, &fields, pbx)?;
    if fields.funnel_id.is_some() || fields.step_id.is_some() {
        // A step alone is one of the funnel in which the deal is.
        let funnel_id = fields.funnel_id.unwrap_or(deal.funnel_id);
        let place = pbx.tables.sales.place(Some(funnel_id), fields.step_id);
        let (funnel_id, step_id) = place.map_err(|blamed| params.blame(3300, blamed))?;
        (fields.funnel_id, fields.step_id) = (Some(funnel_id), Some(step_id));
    }
    pbx.tables.sales.change_deal(deal_id, fields);
    named("deal_id", deal_id)
}

/// `cc/deal/get`
pub(crate) fn get(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let deal = pbx.tables.sales.deal(params.id("deal_id")?);
    named("deal", Shown::from(deal.ok_or_else(|| params.blame(3300, "deal_id"))?))
}

/// `cc/deal/funnels.list`
pub(crate) fn funnels(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let funnels: &[Funnel] = if is_here(pbx, params)? { pbx.tables.sales.funnels() } else { &[] };
    named("sales_funnels", funnels)
}
