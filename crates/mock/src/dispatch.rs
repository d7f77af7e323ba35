//! The one place through which every request of a vendor passes.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use actix_web::{
    Error, HttpMessage as _, HttpResponse, Route,
    dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse},
};
use futures_util::future::{LocalBoxFuture, join_all};
use percent_encoding::percent_decode_str;

use crate::{
    HttpRefusal, Instance, Vendor,
    bench::{Noting, RequestNote, journal},
    received::{Inner, Received, read_body},
    request_log::{self, Detail},
    router::{Found, Target, account_header, account_in},
    stubs::play::{Came, Play},
};

type Handler = <Route as ServiceFactory<ServiceRequest>>::Service;

/// Makes the [`Dispatcher`] of each worker.
pub(crate) struct Dispatch<V: Vendor>(pub(crate) Arc<Instance<V>>);

/// Hands each request to the handler of the endpoint that was found for it.
pub(crate) struct Dispatcher<V: Vendor> {
    instance: Arc<Instance<V>>,
    /// One for each endpoint, in the order of the vendor's table.
    handlers: Rc<[Handler]>,
}

impl<V: Vendor> ServiceFactory<ServiceRequest> for Dispatch<V> {
    type Response = ServiceResponse;
    type Error = Error;
    type Config = ();
    type Service = Dispatcher<V>;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Self::Service, ()>>;

    fn new_service(&self, (): ()) -> Self::Future {
        let instance = Arc::clone(&self.0);
        let handlers = V::ENDPOINTS.iter().map(|endpoint| (endpoint.route)().new_service(()));
        let handlers = join_all(handlers.collect::<Vec<_>>());
        Box::pin(async move {
            let handlers: Result<Vec<Handler>, ()> = handlers.await.into_iter().collect();
            Ok(Dispatcher { instance, handlers: handlers?.into() })
        })
    }
}

impl<V: Vendor> Service<ServiceRequest> for Dispatcher<V> {
    type Response = ServiceResponse;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<ServiceResponse, Error>>;

    actix_web::dev::always_ready!();

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (instance, handlers) = (Arc::clone(&self.instance), Rc::clone(&self.handlers));
        Box::pin(serve(instance, handlers, request))
    }
}

async fn serve<V: Vendor>(
    instance: Arc<Instance<V>>,
    handlers: Rc<[Handler]>,
    mut request: ServiceRequest,
) -> Result<ServiceResponse, Error> {
    let begun = Instant::now();
    let is_aside = instance.bench().is_aside(request.headers_mut());
    let detail = if is_aside { None } else { Detail::wanted() };
    let journal = if is_aside { None } else { journal::begin(&instance) };
    let number = instance.next_request();
    // Read whatever becomes of it: an answer before the end of a body costs the connection.
    let body = read_body(&mut request, V::BODY_LIMIT).await;
    let target = request.extensions_mut().remove::<Found>().map(|found| found.target);
    let (endpoint, params, refusal) = match target {
        Some(Target::Endpoint(place, params)) => (Some(place), params, None),
        Some(Target::Method(_, allow)) => {
            (None, Vec::new(), Some(HttpRefusal::MethodNotAllowed { allow }))
        }
        Some(Target::UrlTooLong) => (None, Vec::new(), Some(HttpRefusal::UrlTooLong)),
        Some(Target::Path) | None => (None, Vec::new(), Some(HttpRefusal::NotFound)),
    };
    let handler = endpoint.and_then(|place| handlers.get(place));
    let endpoint = endpoint.and_then(|place| Some((place, V::ENDPOINTS.get(place)?)));
    let account = V::NAMES_ACCOUNTS.then(|| named_account(&request)).flatten();
    let place = endpoint.map(|(place, _)| place);
    let received = Received::new(Inner { number, endpoint, params, account, body, begun });
    request.extensions_mut().insert(received.clone());
    let (mut play, mut stubbed) = (None, None);
    if !is_aside
        && instance.stubs().is_active()
        && let Ok(body) = received.body()
    {
        let came = Came { request: request.request(), body, received: &received };
        play = Play::begin(&instance, &came);
        if let Some(play) = &mut play {
            play.hold(&instance, &came, journal).await;
            stubbed = play.answer(&instance, &came);
        }
    }
    // Before anything is read: clients of several processes expect to see what they have done.
    let caught_up = match endpoint {
        Some(_) if stubbed.is_none() => instance.catch_up().await,
        Some(_) | None => Ok(()),
    };
    let refusal = match caught_up {
        Ok(()) => refusal,
        Err(error) => {
            log::warn!("{}: {error}", instance.name());
            Some(HttpRefusal::Unavailable)
        }
    };
    let note = Rc::<RequestNote>::default();
    let (mut response, refusal) = match (stubbed, handler, refusal) {
        (Some(stubbed), ..) => (request.into_response(stubbed), None),
        (None, Some(handler), None) => {
            let handler = Noting { note: Rc::clone(&note), handler: handler.call(request) };
            (handler.await?, None)
        }
        (None, _, refusal) => {
            let refusal = refusal.unwrap_or(HttpRefusal::NotFound);
            let refuse = || V::refuse(&instance, refusal.clone(), request.request());
            let response: HttpResponse = note.within(refuse);
            (request.into_response(response), Some(refusal))
        }
    };
    if let Some(play) = &play {
        response = play.change(&instance, response).await;
    }
    if !is_aside {
        instance.meter().answered(place, response.status().as_u16(), begun.elapsed());
    }
    let response = match journal {
        Some(begun) => {
            let play = play.as_ref().map(Play::note);
            journal::record(&instance, begun, &note, refusal.as_ref(), play, response)
        }
        None => response,
    };
    let response = match detail {
        Some(detail) => request_log::note(&instance, detail, refusal.as_ref(), response),
        None => response,
    };
    // A client may give up while it waits: what it asked is in the journal by now.
    Ok(match play {
        Some(play) => play.finish(response).await,
        None => response,
    })
}

/// Returns the account that a request names, in front of its path or by a header.
fn named_account(request: &ServiceRequest) -> Option<String> {
    let in_path = account_in(request.path());
    let in_path =
        in_path.map(|(name, _)| percent_decode_str(name).decode_utf8_lossy().into_owned());
    in_path.or_else(|| account_header(request.headers()))
}
