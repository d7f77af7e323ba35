//! HTTP Basic: whether a request may pass, and whose world it is about. vendors/scfm.md, 2.

use actix_web::{HttpRequest, http::header};
use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use ringback_mock::{AccountId, Instance};

use crate::{Scfm, error::Error};

/// What an `Authorization` header says: a user and perhaps a password, or a bearer token.
struct Credentials {
    user: String,
    password: Option<String>,
}

/// Returns the account of a request.
///
/// The configured user has the demo account. Where accounts are open, any other user name or token
/// has a world of its own, and is denied when there are too many. Without a configured user nobody is
/// asked.
pub(crate) async fn account(
    scfm: &Instance<Scfm>,
    request: &HttpRequest,
) -> Result<AccountId, Error> {
    let settings = scfm.settings();
    let given = credentials(request);
    let Some(wanted) = &settings.http_basic_auth_user else {
        return match given {
            Some(given) => Ok(own(scfm, &given.user).await?.unwrap_or_default()),
            None => Ok(AccountId::default()),
        };
    };
    let given = given.ok_or(Error::Denied)?;
    if given.user == *wanted {
        let is_password = settings
            .http_basic_auth_password
            .as_deref()
            .is_none_or(|wanted| given.password.as_deref() == Some(wanted));
        return if is_password { Ok(AccountId::default()) } else { Err(Error::Denied) };
    }
    own(scfm, &given.user).await?.ok_or(Error::Denied)
}

/// Returns the account that a user has for itself; `None` where accounts are not open.
async fn own(scfm: &Instance<Scfm>, user: &str) -> Result<Option<AccountId>, Error> {
    match scfm.admit(user).await? {
        // Without room for a world of its own it has no business in the demo's either.
        None if scfm.has_open_accounts() => Err(Error::NoRoom),
        account => Ok(account),
    }
}

/// Returns the account of a provider event.
///
/// The provider has no credentials, and what is wrong with those it shows is no matter; whoever has
/// some of its own is known by them all the same.
pub(crate) async fn account_of_events(
    scfm: &Instance<Scfm>,
    request: &HttpRequest,
) -> Result<AccountId, Error> {
    match account(scfm, request).await {
        Err(Error::Denied) => Ok(AccountId::default()),
        account => account,
    }
}

fn credentials(request: &HttpRequest) -> Option<Credentials> {
    let header = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = header.split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(Credentials { user: rest.to_owned(), password: None })
            .filter(|given| !given.user.is_empty());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(LENIENT.decode(rest).ok()?).ok()?;
    // Text without a colon is a user name.
    let (user, password) = match text.split_once(':') {
        Some((user, password)) => (user, Some(password.to_owned())),
        None => (text.as_str(), None),
    };
    Some(Credentials { user: user.to_owned(), password }).filter(|given| !given.user.is_empty())
}

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
