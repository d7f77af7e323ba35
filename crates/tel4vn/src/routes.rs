//! Every route of TEL4VN.

use actix_web::web::{get, head, post, route};
use ringback_mock::Endpoint;

use crate::api::{
    auth, autocall, call, cdr, click2call, event, extension, monitor, recording, report, tables,
    tenant, voicemail,
};

/// An endpoint for a method without a shorthand.
macro_rules! put {
    ($operation:literal, $path:expr, $handler:expr) => {
        Endpoint::new($operation, "PUT", $path, || route().to($handler))
    };
}
macro_rules! delete {
    ($operation:literal, $path:expr, $handler:expr) => {
        Endpoint::new($operation, "DELETE", $path, || route().to($handler))
    };
}

const RECORDING: &str = "/recording/{id}";
const DOWNLOAD: &str = "/v1/voicemail/message/{id}/download";

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    // Tier 1: live calls
    Endpoint::get("call", "/v1/call", || get().to(call::list)),
    Endpoint::post("transfer", "/v1/call/{id}/transfer", || post().to(call::transfer)),
    Endpoint::post("listen", "/v1/call/{id}/listen", || post().to(call::listen)),
    Endpoint::post("whisper", "/v1/call/{id}/whisper", || post().to(call::whisper)),
    Endpoint::post("barge", "/v1/call/{id}/barge", || post().to(call::barge)),
    Endpoint::post("park", "/v1/call/{id}/park", || post().to(call::park)),
    // Tier 2: what is needed around them
    Endpoint::post("auth", "/v1/auth", || post().to(auth::login)),
    Endpoint::post("auth-token", "/v1/auth/token", || post().to(auth::token)),
    Endpoint::get("click2call", "/v1/click2call", || get().to(click2call::wait)),
    Endpoint::get("click2call-async", "/v1/click2call/async", || get().to(click2call::at_once)),
    Endpoint::get("event", "/v1/event", || get().to(event::list)),
    Endpoint::post("event", "/v1/event", || post().to(event::add)),
    delete!("event-remove", "/v1/event/{id}", event::remove),
    Endpoint::get("cdr", "/v1/cdr", || get().to(cdr::list)),
    Endpoint::get("cdr-show", "/v1/cdr/{id}", || get().to(cdr::show)),
    Endpoint::get("recording", RECORDING, || get().to(recording::play)),
    Endpoint::head("recording", RECORDING, || head().to(recording::play)),
    Endpoint::get("extension", "/v3/extension", || get().to(extension::list)),
    Endpoint::post("extension-create", "/v3/extension", || post().to(extension::create)),
    Endpoint::get("extension-show", "/v3/extension/{id}", || get().to(extension::show)),
    put!("extension-change", "/v3/extension/{id}", extension::change),
    delete!("extension-remove", "/v3/extension/{id}", extension::remove),
    Endpoint::get("extension-loggedin", "/v3/extension/{id}/loggedin", || {
        get().to(extension::logged_in)
    }),
    Endpoint::get("extension", "/v2/extension", || get().to(extension::list)),
    Endpoint::get("extension-show", "/v2/extension/{id}", || get().to(extension::show)),
    // Tier 3: the rest
    Endpoint::get("monitor-agent", "/v1/monitor/agent", || get().to(monitor::agents)),
    Endpoint::get("monitor", "/v3/monitor", || get().to(monitor::users)),
    Endpoint::get("monitor-queue", "/v3/monitor/callcenter/queue", || {
        get().to(monitor::queue_calls)
    }),
    Endpoint::get("report-call-id", "/v1/report/call_id", || get().to(report::call_ids)),
    Endpoint::get("report-call-status", "/v1/report/call_status", || {
        get().to(report::call_statuses)
    }),
    Endpoint::get("callcenter-queue", "/v1/callcenter/queue", || get().to(monitor::queues)),
    Endpoint::get("campaign", "/v1/campaign", || get().to(tables::campaigns)),
    Endpoint::post("campaign", "/v1/campaign", || post().to(tables::create_campaign)),
    Endpoint::get("campaign", "/v1/campaign/{id}", || get().to(tables::campaign)),
    Endpoint::get("template", "/v1/template", || get().to(tables::templates)),
    Endpoint::post("template", "/v1/template", || post().to(tables::create_template)),
    Endpoint::get("template", "/v1/template/{id}", || get().to(tables::template)),
    Endpoint::get("audio", "/v1/audio", || get().to(tables::audios)),
    Endpoint::post("audio", "/v1/audio", || post().to(tables::create_audio)),
    Endpoint::get("blacklist", "/v1/blacklist", || get().to(tables::blacklist)),
    Endpoint::post("blacklist", "/v1/blacklist", || post().to(tables::block)),
    delete!("blacklist", "/v1/blacklist", tables::unblock),
    Endpoint::get("blacklist", "/v1/blacklist/{id}", || get().to(tables::blocked)),
    Endpoint::get("smartrouting", "/v1/smartrouting", || get().to(tables::routings)),
    Endpoint::post("smartrouting", "/v1/smartrouting", || post().to(tables::pin)),
    Endpoint::get("smartrouting", "/v1/smartrouting/{id}", || get().to(tables::routing)),
    delete!("smartrouting", "/v1/smartrouting/{id}", tables::unpin),
    Endpoint::get("voicemail", "/v1/voicemail", || get().to(voicemail::list)),
    Endpoint::post("voicemail", "/v1/voicemail", || post().to(voicemail::create)),
    Endpoint::get("voicemail-message", "/v1/voicemail/message", || get().to(voicemail::messages)),
    Endpoint::get("voicemail-message", "/v1/voicemail/message/{id}", || {
        get().to(voicemail::message)
    }),
    Endpoint::get("voicemail-download", DOWNLOAD, || get().to(voicemail::download)),
    Endpoint::head("voicemail-download", DOWNLOAD, || head().to(voicemail::download)),
    Endpoint::get("voicemail", "/v1/voicemail/{id}", || get().to(voicemail::show)),
    put!("voicemail", "/v1/voicemail/{id}", voicemail::change),
    delete!("voicemail", "/v1/voicemail/{id}", voicemail::remove),
    Endpoint::post("tenant", "/v1/tenant", || post().to(tenant::create)),
    Endpoint::get("tenant", "/v1/tenant/{id}", || get().to(tenant::show)),
    put!("tenant", "/v1/tenant/{id}", tenant::change),
    Endpoint::post("tenant-extension", "/v1/tenant/{id}/extension", || {
        post().to(tenant::create_extension)
    }),
    Endpoint::get("tenant-extension", "/v1/tenant/{id}/extension/{ext}", || {
        get().to(tenant::extension)
    }),
    Endpoint::get("tenant-extension", "/v1/tenant/{id}/extension/extension/{ext}", || {
        get().to(tenant::extension)
    }),
    Endpoint::post("autocall-ivr", "/v1/autocall/ivr", || post().to(autocall::script)),
    Endpoint::post("autocall-campaign", "/v1/autocall/campaign", || post().to(autocall::campaign)),
    Endpoint::get("autocall-report", "/v1/autocall/report", || get().to(autocall::report)),
    Endpoint::post("autodial-campaign", "/v1/autodial/campaign", || post().to(autocall::dial)),
    Endpoint::post("autodialer-queue", "/v1/autodialer/queue", || post().to(autocall::queue)),
    Endpoint::post("autodialer-queue", "/v1/autodialer/queue/stop", || post().to(autocall::stop)),
    Endpoint::post("autodialer-queue", "/v1/autodialer/queue/start", || post().to(autocall::start)),
    Endpoint::post("autodialer-queue", "/v1/autodialer/queue/delete", || {
        post().to(autocall::delete)
    }),
    Endpoint::post("auth-v3", "/v3/auth", || post().to(auth::login)),
    Endpoint::post("auth-token-v3", "/v3/auth/token", || post().to(auth::token_v3)),
    Endpoint::get("cdr-v3", "/v3/cdr", || get().to(cdr::list_v3)),
    Endpoint::get("cdr-v3", "/v3/cdr/{id}", || get().to(cdr::show_v3)),
    Endpoint::get("call-v2", "/v2/call", || get().to(call::list)),
    Endpoint::post("call-v2", "/v2/call/{id}/transfer", || post().to(call::transfer_v2)),
    Endpoint::post("call-v2", "/v2/call/{id}/listen", || post().to(call::listen)),
    Endpoint::post("call-v2", "/v2/call/{id}/whisper", || post().to(call::whisper)),
    Endpoint::post("call-v2", "/v2/call/{id}/barge", || post().to(call::barge)),
    Endpoint::post("click2call-v2", "/v2/click2call", || post().to(click2call::by_agent)),
];
