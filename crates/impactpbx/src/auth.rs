//! Whose world a request is about: this vendor knows no credentials, so a test names its account by
//! the header `Ringback-Account`, or by `/__account/NAME` in front of the path.

use std::future::Future;
use std::pin::Pin;

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web};
use ringback_mock::{AccountId, Instance, Received};

use crate::{
    ImpactPbx,
    error::Error,
    wire::reply::{Content, respond},
};

/// A request with the account that it names.
pub(crate) struct Caller {
    pub(crate) pbx: web::Data<Instance<ImpactPbx>>,
    pub(crate) request: HttpRequest,
    pub(crate) received: Received,
    /// The account, the demo account unless one is named; `None` if there is none of that name.
    account: Option<AccountId>,
}

impl FromRequest for Caller {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let pbx = web::Data::<Instance<ImpactPbx>>::from_request(request, payload);
        let received = Received::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let (pbx, received) = (pbx.await?, received.await?);
            let account = account(&pbx, &received).await;
            Ok(Self { pbx, request, received, account })
        })
    }
}

/// Returns the account that a request names.
async fn account(pbx: &Instance<ImpactPbx>, received: &Received) -> Option<AccountId> {
    let Some(name) = received.account() else { return Some(AccountId::DEMO) };
    if name.is_empty() {
        return None;
    }
    match pbx.admit(name).await {
        Ok(account) => account,
        Err(error) => {
            log::error!("impactpbx: {error}");
            None
        }
    }
}

impl Caller {
    /// Returns the account; an unknown one is not found, as paths are.
    pub(crate) fn account(&self) -> Result<AccountId, Error> {
        self.account.ok_or(Error::NotFound)
    }

    /// Answers in the vendor's form.
    pub(crate) async fn respond(self, content: Result<Content, Error>) -> HttpResponse {
        let account = self.account.unwrap_or_default();
        respond(&self.pbx, account, &self.request, content).await
    }
}
