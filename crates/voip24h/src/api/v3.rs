//! v3 but for lists and subscriptions: login, recordings, dialling. vendors/voip24h-v3.md, 4

use actix_web::{HttpRequest, HttpResponse, web};
use ringback_engine::OffsetDateTime;
use ringback_mock::{AccountId, Instance, Received};
use serde::Serialize;

use crate::{
    MakeDial, Voip24h, auth,
    error::{DialRefused, Fault},
    render::local,
    settings::AuthDialect,
    token::{self, Claims},
    wire::{fields::Fields, permitted, reply},
};

pub(crate) type Voip = web::Data<Instance<Voip24h>>;
pub(crate) type Answer = Result<HttpResponse, Fault>;

const DAY: i64 = 86_400;

/// A token, and between which moments it is worth something.
pub(crate) struct Issued {
    pub(crate) token: String,
    pub(crate) created_at: String,
    pub(crate) expires_at: String,
    pub(crate) is_long: bool,
}

/// Issues a token to whoever has these.
pub(crate) async fn issue(
    voip: &Voip,
    key: String,
    secret: &str,
    is_long: bool,
) -> Result<Issued, Fault> {
    let account = auth::login(voip, &key, secret).await?;
    let now = voip.read_at(account, |_, now| now).ok_or(Fault::UnknownAccount)?;
    let iat = now.unix_timestamp();
    let exp = iat.saturating_add(if is_long { 7 * DAY } else { DAY });
    let token = token::issue(&voip.settings().application_key, &Claims { sub: key, iat, exp });
    let expires = OffsetDateTime::from_unix_timestamp(exp).unwrap_or(now);
    let (created_at, expires_at) = (local(now), local(expires));
    Ok(Issued { token, created_at, expires_at, is_long })
}

/// What the service answered when it was asked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Live {
    token: String,
    create_at: String,
    expired: String,
    is_long_live: bool,
}

/// What the document says that it answers.
#[derive(Serialize)]
struct Documented {
    message: &'static str,
    status: u16,
    data: DocumentedToken,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DocumentedToken {
    token: String,
    create_at: String,
    expried: String,
    is_longlive: bool,
}

/// `POST /v3/authentication`
pub(crate) async fn authentication(voip: Voip, request: HttpRequest, received: Received) -> Answer {
    let fields = Fields::of(&request, &received)?;
    let (key, secret) = (fields.required("apiKey")?, fields.required("apiSecret")?);
    // Each of two clients spells it its own way.
    let is_long = fields.flag("isLonglive")?.or(fields.flag("isLongLive")?).unwrap_or_default();
    let Issued { token, created_at: create_at, expires_at, is_long } =
        issue(&voip, key, &secret, is_long).await?;
    Ok(match voip.settings().auth_dialect {
        AuthDialect::Live => {
            reply::success(Live { token, create_at, expired: expires_at, is_long_live: is_long })
        }
        AuthDialect::Documented => {
            let data =
                DocumentedToken { token, create_at, expried: expires_at, is_longlive: is_long };
            reply::plain(&Documented { message: "Success", status: 1_000, data })
        }
    })
}

#[derive(Serialize)]
struct Recording {
    media: Media,
}

#[derive(Serialize)]
struct Media {
    wav: String,
    ogg: String,
}

/// `GET /v3/call/recording`: by the id of the record or the exchange's, for clients have either.
pub(crate) async fn recording(voip: Voip, request: HttpRequest) -> Answer {
    let account = auth::bearer(&voip, &request).await?;
    let fields = Fields::of_query(&request);
    let id = fields.text_or("callId", "callid")?.ok_or(Fault::Required("callId"))?;
    let base = voip.base_url(&request);
    let found = voip.read(account, |pbx| {
        let row = pbx.row(id.trim()).ok_or(Fault::CallNotFound)?;
        row.links(&base).ok_or(Fault::RecordingNotFound)
    });
    let links = found.ok_or(Fault::Unauthorized)??;
    // One client plays this, another one that.
    let media = Media { wav: links.to("recording"), ogg: links.to("recording.ogg") };
    Ok(reply::success(Recording { media }))
}

/// `POST /v3/call/dial`
pub(crate) async fn dial(voip: Voip, request: HttpRequest, received: Received) -> Answer {
    let account = auth::bearer(&voip, &request).await?;
    let fields = Fields::of(&request, &received)?;
    let (extension, phone) = (fields.required("extension")?, fields.required("phone")?);
    let phone = without_blanks(&phone);
    order(&voip, account, &extension, &phone).await?;

    #[derive(Serialize)]
    struct Echo {
        extension: String,
        phone: String,
    }
    Ok(reply::success(Echo { extension: extension.trim().to_owned(), phone }))
}

/// Numbers are often kept with blanks. field report, row 24
pub(crate) fn without_blanks(number: &str) -> String {
    number.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Orders a call, as every face does.
pub(crate) async fn order(
    voip: &Voip,
    account: AccountId,
    extension: &str,
    phone: &str,
) -> Result<ringback_exchange::CallId, Fault> {
    let extension = extension.trim().to_owned();
    let dial = MakeDial { extension: extension.clone(), phone: phone.to_owned() };
    let dialled = voip.execute(account, dial).await?;
    Ok(dialled.inspect_err(|refused| {
        if *refused == DialRefused::UnknownExtension {
            let known = voip.read(account, |pbx| {
                let numbers = pbx.exchange().extensions().map(|known| known.number.to_string());
                numbers.collect::<Vec<String>>()
            });
            let known = known.unwrap_or_default();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            Fault::Dial(*refused).note_nearest(&extension, &known);
        }
    })?)
}

/// `OPTIONS` of every path of v3: a browser asks whether it may.
pub(crate) async fn preflight(request: HttpRequest) -> HttpResponse {
    permitted(&request, "GET, POST, DELETE, OPTIONS", &["authorization", "content-type"])
}
