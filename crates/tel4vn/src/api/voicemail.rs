//! Voicemail: boxes and messages. What a message says is public, as a recording is.

use actix_web::{HttpRequest, web};
use ringback_mock::{Instance, Received};
use serde::Serialize;
use time::Duration;

use super::{
    Answer,
    recording::sound_file,
    tables::{edit, part, row},
};
use crate::{
    Pbx, Tel4vn,
    auth::Caller,
    error::NOT_FOUND,
    machine::{
        Edit,
        tables::{Message, is},
    },
    wire::{
        body::{Body, Fields},
        query::Query,
        reply, stamp,
    },
};

/// `GET /v1/voicemail`
pub(crate) async fn list(caller: Caller) -> Answer {
    Ok(caller.read(|pbx| reply::ok(&part(&caller, pbx.tables().mailboxes.iter(), row)))?)
}

/// `GET /v1/voicemail/{id}`: by id or extension.
pub(crate) async fn show(caller: Caller) -> Answer {
    let found = caller.read(|pbx| pbx.tables().mailbox(caller.parameter("id")).map(reply::ok));
    found?.ok_or(NOT_FOUND.into())
}

/// `POST /v1/voicemail`
pub(crate) async fn create(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    let create = Edit::CreateMailbox {
        extension: fields.required("extension")?,
        password: fields.required("password")?,
        enabled: fields.required_flag("enabled")?,
        mail_to: fields.text("mail_to")?.unwrap_or_default(),
        local_after_email: fields.flag("local_after_email")?.unwrap_or(true),
        description: fields.text("description")?.unwrap_or_default(),
    };
    edit(&caller, create).await
}

/// `PUT /v1/voicemail/{id}`
pub(crate) async fn change(caller: Caller, body: Body) -> Answer {
    let id = caller.parameter("id").to_owned();
    caller.read(|pbx| pbx.tables().mailbox(&id).map(|_| ()))?.ok_or(NOT_FOUND)?;
    let fields = Fields::of(body)?;
    let change = Edit::ChangeMailbox {
        id,
        password: fields.required("password")?,
        enabled: fields.required_flag("enabled")?,
        mail_to: fields.text("mail_to")?,
        local_after_email: fields.flag("local_after_email")?,
        description: fields.text("description")?,
    };
    edit(&caller, change).await
}

/// `DELETE /v1/voicemail/{id}`
pub(crate) async fn remove(caller: Caller) -> Answer {
    let id = caller.parameter("id").to_owned();
    edit(&caller, Edit::DeleteMailbox { id }).await
}

#[derive(Serialize)]
struct Shown<'a> {
    id: String,
    created_at: String,
    caller_id_name: &'a str,
    caller_id_number: &'a str,
    duration: u32,
    extension: &'a str,
    download_url: String,
}

impl<'a> Shown<'a> {
    fn of(message: &'a Message, base: &str) -> Self {
        let Message { id, created_at, caller_id_name, caller_id_number, duration, extension } =
            message;
        Self {
            id: id.to_string(),
            created_at: stamp::zoned(*created_at),
            caller_id_name,
            caller_id_number,
            duration: *duration,
            extension,
            download_url: format!("{base}/v1/voicemail/message/{id}/download"),
        }
    }
}

/// `GET /v1/voicemail/message`
pub(crate) async fn messages(caller: Caller) -> Answer {
    let (query, base) = (Query::of(caller.request()), caller.base());
    let page = caller.read(|pbx| {
        let wanted = query.values("extension");
        let rows = pbx.tables().messages.iter();
        let rows = rows.filter(|row| wanted.is_empty() || wanted.contains(&row.extension.as_str()));
        reply::ok(&part(&caller, rows, |message| Shown::of(message, &base)))
    });
    Ok(page?)
}

fn find<'a>(pbx: &'a Pbx, id: &str) -> Option<&'a Message> {
    pbx.tables().messages.iter().find(|message| is(&message.id, id))
}

/// `GET /v1/voicemail/message/{id}`
pub(crate) async fn message(caller: Caller) -> Answer {
    let found = caller.read(|pbx| find(pbx, caller.parameter("id")).cloned());
    Ok(reply::ok(&Shown::of(&found?.ok_or(NOT_FOUND)?, &caller.base())))
}

/// `GET|HEAD /v1/voicemail/message/{id}/download`
pub(crate) async fn download(
    instance: web::Data<Instance<Tel4vn>>,
    request: HttpRequest,
    received: Received,
) -> Answer {
    let id = received.param("id");
    let seconds = instance
        .engine()
        .read(|accounts| accounts.iter().find_map(|(_, pbx)| Some(find(pbx, id)?.duration)));
    let length = Duration::seconds(seconds.ok_or(NOT_FOUND)?.into());
    let sound = ringback_exchange::audio::Sound::new(Duration::ZERO, length);
    Ok(sound_file(sound, &request))
}
