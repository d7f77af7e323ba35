//! Deals and funnels of the contact centre. vendors/mango.md, 13

use ringback_engine::OffsetDateTime;
use serde_json::{Number, Value};

use super::records::{Field, Record, changed, made, put, put_some};
use crate::{
    Params, Pbx, Refused,
    machine::tables::{
        Tables,
        sales::{Deal, DealStatus, Funnel, Reason, Sales},
    },
    render::MOSCOW,
    wire::{Answer, Each, calendar_day, named, shown},
};

/// The most characters of a name, and of a longer text.
const TEXT: (usize, usize) = (255, 4_096);

shown! {
    /// A deal as clients see it.
    Shown<'a> { deal: &'a Deal }
    "deal_id" => deal.deal_id,
    "name" => deal.name,
    "abonent_id" => deal.abonent_id,
    "description" => deal.description,
    "amount" => deal.amount,
    "status" => deal.status,
    "reason_comment" => deal.reason_comment,
    "contact_id" => deal.contact_id,
    "step_id" => deal.step_id,
    "funnel_id" => deal.funnel_id,
    "custom_fields" => deal.custom_fields,
    "status_change_reason" => deal.status_change_reason,
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
    named("deals", Each(deals.map(|deal| Shown { deal })))
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

impl Record for Deal {
    const ID: &'static str = "deal_id";

    const REQUIRED: &'static str = "name";

    const FIELDS: &'static [Field<Self>] = &[
        Field::Own(|params, _, deal| put_some(&mut deal.abonent_id, member(params)?)),
        Field::Name("name", TEXT.0, |deal, name| deal.name = name),
        Field::Text("description", TEXT.1, |deal, text| deal.description = text),
        Field::Own(|params, _, deal| put(&mut deal.amount, amount(params)?)),
        Field::Own(|params, _, deal| {
            put(&mut deal.status, params.word("status", &DealStatus::WORDS)?)
        }),
        Field::Text("reason_comment", TEXT.1, |deal, text| deal.reason_comment = text),
        Field::Of("contact_id", Tables::has_contact, |deal, id| deal.contact_id = Some(id)),
        Field::Id("step_id", |deal, step| deal.step_id = step),
        Field::Id("funnel_id", |deal, funnel| deal.funnel_id = funnel),
        Field::Own(|params, _, deal| {
            put_some(&mut deal.custom_fields, params.free("custom_fields", TEXT.1)?)
        }),
        Field::Own(|params, _, deal| {
            let reason = params.word("status_change_reason", &Reason::WORDS)?;
            put_some(&mut deal.status_change_reason, reason)
        }),
        Field::Own(|params, _, deal| put(&mut deal.created_on, day(params, "create_date")?)),
    ];

    fn blank(now: OffsetDateTime) -> Self {
        Self {
            deal_id: 0,
            name: String::new(),
            abonent_id: None,
            description: String::new(),
            amount: 0.into(),
            status: DealStatus::InWork,
            reason_comment: String::new(),
            contact_id: None,
            step_id: 0,
            funnel_id: 0,
            custom_fields: None,
            status_change_reason: None,
            created_on: now.to_offset(MOSCOW).date(),
        }
    }

    fn find(tables: &Tables, id: u64) -> Option<&Self> {
        tables.sales.deal(id)
    }

    fn check(&self, params: &Params, tables: &Tables, _old: Option<&Self>) -> Result<(), Refused> {
        if member(params)?.is_some_and(|id| tables.user(id).is_none()) {
            let name = if params.has("abonent_id") { "abonent_id" } else { "member_id" };
            return Err(params.blame(3300, name));
        }
        Ok(())
    }
}

/// Reads the person in charge: `abonent_id`, or `member_id` as one client has it.
fn member(params: &Params) -> Result<Option<u64>, Refused> {
    Ok(params.id_or_none("abonent_id")?.or(params.id_or_none("member_id")?))
}

/// `cc/deal/create`
pub(crate) fn create(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let mut deal: Deal = made(pbx, now, params)?;
    let sales = &mut pbx.tables.sales;
    let place = sales.place(params.id_or_none("funnel_id")?, params.id_or_none("step_id")?);
    (deal.funnel_id, deal.step_id) = place.map_err(|blamed| params.blame(3300, blamed))?;
    if sales.deals().len() >= Sales::MOST {
        return Err(Refused::code(4100));
    }
    named("deal_id", sales.open_deal(deal))
}

/// `cc/deal/update`
pub(crate) fn update(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let mut deal: Deal = changed(pbx, now, params)?;
    let (funnel_id, step_id) = (params.id_or_none("funnel_id")?, params.id_or_none("step_id")?);
    if funnel_id.is_some() || step_id.is_some() {
        // A step alone is one of the funnel in which the deal is.
        let place = pbx.tables.sales.place(Some(deal.funnel_id), step_id);
        (deal.funnel_id, deal.step_id) = place.map_err(|blamed| params.blame(3300, blamed))?;
    }
    let deal_id = deal.deal_id;
    pbx.tables.sales.replace_deal(deal);
    named("deal_id", deal_id)
}

/// `cc/deal/get`
pub(crate) fn get(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let deal = pbx.tables.sales.deal(params.id("deal_id")?);
    let deal = deal.ok_or_else(|| params.blame(3300, "deal_id"))?;
    named("deal", Shown { deal })
}

/// `cc/deal/funnels.list`
pub(crate) fn funnels(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let funnels: &[Funnel] = if is_here(pbx, params)? { pbx.tables.sales.funnels() } else { &[] };
    named("sales_funnels", funnels)
}
