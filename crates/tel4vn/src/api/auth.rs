//! Logging in, and tokens.

use actix_web::web;
use ringback_mock::{AccountId, Instance};
use serde::Serialize;

use super::Answer;
use crate::{
    DEMO, Pbx, Tel4vn,
    error::{Error, ErrorKind},
    machine::{IssueToken, Issued},
    wire::{
        body::{Body, Fields},
        reply,
    },
};

type Instances = web::Data<Instance<Tel4vn>>;

/// The longest api key or login that is looked up.
const LONGEST: usize = 256;

#[derive(Serialize)]
struct Data<T> {
    data: T,
}

#[derive(Serialize)]
struct Login<'a> {
    user_uuid: String,
    domain_uuid: String,
    username: &'a str,
    api_key: &'a str,
    // A text, as documented.
    user_enabled: &'a str,
    level: &'a str,
}

/// `POST /v1/auth`
pub(crate) async fn login(instance: Instances, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    let (username, password) = (fields.required("username")?, fields.required("password")?);
    let (name, _) = username.split_once('@').ok_or(ErrorKind::BadLogin)?;
    let account = admit(&instance, &username).await?.ok_or(ErrorKind::BadLogin)?;
    let answer = instance.read(account, |pbx| {
        let user = pbx.user();
        // Whoever opened an account by a login of their own has that for an api key as well.
        let api_key = match account == DEMO {
            true if user.password != password => return None,
            true => user.api_key.as_str(),
            false => username.as_str(),
        };
        let data = Login {
            user_uuid: user.user_uuid.to_string(),
            domain_uuid: pbx.domain_uuid().to_string(),
            username: name,
            api_key,
            user_enabled: "true",
            level: &user.level,
        };
        Some(reply::ok(&Data { data }))
    });
    answer.flatten().ok_or(ErrorKind::BadLogin).map_err(Error::from)
}

async fn admit(instance: &Instances, credential: &str) -> Result<Option<AccountId>, ErrorKind> {
    if credential.len() > LONGEST {
        return Ok(None);
    }
    Ok(instance.admit(credential).await?)
}

/// Issues a token for an api key, with what the answers tell of its owner.
async fn issue(instance: &Instances, body: Body) -> Result<(Issued, String, String), ErrorKind> {
    let key = Fields::of(body)?.required("api_key")?;
    let account = admit(instance, &key).await?.ok_or(ErrorKind::Unauthorized)?;
    let owner = |pbx: &Pbx| {
        // The login names the account as well, and is no key to it.
        let is_key = account != DEMO || pbx.user().api_key == key;
        is_key.then(|| (pbx.user().user_uuid.to_string(), pbx.domain_uuid().to_string()))
    };
    let owner = instance.read(account, owner).flatten();
    let (user_id, domain_uuid) = owner.ok_or(ErrorKind::Unauthorized)?;
    let issued = instance.execute(account, IssueToken { account }).await?;
    Ok((issued, user_id, domain_uuid))
}

/// `POST /v1/auth/token`
pub(crate) async fn token(instance: Instances, body: Body) -> Answer {
    #[derive(Serialize)]
    struct Token {
        expired: i64,
        token: String,
        user_id: String,
    }
    let (Issued { token, until, .. }, user_id, _) = issue(&instance, body).await?;
    let data = Token { expired: until.unix_timestamp(), token, user_id };
    Ok(reply::ok(&Data { data }))
}

/// `POST /v3/auth/token`: the same without a wrapper.
pub(crate) async fn token_v3(instance: Instances, body: Body) -> Answer {
    #[derive(Serialize)]
    struct Token {
        client_id: String,
        domain_uuid: String,
        expired_in: u32,
        refresh_token: &'static str,
        token: String,
        token_type: &'static str,
        user_id: String,
    }
    let (Issued { token, seconds, .. }, user_id, domain_uuid) = issue(&instance, body).await?;
    Ok(reply::ok(&Token {
        client_id: user_id.clone(),
        domain_uuid,
        expired_in: seconds,
        refresh_token: "",
        token,
        token_type: "Bearer",
        user_id,
    }))
}
