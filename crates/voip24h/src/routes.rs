//! Every route of Voip24h.

use actix_web::web;
use ringback_mock::Endpoint;

use crate::{
    api::{dial_service, fdownload, history, old, partner, recording, subscription, v3},
    params::{self, OPERATIONS},
};

const PARTNER: &str = "/api/v1/partner/voip24h";
const DOWNLOAD: &str = "/api/recording/download";
const LISTEN: &str = "/recording/listen";
const WEBHOOK: &str = "/v3/webhook-call-log";

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
    // v3
    Endpoint::post("v3-authentication", "/v3/authentication", || {
        web::post().to(v3::authentication)
    })
    .accepts(params::AUTHENTICATION),
    Endpoint::get("v3-call-history", "/v3/call/history", || web::get().to(history::list))
        .accepts(params::HISTORY),
    Endpoint::get("v3-call-recording", "/v3/call/recording", || web::get().to(v3::recording))
        .accepts(params::RECORDING),
    Endpoint::get("v3-call-recording", "/v3/recording", || web::get().to(v3::recording))
        .accepts(params::RECORDING),
    Endpoint::post("v3-call-dial", "/v3/call/dial", || web::post().to(v3::dial))
        .accepts(params::V3_DIAL),
    Endpoint::get("v3-extension-list", "/v3/extension/list", || web::get().to(history::extensions))
        .accepts(params::EXTENSIONS),
    Endpoint::post("v3-subscribe", WEBHOOK, || web::post().to(subscription::subscribe))
        .accepts(params::SUBSCRIBE),
    Endpoint::new("v3-unsubscribe", "DELETE", WEBHOOK, || {
        web::delete().to(subscription::unsubscribe)
    })
    .accepts(params::UNSUBSCRIBE),
    Endpoint::get("v3-subscriptions", WEBHOOK, || web::get().to(subscription::list))
        .accepts(params::SUBSCRIPTIONS),
    Endpoint::options("v3-preflight", "/v3/authentication", || web::route().to(v3::preflight)),
    Endpoint::options("v3-preflight", "/v3/call/history", || web::route().to(v3::preflight)),
    Endpoint::options("v3-preflight", "/v3/call/recording", || web::route().to(v3::preflight)),
    Endpoint::options("v3-preflight", "/v3/recording", || web::route().to(v3::preflight)),
    Endpoint::options("v3-preflight", "/v3/call/dial", || web::route().to(v3::preflight)),
    Endpoint::options("v3-preflight", "/v3/extension/list", || web::route().to(v3::preflight)),
    Endpoint::options("v3-preflight", WEBHOOK, || web::route().to(v3::preflight)),
    // The dial service
    Endpoint::get("dial", "/dial", || web::get().to(dial_service::dial)).accepts(params::DIAL),
    Endpoint::get("dial-history", "/dial/history", || web::get().to(dial_service::history))
        .accepts(params::SEARCH),
    Endpoint::get("dial-search", "/dial/search", || web::get().to(dial_service::search))
        .accepts(params::SEARCH),
    Endpoint::get("dial-searching", "/dial/searching", || web::get().to(dial_service::searching))
        .accepts(params::SEARCHING),
    Endpoint::options("dial-preflight", "/dial", || web::route().to(dial_service::preflight)),
    Endpoint::options("dial-preflight", "/dial/history", || {
        web::route().to(dial_service::preflight)
    }),
    Endpoint::options("dial-preflight", "/dial/search", || {
        web::route().to(dial_service::preflight)
    }),
    Endpoint::options("dial-preflight", "/dial/searching", || {
        web::route().to(dial_service::preflight)
    }),
    // Links to recordings
    Endpoint::get("fdownload-recording", "/fdownload/recording", || {
        web::get().to(fdownload::recording)
    })
    .accepts(params::FDOWNLOAD),
    Endpoint::head("fdownload-recording", "/fdownload/recording", || {
        web::head().to(fdownload::recording)
    })
    .accepts(params::FDOWNLOAD),
    Endpoint::options("fdownload-preflight", "/fdownload/recording", || {
        web::route().to(recording::preflight)
    })
    .accepts(params::FDOWNLOAD),
    Endpoint::get("fdownload-play", "/fdownload/play", || web::get().to(fdownload::recording))
        .accepts(params::FDOWNLOAD),
    Endpoint::head("fdownload-play", "/fdownload/play", || web::head().to(fdownload::recording))
        .accepts(params::FDOWNLOAD),
    Endpoint::options("fdownload-preflight", "/fdownload/play", || {
        web::route().to(recording::preflight)
    })
    .accepts(params::FDOWNLOAD),
    Endpoint::get("fdownload-eplay", "/fdownload/eplay", || web::get().to(fdownload::page))
        .accepts(params::FDOWNLOAD),
    Endpoint::head("fdownload-eplay", "/fdownload/eplay", || web::head().to(fdownload::page))
        .accepts(params::FDOWNLOAD),
    Endpoint::options("fdownload-preflight", "/fdownload/eplay", || {
        web::route().to(recording::preflight)
    })
    .accepts(params::FDOWNLOAD),
    Endpoint::get("fdownload-file", "/fdownload/downloadFile", || {
        web::get().to(fdownload::download)
    })
    .accepts(params::FDOWNLOAD),
    Endpoint::head("fdownload-file", "/fdownload/downloadFile", || {
        web::head().to(fdownload::download)
    })
    .accepts(params::FDOWNLOAD),
    Endpoint::options("fdownload-preflight", "/fdownload/downloadFile", || {
        web::route().to(recording::preflight)
    })
    .accepts(params::FDOWNLOAD),
    Endpoint::get("fdownload-ogg", "/fdownload/recording.ogg", || web::get().to(fdownload::stream))
        .accepts(params::FDOWNLOAD),
    Endpoint::head("fdownload-ogg", "/fdownload/recording.ogg", || {
        web::head().to(fdownload::stream)
    })
    .accepts(params::FDOWNLOAD),
    Endpoint::options("fdownload-preflight", "/fdownload/recording.ogg", || {
        web::route().to(recording::preflight)
    })
    .accepts(params::FDOWNLOAD),
    // The generation before v3
    Endpoint::post("token", "/api/token", || web::post().to(old::token)).accepts(params::API_TOKEN),
    Endpoint::post("call-find", "/call/find", || web::post().to(old::find)).accepts(params::FIND),
    Endpoint::post("call-find-one", "/call/findone", || web::post().to(old::find_one))
        .accepts(params::FIND_ONE),
    Endpoint::options("old-preflight", "/api/token", || web::route().to(v3::preflight)),
    Endpoint::options("old-preflight", "/call/find", || web::route().to(v3::preflight)),
    Endpoint::options("old-preflight", "/call/findone", || web::route().to(v3::preflight)),
];
