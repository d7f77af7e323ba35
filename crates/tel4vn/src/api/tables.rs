//! Lists that are tables and no more: campaigns, scripts, sound files, unwanted numbers, pinned
//! callers.

use serde::Serialize;
use serde_json::{Value, json};

use super::Answer;
use crate::{
    Face,
    auth::Caller,
    error::{ErrorKind, NOT_FOUND},
    machine::{
        Edit,
        tables::{Blocked, Routing},
    },
    params::VOICES,
    render::{FirstCampaign, template_name},
    wire::{
        body::{Body, Fields, text_of},
        phone,
        query::Query,
        reply::{self, Page},
        stamp,
    },
};

/// Takes a part of a list.
pub(crate) fn part<'a, R: 'a, T>(
    caller: &Caller,
    rows: impl Iterator<Item = &'a R> + Clone,
    write: impl Fn(&'a R) -> T,
) -> Page<T> {
    let (limit, offset) = Query::of(caller.request()).page(10);
    let total = rows.clone().count();
    Page { data: rows.skip(offset).take(limit).map(write).collect(), limit, offset, total }
}

/// Writes a row whose columns are named as the API names them.
pub(crate) fn row(row: &impl Serialize) -> Value {
    serde_json::to_value(row).unwrap_or_default()
}

/// Changes a table and answers what the change says.
pub(crate) async fn edit(caller: &Caller, edit: Edit) -> Answer {
    let answer = caller.execute(edit).await?.map_err(ErrorKind::from)?;
    Ok(reply::ok(&answer))
}

fn has(wanted: &[&str], found: &str) -> bool {
    wanted.is_empty() || wanted.contains(&found)
}

/// `GET /v1/campaign`
pub(crate) async fn campaigns(caller: Caller) -> Answer {
    let query = Query::of(caller.request());
    let page = caller.read(|pbx| {
        let rows = pbx.tables().campaigns.iter().filter(|row| {
            row.face == Face::First
                && has(&query.values("campaign_name"), &row.columns.campaign_name)
                && has(&query.values("template_name"), template_name(pbx, row))
        });
        reply::ok(&part(&caller, rows, |one| row(&FirstCampaign::of(pbx, one))))
    });
    Ok(page?)
}

/// `GET /v1/campaign/{id}`
pub(crate) async fn campaign(caller: Caller) -> Answer {
    let found = caller.read(|pbx| {
        let row = pbx.tables().campaign(caller.parameter("id"))?;
        Some(reply::ok(&FirstCampaign::of(pbx, row)))
    });
    found?.ok_or(NOT_FOUND.into())
}

/// `POST /v1/campaign`
pub(crate) async fn create_campaign(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    let dial_method = fields.text("dial_method")?.unwrap_or_else(|| "autocall".to_owned());
    if !["autocall", "autodial"].contains(&dial_method.as_str()) {
        return Err(ErrorKind::Invalid("dial_method").into());
    }
    let template = fields.text("template_uuid")?.or(fields.text("template")?);
    let create = Edit::CreateCampaign {
        campaign_name: fields.required("campaign_name")?,
        template,
        description: fields.text("description")?.unwrap_or_default(),
        dial_method,
        concurrent_call: fields.number("concurrent_call")?.unwrap_or(0),
        ratio: fields.number("ratio")?.unwrap_or(0),
    };
    edit(&caller, create).await
}

/// `GET /v1/template`
pub(crate) async fn templates(caller: Caller) -> Answer {
    let page = caller.read(|pbx| {
        let own = pbx.tables().templates.iter();
        let own = own.filter(|row| !pbx.center().scripts.contains_key(&row.template_uuid));
        reply::ok(&part(&caller, own, row))
    });
    Ok(page?)
}

/// `GET /v1/template/{id}`
pub(crate) async fn template(caller: Caller) -> Answer {
    let found = caller.read(|pbx| pbx.tables().template(caller.parameter("id")).map(reply::ok));
    found?.ok_or(NOT_FOUND.into())
}

/// `POST /v1/template`
pub(crate) async fn create_template(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    let name = fields.required("name")?;
    let voice_type = fields.required("voice_type")?;
    let (content, audio_file, voice_tts) = match voice_type.as_str() {
        "tts" => {
            let voice = fields.required("voice_tts")?;
            if !VOICES.contains(&voice.as_str()) {
                return Err(ErrorKind::Invalid("voice_tts").into());
            }
            (Some(fields.required("content")?), None, voice)
        }
        "audio_file" => (None, Some(fields.required("audio_file")?), String::new()),
        _ => return Err(ErrorKind::Invalid("voice_type").into()),
    };
    let speed = match fields.value("speed_tts") {
        None => json!(1),
        Some(speed) => {
            let speed = Some(speed)
                .filter(|speed| speed.as_f64().is_some_and(|speed| (0.0..=2.0).contains(&speed)));
            speed.cloned().ok_or(ErrorKind::Invalid("speed_tts"))?
        }
    };
    let press_options = match fields.value("press_options") {
        None => json!([]),
        Some(Value::Array(options)) if options.len() <= 16 => json!(options),
        Some(_) => return Err(ErrorKind::Invalid("press_options").into()),
    };
    let sound = |name: &'static str| match fields.value(name) {
        None => Ok(json!({})),
        Some(Value::Object(sound)) => Ok(json!(sound)),
        Some(_) => Err(ErrorKind::Invalid(name)),
    };
    let mut columns = json!({
        "name": name,
        "description": fields.text("description")?.unwrap_or_default(),
        "enable_option": fields.flag("enable_option")?.unwrap_or(false),
        "exit_sound": sound("exit_sound")?,
        "invalid_sound": sound("invalid_sound")?,
        "max_timeout": fields.number("max_timeout")?.unwrap_or(1),
        "press_options": press_options,
        "press_timeout": fields.number("press_timeout")?.unwrap_or(1_000),
        "speed_tts": speed,
        "voice_tts": voice_tts,
        "voice_type": voice_type,
    });
    let texts = [("content", content), ("audio_file", audio_file)];
    if let Some(columns) = columns.as_object_mut() {
        columns.extend(
            texts
                .into_iter()
                .filter_map(|(name, text)| Some((name.to_owned(), Value::from(text?)))),
        );
    }
    edit(&caller, Edit::CreateTemplate { columns }).await
}

/// `GET /v1/audio`
pub(crate) async fn audios(caller: Caller) -> Answer {
    let query = Query::of(caller.request());
    let page = caller.read(|pbx| {
        let rows = pbx.tables().audios.iter();
        let rows = rows.filter(|row| {
            !pbx.center().sounds.contains_key(&row.audio_uuid)
                && has(&query.values("audio_name"), &row.audio_name)
        });
        reply::ok(&part(&caller, rows, row))
    });
    Ok(page?)
}

/// `POST /v1/audio`: a form with a file, of which the name is kept.
pub(crate) async fn create_audio(caller: Caller, body: Body) -> Answer {
    let name = match body.body() {
        Ok(bytes) if !bytes.trim_ascii_start().starts_with(b"{") => file_name(bytes),
        _ => Fields::of(body)?.text("audio_name")?,
    };
    let audio_name = name.ok_or(ErrorKind::Missing("file"))?;
    edit(&caller, Edit::CreateAudio { audio_name }).await
}

/// Reads the name of the first file in a form.
fn file_name(body: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(body.get(..8_192).unwrap_or(body));
    let (_, rest) = head.split_once("filename=\"")?;
    let (name, _) = rest.split_once('"')?;
    let name = name.rsplit(['/', '\\']).next()?;
    (!name.is_empty() && name.len() <= 255).then(|| name.to_owned())
}

/// `GET /v1/blacklist`
pub(crate) async fn blacklist(caller: Caller) -> Answer {
    Ok(caller.read(|pbx| reply::ok(&part(&caller, pbx.tables().blacklist.iter(), row)))?)
}

/// `GET /v1/blacklist/{id}`: by id or phone number.
pub(crate) async fn blocked(caller: Caller) -> Answer {
    let found = caller.read(|pbx| {
        pbx.tables().blocked(caller.parameter("id")).map(|blocked: &Blocked| reply::ok(blocked))
    });
    found?.ok_or(NOT_FOUND.into())
}

/// `POST /v1/blacklist`
pub(crate) async fn block(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    let mut numbers = Vec::new();
    for item in fields.list("blacklist")? {
        let item = Fields::within(item).ok_or(ErrorKind::Invalid("blacklist"))?;
        let description = item.text("description")?.unwrap_or_default();
        numbers.push((item.required("phone_number")?, description));
    }
    edit(&caller, Edit::Block { numbers }).await
}

/// `DELETE /v1/blacklist`
pub(crate) async fn unblock(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    let numbers: Option<Vec<String>> = fields.list("blacklist")?.iter().map(text_of).collect();
    let numbers = numbers.ok_or(ErrorKind::Invalid("blacklist"))?;
    edit(&caller, Edit::Unblock { numbers }).await
}

/// A pinned caller as lists show it; the extension stands in the description there.
#[derive(Serialize)]
struct Pinned<'a> {
    id: u64,
    phone_number: &'a str,
    agent: &'a str,
    description: &'a str,
    created_at: String,
}

impl<'a> Pinned<'a> {
    fn of(id: u64, routing: &'a Routing) -> Self {
        let Routing { phone_number, agent, created_at } = routing;
        let created_at = stamp::stamp(*created_at);
        Self { id, phone_number, agent, description: agent, created_at }
    }
}

/// `GET /v1/smartrouting`
pub(crate) async fn routings(caller: Caller) -> Answer {
    let (limit, offset) = Query::of(caller.request()).page(10);
    let page = caller.read(|pbx| {
        let rows = pbx.tables().smartrouting.iter().skip(offset).take(limit);
        let data: Vec<_> = rows.map(|(id, routing)| Pinned::of(*id, routing)).collect();
        reply::ok(&Page { data, limit, offset, total: pbx.tables().smartrouting.len() })
    });
    Ok(page?)
}

/// `GET /v1/smartrouting/{id}`: by id or phone number.
pub(crate) async fn routing(caller: Caller) -> Answer {
    let found = caller.read(|pbx| {
        let pinned = pbx.tables().pinned(caller.parameter("id"));
        pinned.map(|(id, routing)| reply::ok(&Pinned::of(id, routing)))
    });
    found?.ok_or(NOT_FOUND.into())
}

/// `POST /v1/smartrouting`
pub(crate) async fn pin(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    let phone_number = fields.required("phone_number")?;
    let phone_number = phone::plain(&phone_number).ok_or(ErrorKind::Invalid("phone_number"))?;
    let agent = fields.required("agent")?;
    edit(&caller, Edit::Pin { phone_number, agent }).await
}

/// `DELETE /v1/smartrouting/{id}`
pub(crate) async fn unpin(caller: Caller) -> Answer {
    let id = caller.parameter("id").to_owned();
    edit(&caller, Edit::Unpin { id }).await
}
