//! What the operations of the VPBX API do, under the lock of the world: functions of the world, the
//! time and the parameters. Who may ask, and how an answer travels, is the business of `api`.

mod account;
mod book;
mod bwlists;
mod campaigns;
mod commands;
mod contacts;
mod deals;
mod groups;
mod lines;
mod members;
mod organizations;
mod paging;
mod perform;
mod recordings;
mod records;
mod sips;
mod stats;
mod tags;
mod tasks;
mod users;
mod visitors;

use std::collections::HashMap;
use std::sync::LazyLock;

use ringback_engine::OffsetDateTime;

pub(crate) use commands::command_id;
pub use perform::RunOperation;
pub(crate) use recordings::UNKNOWN_RECORDING;

use crate::{
    Params, Pbx, Refused,
    machine::tables::book::{Contact, ContactGroup, Organization},
    wire::Answer,
};

/// One operation of the VPBX API.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its name, which is the folder of its golden cases.
    pub(crate) name: &'static str,
    /// Its path, without `/vpbx` and without slashes around it.
    pub(crate) path: &'static str,
    /// Its path with `/vpbx` in front.
    pub(crate) route: &'static str,
    /// What it does.
    pub(crate) run: Handler,
}

/// A function that reads the world.
pub(crate) type Read = fn(&Pbx, OffsetDateTime, &Params) -> Answer;

/// A function that changes the world; one that refuses has changed nothing.
pub(crate) type Change = fn(&mut Pbx, OffsetDateTime, &Params) -> Answer;

/// What an operation does.
#[derive(Debug)]
pub(crate) enum Handler {
    /// Reads the world; not logged.
    Read(Read),
    /// Changes the world.
    Change(Change),
    /// Changes the world, echoes `command_id` and is acknowledged by a notification `result/…`.
    Command(Change),
}

static BY_PATH: LazyLock<HashMap<&'static str, &'static Operation>> =
    LazyLock::new(|| OPERATIONS.iter().map(|operation| (operation.path, operation)).collect());

/// Finds the operation of a path, however it is written.
pub(crate) fn operation(path: &str) -> Option<&'static Operation> {
    let path = path.trim_start_matches('/');
    let path = path.strip_prefix("vpbx/").unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    BY_PATH.get(path).copied()
}

/// An operation that exists and is not imitated. vendors/mango.md, 15
fn unsupported(_pbx: &Pbx, _now: OffsetDateTime, _params: &Params) -> Answer {
    Err(Refused::code(4001))
}

/// Declares the operations, each with its name, its path, and what it does.
macro_rules! operations {
    (
        $($name:literal $path:literal => $kind:ident($run:path);)*
        unsupported { $($unsupported:literal;)* }
    ) => {
        /// Every operation of the VPBX API.
        pub(crate) const OPERATIONS: &[Operation] = &[
            $(Operation {
                name: $name,
                path: $path,
                route: concat!("/vpbx/", $path),
                run: Handler::$kind($run),
            },)*
            $(Operation {
                name: "unsupported",
                path: $unsupported,
                route: concat!("/vpbx/", $unsupported),
                run: Handler::Read(unsupported),
            },)*
        ];
    };
}

operations! {
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
    "ab-contact-init" "ab/contact/init" => Read(book::init::<Contact>);
    "ab-contact-cursor" "ab/contact/cursor" => Read(book::cursor::<Contact>);
    "ab-contact" "ab/contact" => Read(book::get::<Contact>);
    "ab-contacts-create" "ab/contacts/create" => Change(book::create::<Contact>);
    "ab-contacts-update" "ab/contacts/update" => Change(book::update::<Contact>);
    "ab-contacts-delete" "ab/contacts/delete" => Change(book::delete::<Contact>);
    "ab-organizations-init" "ab/organizations/init" => Read(book::init::<Organization>);
    "ab-organizations-cursor" "ab/organizations/cursor" => Read(book::cursor::<Organization>);
    "ab-organization" "ab/organization" => Read(book::get::<Organization>);
    "ab-organizations-create" "ab/organizations/create" => Change(book::create::<Organization>);
    "ab-organizations-update" "ab/organizations/update" => Change(book::update::<Organization>);
    "ab-organizations-delete" "ab/organizations/delete" => Change(book::delete::<Organization>);
    "ab-groups-init" "ab/groups/init" => Read(book::init::<ContactGroup>);
    "ab-groups-cursor" "ab/groups/cursor" => Read(book::cursor::<ContactGroup>);
    "ab-group" "ab/group" => Read(book::get::<ContactGroup>);
    "ab-groups-create" "ab/groups/create" => Change(book::create::<ContactGroup>);
    "ab-groups-update" "ab/groups/update" => Change(book::update::<ContactGroup>);
    "ab-groups-delete" "ab/groups/delete" => Change(book::delete::<ContactGroup>);
    "ab-custom-fields" "ab/custom_fields" => Read(book::custom_fields);
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
    "roles" "roles" => Read(lines::roles);
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
}
