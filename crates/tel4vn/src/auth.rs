//! The bearer token: which account is this.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use ringback_engine::{Command, OffsetDateTime};
use ringback_mock::{AccountId, Instance, Received};

use crate::{
    DEMO, Pbx, Tel4vn,
    error::{Error, ErrorKind},
};

/// Somebody who showed a valid token, and the world that it opens.
#[derive(Debug)]
pub(crate) struct Caller {
    instance: web::Data<Instance<Tel4vn>>,
    account: AccountId,
    request: HttpRequest,
    received: Option<Received>,
}

/// Somebody who showed the token of the routes for providers.
#[derive(Debug)]
pub(crate) struct Provider(pub(crate) Caller);

/// The text of a token: what was drawn for it, and what tells its account.
pub(crate) fn token(drawn: [u8; 16], account: AccountId, user: [u8; 16]) -> String {
    let hex: String = drawn.iter().map(|byte| format!("{byte:02x}")).collect();
    let [a, b, c, d] = account.0.to_be_bytes();
    let [_, _, _, _, rest @ ..] = user;
    let mut named = [0; 16];
    for (to, from) in named.iter_mut().zip([a, b, c, d].into_iter().chain(rest)) {
        *to = from;
    }
    format!("{hex}-{}", BASE64_STANDARD.encode(named))
}

fn account_of(token: &str) -> Option<AccountId> {
    let (_, named) = token.split_once('-')?;
    let named: [u8; 16] = BASE64_STANDARD.decode(named).ok()?.try_into().ok()?;
    let [a, b, c, d, ..] = named;
    Some(AccountId(u32::from_be_bytes([a, b, c, d])))
}

/// What stands after `Bearer`; the token alone where that is allowed.
fn shown(request: &HttpRequest, bare: bool) -> Option<&str> {
    let shown = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    match shown.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Some(token.trim()),
        Some(_) => None,
        None => bare.then_some(shown),
    }
}

impl Caller {
    fn of(request: &HttpRequest) -> Result<Self, ErrorKind> {
        let instance = request.app_data::<web::Data<Instance<Tel4vn>>>().cloned();
        let instance = instance.ok_or(ErrorKind::Unauthorized)?;
        let account = instance.engine().read_at(|accounts, now| {
            let settings = accounts.world(DEMO).map(Pbx::settings);
            let token = shown(request, settings.is_some_and(|settings| settings.bare_token))?;
            let fixed = settings.and_then(|settings| settings.fixed_token.as_deref());
            // An empty one is none: no token at all would fit it.
            if fixed.is_some_and(|fixed| !fixed.is_empty() && fixed == token) {
                return Some(DEMO);
            }
            let account = account_of(token)?;
            let (pbx, now) = accounts.world_at(account, now)?;
            pbx.knows_token(token, now).then_some(account)
        });
        let account = account.ok_or(ErrorKind::Unauthorized)?;
        instance.admitted(account);
        let received = Received::of(request);
        Ok(Self { instance, account, request: request.clone(), received })
    }

    /// Reads the caller's world.
    pub(crate) fn read<R>(&self, read: impl FnOnce(&Pbx) -> R) -> Result<R, ErrorKind> {
        self.instance.read(self.account, read).ok_or(ErrorKind::Unauthorized)
    }

    /// Reads the caller's world together with the simulated time.
    pub(crate) fn read_at<R>(
        &self,
        read: impl FnOnce(&Pbx, OffsetDateTime) -> R,
    ) -> Result<R, ErrorKind> {
        self.instance.read_at(self.account, read).ok_or(ErrorKind::Unauthorized)
    }

    /// Executes a command in the caller's world.
    pub(crate) async fn execute<C: Command<Pbx>>(
        &self,
        command: C,
    ) -> Result<C::Outcome, ErrorKind> {
        Ok(self.instance.execute(self.account, command).await?)
    }

    pub(crate) fn account(&self) -> AccountId {
        self.account
    }

    pub(crate) fn instance(&self) -> &Instance<Tel4vn> {
        &self.instance
    }

    pub(crate) fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// Returns a parameter of the path.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.received.as_ref().map_or("", |received| received.param(name))
    }

    /// Returns the address for links, by which the client came.
    pub(crate) fn base(&self) -> String {
        self.instance.base_url(&self.request)
    }
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Self::of(request).map_err(Error::from))
    }
}

impl FromRequest for Provider {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let provider = || {
            let instance = request.app_data::<web::Data<Instance<Tel4vn>>>().cloned();
            let instance = instance.ok_or(ErrorKind::Unauthorized)?;
            let secret = instance.read(DEMO, |pbx| pbx.settings().provider_token.clone());
            if secret.as_deref().is_some_and(|secret| shown(request, false) == Some(secret)) {
                let (request, received) = (request.clone(), Received::of(request));
                return Ok(Self(Caller { instance, account: DEMO, request, received }));
            }
            // Whoever is known otherwise is told that this is not theirs.
            Err(match Caller::of(request) {
                Ok(_) => ErrorKind::Forbidden,
                Err(why) => why,
            })
        };
        ready(provider().map_err(Error::from))
    }
}
