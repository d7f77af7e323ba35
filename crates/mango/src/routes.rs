//! Every route of MANGO OFFICE: one table, from which all of it is mounted, found and covered.

use actix_web::web;
use ringback_mock::Endpoint;

use crate::api::{
    backend, files,
    vpbx::{
        self, Operation, Run, account, bwlists, campaigns, commands, contact_groups, contacts,
        deals, groups, lines, members, organizations, recordings, sips, stats, tags, tasks, users,
        visitors,
    },
};

/// Declares the operations of the VPBX API, and the other endpoints.
///
/// Those of the VPBX API come first, in the order of [`OPERATIONS`], under the path with `/vpbx` in
/// front; [`respell`] leads the other spellings there. One that is `shared` has its bare path taken
/// by the backend face, which hands it on. vendors/mango.md, 1
macro_rules! table {
    (
        vpbx { $($name:literal $path:literal => $kind:ident($run:path);)* }
        shared { $($shared:literal $shared_path:literal => $shared_kind:ident($shared_run:path);)* }
        unsupported { $($unsupported:literal;)* }
        backend { $($flat:literal $method:literal $declared:literal => $serve:path;)* }
        others { $($other:expr;)* }
    ) => {
        /// Every endpoint.
        pub(crate) const ENDPOINTS: &[Endpoint] = &[
            $(Endpoint::post($name, concat!("/vpbx/", $path), || web::route().to(vpbx::serve)),)*
            $(Endpoint::post($shared, concat!("/vpbx/", $shared_path), || web::route().to(vpbx::serve)),)*
            $(Endpoint::post("unsupported", concat!("/vpbx/", $unsupported), || web::route().to(vpbx::serve)),)*
            $(Endpoint::new($flat, $method, $declared, || web::route().to($serve)),)*
            $($other,)*
        ];

        /// Every operation of the VPBX API.
        pub(crate) const OPERATIONS: &[Operation] = &[
            $(Operation { path: $path, run: Run::$kind($run) },)*
            $(Operation { path: $shared_path, run: Run::$shared_kind($shared_run) },)*
            $(Operation { path: $unsupported, run: Run::Read(vpbx::unsupported) },)*
        ];
    };
}

/// Signed links to a recording.
const LINK: &str = "/vpbx/queries/recording/link/{recording_id}/{action}/{key}/{timestamp}/{sign}";

/// Links to a recording for who is logged in to the cabinet.
const ISSA: &str = "/vpbx/queries/recording/issa/{recording_id}/{action}";

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

table! {
    vpbx {
        // Commands: 6
        "callback" "commands/callback" => Command(commands::callback);
        "callback-group" "commands/callback_group" => Command(commands::callback_group);
        "sms" "commands/sms" => Command(commands::sms);
        "hangup" "commands/call/hangup" => Command(commands::hangup);
        "recording-start" "commands/recording/start" => Command(commands::start_recording);
        "play-start" "commands/play/start" => Command(commands::start_play);
        "route" "commands/route" => Command(commands::route);
        "transfer" "commands/transfer" => Command(commands::transfer);
        "calls-connect" "commands/calls_connect" => Command(commands::calls_connect);
        "transfer-cancel" "commands/transfer_cancel" => Command(commands::transfer_cancel);
        "hold-on" "commands/call/hold/on" => Command(commands::hold_on);
        // Statistics: 7
        "stats-request" "stats/request" => Change(stats::request);
        "stats-result" "stats/result" => Read(stats::result);
        "stats-calls-request" "stats/calls/request" => Change(stats::request_calls);
        "stats-calls-result" "stats/calls/result" => Read(stats::result_calls);
        // Recordings: 8
        "recording-post" "queries/recording/post" => Change(recordings::post);
        "recording-transcripts" "queries/recording_transcripts" => Read(recordings::transcripts);
        "recording-categories" "queries/recording_categories" => Read(recordings::categories);
        // Dynamic call tracking: 9
        "dct-user-info" "queries/user_info_by_dct_number" => Read(visitors::info);
        "dct-user-history" "queries/user_history_by_dct_number" => Read(visitors::history);
        // Configuration: 10
        "users-request" "config/users/request" => Read(users::request);
        "member-create" "member/create" => Change(members::create);
        "member-update" "member/update" => Change(members::update);
        "member-delete" "member/delete" => Change(members::delete);
        "groups" "groups" => Read(groups::list);
        "group-create" "group/create" => Change(groups::create);
        "group-update" "group/update" => Change(groups::update);
        "group-delete" "group/delete" => Change(groups::delete);
        "account-balance" "account/balance" => Read(account::balance);
        "incominglines" "incominglines" => Read(lines::incoming);
        "audiofiles" "audiofiles" => Read(lines::audio_files);
        "schemas" "schemas" => Read(lines::schemas);
        "schema-set" "schema/set" => Change(lines::set_schema);
        "sips" "sips" => Read(sips::list);
        "domains" "domains" => Read(sips::domains);
        "sip-create" "sip/create" => Change(sips::create);
        "sip-update" "sip/update" => Change(sips::update);
        "sip-delete" "sip/delete" => Change(sips::delete);
        "trunks-numbers" "trunks/numbers" => Read(lines::trunk_numbers);
        // Black and white lists: 11
        "bwlists-state" "bwlists/state" => Read(bwlists::state);
        "bwlists-numbers" "bwlists/numbers" => Read(bwlists::numbers);
        "bwlists-number-add" "bwlists/number/add" => Change(bwlists::add);
        "bwlists-number-delete" "bwlists/number/delete" => Change(bwlists::delete);
        // Address book: 12
        "ab-contact-init" "ab/contact/init" => Read(contacts::init);
        "ab-contact-cursor" "ab/contact/cursor" => Read(contacts::cursor);
        "ab-contact" "ab/contact" => Read(contacts::get);
        "ab-contacts-create" "ab/contacts/create" => Change(contacts::create);
        "ab-contacts-update" "ab/contacts/update" => Change(contacts::update);
        "ab-contacts-delete" "ab/contacts/delete" => Change(contacts::delete);
        "ab-organizations-init" "ab/organizations/init" => Read(organizations::init);
        "ab-organizations-cursor" "ab/organizations/cursor" => Read(organizations::cursor);
        "ab-organization" "ab/organization" => Read(organizations::get);
        "ab-organizations-create" "ab/organizations/create" => Change(organizations::create);
        "ab-organizations-update" "ab/organizations/update" => Change(organizations::update);
        "ab-organizations-delete" "ab/organizations/delete" => Change(organizations::delete);
        "ab-groups-init" "ab/groups/init" => Read(contact_groups::init);
        "ab-groups-cursor" "ab/groups/cursor" => Read(contact_groups::cursor);
        "ab-group" "ab/group" => Read(contact_groups::get);
        "ab-groups-create" "ab/groups/create" => Change(contact_groups::create);
        "ab-groups-update" "ab/groups/update" => Change(contact_groups::update);
        "ab-groups-delete" "ab/groups/delete" => Change(contact_groups::delete);
        "ab-custom-fields" "ab/custom_fields" => Read(contact_groups::custom_fields);
        // Contact centre: 13
        "cc-deal-list" "cc/deal/list" => Read(deals::list);
        "cc-deal-create" "cc/deal/create" => Change(deals::create);
        "cc-deal-update" "cc/deal/update" => Change(deals::update);
        "cc-deal-get" "cc/deal/get" => Read(deals::get);
        "cc-deal-funnels-list" "cc/deal/funnels.list" => Read(deals::funnels);
        "cc-tags" "cc/tags" => Read(tags::list);
        // Outbound campaigns: 14
        "campaign-add" "campaign/add" => Change(campaigns::add);
        "campaign" "campaign" => Read(campaigns::show);
        "campaign-list" "campaign/list" => Read(campaigns::list);
        "campaign-start" "campaign/start" => Change(campaigns::start);
        "campaign-stop" "campaign/stop" => Change(campaigns::stop);
        "campaign-delete" "campaign/delete" => Change(campaigns::delete);
        "tasks-push" "tasks/push" => Change(tasks::push);
        "tasks-finished" "tasks/finished" => Read(tasks::finished);
        "tasks-reset" "tasks/reset" => Change(tasks::reset);
        "task-add" "task/add" => Change(tasks::add);
        "task" "task" => Read(tasks::show);
        "task-start" "task/start" => Change(tasks::start);
        "task-stop" "task/stop" => Change(tasks::stop);
        "task-delete" "task/delete" => Change(tasks::delete);
        "task-update" "task/update" => Change(tasks::update);
    }
    shared {
        "roles" "roles" => Read(lines::roles);
    }
    // The rest of the catalogue: 15
    unsupported {
        "forwarding/numbers";
        "forwarding/number/add";
        "forwarding/number/change";
        "forwarding/number/remove";
        "autosecretary/rules";
        "autosecretary/status/change";
        "outbound_blacklist/get";
        "outbound_blacklist/add";
        "outbound_blacklist/update_description";
        "outbound_blacklist/enable_mode";
        "outbound_blacklist/disable_mode";
        "outbound_blacklist/delete";
        "outbound_blacklist/enable";
        "outbound_blacklist/disable";
        "record/recognize";
        "offline_record/recognize";
        "transcribes/tasks";
        "campaign-report/create";
        "v2/campaign/tasks";
        "custom-type/list";
        "cc/call";
        "script";
        "quality/control/question";
        "cc/task/{action}";
        "cc/set_session_status";
        "cc/set_abonent_status";
        "cc/get_presence";
        "cc/get_statuses";
        "cc/send_message";
        "cc/user_typing";
        "cc/event_message_read";
        "cc/event_message_received";
        "cc/get_chat_history";
        "cc/appeals/create-closed-appeals";
        "s2t/queries/recording_summary";
        "s2t/queries/records";
    }
    backend {
        "backend-send-sms" "POST" "/send_sms/" => backend::serve;
        "backend-callback" "POST" "/callback/" => backend::serve;
        "backend-group-callback" "POST" "/group_callback/" => backend::serve;
        "backend-end-call" "POST" "/end_call/" => backend::serve;
        "backend-start-record" "POST" "/start_record/" => backend::serve;
        "backend-start-play" "POST" "/start_play/" => backend::serve;
        "backend-route-call" "POST" "/route_call/" => backend::serve;
        "backend-transfer-call" "POST" "/transfer_call/" => backend::serve;
        "backend-get-stats-to" "POST" "/get_stats_to/" => backend::serve;
        "backend-get-stats-from" "POST" "/get_stats_from/" => backend::serve;
        "backend-get-stats-call-party" "POST" "/get_stats_call_party/" => backend::serve;
        "backend-get-dct-user-info" "POST" "/get_dct_user_info/" => backend::serve;
        "backend-get-dct-user-history" "POST" "/get_dct_user_history/" => backend::serve;
        "backend-user-list" "POST" "/user_list" => backend::serve;
        "backend-group-list" "POST" "/group_list" => backend::serve;
        "backend-balance" "POST" "/balance" => backend::serve;
        "backend-lines" "POST" "/lines" => backend::serve;
        "backend-audio" "POST" "/audio" => backend::serve;
        "backend-set-schema" "POST" "/set_schema" => backend::serve;
        "backend-get-ext-field" "POST" "/get_ext_field" => backend::serve;
        "backend-roles" "POST" "/roles" => backend::roles;
        "backend-sips-list" "POST" "/sips_list" => backend::serve;
        "backend-domains-list" "POST" "/domains_list" => backend::serve;
        "backend-trunk-num-list" "POST" "/trunk_num_list" => backend::serve;
        "backend-bwlist-state" "POST" "/bwlist_state" => backend::serve;
        "backend-bwlist-nums" "POST" "/bwlist_nums" => backend::serve;
        "backend-add-bwlist" "POST" "/add_bwlist" => backend::serve;
        "backend-delete-bwlist" "DELETE" "/delete_bwlist" => backend::serve;
        "backend-campaign-info" "POST" "/campaign_info" => backend::serve;
        "backend-ab-contact-init" "POST" "/ab_contact_init" => backend::serve;
        "backend-cc-deal-list" "POST" "/cc_deal_list" => backend::serve;
        "backend-cc-deal-funnels-list" "POST" "/cc_deal_funnels_list" => backend::serve;
        "backend-openapi" "GET" "/openapi.json" => backend::document;
        "backend-openapi" "HEAD" "/openapi.json" => backend::document;
        "backend-docs" "GET" "/docs" => backend::page;
        "backend-docs" "HEAD" "/docs" => backend::page;
        "backend-redoc" "GET" "/redoc" => backend::page;
        "backend-redoc" "HEAD" "/redoc" => backend::page;
    }
    others {
        Endpoint::get("recording-link", LINK, || web::route().to(recordings::link));
        Endpoint::get("recording-issa", ISSA, || web::route().to(recordings::issa));
        Endpoint::get("file", "/files/{token}", || web::route().to(files::get));
    }
}
