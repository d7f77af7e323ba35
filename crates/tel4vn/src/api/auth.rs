//! Logging in, and tokens.

use actix_web::web;
use ringback_mock::{AccountId, Instance};
use serde::Serialize;
use serde_json::{Value, json};

use super::Answer;
use crate::{
    DEMO, Pbx, Tel4vn,
    error::{Error, ErrorKind},
    machine::{IssueToken, Issued},
    wire::{
        body::{Body, Fields},
        reply, stamp,
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

/// What a role may do, by the names of the document.
const PERMISSIONS: &[&str] = &[
    "view_campaign",
    "create_campaign",
    "delete_campaign",
    "edit_campaign",
    "view_list",
    "create_list",
    "delete_list",
    "edit_list",
    "upload_list",
    "view_lead",
    "create_lead",
    "delete_lead",
    "edit_lead",
    "view_user",
    "create_user",
    "delete_user",
    "edit_user",
    "view_group",
    "create_group",
    "delete_group",
    "edit_group",
    "view_department",
    "create_department",
    "delete_department",
    "edit_department",
    "view_cdr",
    "download_cdr",
    "qc_cdr",
    "view_recording",
    "listen_recording",
    "download_recording",
    "view_ticket",
    "create_ticket",
    "delete_ticket",
    "edit_ticket",
    "assign_ticket",
    "view_ticket_category",
    "create_ticket_category",
    "delete_ticket_category",
    "edit_ticket_category",
    "view_history",
    "view_dashboard",
    "view_monitor",
    "view_report",
    "view_setting",
    "view_notification",
    "create_notification",
    "delete_notification",
    "export_notification",
    "create_callback",
    "view_callback",
    "edit_callback",
    "solve_callback",
    "view_crm",
    "view_performance",
    "view_timeline",
    "create_kpi",
    "view_kpi",
    "edit_kpi",
    "delete_kpi",
    "view_mail",
    "create_mail",
    "delete_mail",
    "view_log",
    "view_stt",
    "create_stt",
    "view_social_network",
];

/// `POST /v3/auth`: what both chapters print.
pub(crate) async fn login_v3(instance: Instances, body: Body) -> Answer {
    let fields = Fields::of(body.clone())?;
    let (username, password) = (fields.required("username")?, fields.required("password")?);
    let (name, _) = username.split_once('@').ok_or(ErrorKind::BadLogin)?;
    let account = admit(&instance, &username).await?.ok_or(ErrorKind::BadLogin)?;
    let is_own = |pbx: &Pbx| account != DEMO || pbx.user().password == password;
    let allowed = instance.read(account, |pbx| (is_own(pbx), pbx.settings().callcenter));
    let (is_own, has_center) = allowed.unwrap_or_default();
    if !is_own {
        return Err(ErrorKind::BadLogin.into());
    }
    if !has_center {
        return login(instance, body).await;
    }
    let issued =
        instance.execute(account, IssueToken { account }).await.map_err(ErrorKind::from)?;
    let answer = instance.read_at(account, |pbx, now| {
        let user = pbx.user();
        let api_key = if account == DEMO { user.api_key.as_str() } else { username.as_str() };
        let role =
            pbx.center().roles.iter().find(|role| role.role_name.eq_ignore_ascii_case(&user.level));
        let may = |name: &&str| user.level == "admin" || name.starts_with("view_");
        let flags: serde_json::Map<String, Value> =
            PERMISSIONS.iter().map(|name| ((*name).to_owned(), may(name).into())).collect();
        let mut permission = flags;
        let own = json!({
            "domain_uuid": pbx.domain_uuid(),
            "id": role.map(|role| role.role_uuid).unwrap_or_default(),
            "role_description": "",
            "role_name": role.map_or("", |role| &role.role_name),
        });
        permission.extend(own.as_object().cloned().unwrap_or_default());
        let mut privilege = permission.clone();
        permission.insert("role_permission".to_owned(), "".into());
        privilege.insert("role_permission_map".to_owned(), Value::Null);
        let data = json!({
            "api_key": api_key,
            "domain_config": {
                "api_url": "",
                "domain_name": pbx.domain(),
                "domain_uuid": pbx.domain_uuid(),
                "google_api_key": "",
                "logo": "",
                "partner": "",
                "type": "callcenter",
                "version": "v3",
                "zalo_api_key": "",
            },
            "domain_uuid": pbx.domain_uuid(),
            "enable": true,
            "enable_webrtc": false,
            "last_login_date": stamp::fine(now),
            "level": user.level,
            "permission": permission,
            "privilege": privilege,
            "token": {
                "client_id": user.user_uuid,
                "domain_uuid": pbx.domain_uuid(),
                "expired_in": issued.seconds,
                "refresh_token": "",
                "token": issued.token,
                "token_type": "Bearer",
                "user_uuid": user.user_uuid,
            },
            // A text, as documented.
            "user_enabled": "true",
            "user_uuid": user.user_uuid,
            "username": name,
        });
        reply::ok(&Data { data })
    });
    answer.ok_or(ErrorKind::BadLogin).map_err(Error::from)
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
