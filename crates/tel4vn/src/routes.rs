//! Every route of TEL4VN.

use actix_web::web::{get, head, post, route};
use ringback_mock::Endpoint;

use crate::api::{
    auth, autocall, call, call_report, campaigns, carriers, cdr, click2call, event, extension,
    leads, monitor, order, people, recording, report, scripts, tables, tenant, voicemail,
};
use crate::params::{self, callcenter};

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

macro_rules! patch {
    ($operation:literal, $path:expr, $handler:expr) => {
        Endpoint::new($operation, "PATCH", $path, || route().to($handler))
    };
}

const RECORDING: &str = "/recording/{id}";
const DOWNLOAD: &str = "/v1/voicemail/message/{id}/download";

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    // Tier 1: live calls
    Endpoint::get("call", "/v1/call", || get().to(call::list)).accepts(params::WHOLE),
    Endpoint::post("transfer", "/v1/call/{id}/transfer", || post().to(call::transfer))
        .accepts(params::TRANSFER),
    Endpoint::post("listen", "/v1/call/{id}/listen", || post().to(call::listen))
        .accepts(params::SUPERVISE),
    Endpoint::post("whisper", "/v1/call/{id}/whisper", || post().to(call::whisper))
        .accepts(params::SUPERVISE),
    Endpoint::post("barge", "/v1/call/{id}/barge", || post().to(call::barge))
        .accepts(params::SUPERVISE),
    Endpoint::post("park", "/v1/call/{id}/park", || post().to(call::park)).accepts(params::PARK),
    // Tier 2: what is needed around them
    Endpoint::post("auth", "/v1/auth", || post().to(auth::login)).accepts(params::LOGIN),
    Endpoint::post("auth-token", "/v1/auth/token", || post().to(auth::token))
        .accepts(params::API_KEY),
    Endpoint::get("click2call", "/v1/click2call", || get().to(click2call::wait))
        .accepts(params::CLICK),
    Endpoint::get("click2call-async", "/v1/click2call/async", || get().to(click2call::at_once))
        .accepts(params::CLICK),
    Endpoint::get("event", "/v1/event", || get().to(event::list)).accepts(params::NOTHING),
    Endpoint::post("event", "/v1/event", || post().to(event::add)).accepts(params::HOOK),
    delete!("event-remove", "/v1/event/{id}", event::remove).accepts(params::NOTHING),
    Endpoint::get("cdr", "/v1/cdr", || get().to(cdr::list)).accepts(params::CDR),
    Endpoint::get("cdr-show", "/v1/cdr/{id}", || get().to(cdr::show)).accepts(params::NOTHING),
    Endpoint::get("recording", RECORDING, || get().to(recording::play)),
    Endpoint::head("recording", RECORDING, || head().to(recording::play)),
    Endpoint::get("extension", "/v3/extension", || get().to(extension::list))
        .accepts(params::EXTENSIONS),
    Endpoint::post("extension-create", "/v3/extension", || post().to(extension::create))
        .accepts(params::NEW_EXTENSION),
    Endpoint::get("extension-show", "/v3/extension/{id}", || get().to(extension::show))
        .accepts(params::NOTHING),
    put!("extension-change", "/v3/extension/{id}", extension::change)
        .accepts(params::CHANGED_EXTENSION),
    delete!("extension-remove", "/v3/extension/{id}", extension::remove).accepts(params::NOTHING),
    Endpoint::get("extension-loggedin", "/v3/extension/{id}/loggedin", || {
        get().to(extension::logged_in)
    })
    .accepts(params::NOTHING),
    Endpoint::get("extension", "/v2/extension", || get().to(extension::list))
        .accepts(params::EXTENSIONS),
    Endpoint::get("extension-show", "/v2/extension/{id}", || get().to(extension::show))
        .accepts(params::NOTHING),
    // Tier 3: the rest
    Endpoint::get("monitor-agent", "/v1/monitor/agent", || get().to(monitor::agents))
        .accepts(params::NOTHING),
    Endpoint::get("monitor", "/v3/monitor", || get().to(monitor::users)).accepts(params::NOTHING),
    Endpoint::get("monitor-queue", "/v3/monitor/callcenter/queue", || {
        get().to(monitor::queue_calls)
    })
    .accepts(params::NOTHING),
    Endpoint::get("report-call-id", "/v1/report/call_id", || get().to(report::call_ids))
        .accepts(params::DAY_OF_CALLS),
    Endpoint::get("report-call-status", "/v1/report/call_status", || {
        get().to(report::call_statuses)
    })
    .accepts(params::STATUSES),
    Endpoint::get("callcenter-queue", "/v1/callcenter/queue", || get().to(monitor::queues))
        .accepts(params::PAGE),
    Endpoint::get("campaign", "/v1/campaign", || get().to(tables::campaigns))
        .accepts(params::CAMPAIGNS),
    Endpoint::post("campaign", "/v1/campaign", || post().to(tables::create_campaign))
        .accepts(params::NEW_CAMPAIGN),
    Endpoint::get("campaign", "/v1/campaign/{id}", || get().to(tables::campaign))
        .accepts(params::NOTHING),
    Endpoint::get("template", "/v1/template", || get().to(tables::templates)).accepts(params::PAGE),
    Endpoint::post("template", "/v1/template", || post().to(tables::create_template))
        .accepts(params::NEW_TEMPLATE),
    Endpoint::get("template", "/v1/template/{id}", || get().to(tables::template))
        .accepts(params::NOTHING),
    Endpoint::get("audio", "/v1/audio", || get().to(tables::audios)).accepts(params::AUDIOS),
    Endpoint::post("audio", "/v1/audio", || post().to(tables::create_audio))
        .accepts(params::NEW_AUDIO),
    Endpoint::get("blacklist", "/v1/blacklist", || get().to(tables::blacklist))
        .accepts(params::PAGE),
    Endpoint::post("blacklist", "/v1/blacklist", || post().to(tables::block))
        .accepts(params::BLOCK),
    delete!("blacklist", "/v1/blacklist", tables::unblock).accepts(params::UNBLOCK),
    Endpoint::get("blacklist", "/v1/blacklist/{id}", || get().to(tables::blocked))
        .accepts(params::NOTHING),
    Endpoint::get("smartrouting", "/v1/smartrouting", || get().to(tables::routings))
        .accepts(params::PAGE),
    Endpoint::post("smartrouting", "/v1/smartrouting", || post().to(tables::pin))
        .accepts(params::PIN),
    Endpoint::get("smartrouting", "/v1/smartrouting/{id}", || get().to(tables::routing))
        .accepts(params::NOTHING),
    delete!("smartrouting", "/v1/smartrouting/{id}", tables::unpin).accepts(params::NOTHING),
    Endpoint::get("voicemail", "/v1/voicemail", || get().to(voicemail::list)).accepts(params::PAGE),
    Endpoint::post("voicemail", "/v1/voicemail", || post().to(voicemail::create))
        .accepts(params::NEW_MAILBOX),
    Endpoint::get("voicemail-message", "/v1/voicemail/message", || get().to(voicemail::messages))
        .accepts(params::MESSAGES),
    Endpoint::get("voicemail-message", "/v1/voicemail/message/{id}", || {
        get().to(voicemail::message)
    })
    .accepts(params::NOTHING),
    Endpoint::get("voicemail-download", DOWNLOAD, || get().to(voicemail::download)),
    Endpoint::head("voicemail-download", DOWNLOAD, || head().to(voicemail::download)),
    Endpoint::get("voicemail", "/v1/voicemail/{id}", || get().to(voicemail::show))
        .accepts(params::NOTHING),
    put!("voicemail", "/v1/voicemail/{id}", voicemail::change).accepts(params::CHANGED_MAILBOX),
    delete!("voicemail", "/v1/voicemail/{id}", voicemail::remove).accepts(params::NOTHING),
    Endpoint::post("tenant", "/v1/tenant", || post().to(tenant::create))
        .accepts(params::NEW_TENANT),
    Endpoint::get("tenant", "/v1/tenant/{id}", || get().to(tenant::show)).accepts(params::NOTHING),
    put!("tenant", "/v1/tenant/{id}", tenant::change).accepts(params::CHANGED_TENANT),
    Endpoint::post("tenant-extension", "/v1/tenant/{id}/extension", || {
        post().to(tenant::create_extension)
    })
    .accepts(params::TENANT_EXTENSION),
    Endpoint::get("tenant-extension", "/v1/tenant/{id}/extension/{ext}", || {
        get().to(tenant::extension)
    })
    .accepts(params::NOTHING),
    Endpoint::get("tenant-extension", "/v1/tenant/{id}/extension/extension/{ext}", || {
        get().to(tenant::extension)
    })
    .accepts(params::NOTHING),
    Endpoint::post("autocall-ivr", "/v1/autocall/ivr", || post().to(autocall::script))
        .accepts(params::SCRIPT),
    Endpoint::post("autocall-campaign", "/v1/autocall/campaign", || post().to(autocall::campaign))
        .accepts(params::AUTOCALL),
    Endpoint::get("autocall-report", "/v1/autocall/report", || get().to(autocall::report))
        .accepts(params::REPORT),
    Endpoint::post("autodial-campaign", "/v1/autodial/campaign", || post().to(autocall::dial))
        .accepts(params::AUTODIAL),
    Endpoint::post("autodialer-queue", "/v1/autodialer/queue", || post().to(autocall::queue))
        .accepts(params::NEW_QUEUE),
    Endpoint::post("autodialer-queue", "/v1/autodialer/queue/stop", || post().to(autocall::stop))
        .accepts(params::QUEUE),
    Endpoint::post("autodialer-queue", "/v1/autodialer/queue/start", || post().to(autocall::start))
        .accepts(params::QUEUE),
    Endpoint::post("autodialer-queue", "/v1/autodialer/queue/delete", || {
        post().to(autocall::delete)
    })
    .accepts(params::QUEUE),
    Endpoint::post("auth-v3", "/v3/auth", || post().to(auth::login_v3)).accepts(params::LOGIN),
    Endpoint::post("auth-token-v3", "/v3/auth/token", || post().to(auth::token_v3))
        .accepts(params::API_KEY),
    Endpoint::get("cdr-v3", "/v3/cdr", || get().to(cdr::list_v3)).accepts(params::CDR_V3),
    Endpoint::get("cdr-v3", "/v3/cdr/{id}", || get().to(cdr::show_v3)).accepts(params::NOTHING),
    Endpoint::get("call-v2", "/v2/call", || get().to(call::list)).accepts(params::WHOLE),
    Endpoint::post("call-v2", "/v2/call/{id}/transfer", || post().to(call::transfer_v2))
        .accepts(params::TRANSFER_V2),
    Endpoint::post("call-v2", "/v2/call/{id}/listen", || post().to(call::listen))
        .accepts(params::SUPERVISE),
    Endpoint::post("call-v2", "/v2/call/{id}/whisper", || post().to(call::whisper))
        .accepts(params::SUPERVISE),
    Endpoint::post("call-v2", "/v2/call/{id}/barge", || post().to(call::barge))
        .accepts(params::SUPERVISE),
    Endpoint::post("click2call-v2", "/v2/click2call", || post().to(click2call::by_agent))
        .accepts(params::CLICK_V2),
    // The call centre: campaigns, their leads, and what they need
    Endpoint::get("campaign-v3", "/v3/campaign", || get().to(campaigns::list))
        .accepts(callcenter::CAMPAIGNS),
    Endpoint::post("campaign-v3", "/v3/campaign", || post().to(campaigns::create))
        .accepts(callcenter::NEW_CAMPAIGN),
    Endpoint::get("campaign-v3-show", "/v3/campaign/{id}", || get().to(campaigns::show))
        .accepts(callcenter::ONE),
    put!("campaign-v3-change", "/v3/campaign/{id}", campaigns::replace)
        .accepts(callcenter::CHANGED_CAMPAIGN),
    delete!("campaign-v3-remove", "/v3/campaign/{id}", campaigns::remove).accepts(callcenter::ONE),
    patch!("campaign-v3-active", "/v3/campaign/{id}/active", campaigns::set_active)
        .accepts(callcenter::ACTIVE),
    put!("campaign-v3-assign", "/v3/campaign/{id}/assign_extension", campaigns::assign)
        .accepts(callcenter::ASSIGN),
    Endpoint::post("campaign-run", "/v1/campaign/{id}/run/start", || post().to(campaigns::start))
        .accepts(callcenter::RUN),
    Endpoint::post("campaign-run", "/v1/campaign/{id}/run/pause", || post().to(campaigns::pause))
        .accepts(callcenter::RUN),
    Endpoint::post("campaign-run", "/v1/campaign/{id}/run/stop", || post().to(campaigns::stop))
        .accepts(callcenter::RUN),
    Endpoint::post("campaign-run", "/v3/campaign/{id}/run/start", || post().to(campaigns::start))
        .accepts(callcenter::RUN),
    Endpoint::post("campaign-run", "/v3/campaign/{id}/run/pause", || post().to(campaigns::pause))
        .accepts(callcenter::RUN),
    Endpoint::post("campaign-run", "/v3/campaign/{id}/run/stop", || post().to(campaigns::stop))
        .accepts(callcenter::RUN),
    Endpoint::get("list", "/v3/list", || get().to(leads::lists)).accepts(params::PAGE),
    Endpoint::post("list", "/v3/list", || post().to(leads::create_list))
        .accepts(callcenter::NEW_LIST),
    Endpoint::get("list-show", "/v3/list/{id}", || get().to(leads::list)).accepts(callcenter::ONE),
    delete!("list-remove", "/v3/list/{id}", leads::remove_list).accepts(callcenter::ONE),
    patch!("list-active", "/v3/list/{id}/active", leads::set_list_active)
        .accepts(callcenter::ACTIVE),
    Endpoint::get("lead", "/v3/lead", || get().to(leads::leads)).accepts(callcenter::LEADS),
    Endpoint::post("lead", "/v3/lead", || post().to(leads::create)).accepts(callcenter::NEW_LEAD),
    Endpoint::post("lead-multi", "/v3/lead/multi", || post().to(leads::create_many))
        .accepts(callcenter::NEW_LEADS),
    Endpoint::post("lead-file", "/v3/lead/file", || post().to(leads::upload))
        .accepts(callcenter::LEAD_FILE),
    Endpoint::get("lead-show", "/v3/lead/{id}", || get().to(leads::show)).accepts(callcenter::ONE),
    put!("lead-change", "/v3/lead/{id}", leads::replace).accepts(callcenter::CHANGED_LEAD),
    delete!("lead-remove", "/v3/lead/{id}", leads::remove).accepts(callcenter::ONE),
    Endpoint::post("autocall-import", "/v3/autocall/import", || post().to(order::import))
        .accepts(callcenter::IMPORT),
    Endpoint::post("autocall-otp", "/v3/autocall/otp", || post().to(order::otp))
        .accepts(callcenter::OTP),
    Endpoint::get("autocall-log", "/v3/autocall/log/{ref}/ref_id", || get().to(order::log))
        .accepts(callcenter::LOG),
    Endpoint::get("template-v3", "/v3/template", || get().to(scripts::list))
        .accepts(callcenter::SCRIPTS),
    Endpoint::post("template-v3", "/v3/template", || post().to(scripts::create))
        .accepts(callcenter::NEW_SCRIPT),
    Endpoint::get("template-v3-show", "/v3/template/{id}", || get().to(scripts::show))
        .accepts(callcenter::ONE),
    put!("template-v3-change", "/v3/template/{id}", scripts::replace)
        .accepts(callcenter::CHANGED_SCRIPT),
    delete!("template-v3-remove", "/v3/template/{id}", scripts::remove).accepts(callcenter::ONE),
    Endpoint::get("audio-v3", "/v3/audio", || get().to(scripts::audios))
        .accepts(callcenter::SOUNDS),
    Endpoint::post("audio-v3", "/v3/audio", || post().to(scripts::create_audio))
        .accepts(callcenter::NEW_SOUND),
    delete!("audio-v3-remove", "/v3/audio/{id}", scripts::remove_audio).accepts(callcenter::ONE),
    Endpoint::get("carrier", "/v3/carrier", || get().to(carriers::list)).accepts(params::PAGE),
    Endpoint::post("carrier", "/v3/carrier", || post().to(carriers::create))
        .accepts(callcenter::NEW_CARRIER),
    put!("carrier-change", "/v3/carrier/{id}", carriers::replace)
        .accepts(callcenter::CHANGED_CARRIER),
    delete!("carrier-remove", "/v3/carrier/{id}", carriers::remove).accepts(callcenter::ONE),
    Endpoint::get("gateway", "/v3/gateway", || get().to(carriers::gateways)).accepts(params::PAGE),
    Endpoint::get("report-campaign", "/v3/report/call/campaign", || {
        get().to(call_report::campaigns)
    })
    .accepts(callcenter::CAMPAIGN_REPORT),
    Endpoint::get("report-lead", "/v3/report/call/lead", || get().to(call_report::leads))
        .accepts(callcenter::LEAD_REPORT),
    Endpoint::post("agent-login", "/v3/agent/login", || post().to(people::log_in))
        .accepts(callcenter::AGENT_LOGIN),
    Endpoint::post("agent-resume", "/v3/agent/resume", || post().to(people::resume))
        .accepts(callcenter::AGENT),
    Endpoint::post("agent-pause", "/v3/agent/pause", || post().to(people::pause))
        .accepts(callcenter::AGENT),
    Endpoint::post("agent-logout", "/v3/agent/logout", || post().to(people::log_out))
        .accepts(callcenter::AGENT),
    Endpoint::get("agent-live", "/v3/agent/live", || get().to(people::live_agents))
        .accepts(params::NOTHING),
    Endpoint::get("agent-extension", "/v3/agent/extension", || get().to(people::extensions))
        .accepts(params::PAGE),
    Endpoint::get("agent-show", "/v3/agent/{id}", || get().to(people::show_agent))
        .accepts(callcenter::ONE),
    Endpoint::get("user", "/v3/user", || get().to(people::users)).accepts(params::PAGE),
    Endpoint::post("user", "/v3/user", || post().to(people::create_user))
        .accepts(callcenter::NEW_USER),
    Endpoint::get("user-show", "/v3/user/{id}", || get().to(people::user)).accepts(callcenter::ONE),
    Endpoint::get("group", "/v3/group", || get().to(people::groups)).accepts(params::PAGE),
    Endpoint::post("group", "/v3/group", || post().to(people::create_group))
        .accepts(callcenter::NEW_GROUP),
    Endpoint::get("group-show", "/v3/group/{id}", || get().to(people::group))
        .accepts(callcenter::ONE),
    put!("group-change", "/v3/group/{id}", people::change_group).accepts(callcenter::CHANGED_GROUP),
    delete!("group-remove", "/v3/group/{id}", people::remove_group).accepts(callcenter::ONE),
];
