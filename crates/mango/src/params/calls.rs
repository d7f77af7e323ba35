//! Commands, statistics, recordings, dynamic call tracking.

use ringback_mock::{Kind, Param};

use super::{IDS, TEXTS, id, p};

pub(super) const COMMAND: Param =
    p("command_id").note("comes back with what the command causes; 128 bytes");
pub(super) const CALL: Param = p("call_id").required();

pub(super) const CALLBACK: &[Param] = &[
    COMMAND,
    p("from").object().required(),
    p("from.extension").unless("from.extenstion").note("rings first"),
    p("from.extenstion").note("the same, as two clients spell it"),
    p("from.number").note("rings instead of the extension's own numbers"),
    p("to_number").required(),
    p("line_number").note("shown to the called side"),
    p("sip_headers").any().note("accepted; nothing shows them"),
];

pub(super) const CALLBACK_GROUP: &[Param] = &[
    COMMAND,
    p("from").required().note("the group's extension"),
    p("to").required(),
    p("line_number").note("shown to the called side"),
];

pub(super) const SMS: &[Param] = &[
    COMMAND,
    p("text").required(),
    p("from_extension").required(),
    p("to_number").required(),
    p("sms_sender").note("accepted; nothing shows it"),
];

pub(super) const HANGUP: &[Param] = &[COMMAND, CALL];

pub(super) const RECORDING_START: &[Param] = &[COMMAND, CALL, p("call_party_number").required()];

pub(super) const PLAY_START: &[Param] = &[
    COMMAND,
    CALL,
    id("internal_id").unless("after_play_time").note("a sound file"),
    id("after_play_time").note("seconds"),
];

pub(super) const ROUTE: &[Param] = &[
    COMMAND,
    CALL,
    p("to_number").required(),
    p("sip_headers").any().note("accepted; nothing shows them"),
];

pub(super) const TRANSFER: &[Param] = &[
    COMMAND,
    CALL,
    p("method").one_of(&["blind", "hold"]).required(),
    p("to_number").required(),
    p("initiator").required(),
];

pub(super) const CALLS_CONNECT: &[Param] = &[
    COMMAND,
    p("holded_call_id").required(),
    p("transferred_call_id").required(),
    p("transfer_initiator_number"),
];

pub(super) const HOLD_ON: &[Param] = &[COMMAND, CALL, p("initiator").required()];

/// Days and moments as clocks in Moscow show them.
const MOSCOW: &str = "DD.MM.YYYY or DD.MM.YYYY hh:mm:ss";

pub(super) const STATS: &[Param] = &[
    id("date_from").required().note("seconds since 1970"),
    id("date_to").required().note("at most a month later"),
    p("fields").list(TEXTS).note("or one text with commas"),
    p("from").object(),
    p("from.extension"),
    p("from.extenstion").note("the same"),
    p("from.number"),
    p("to").object(),
    p("to.extension"),
    p("to.extenstion").note("the same"),
    p("to.number"),
    p("call_party").object().note("either side; not beside `from` or `to`"),
    p("call_party.extension"),
    p("call_party.extenstion").note("the same"),
    p("call_party.number"),
    p("request_id").note("128 bytes"),
];

pub(super) const KEY: &[Param] = &[p("key").required().note("of the request for it")];

pub(super) const STATS_CALLS: &[Param] = &[
    p("start_date").moment(MOSCOW).required(),
    p("end_date").moment(MOSCOW).required().note("less than thirty days later"),
    p("limit")
        .one_of(&["1", "5", "10", "20", "50", "100", "500", "1000", "2000", "5000"])
        .required(),
    id("offset").required(),
    p("context_type").list(&Kind::OneOf(&["1", "2", "3"])),
    p("context_status").list(&Kind::OneOf(&["0", "1"])),
    p("recall_status")
        .list(&Kind::OneOf(&["0", "1", "2"]))
        .note("with `context_type` 1 and `context_status` 0 only"),
    p("search_string").note("three characters or more"),
    p("user_ids").list(IDS).note("integers; texts make the job fail"),
    p("group_ids").list(IDS).note("the same"),
    p("ext_fields").list(TEXTS),
];

pub(super) const RECORDINGS: Param = p("recording_id").list(TEXTS).required();

pub(super) const RECORDING_POST: &[Param] =
    &[p("recording_id").required(), p("action").one_of(&["download", "play"]).required()];

pub(super) const CATEGORIES: &[Param] =
    &[RECORDINGS, p("with_terms").flag().default("false"), p("with_names").flag().default("false")];

pub(super) const NUMBER: &[Param] = &[p("number").required()];
