//! What the operations of the VPBX API take, by their paths.
//!
//! Values are read with every tolerance there is (`wire/params.rs`), and names that are not here are
//! ignored. vendors/mango.md, 4 and 6 to 15

mod book;
mod calls;
mod sales;
mod staff;

use ringback_mock::{Kind, Param, joined};

use book::{
    CONTACT, CONTACT_GROUP, CONTACT_GROUPS_CREATE, CONTACT_GROUPS_DELETE, CONTACT_GROUPS_UPDATE,
    CONTACTS_CREATE, CONTACTS_DELETE, CONTACTS_UPDATE, CURSOR, INIT, ORGANIZATION,
    ORGANIZATIONS_CREATE, ORGANIZATIONS_DELETE, ORGANIZATIONS_UPDATE,
};
use calls::{
    CALLBACK, CALLBACK_GROUP, CALLS_CONNECT, CATEGORIES, HANGUP, HOLD_ON, KEY, NUMBER, PLAY_START,
    RECORDING_POST, RECORDING_START, RECORDINGS, ROUTE, SMS, STATS, STATS_CALLS, TRANSFER,
};
use sales::{
    CAMPAIGN, CAMPAIGN_ADD, CAMPAIGN_SHOW, DEAL_CREATE, DEAL_GET, DEAL_UPDATE, DEALS, FUNNELS,
    TASK, TASK_ADD, TASK_SHOW, TASK_UPDATE, TASKS_PUSH,
};
use staff::{
    BWLIST_ADD, BWLIST_DELETE, GROUP, GROUP_DELETE, GROUP_UPDATE, GROUPS, MEMBER_CREATE,
    MEMBER_UPDATE, SCHEMA_SET, SCHEMAS, SIP_CREATE, SIP_DELETE, SIP_UPDATE, USER, USERS,
};

/// Returns what an operation takes, by its path without `/vpbx/`.
pub(crate) const fn of(path: &str) -> &'static [Param] {
    let mut rest = OPERATIONS;
    while let [(known, params), after @ ..] = rest {
        if is_same(known, path) {
            return params;
        }
        rest = after;
    }
    SIGNED
}

const fn is_same(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    while let ([a, after @ ..], [b, rest @ ..]) = (one, other) {
        if *a != *b {
            return false;
        }
        (one, other) = (after, rest);
    }
    one.is_empty() && other.is_empty()
}

/// What every request of the VPBX API carries.
const SIGNED: &[Param] = &[
    Param::form("vpbx_api_key").required(),
    Param::form("sign").required().note("SHA-256 of the key, `json` and the salt, in hex"),
    Param::form("json").default("{}").note("the parameters"),
];

const fn p(name: &'static str) -> Param {
    Param::within("json", name)
}

const fn id(name: &'static str) -> Param {
    p(name).integer()
}

const TEXTS: &Kind = &Kind::Text;
const IDS: &Kind = &Kind::Integer;
const OBJECTS: &Kind = &Kind::Object;

/// What a path is not listed with takes nothing but the signature.
const OPERATIONS: &[(&str, &[Param])] = &[
    ("commands/callback", joined!(SIGNED, CALLBACK)),
    ("commands/callback_group", joined!(SIGNED, CALLBACK_GROUP)),
    ("commands/sms", joined!(SIGNED, SMS)),
    ("commands/call/hangup", joined!(SIGNED, HANGUP)),
    ("commands/recording/start", joined!(SIGNED, RECORDING_START)),
    ("commands/play/start", joined!(SIGNED, PLAY_START)),
    ("commands/route", joined!(SIGNED, ROUTE)),
    ("commands/transfer", joined!(SIGNED, TRANSFER)),
    ("commands/calls_connect", joined!(SIGNED, CALLS_CONNECT)),
    ("commands/transfer_cancel", joined!(SIGNED, HANGUP)),
    ("commands/call/hold/on", joined!(SIGNED, HOLD_ON)),
    ("stats/request", joined!(SIGNED, STATS)),
    ("stats/result", joined!(SIGNED, KEY)),
    ("stats/calls/request", joined!(SIGNED, STATS_CALLS)),
    ("stats/calls/result", joined!(SIGNED, KEY)),
    ("queries/recording/post", joined!(SIGNED, RECORDING_POST)),
    ("queries/recording_transcripts", joined!(SIGNED, &[RECORDINGS])),
    ("queries/recording_categories", joined!(SIGNED, CATEGORIES)),
    ("queries/user_info_by_dct_number", joined!(SIGNED, NUMBER)),
    ("queries/user_history_by_dct_number", joined!(SIGNED, NUMBER)),
    ("config/users/request", joined!(SIGNED, USERS)),
    ("member/create", joined!(SIGNED, MEMBER_CREATE)),
    ("member/update", joined!(SIGNED, MEMBER_UPDATE)),
    ("member/delete", joined!(SIGNED, USER)),
    ("groups", joined!(SIGNED, GROUPS)),
    ("group/create", joined!(SIGNED, GROUP)),
    ("group/update", joined!(SIGNED, GROUP_UPDATE)),
    ("group/delete", joined!(SIGNED, GROUP_DELETE)),
    ("schemas", joined!(SIGNED, SCHEMAS)),
    ("schema/set", joined!(SIGNED, SCHEMA_SET)),
    ("sip/create", joined!(SIGNED, SIP_CREATE)),
    ("sip/update", joined!(SIGNED, SIP_UPDATE)),
    ("sip/delete", joined!(SIGNED, SIP_DELETE)),
    ("bwlists/number/add", joined!(SIGNED, BWLIST_ADD)),
    ("bwlists/number/delete", joined!(SIGNED, BWLIST_DELETE)),
    ("ab/contact/init", joined!(SIGNED, INIT)),
    ("ab/contact/cursor", joined!(SIGNED, CURSOR)),
    ("ab/contact", joined!(SIGNED, CONTACT)),
    ("ab/contacts/create", joined!(SIGNED, CONTACTS_CREATE)),
    ("ab/contacts/update", joined!(SIGNED, CONTACTS_UPDATE)),
    ("ab/contacts/delete", joined!(SIGNED, CONTACTS_DELETE)),
    ("ab/organizations/init", joined!(SIGNED, INIT)),
    ("ab/organizations/cursor", joined!(SIGNED, CURSOR)),
    ("ab/organization", joined!(SIGNED, ORGANIZATION)),
    ("ab/organizations/create", joined!(SIGNED, ORGANIZATIONS_CREATE)),
    ("ab/organizations/update", joined!(SIGNED, ORGANIZATIONS_UPDATE)),
    ("ab/organizations/delete", joined!(SIGNED, ORGANIZATIONS_DELETE)),
    ("ab/groups/init", joined!(SIGNED, INIT)),
    ("ab/groups/cursor", joined!(SIGNED, CURSOR)),
    ("ab/group", joined!(SIGNED, CONTACT_GROUP)),
    ("ab/groups/create", joined!(SIGNED, CONTACT_GROUPS_CREATE)),
    ("ab/groups/update", joined!(SIGNED, CONTACT_GROUPS_UPDATE)),
    ("ab/groups/delete", joined!(SIGNED, CONTACT_GROUPS_DELETE)),
    ("cc/deal/list", joined!(SIGNED, DEALS)),
    ("cc/deal/create", joined!(SIGNED, DEAL_CREATE)),
    ("cc/deal/update", joined!(SIGNED, DEAL_UPDATE)),
    ("cc/deal/get", joined!(SIGNED, DEAL_GET)),
    ("cc/deal/funnels.list", joined!(SIGNED, FUNNELS)),
    ("campaign/add", joined!(SIGNED, CAMPAIGN_ADD)),
    ("campaign", joined!(SIGNED, CAMPAIGN_SHOW)),
    ("campaign/start", joined!(SIGNED, CAMPAIGN)),
    ("campaign/stop", joined!(SIGNED, CAMPAIGN)),
    ("campaign/delete", joined!(SIGNED, CAMPAIGN)),
    ("tasks/push", joined!(SIGNED, TASKS_PUSH)),
    ("tasks/finished", joined!(SIGNED, CAMPAIGN)),
    ("tasks/reset", joined!(SIGNED, CAMPAIGN)),
    ("task/add", joined!(SIGNED, TASK_ADD)),
    ("task", joined!(SIGNED, TASK_SHOW)),
    ("task/start", joined!(SIGNED, TASK)),
    ("task/stop", joined!(SIGNED, TASK)),
    ("task/delete", joined!(SIGNED, TASK)),
    ("task/update", joined!(SIGNED, TASK_UPDATE)),
];

#[cfg(test)]
mod tests;
