//! Extensions.

use serde::Serialize;

use super::Answer;
use crate::{
    auth::Caller,
    error::ErrorKind,
    machine::{ChangeExtension, CreateExtension, DeleteExtension, ExtensionRefused, ExtensionView},
    wire::{
        body::{Body, Fields},
        phone,
        query::Query,
        reply::{self, Page},
    },
};

const UNKNOWN: ErrorKind = ErrorKind::NotFound("Extension not found");

impl From<ExtensionRefused> for ErrorKind {
    fn from(refused: ExtensionRefused) -> Self {
        match refused {
            ExtensionRefused::Taken => Self::Bad("extension is already taken"),
            ExtensionRefused::TooMany => Self::Bad("too many extensions"),
            ExtensionRefused::Unknown => UNKNOWN,
        }
    }
}

/// `GET /v3/extension`
pub(crate) async fn list(caller: Caller) -> Answer {
    let query = Query::of(caller.request());
    let (limit, offset) = query.page(25);
    let only = query.values("extension");
    let page = caller.read(|pbx| {
        let data: Vec<ExtensionView> = pbx.extensions(&only).skip(offset).take(limit).collect();
        let total = match only.as_slice() {
            [] => pbx.extension_count(),
            some => pbx.extensions(some).count(),
        };
        Page { data, limit, offset, total }
    })?;
    Ok(reply::ok(&page))
}

/// `GET /v3/extension/{id}`
pub(crate) async fn show(caller: Caller) -> Answer {
    let view = caller.read(|pbx| {
        pbx.extension_number(caller.parameter("id")).and_then(|number| pbx.extension(number))
    });
    Ok(reply::ok(&view?.ok_or(UNKNOWN)?))
}

/// Reads a number to follow to; the empty one is none.
fn follow_me(fields: &Fields) -> Result<Option<String>, ErrorKind> {
    let given = fields.value("follow_me").is_some();
    match fields.text("follow_me")? {
        Some(text) => phone::plain(&text).map(Some).ok_or(ErrorKind::Invalid("follow_me")),
        None => Ok(given.then(String::new)),
    }
}

/// Reads whose an extension is; nobody's if the text is empty.
fn user_uuid(fields: &Fields) -> Result<Option<String>, ErrorKind> {
    let given = fields.value("user_uuid").is_some();
    Ok(fields.text("user_uuid")?.or_else(|| given.then(String::new)))
}

/// `POST /v3/extension`
pub(crate) async fn create(caller: Caller, body: Body) -> Answer {
    #[derive(Serialize)]
    struct Created {
        created: bool,
        extension_uuid: String,
        enabled: bool,
        extension: String,
    }
    let fields = Fields::of(body)?;
    let number = fields.required("extension")?;
    let password = fields.required("password")?;
    let enabled = fields.required_flag("enabled")?;
    let is_number = (1..=20).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    if !is_number {
        return Err(ErrorKind::Invalid("extension").into());
    }
    let user_uuid = user_uuid(&fields)?.unwrap_or_default();
    let follow_me = follow_me(&fields)?.unwrap_or_default();
    let create = CreateExtension { number, password, enabled, user_uuid, follow_me };
    let view = caller.execute(create).await?.map_err(ErrorKind::from)?;
    Ok(reply::ok(&Created {
        created: true,
        extension_uuid: view.extension_uuid.to_string(),
        enabled: view.enabled,
        extension: view.extension,
    }))
}

#[derive(Serialize)]
struct Changed {
    message: &'static str,
    extension_uuid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
    extension: String,
}

impl Changed {
    fn of(view: ExtensionView, enabled: Option<bool>) -> Self {
        let ExtensionView { extension_uuid, extension, .. } = view;
        let extension_uuid = extension_uuid.to_string();
        Self { message: "success", extension_uuid, enabled, extension }
    }
}

/// `PUT /v3/extension/{id}`
pub(crate) async fn change(caller: Caller, body: Body) -> Answer {
    let id = caller.parameter("id").to_owned();
    caller.read(|pbx| pbx.extension_number(&id).map(|_| ()))?.ok_or(UNKNOWN)?;
    let fields = Fields::of(body)?;
    let password = fields.required("password")?;
    let enabled = fields.required_flag("enabled")?;
    let (user_uuid, follow_me) = (user_uuid(&fields)?, follow_me(&fields)?);
    let change = ChangeExtension { id, password, enabled, user_uuid, follow_me };
    let view = caller.execute(change).await?.map_err(ErrorKind::from)?;
    let enabled = Some(view.enabled);
    Ok(reply::ok(&Changed::of(view, enabled)))
}

/// `DELETE /v3/extension/{id}`
pub(crate) async fn remove(caller: Caller) -> Answer {
    let id = caller.parameter("id").to_owned();
    let view = caller.execute(DeleteExtension { id }).await?.map_err(ErrorKind::from)?;
    Ok(reply::ok(&Changed::of(view, None)))
}

/// `GET /v3/extension/{id}/loggedin`
pub(crate) async fn logged_in(caller: Caller) -> Answer {
    #[derive(Serialize)]
    struct LoggedIn {
        extension: String,
        is_logged_in: bool,
    }
    let found = caller.read(|pbx| {
        let number = pbx.extension_number(caller.parameter("id"))?;
        let extension = pbx.exchange().extension(number.as_str())?;
        let (extension, is_logged_in) = (number.to_string(), extension.registered);
        Some(LoggedIn { extension, is_logged_in })
    });
    Ok(reply::ok(&found?.ok_or(UNKNOWN)?))
}
