//! What the endpoints of the call centre take. vendors/tel4vn-v3.md, 3 to 8

use ringback_mock::{Kind, Param, joined};

use super::{KEY, LIMIT, MOMENT, NOTHING, OFFSET, PAGE, REFERENCE, TEXTS, TOKEN, VOICES};
use crate::{CampaignType, machine::callcenter::campaign::RECALL_STATUSES};

/// How many calls there are for a hundred ready agents.
pub(crate) const RATIOS: &[u32] = &[100, 150, 200, 300, 400];
const RATIO_WORDS: &[&str] = &["0", "100", "150", "200", "300", "400"];
pub(crate) const RECALLS: &[&str] = &["after", "minute"];
pub(crate) const PRIORITIES: &[&str] = &["normal", "recall"];
/// The last one is spelt so.
pub(crate) const MODES: &[&str] = &["direct", "serial", "parralel"];
pub(crate) const STRATEGIES: &[&str] =
    &["ring-all", "top-down", "agent-with-fewest-calls", "round-robin", "random"];
pub(crate) const TYPES_OF_AUTOCALL: &[&str] =
    &["autocall_voice_tts", "autocall_audio", "autocall_voice_otp"];
pub(crate) const LEVELS: &[&str] = &["admin", "leader", "manager", "agent", "user"];
/// The two short ones stand in another table of the same page.
pub(crate) const DIAL_TYPES: &[&str] = &[
    "sip_one_for_all",
    "sip_random_for_all",
    "sip_random_group_for_network",
    "channel_one_for_all",
    "channel_prefix",
    "sip_random",
    "sip_random_group",
];

const ID: Param = Param::path("id");

/// A route about one thing.
pub(crate) const ONE: &[Param] = joined!(NOTHING, &[ID]);

/// Whether something is active.
pub(crate) const ACTIVE: &[Param] = &[TOKEN, ID, Param::json("active").flag().required()];

// Campaigns

pub(crate) const CAMPAIGNS: &[Param] =
    joined!(PAGE, &[Param::query("type").list(&Kind::OneOf(CampaignType::WORDS))]);

const NANOSECONDS: &str = "nanoseconds after local midnight, at most 86400000000000";

const CAMPAIGN: &[Param] = &[
    TOKEN,
    Param::json("campaign_name").required().note("no two have the same"),
    Param::json("type").one_of(CampaignType::WORDS).required(),
    Param::json("description"),
    Param::json("active").flag().note("true for a new one"),
    Param::json("concurrent_call").integer().note("calls at once"),
    Param::json("ratio").one_of(RATIO_WORDS).note("calls for a hundred ready agents; 0 keeps it"),
    Param::json("custom_ratio").integer().note("ignored"),
    Param::json("carrier_uuid").note("by whose number it calls"),
    Param::json("template_uuid").note("its script"),
    Param::json("recall_times").integer().note("further calls of a lead"),
    Param::json("limit_recall_duration")
        .integer()
        .note("answered calls shorter than so many seconds are called again"),
    Param::json("schedule_recall").one_of(RECALLS).note("`after` for a new one: at once"),
    Param::json("schedule_recall_duration").integer().note("minutes"),
    Param::json("hopper").integer().note("kept"),
    Param::json("answer_callback_url").note("kept, never called"),
    Param::json("local_start_time").note("`hh:mm:ss`: from when an autodialer calls"),
    Param::json("local_end_time").note("`hh:mm:ss`: until when"),
    Param::json("customer_order").note("kept"),
    Param::json("allow_manual_dial").flag().note("kept"),
    Param::json("allow_search_lead").flag().note("kept"),
    Param::json("enable_callback_alert").flag().note("kept"),
    Param::json("default_list_uuid").note("kept"),
    Param::json("script_uuid").note("kept"),
    Param::json("call_center_queue_strategy").one_of(STRATEGIES).note("how its queue rings agents"),
    Param::json("mode_call").one_of(MODES).note("all as `direct`"),
    Param::json("network").object(),
    Param::json("network.viettel").integer().note("kept"),
    Param::json("network.mobi").integer().note("kept"),
    Param::json("network.vina").integer().note("kept"),
    Param::json("network.tel").integer().note("kept"),
    Param::json("network.offnet").integer().note("kept"),
    Param::json("run_id").note("kept"),
    Param::json("type_autocall").one_of(TYPES_OF_AUTOCALL),
    Param::json("call_timeout").integer().note("seconds that a phone rings; 0 as long as any"),
    Param::json("users").list(&Kind::Any).note("ignored: see `assign_extension`"),
    Param::json("groups").list(&Kind::Any).note("ignored"),
    Param::json("statuses").list(&Kind::Any).note("ignored"),
    Param::json("schedules").list(&Kind::Object).note("one object; the old one stays without it"),
    Param::json("schedules[].monday_start_time").integer().note(NANOSECONDS),
    Param::json("schedules[].monday_end_time").integer().note(NANOSECONDS),
    Param::json("schedules[].tuesday_start_time").integer().note(NANOSECONDS),
    Param::json("schedules[].tuesday_end_time").integer().note(NANOSECONDS),
    Param::json("schedules[].wednesday_start_time").integer().note(NANOSECONDS),
    Param::json("schedules[].wednesday_end_time").integer().note(NANOSECONDS),
    Param::json("schedules[].thursday_start_time").integer().note(NANOSECONDS),
    Param::json("schedules[].thursday_end_time").integer().note(NANOSECONDS),
    Param::json("schedules[].friday_start_time").integer().note(NANOSECONDS),
    Param::json("schedules[].friday_end_time").integer().note(NANOSECONDS),
    Param::json("schedules[].saturday_start_time").integer().note(NANOSECONDS),
    Param::json("schedules[].saturday_end_time").integer().note(NANOSECONDS),
    Param::json("schedules[].sunday_start_time").integer().note(NANOSECONDS),
    Param::json("schedules[].sunday_end_time").integer().note(NANOSECONDS),
    Param::json("priority_recall").one_of(PRIORITIES).note("who comes first: new leads or recalls"),
    Param::json("recall_status")
        .list(&Kind::OneOf(RECALL_STATUSES))
        .note("after which outcomes a lead is called again"),
    Param::json("enable_encrypt").flag().note("kept"),
    Param::json("callback_url").note("gets the `cdr` event of each call"),
    Param::json("orig_campaign_uuid").note("kept"),
];

pub(crate) const NEW_CAMPAIGN: &[Param] = CAMPAIGN;

/// A whole row: what is left out becomes zero, and what the service keeps is ignored.
pub(crate) const CHANGED_CAMPAIGN: &[Param] = joined!(
    CAMPAIGN,
    &[
        ID,
        Param::json("campaign_uuid").note("ignored, as the next six"),
        Param::json("call_center_queue_uuid"),
        Param::json("status"),
        Param::json("created_at"),
        Param::json("updated_at"),
        Param::json("template_name"),
        Param::json("carrier_name"),
        Param::json("domain_name").note("ignored"),
    ]
);

pub(crate) const ASSIGN: &[Param] =
    &[TOKEN, ID, Param::json("extensions").list(TEXTS).required().note("those of users")];

// Lists and leads

pub(crate) const NEW_LIST: &[Param] = &[
    TOKEN,
    Param::json("campaign_uuid").required(),
    Param::json("list_name").required().note("no two have the same"),
    Param::json("description"),
];

const LEAD: &[Param] = &[
    TOKEN,
    Param::json("lead_name"),
    Param::json("lead_code"),
    Param::json("contract_number"),
    Param::json("additional").note("any text; an object fills the words of a script"),
    Param::json("after_day").integer().note("days until its first call"),
    Param::json("identity_number"),
    Param::json("identity_issued_at"),
    Param::json("identity_issued_on"),
    Param::json("address"),
    Param::json("province"),
    Param::json("district"),
    Param::json("ward"),
    Param::json("date_of_birth"),
    Param::json("comment"),
    Param::json("ref_id").note(REFERENCE),
    Param::json("ref_code"),
    Param::json("gender"),
    Param::json("other_identity_number"),
    Param::json("other_identity_issued_at"),
    Param::json("other_identity_issued_on"),
];

pub(crate) const NEW_LEAD: &[Param] = joined!(
    LEAD,
    &[
        Param::json("list_uuid").required(),
        Param::json("phone_number")
            .required()
            .note("of a mobile: `^(84|0[3|5|7|8|9])+([0-9]{8})$`"),
    ]
);

pub(crate) const CHANGED_LEAD: &[Param] = joined!(
    LEAD,
    &[
        ID,
        Param::json("lead_uuid").note("ignored"),
        Param::json("phone_number").required().note("8 to 11 digits"),
    ]
);

pub(crate) const LEADS: &[Param] = joined!(
    PAGE,
    &[
        Param::query("list_uuid").list(TEXTS),
        Param::query("campaign_uuid").list(TEXTS),
        Param::query("phone_number").list(TEXTS),
    ]
);

pub(crate) const NEW_LEADS: &[Param] = &[
    TOKEN,
    Param::json("list_uuid").required(),
    Param::json("data").list(&Kind::Object).required(),
    Param::json("data[].phone_number").note("8 to 11 digits; others are passed over"),
    Param::json("data[].lead_name"),
    Param::json("data[].lead_code"),
    Param::json("data[].contract_number"),
    Param::json("data[].after_day").integer().note("days until its first call"),
];

pub(crate) const LEAD_FILE: &[Param] = &[
    TOKEN,
    Param::form("list_uuid").required(),
    Param::form("file")
        .of(Kind::File)
        .required()
        .note("CSV; its columns have the names of a lead's"),
];

// Scripts, sounds, carriers

const SCRIPT: &[Param] = &[
    TOKEN,
    Param::json("template_name").required().note("no two have the same"),
    Param::json("voice_type").one_of(&["tts", "audio_file"]),
    Param::json("voice_tts").one_of(VOICES),
    Param::json("speed_tts").number().default("1").note("from 0 to 2"),
    Param::json("content").note("what is said, of `tts`"),
    Param::json("audio_file").note("what is played, of `audio_file`"),
    Param::json("description"),
    Param::json("enable_option").flag().default("false"),
    Param::json("exit_sound").object(),
    Param::json("invalid_sound").object(),
    Param::json("press_options").list(&Kind::Object).note("at most 16"),
    Param::json("press_timeout").integer().default("1"),
    Param::json("max_timeout").integer().default("1"),
    Param::json("inter_digit_timeout").integer().default("1"),
];

pub(crate) const NEW_SCRIPT: &[Param] = SCRIPT;

pub(crate) const CHANGED_SCRIPT: &[Param] =
    joined!(SCRIPT, &[ID, Param::json("template_uuid").note("ignored")]);

pub(crate) const SCRIPTS: &[Param] = joined!(PAGE, &[Param::query("template_name").list(TEXTS)]);

pub(crate) const NEW_SOUND: &[Param] = &[
    TOKEN,
    Param::form("file").of(Kind::File).required().note("its name is kept"),
    Param::form("audio_name").default("the file's"),
];

pub(crate) const SOUNDS: &[Param] = joined!(
    PAGE,
    &[Param::query("audio_name").list(TEXTS), Param::query("audio_uuid").list(TEXTS)]
);

const CARRIER: &[Param] = &[
    TOKEN,
    Param::json("carrier_name").required().note("no two have the same"),
    Param::json("gateway_uuid").required(),
    Param::json("concurrent_call").integer().required().note("calls at once; 0 any number"),
    Param::json("dial_type").one_of(DIAL_TYPES).required(),
    Param::json("caller_id").default("the tenant's hotline"),
    Param::json("description"),
    Param::json("network").object(),
    Param::json("network.viettel").integer().note("kept"),
    Param::json("network.mobi").integer().note("kept"),
    Param::json("network.vina").integer().note("kept"),
    Param::json("network.tel").integer().note("kept"),
    Param::json("network.offnet").integer().note("kept"),
    Param::json("data").object().note("kept"),
    Param::json("prefix").note("kept in `data`, as the next five"),
    Param::json("prefix_mobi"),
    Param::json("prefix_viettel"),
    Param::json("prefix_vina"),
    Param::json("prefix_tel"),
    Param::json("prefix_offnet"),
];

pub(crate) const NEW_CARRIER: &[Param] = CARRIER;

pub(crate) const CHANGED_CARRIER: &[Param] = joined!(
    CARRIER,
    &[
        ID,
        Param::json("carrier_uuid").note("ignored, as the rest"),
        Param::json("created_at"),
        Param::json("updated_at"),
        Param::json("carrier_remaining_ccu").object(),
        Param::json("remaining_concurrent_call").integer(),
        Param::json("groups").list(&Kind::Any),
    ]
);

// Calls

pub(crate) const IMPORT: &[Param] = &[
    TOKEN,
    Param::json("campaign_uuid").required(),
    Param::json("phone_number").required().note("8 to 11 digits"),
    Param::json("param")
        .object()
        .unless("params")
        .note("what stands in double braces in the script"),
    Param::json("params").object().note("the same"),
    Param::json("ref_id").note(REFERENCE),
];

pub(crate) const OTP: &[Param] = &[
    TOKEN,
    Param::json("campaign_uuid").required(),
    Param::json("phone_number").required().note("8 to 11 digits"),
    Param::json("template").unless("template_name").note("the script's name or id"),
    Param::json("template_name").note("the same"),
    Param::json("code_otp").required(),
    Param::json("ref_id").note(REFERENCE),
];

pub(crate) const LOG: &[Param] = joined!(NOTHING, &[Param::path("ref").note("a `ref_id`")]);

/// A body is sent, and nothing in it is read.
pub(crate) const RUN: &[Param] = &[TOKEN, KEY, ID];

const REPORTED: &[Param] = &[
    Param::query("list_uuid"),
    Param::query("start_time").moment(MOMENT),
    Param::query("end_time").moment(MOMENT),
];

pub(crate) const CAMPAIGN_REPORT: &[Param] =
    joined!(NOTHING, REPORTED, &[Param::query("campaign_uuid").default("all")]);

pub(crate) const LEAD_REPORT: &[Param] = joined!(
    NOTHING,
    REPORTED,
    &[LIMIT, OFFSET.default("0"), Param::query("campaign_uuid").required()]
);

// People

pub(crate) const NEW_USER: &[Param] = &[
    TOKEN,
    Param::json("username").required().note("letters, digits, blanks, `.`, `-`, `_`"),
    Param::json("level").one_of(LEVELS).required(),
    Param::json("role_uuid").required(),
    Param::json("password").required(),
    Param::json("confirm_password").required().note("not compared"),
    Param::json("email"),
    Param::json("first_name"),
    Param::json("middle_name"),
    Param::json("last_name"),
    Param::json("extension").note("up to 20 digits"),
    Param::json("is_create_extension").flag().default("false").note("makes the extension"),
    Param::json("is_active").flag().note("ignored"),
    Param::json("enable_webrtc").flag().default("false"),
];

const GROUP: &[Param] = &[
    TOKEN,
    Param::json("group_name").required().note("letters, digits, blanks, `.`, `-`, `_`"),
    Param::json("group_description"),
    Param::json("group_priority").integer(),
    Param::json("department_uuid"),
    Param::json("user_assigns").list(TEXTS).note("ids of users"),
    Param::json("campaign_assigns").list(TEXTS).note("ids of campaigns"),
];

pub(crate) const NEW_GROUP: &[Param] = GROUP;

pub(crate) const CHANGED_GROUP: &[Param] = joined!(GROUP, &[ID]);

pub(crate) const AGENT_LOGIN: &[Param] = &[
    TOKEN,
    Param::json("campaign_uuid").required().note("of an autodialer"),
    Param::json("extension").required(),
];

pub(crate) const AGENT: &[Param] = &[
    TOKEN,
    Param::json("extension").unless("user_uuid"),
    Param::json("user_uuid").note("instead of the extension"),
];
