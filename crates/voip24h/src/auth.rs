//! Which account is this: by the partner secret of v1, the token of v3, or the key and secret of the
//! dial service. No secret is ever echoed or logged.

use actix_web::{HttpRequest, http::header, web};
use ringback_mock::{AccountId, Instance};
use serde_json::{Map, Value};

use crate::{
    Keys, Voip24h,
    error::{Error, Fault},
    settings::TokenScheme,
    token,
    wire::fields::Fields,
};

type Voip = web::Data<Instance<Voip24h>>;

/// The most bytes of what names an account to v3 and to the dial service.
const LONGEST: usize = 256;

/// Returns the account of a request's `partnerSecret`. The secret is never echoed or logged.
pub(crate) async fn account(
    voip: &Instance<Voip24h>,
    request: &Map<String, Value>,
) -> Result<AccountId, Error> {
    let secret = request.get("partnerSecret").and_then(Value::as_str);
    let secret = secret.filter(|secret| !secret.is_empty()).ok_or(Error::InvalidSecret)?;
    let account = voip.admit(secret).await?.ok_or(Error::InvalidSecret)?;
    // The keys of the other faces name the same account, and are no partner secrets.
    let is_partner = voip.read(account, |pbx| pbx.keys().is_partner(secret));
    is_partner.filter(|is_partner| *is_partner).map(|_| account).ok_or(Error::InvalidSecret)
}

/// Returns the account that a key names, if what else is known of it admits.
async fn admitted(
    voip: &Voip,
    key: &str,
    admits: impl FnOnce(&Keys) -> bool,
) -> Result<Option<AccountId>, Fault> {
    if key.len() > LONGEST {
        return Ok(None);
    }
    let Some(account) = voip.admit(key).await? else { return Ok(None) };
    let is_admitted = voip.read(account, |pbx| admits(pbx.keys()));
    Ok(is_admitted.filter(|is_admitted| *is_admitted).map(|_| account))
}

/// Returns the account that logs in to v3.
pub(crate) async fn login(voip: &Voip, key: &str, secret: &str) -> Result<AccountId, Fault> {
    let account = admitted(voip, key, |keys| keys.admits_v3(key, secret)).await?;
    account.ok_or(Fault::UnknownAccount)
}

/// Returns the account of the token in `Authorization`.
pub(crate) async fn bearer(voip: &Voip, request: &HttpRequest) -> Result<AccountId, Fault> {
    let given = request.headers().get(header::AUTHORIZATION);
    let given = given.and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    let token = match (given.split_once(' '), voip.settings().token_scheme) {
        (Some((scheme, token)), _) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        (None, TokenScheme::Any) => given,
        (Some(_), _) | (None, TokenScheme::Bearer) => return Err(Fault::Unauthorized),
    };
    let claims = token::open(&voip.settings().application_key, token);
    let claims = claims.ok_or(Fault::Unauthorized)?;
    let account = admitted(voip, &claims.sub, |keys| keys.is_v3(&claims.sub)).await?;
    let account = account.ok_or(Fault::Unauthorized)?;
    let is_valid = voip.read_at(account, |_, now| now.unix_timestamp() < claims.exp);
    is_valid.filter(|is_valid| *is_valid).map(|_| account).ok_or(Fault::Unauthorized)
}

/// Returns the account that `voip` and `secret` of a query name.
pub(crate) async fn dial(voip: &Voip, fields: &Fields) -> Result<AccountId, Fault> {
    let read = |name| fields.text(name).ok().flatten().ok_or(Fault::UnknownAccount);
    let (key, secret) = (read("voip")?, read("secret")?);
    let account = admitted(voip, &key, |keys| keys.admits_dial(&key, &secret)).await?;
    account.ok_or(Fault::UnknownAccount)
}
