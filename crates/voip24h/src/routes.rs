//! Every route of Voip24h.

use actix_web::web;
use ringback_mock::Endpoint;

use crate::{
    api::{partner, recording},
    params::{self, OPERATIONS},
};

const PARTNER: &str = "/api/v1/partner/voip24h";
const DOWNLOAD: &str = "/api/recording/download";
const LISTEN: &str = "/recording/listen";

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::post("partner", PARTNER, || web::post().to(partner::partner))
        .accepts(params::PARTNER)
        .variants(OPERATIONS),
    Endpoint::options("partner-preflight", PARTNER, || web::route().to(partner::preflight)),
    Endpoint::get("recording-download", DOWNLOAD, || web::get().to(recording::download))
        .accepts(params::LINK),
    Endpoint::head("recording-download", DOWNLOAD, || web::head().to(recording::download))
        .accepts(params::LINK),
    Endpoint::options("recording-download-preflight", DOWNLOAD, || {
        web::route().to(recording::preflight)
    })
    .accepts(params::LINK),
    Endpoint::get("recording-listen", LISTEN, || web::get().to(recording::listen))
        .accepts(params::LINK),
    Endpoint::head("recording-listen", LISTEN, || web::head().to(recording::listen))
        .accepts(params::LINK),
    Endpoint::options("recording-listen-preflight", LISTEN, || {
        web::route().to(recording::preflight)
    })
    .accepts(params::LINK),
];
