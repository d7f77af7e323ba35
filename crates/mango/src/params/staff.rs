//! Employees, groups, schemes, SIP accounts, and the lists of unwanted callers.

use ringback_mock::{Kind, Param, joined};

use super::{OBJECTS, TEXTS, id, p};

pub(super) const USERS: &[Param] = &[
    p("extension"),
    p("ext_fields").list(TEXTS).note("such as `general.user_id`, `groups`, `telephony.dial_alg`"),
];

pub(super) const MEMBER: &[Param] = &[
    p("email"),
    p("department"),
    p("position"),
    p("mobile"),
    p("login").note("with `password`"),
    p("password").note("with `login`"),
    p("use_status").flag(),
    p("use_cc_numbers").flag(),
    id("line_id"),
    id("trunk_number_id"),
    p("dial_alg").one_of(&["0", "1", "2"]),
    p("numbers").list(OBJECTS).note("at most 50"),
    p("numbers[].number").required(),
    p("numbers[].protocol").one_of(&["tel", "sip", "fmc", "skype"]),
    id("numbers[].wait_sec").default("30").note("at most 600"),
    p("numbers[].status").any().default("on").note("`on`, `off` or a flag"),
    p("numbers[].schedule").any(),
    p("numbers[].order").integer().note("ignored: the order of the list counts"),
];

pub(super) const MEMBER_CREATE: &[Param] = joined!(
    &[p("name").required(), id("access_role_id").required(), p("extension").required()],
    MEMBER
);

pub(super) const MEMBER_UPDATE: &[Param] =
    joined!(&[id("user_id").required(), p("name"), id("access_role_id"), p("extension")], MEMBER);

pub(super) const USER: &[Param] = &[id("user_id").required()];

pub(super) const GROUPS: &[Param] = &[
    id("group_id").note("counts before the others"),
    id("operator_id").note("counts before the extension"),
    p("operator_extension"),
    p("show_users").flag().default("0"),
];

/// Declares the fields of a group, which stand at the top or within `group`.
macro_rules! group {
    ($($name:literal $kind:expr;)*) => {
        &[
            $(p($name).of($kind),)*
            p("group").object().note("the same fields, instead of those beside it"),
            $(p(concat!("group.", $name)).of($kind),)*
        ]
    };
}

pub(super) const GROUP: &[Param] = group! {
    "name" Kind::Text;
    "description" Kind::Text;
    "extension" Kind::Text;
    "dial_alg_group" Kind::OneOf(&["0", "1", "2", "3", "5"]);
    "dial_alg_users" Kind::OneOf(&["1", "2", "3", "4", "5"]);
    "auto_redirect" Kind::Flag;
    "auto_dial" Kind::Flag;
    "line_id" Kind::Integer;
    "use_dynamic_ivr" Kind::Flag;
    "use_dynamic_seq_num" Kind::Flag;
    "melody_id" Kind::Integer;
    "operators" Kind::List(&Kind::Any);
    "operators[].id" Kind::Integer;
    "operators[].priority" Kind::Integer;
    "operators[].order" Kind::Integer;
};

pub(super) const GROUP_UPDATE: &[Param] = joined!(&[id("group_id").required()], GROUP);

pub(super) const GROUP_DELETE: &[Param] = &[id("group_id").required()];

pub(super) const SCHEMAS: &[Param] = &[p("ext_fields").list(TEXTS).note("`trunks_numbers`")];

pub(super) const SCHEMA_SET: &[Param] = &[
    id("schema_id").required(),
    id("line_id").unless("trunk_number_id"),
    id("trunk_number_id").note("instead of a line"),
];

pub(super) const SIP: &[Param] =
    &[p("login").note("up to 32 letters, digits, `.`, `-`, `_`"), p("domain"), p("description")];

pub(super) const SIP_CREATE: &[Param] =
    joined!(&[id("user_id").required(), p("password").required()], SIP);

pub(super) const SIP_UPDATE: &[Param] =
    joined!(&[id("sip_id").required(), id("user_id"), p("password")], SIP);

pub(super) const SIP_DELETE: &[Param] = &[id("sip_id").required()];

pub(super) const BWLIST_ADD: &[Param] = &[
    p("number").required(),
    p("list_type").one_of(&["black", "white"]).default("black"),
    p("number_type").one_of(&["tel", "sip"]).default("tel"),
    p("comment"),
];

pub(super) const BWLIST_DELETE: &[Param] = &[id("number_id").required()];
