//! The dial service: ordering a call, and the history as it has it. vendors/voip24h-v3.md, 6

use actix_web::{HttpRequest, HttpResponse};
use ringback_mock::World as _;
use serde::Serialize;

use super::{
    history::between,
    v3::{Answer, Voip, order, without_blanks},
};
use crate::{
    auth,
    error::Fault,
    machine::Filter,
    render::{Row, Status, channel},
    wire::{
        fields::Fields,
        permitted,
        reply::{self, Texts},
    },
};

/// What has happened to the channel that was just made.
#[derive(Serialize)]
struct Created {
    actionid: String,
    #[serde(rename = "type")]
    kind: &'static str,
    extend: String,
    phone: String,
    state: &'static str,
    callid: String,
    channel: String,
    channelstatedesc: &'static str,
    calleridnum: String,
    calleridname: &'static str,
    connectedlinenum: String,
    connectedlinename: &'static str,
    exten: String,
    uniqueid: String,
    linkedid: String,
}

#[derive(Serialize)]
struct Events {
    events: [Created; 1],
}

/// `GET /dial`
pub(crate) async fn dial(voip: Voip, request: HttpRequest) -> Answer {
    let fields = Fields::of_query(&request);
    let account = auth::dial(&voip, &fields).await?;
    let sip = fields.required("sip")?.trim().to_owned();
    let phone = without_blanks(&fields.required("phone")?);
    let id = order(&voip, account, &sip, &phone).await?;
    let named = voip.read(account, |pbx| {
        let live = pbx.exchange().call(id).map(|call| (call.direction, call.tag.sequence));
        let over = || pbx.exchange().history().get(id).map(|cdr| (cdr.direction, cdr.tag.sequence));
        let call_id =
            pbx.vendor_ids(id).get("callId").and_then(|id| id.as_str().map(str::to_owned));
        live.or_else(over).zip(call_id)
    });
    let ((direction, sequence), callid) = named.flatten().ok_or(Fault::UnknownAccount)?;
    let created = Created {
        actionid: format!("dial-{callid}"),
        kind: crate::render::Kind::from(direction).as_str(),
        extend: sip.clone(),
        phone: phone.clone(),
        state: "Ring",
        channel: channel(&sip, sequence),
        channelstatedesc: "Ringing",
        calleridnum: sip,
        calleridname: "",
        connectedlinenum: phone.clone(),
        connectedlinename: "",
        exten: phone,
        uniqueid: callid.clone(),
        linkedid: callid.clone(),
        callid,
    };
    Ok(reply::plain(&Events { events: [created] }))
}

/// How many rows a page has.
const PAGE: usize = 25;

/// How many rows there are where nothing is said.
const NEWEST: usize = 100;

#[derive(Serialize)]
struct Listed<T> {
    status: u16,
    message: &'static str,
    result: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    records_total_all: usize,
    records_display: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<usize>,
    data: Vec<Texts>,
}

#[derive(Serialize)]
struct Data {
    data: Vec<Texts>,
}

fn listed(result: impl Serialize) -> HttpResponse {
    reply::plain(&Listed { status: 200, message: "Success", result })
}

/// A row: nothing but texts, and a number for an id, which one client reads as such.
fn texts(row: &Row<'_>, base: &str) -> Texts {
    let mut fields = vec![("id", row.sequence().to_string())];
    fields.extend(row.fields(base));
    Texts(fields)
}

/// `GET /dial/history`
pub(crate) async fn history(voip: Voip, request: HttpRequest) -> Answer {
    page(&voip, &request, NEWEST).await
}

/// `GET /dial/search`
pub(crate) async fn search(voip: Voip, request: HttpRequest) -> Answer {
    page(&voip, &request, PAGE).await
}

async fn page(voip: &Voip, request: &HttpRequest, unasked: usize) -> Answer {
    let fields = Fields::of_query(request);
    let account = auth::dial(voip, &fields).await?;
    let (from, to) = (fields.seconds("date_start", false)?, fields.seconds("date_end", true)?);
    let filter = Filter {
        during: between(from, to),
        statuses: fields.words("status", Status::read, &Status::WORDS)?,
        search: fields.text("search")?.map(|part| without_blanks(&part)),
        ..Filter::default()
    };
    let is_asked = filter != Filter::default() || fields.text("start")?.is_some();
    let size = if is_asked { PAGE } else { unasked };
    let start = fields.count("start", 0);
    let base = voip.base_url(request);
    let answer = voip.read(account, |pbx| {
        let page = pbx.page(&filter, start, size);
        let end = start.saturating_add(size);
        listed(Page {
            records_total_all: page.total,
            records_display: size,
            next: (end < page.total).then_some(end),
            prev: (start > 0).then(|| start.saturating_sub(size)),
            data: page.rows.iter().map(|row| texts(row, &base)).collect(),
        })
    });
    answer.ok_or(Fault::UnknownAccount)
}

/// `GET /dial/searching`: one call; one that is not there is nothing.
pub(crate) async fn searching(voip: Voip, request: HttpRequest) -> Answer {
    let fields = Fields::of_query(&request);
    let account = auth::dial(&voip, &fields).await?;
    let id = fields.text_or("callid", "callId")?.ok_or(Fault::Required("callid"))?;
    let base = voip.base_url(&request);
    let answer = voip.read(account, |pbx| {
        let row = pbx.row(id.trim());
        listed(Data { data: row.iter().map(|row| texts(row, &base)).collect() })
    });
    answer.ok_or(Fault::UnknownAccount)
}

/// `OPTIONS` of all of them.
pub(crate) async fn preflight(request: HttpRequest) -> HttpResponse {
    permitted(&request, "GET, OPTIONS", &["content-type"])
}
