//! Every route of MANGO OFFICE: one table, from which all of it is mounted, found and covered.

use actix_web::web;
use ringback_mock::Endpoint;

use crate::{
    api::{backend, files, links, vpbx},
    operations::OPERATIONS,
    params,
};

/// Signed links to a recording.
const LINK: &str = "/vpbx/queries/recording/link/{recording_id}/{action}/{key}/{timestamp}/{sign}";

/// Links to a recording for who is logged in to the cabinet.
const ISSA: &str = "/vpbx/queries/recording/issa/{recording_id}/{action}";

/// What is no operation of either face.
const OTHERS: [Endpoint; 9] = [
    Endpoint::get("backend-openapi", "/openapi.json", || web::route().to(backend::document)),
    Endpoint::head("backend-openapi", "/openapi.json", || web::route().to(backend::document)),
    Endpoint::get("backend-docs", "/docs", || web::route().to(backend::page)),
    Endpoint::head("backend-docs", "/docs", || web::route().to(backend::page)),
    Endpoint::get("backend-redoc", "/redoc", || web::route().to(backend::page)),
    Endpoint::head("backend-redoc", "/redoc", || web::route().to(backend::page)),
    Endpoint::get("recording-link", LINK, || web::route().to(links::link)),
    Endpoint::get("recording-issa", ISSA, || web::route().to(links::issa)),
    Endpoint::get("file", "/files/{token}", || web::route().to(files::get)),
];

/// How many endpoints there are.
const COUNT: usize = OPERATIONS.len() + backend::OPERATIONS.len() + OTHERS.len();

/// Every endpoint: the operations of the VPBX API first, in their order and under the path with
/// `/vpbx` in front, to which [`respell`] leads the other spellings; then those of the backend.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
pub(crate) const ENDPOINTS: &[Endpoint] = &{
    let [any, ..] = OTHERS;
    let mut all = [any; COUNT];
    let mut at = 0;
    while at < COUNT {
        let (after, last) = (OPERATIONS.len(), OPERATIONS.len() + backend::OPERATIONS.len());
        all[at] = if at < after {
            let operation = &OPERATIONS[at];
            Endpoint::post(operation.name, operation.route, || web::route().to(vpbx::serve))
                .accepts(params::of(operation.path))
        } else if at < last {
            let flat = &backend::OPERATIONS[at - after];
            Endpoint::new(flat.name, flat.method, flat.path, || web::route().to(backend::serve))
                .accepts(flat.params)
        } else {
            OTHERS[at - last]
        };
        at += 1;
    }
    all
};

/// Returns the other spellings of a path: every path of the VPBX API may lack its `/vpbx` and have a
/// slash at its end; one of the backend that differs by the slash alone leads to it.
pub(crate) fn respell(path: &str) -> Vec<String> {
    let twin = backend::twin(path).map(str::to_owned);
    // Not so the links to recordings.
    let is_link = path.contains("/queries/recording/link/") || path.contains("/issa/");
    let bare = path.strip_suffix('/').filter(|_| !is_link).unwrap_or(path);
    let whole = if bare.starts_with("/vpbx/") { bare.to_owned() } else { format!("/vpbx{bare}") };
    twin.into_iter().chain([whole]).collect()
}
