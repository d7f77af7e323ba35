//! The 32 operations: their parameters, and what each asks of the VPBX API.
//!
//! vendors/mango.md, 3

use serde_json::{Map, Value, json};

use ringback_mock::Param;

use super::params::{Arguments, integer, number_or, optional, text, text_or};

/// One operation of the backend.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its name, which is the folder of its golden cases.
    pub(crate) name: &'static str,
    /// Its method, in capitals.
    pub(crate) method: &'static str,
    /// Its path as it is declared, with or without a slash at its end.
    pub(crate) path: &'static str,
    /// The name of the function behind it, which the OpenAPI document shows.
    pub(crate) function: &'static str,
    /// Its parameters in the order of their declaration.
    pub(crate) params: &'static [Param],
    /// What it asks of the VPBX API.
    pub(crate) upstream: Upstream,
}

/// What an operation asks of the VPBX API.
#[derive(Debug)]
pub(crate) enum Upstream {
    /// One operation, with parameters made of its own.
    Ask(&'static str, fn(&mut Arguments) -> Value),
    /// Statistics of an extension or a number, which take two steps.
    Statistics {
        /// The filter: `to`, `from` or `call_party`.
        party: &'static str,
        /// The parameter with the extension.
        extension: &'static str,
        /// The parameter with the number.
        number: &'static str,
    },
}

const COMMAND_ID: Param = text_or("command_id", "base");

const fn post(
    name: &'static str,
    path: &'static str,
    function: &'static str,
    params: &'static [Param],
    upstream: Upstream,
) -> Operation {
    Operation { name, method: "POST", path, function, params, upstream }
}

/// An operation without parameters that asks one without parameters.
const fn plain(
    name: &'static str,
    path: &'static str,
    function: &'static str,
    asks: &'static str,
) -> Operation {
    post(name, path, function, &[], Upstream::Ask(asks, |_| Value::Object(Map::new())))
}

/// Every operation, in the order of the original.
pub(crate) const OPERATIONS: &[Operation] = &[
    post(
        "backend-send-sms",
        "/send_sms/",
        "send_sms",
        &[text("number"), text("text"), text("from_ext"), COMMAND_ID, optional("sender")],
        Upstream::Ask("commands/sms", |given| {
            json!({
                "command_id": given.take("command_id"),
                "text": given.take("text"),
                "from_extension": given.take("from_ext"),
                "to_number": given.take("number"),
                "sms_sender": given.take("sender"),
            })
        }),
    ),
    post(
        "backend-callback",
        "/callback/",
        "make_callback",
        &[
            text("from_ext"),
            text("to_num"),
            COMMAND_ID,
            optional("from_num"),
            optional("line"),
            optional("sip_head"),
        ],
        Upstream::Ask("commands/callback", |given| {
            json!({
                "command_id": given.take("command_id"),
                "from": { "extension": given.take("from_ext"), "number": given.take("from_num") },
                "to_number": given.take("to_num"),
                "line_number": given.take("line"),
                "sip_headers": given.take("sip_head"),
            })
        }),
    ),
    post(
        "backend-group-callback",
        "/group_callback/",
        "make_group_callback",
        &[text("from_ext"), text("to_num"), COMMAND_ID, optional("line")],
        Upstream::Ask("commands/callback_group", |given| {
            json!({
                "command_id": given.take("command_id"),
                "from": given.take("from_ext"),
                "to": given.take("to_num"),
                "line_number": given.take("line"),
            })
        }),
    ),
    post(
        "backend-end-call",
        "/end_call/",
        "end_call",
        &[text("call_id"), COMMAND_ID],
        Upstream::Ask("commands/call/hangup", |given| given.same(&["command_id", "call_id"])),
    ),
    post(
        "backend-start-record",
        "/start_record/",
        "start_record",
        &[text("call_id"), text("call_party_number"), COMMAND_ID],
        Upstream::Ask("commands/recording/start", |given| {
            given.same(&["command_id", "call_id", "call_party_number"])
        }),
    ),
    post(
        "backend-start-play",
        "/start_play/",
        "start_play",
        &[text("call_id"), text("internal_id"), COMMAND_ID, optional("after_play_time")],
        Upstream::Ask("commands/play/start", |given| {
            given.same(&["command_id", "call_id", "after_play_time", "internal_id"])
        }),
    ),
    post(
        "backend-route-call",
        "/route_call/",
        "route_call",
        &[text("call_id"), text("to_number"), COMMAND_ID, optional("sip_headers")],
        Upstream::Ask("commands/route", |given| {
            given.same(&["command_id", "call_id", "to_number", "sip_headers"])
        }),
    ),
    post(
        "backend-transfer-call",
        "/transfer_call/",
        "transfer_call",
        &[
            text("call_id"),
            text("to_number"),
            text("method"),
            text("initiator"),
            optional("command_id"),
        ],
        Upstream::Ask("commands/transfer", |given| {
            let command_id = given.take("command_id");
            let command_id = if command_id.is_null() { "base".into() } else { command_id };
            json!({
                "command_id": command_id,
                "call_id": given.take("call_id"),
                "method": given.take("method"),
                "to_number": given.take("to_number"),
                "initiator": given.take("initiator"),
            })
        }),
    ),
    post(
        "backend-get-stats-to",
        "/get_stats_to/",
        "get_stats_to",
        &[
            text("to_ext"),
            integer("date_from"),
            integer("date_to"),
            text("fields"),
            optional("to_num"),
            optional("request_id"),
        ],
        Upstream::Statistics { party: "to", extension: "to_ext", number: "to_num" },
    ),
    post(
        "backend-get-stats-from",
        "/get_stats_from/",
        "get_stats_from",
        &[
            text("from_ext"),
            integer("date_from"),
            integer("date_to"),
            text("fields"),
            optional("from_num"),
            optional("request_id"),
        ],
        Upstream::Statistics { party: "from", extension: "from_ext", number: "from_num" },
    ),
    post(
        "backend-get-stats-call-party",
        "/get_stats_call_party/",
        "get_stats_call_party",
        &[
            text("call_party_ext"),
            integer("date_from"),
            integer("date_to"),
            text("fields"),
            optional("call_party_num"),
            optional("request_id"),
        ],
        Upstream::Statistics {
            party: "call_party",
            extension: "call_party_ext",
            number: "call_party_num",
        },
    ),
    post(
        "backend-get-dct-user-info",
        "/get_dct_user_info/",
        "get_dct_user_info",
        &[text("number")],
        Upstream::Ask("queries/user_info_by_dct_number", |given| given.same(&["number"])),
    ),
    post(
        "backend-get-dct-user-history",
        "/get_dct_user_history/",
        "get_dct_user_history",
        &[text("number")],
        Upstream::Ask("queries/user_history_by_dct_number", |given| given.same(&["number"])),
    ),
    post(
        "backend-user-list",
        "/user_list",
        "get_user_list",
        &[optional("ext_fields"), optional("extension")],
        // What is asked for is fixed, whatever `ext_fields` says.
        Upstream::Ask(
            "config/users/request",
            |given| json!({ "ext_fields": USER_FIELDS, "extension": given.take("extension") }),
        ),
    ),
    post(
        "backend-group-list",
        "/group_list",
        "get_group_list",
        &[
            optional("group_id"),
            optional("operator_id"),
            optional("operator_extension"),
            number_or("show_users", "1"),
        ],
        Upstream::Ask("groups", |given| {
            let mut asked = Map::from_iter([("show_users".to_owned(), given.take("show_users"))]);
            let filters = ["group_id", "operator_id", "operator_extension"];
            let mut given = filters.into_iter().map(|name| (name.to_owned(), given.take(name)));
            asked.extend(given.find(|(_, value)| !value.is_null()));
            Value::Object(asked)
        }),
    ),
    plain("backend-balance", "/balance", "get_balance", "account/balance"),
    plain("backend-lines", "/lines", "get_lines", "incominglines"),
    plain("backend-audio", "/audio", "get_audio", "audiofiles"),
    post(
        "backend-set-schema",
        "/set_schema",
        "set_schema",
        &[integer("schema"), integer("line"), optional("trunk")],
        // A trunk would only be looked at without a line, which is required.
        Upstream::Ask(
            "schema/set",
            |given| json!({ "schema_id": given.take("schema"), "line_id": given.take("line") }),
        ),
    ),
    post(
        "backend-get-ext-field",
        "/get_ext_field",
        "get_ext_field",
        &[optional("ext_fields")],
        Upstream::Ask("schemas", |_| json!({ "ext_fields": ["trunks_numbers"] })),
    ),
    plain("backend-roles", "/roles", "get_roles", "roles"),
    plain("backend-sips-list", "/sips_list", "get_sips_list", "sips"),
    plain("backend-domains-list", "/domains_list", "get_domains_list", "domains"),
    plain("backend-trunk-num-list", "/trunk_num_list", "get_trunk_num_list", "trunks/numbers"),
    plain("backend-bwlist-state", "/bwlist_state", "get_bwlist_state", "bwlists/state"),
    plain("backend-bwlist-nums", "/bwlist_nums", "get_bwlist_nums", "bwlists/numbers"),
    post(
        "backend-add-bwlist",
        "/add_bwlist",
        "add_bwlist",
        &[
            text("number"),
            text_or("list_type", "white"),
            text_or("num_type", "tel"),
            text_or("comment", "API"),
        ],
        Upstream::Ask("bwlists/number/add", |given| {
            json!({
                "number": given.take("number"),
                "list_type": given.take("list_type"),
                "number_type": given.take("num_type"),
                "comment": given.take("comment"),
            })
        }),
    ),
    Operation {
        name: "backend-delete-bwlist",
        method: "DELETE",
        path: "/delete_bwlist",
        function: "delete_bwlist",
        params: &[integer("num_id")],
        upstream: Upstream::Ask(
            "bwlists/number/delete",
            |given| json!({ "number_id": given.take("num_id") }),
        ),
    },
    post(
        "backend-campaign-info",
        "/campaign_info",
        "get_campaign_info",
        &[integer("campaign_id")],
        Upstream::Ask("campaign", |given| given.same(&["campaign_id"])),
    ),
    post(
        "backend-ab-contact-init",
        "/ab_contact_init",
        "make_ab_contact_init",
        &[text("query"), integer("limit_rows"), optional("order"), optional("contact_ext_fields")],
        Upstream::Ask("ab/contact/init", |given| {
            given.same(&["query", "limit_rows", "order", "contact_ext_fields"])
        }),
    ),
    post(
        "backend-cc-deal-list",
        "/cc_deal_list",
        "get_cc_deal_list",
        &[
            integer("product_id"),
            text("status"),
            optional("from_date"),
            optional("until_date"),
            optional("members_ids"),
            optional("contact_id"),
        ],
        Upstream::Ask("cc/deal/list", |given| {
            given.same(&[
                "product_id",
                "status",
                "from_date",
                "until_date",
                "members_ids",
                "contact_id",
            ])
        }),
    ),
    post(
        "backend-cc-deal-funnels-list",
        "/cc_deal_funnels_list",
        "get_cc_deal_funnels_list",
        &[integer("product_id")],
        Upstream::Ask("cc/deal/funnels.list", |given| given.same(&["product_id"])),
    ),
];

const USER_FIELDS: [&str; 12] = [
    "general.user_id",
    "general.sips",
    "groups",
    "general.access_role_id",
    "telephony.dial_alg",
    "telephony.numbers.schedule",
    "telephony.line_id",
    "telephony.trunk_number_id",
    "general.mobile",
    "general.login",
    "general.use_status",
    "general.use_cc_numbers",
];

/// Finds the operation of a path as it is declared.
pub(crate) fn operation(path: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.path == path)
}
