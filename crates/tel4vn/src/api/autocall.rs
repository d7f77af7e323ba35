//! Calls that nobody dials: scripts played to customers, and diallers.

use serde_json::{Map, Value, json};

use super::{Answer, tables::row};
use crate::{
    App, Face, Filter,
    auth::Caller,
    error::{ErrorFormat, ErrorKind, InFormat as _},
    machine::{Autocall, Customer, Edit},
    render::CallStatus,
    wire::{
        body::{Body, Fields},
        query::Query,
        reply,
    },
};

fn customer(fields: &Fields) -> Result<Customer, ErrorKind> {
    let params = match fields.value("params") {
        None => json!({}),
        Some(params @ Value::Object(_)) => params.clone(),
        Some(_) => return Err(ErrorKind::Invalid("params")),
    };
    let named = |name: &str| params.get(name).and_then(crate::wire::body::text_of);
    let id = fields.text("customer_id")?.or(fields.text("id")?).or(named("customer_id"));
    let reference = fields.text("ref_id")?.map(super::click2call::named);
    Ok(Customer { phone: fields.required("phone_number")?, id, reference, params })
}

fn customers(fields: &Fields) -> Result<Vec<Customer>, ErrorKind> {
    // One for all, of those who have none of their own.
    let common = fields.text("ref_id")?.map(super::click2call::named);
    let list = fields.list("customers")?.iter();
    let read = |item: &Value| {
        let one = customer(&Fields::within(item).ok_or(ErrorKind::Invalid("customers"))?)?;
        Ok(Customer { reference: one.reference.or_else(|| common.clone()), ..one })
    };
    list.map(read).collect()
}

fn failed(answers: &[(String, Result<uuid::Uuid, &'static str>)]) -> Vec<Value> {
    let failed = answers.iter().filter_map(|(phone, answer)| Some((phone, answer.err()?)));
    failed.map(|(phone, why)| Value::from_iter([(phone.clone(), why)])).collect()
}

/// Starts a campaign of scripts, or one script, and lists the numbers that will be called.
async fn play(caller: &Caller, order: Autocall) -> Answer {
    let answers = caller.execute(order).await?.map_err(ErrorKind::from)?;
    let called = answers.iter().filter(|(_, answer)| answer.is_ok());
    let success: Vec<&str> = called.map(|(phone, _)| phone.as_str()).collect();
    let body = json!({ "fail": failed(&answers), "message": "success", "success": success });
    Ok(reply::ok(&body))
}

/// `POST /v1/autocall/ivr`
pub(crate) async fn script(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    let template = Some(fields.required("template")?);
    let one = customer(&fields)?;
    if crate::wire::phone::plain(&one.phone).is_none() {
        return Err(ErrorKind::Invalid("phone_number").into());
    }
    let (campaign, at_once, customers) = (None, None, vec![one]);
    play(&caller, Autocall { app: App::Autocall, campaign, template, at_once, customers }).await
}

/// `POST /v1/autocall/campaign`
pub(crate) async fn campaign(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    let campaign = Some(fields.required("campaign_uuid")?);
    let template = fields.text("template")?;
    let at_once = fields.number("concurrent_call")?;
    let customers = customers(&fields)?;
    play(&caller, Autocall { app: App::Autocall, campaign, template, at_once, customers }).await
}

/// `POST /v1/autodial/campaign`: a number that answers is put through to the first queue.
pub(crate) async fn dial(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    let campaign = Some(fields.required("campaign_uuid")?);
    let at_once = fields.number("ratio")?;
    let customers = customers(&fields)?;
    let order = Autocall { app: App::Autodialer, campaign, template: None, at_once, customers };
    let answers = caller.execute(order).await?.map_err(ErrorKind::from)?;
    let called = answers.iter().filter_map(|(phone, answer)| Some((phone, answer.ok()?)));
    let success: Map<String, Value> =
        called.map(|(phone, call)| (phone.clone(), row(&call))).collect();
    let body = json!({ "fail": failed(&answers), "message": "success", "success": success });
    Ok(reply::ok(&body))
}

/// `GET /v1/autocall/report`
pub(crate) async fn report(caller: Caller) -> Answer {
    let query = Query::of(caller.request());
    let id = query.text("campaign_uuid").ok_or(ErrorKind::Missing("campaign_uuid"))?;
    let Filter { started_from, started_to, .. } = super::cdr::filter(&query, Face::First)?;
    let answer = caller.read(|pbx| {
        let campaign = pbx.tables().campaign(&id)?.campaign_uuid.to_string();
        let filter =
            Filter { started_from, started_to, campaign: vec![campaign], ..Filter::default() };
        let [mut answered, mut busy, mut no_answer, mut cancel, mut failed, mut not_available] =
            [0_u64; 6];
        let (mut calls, mut duration, mut billsec) = (0_u64, 0, 0);
        for record in pbx.records(&filter) {
            calls += 1;
            duration += record.duration();
            billsec += record.billsec();
            match record.plain_status() {
                CallStatus::Answered => answered += 1,
                CallStatus::Busy => busy += 1,
                CallStatus::NoAnswered => no_answer += 1,
                CallStatus::Cancel => cancel += 1,
                CallStatus::NotAvailable => not_available += 1,
                CallStatus::Invalid
                | CallStatus::InvalidNumber
                | CallStatus::Congestion
                | CallStatus::PhoneBlock
                | CallStatus::Failed
                | CallStatus::BusyLine => failed += 1,
            }
        }
        Some(reply::ok(&json!({ "data": {
            "status": {
                "answered": answered,
                "busy": busy,
                "not_available": not_available,
                "no_answer": no_answer,
                "cancel": cancel,
                "failed": failed,
            },
            "total_calls": calls,
            "total_duration": duration,
            "total_billsec": billsec,
            "total_waitsec": 0,
        } })))
    });
    answer?.ok_or(ErrorKind::NotFound("campaign is not found").into())
}

/// `POST /v1/autodialer/queue`
pub(crate) async fn queue(caller: Caller, body: Body) -> Answer {
    let read = || {
        let fields = Fields::of(body)?;
        let campaign = fields.required("campaign_id")?;
        let code = fields.required("queue_code")?;
        Ok::<_, ErrorKind>(Edit::CreateQueue { campaign, code })
    };
    change(&caller, read().in_format(ErrorFormat::Message)?).await
}

async fn change(caller: &Caller, change: Edit) -> Answer {
    let done = caller.execute(change).await.in_format(ErrorFormat::Message)?;
    let answer = done.in_format(ErrorFormat::Message)?;
    Ok(reply::ok(&answer))
}

fn code(body: Body) -> Result<String, ErrorKind> {
    Fields::of(body)?.required("queue_code")
}

/// `POST /v1/autodialer/queue/stop`
pub(crate) async fn stop(caller: Caller, body: Body) -> Answer {
    let code = code(body).in_format(ErrorFormat::Message)?;
    change(&caller, Edit::RunQueue { code, runs: false }).await
}

/// `POST /v1/autodialer/queue/start`
pub(crate) async fn start(caller: Caller, body: Body) -> Answer {
    let code = code(body).in_format(ErrorFormat::Message)?;
    change(&caller, Edit::RunQueue { code, runs: true }).await
}

/// `POST /v1/autodialer/queue/delete`
pub(crate) async fn delete(caller: Caller, body: Body) -> Answer {
    let code = code(body).in_format(ErrorFormat::Message)?;
    change(&caller, Edit::DeleteQueue { code }).await
}
