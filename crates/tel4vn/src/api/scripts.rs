//! Scripts and sound files of the third generation.

use serde_json::{Value, json};

use super::{
    Answer,
    campaigns::{change, known},
    tables::part,
};
use crate::{
    CallCenterEdit,
    auth::Caller,
    error::{ErrorKind, NOT_FOUND},
    params::VOICES,
    render::{AudioRow, template},
    wire::{
        body::{Body, Fields},
        form::Form,
        query::Query,
        reply,
        schema::{self, Check, Rule, may, must},
    },
};

const UNKNOWN: ErrorKind = ErrorKind::NotFound("template not found");

const SCHEMA: &[Rule] = &[
    must("template_name", Check::Text(1)),
    may("voice_type", Check::Words(&["tts", "audio_file"])),
    may("voice_tts", Check::Words(VOICES)),
    may("content", Check::Text(0)),
    may("audio_file", Check::Text(0)),
    may("description", Check::Text(0)),
    may("enable_option", Check::Flag),
    may("exit_sound", Check::Object),
    may("invalid_sound", Check::Object),
    may("press_options", Check::Array),
    may("press_timeout", Check::Integer),
    may("max_timeout", Check::Integer),
    may("inter_digit_timeout", Check::Integer),
];

/// Reads a script: its columns as both generations keep them, and how long it waits between two keys.
fn script(fields: &Fields) -> Result<(Value, u32), ErrorKind> {
    let file = fields.text("audio_file")?;
    let usual = if file.is_some() { "audio_file" } else { "tts" };
    let voice_type = fields.text("voice_type")?.unwrap_or_else(|| usual.to_owned());
    let speed = match fields.value("speed_tts") {
        None => json!(1),
        Some(speed) => {
            let number = speed.as_f64().filter(|speed| (0.0..=2.0).contains(speed));
            number.map(|_| speed.clone()).ok_or(ErrorKind::Invalid("speed_tts"))?
        }
    };
    let options = fields.value("press_options").cloned().unwrap_or_else(|| json!([]));
    let many = options.as_array().is_some_and(|options| options.len() > 16);
    let sounds = ["exit_sound", "invalid_sound"]
        .map(|name| fields.value(name).cloned().unwrap_or_else(|| json!({})));
    let long = [&options].into_iter().chain(&sounds).any(|part| part.to_string().len() > 16_384);
    if many || long {
        return Err(ErrorKind::Invalid("press_options"));
    }
    let [exit_sound, invalid_sound] = sounds;
    let mut columns = json!({
        "name": fields.required("template_name")?,
        "description": fields.text("description")?.unwrap_or_default(),
        "enable_option": fields.flag("enable_option")?.unwrap_or(false),
        "exit_sound": exit_sound,
        "invalid_sound": invalid_sound,
        "max_timeout": fields.number("max_timeout")?.unwrap_or(1),
        "press_options": options,
        "press_timeout": fields.number("press_timeout")?.unwrap_or(1),
        "speed_tts": speed,
        "voice_tts": fields.text("voice_tts")?.unwrap_or_default(),
        "voice_type": voice_type,
    });
    let text = match voice_type.as_str() {
        "tts" => ("content", fields.text("content")?.unwrap_or_default()),
        _ => ("audio_file", file.unwrap_or_default()),
    };
    if let Some(columns) = columns.as_object_mut() {
        columns.insert(text.0.to_owned(), text.1.into());
    }
    Ok((columns, fields.number("inter_digit_timeout")?.unwrap_or(1)))
}

/// `POST /v3/template`
pub(crate) async fn create(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    schema::check(&fields, SCHEMA)?;
    let (columns, wait) = script(&fields)?;
    change(&caller, CallCenterEdit::CreateScript { columns, wait }).await
}

/// `PUT /v3/template/{id}`
pub(crate) async fn replace(caller: Caller, body: Body) -> Answer {
    let is_there = |pbx: &crate::Pbx, id: uuid::Uuid| {
        pbx.tables().templates.iter().any(|row| row.template_uuid == id)
    };
    let id = known(&caller, is_there, UNKNOWN)?;
    let fields = Fields::of(body)?;
    schema::check(&fields, SCHEMA)?;
    let (columns, wait) = script(&fields)?;
    change(&caller, CallCenterEdit::ChangeScript { id, columns, wait }).await
}

/// `DELETE /v3/template/{id}`
pub(crate) async fn remove(caller: Caller) -> Answer {
    let id = caller.parameter("id").parse().map_err(|_| UNKNOWN)?;
    change(&caller, CallCenterEdit::DeleteScript { id }).await
}

/// `GET /v3/template`
pub(crate) async fn list(caller: Caller) -> Answer {
    let query = Query::of(caller.request());
    let names = query.values("template_name");
    let page = caller.read(|pbx| {
        let rows = pbx.tables().templates.iter();
        let rows = rows.filter(|row| names.is_empty() || names.contains(&row.name.as_str()));
        reply::ok(&part(&caller, rows, |row| template(pbx, row)))
    });
    Ok(page?)
}

/// `GET /v3/template/{id}`
pub(crate) async fn show(caller: Caller) -> Answer {
    let found = caller.read(|pbx| {
        let row = pbx.tables().template(caller.parameter("id"))?;
        Some(reply::ok(&template(pbx, row)))
    });
    found?.ok_or(NOT_FOUND.into())
}

/// `POST /v3/audio`: a form with a file, of which the name is kept unless another is given.
pub(crate) async fn create_audio(caller: Caller, body: Body) -> Answer {
    let bytes = body.body().map_err(crate::wire::body::broken)?;
    let form = Form::of(caller.request(), bytes);
    let (own, _) = form.file("file").ok_or(ErrorKind::Bad("http: no such file"))?;
    let own = own.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let name = form.text("audio_name").unwrap_or(own);
    if name.is_empty() || name.len() > 255 {
        return Err(ErrorKind::Invalid("audio_name").into());
    }
    change(&caller, CallCenterEdit::CreateSound { name }).await
}

/// `GET /v3/audio`
pub(crate) async fn audios(caller: Caller) -> Answer {
    let query = Query::of(caller.request());
    let (names, ids) = (query.values("audio_name"), query.values("audio_uuid"));
    let page = caller.read(|pbx| {
        let rows = pbx.tables().audios.iter().filter(|row| {
            (names.is_empty() || names.contains(&row.audio_name.as_str()))
                && (ids.is_empty() || ids.contains(&row.audio_uuid.to_string().as_str()))
        });
        reply::ok(&part(&caller, rows, |row| AudioRow::of(pbx, row)))
    });
    Ok(page?)
}

/// `DELETE /v3/audio/{id}`
pub(crate) async fn remove_audio(caller: Caller) -> Answer {
    let id = caller.parameter("id").parse();
    let id = id.map_err(|_| ErrorKind::Bad("delete audio failed"))?;
    change(&caller, CallCenterEdit::DeleteSound { id }).await
}
