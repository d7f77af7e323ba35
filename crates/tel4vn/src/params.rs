//! What the endpoints take. vendors/tel4vn.md, 3 to 5
//!
//! Whatever else is given is ignored, in a query as in a body.

pub(crate) mod callcenter;

use ringback_mock::{Kind, Param, joined};

/// The token of every route but those for logging in and for sounds.
const TOKEN: Param = Param::header("authorization").required().note("`Bearer` and the token");

/// Some clients send the key again. vendors/tel4vn.md, 4.1
const KEY: Param = Param::query("api_key").note("sent by some clients; ignored");

/// A route that takes the token and nothing else.
pub(crate) const NOTHING: &[Param] = &[TOKEN, KEY];

/// A list without pages: two routes of those whose clients ask for pages all the same.
pub(crate) const WHOLE: &[Param] = joined!(
    NOTHING,
    &[
        Param::query("limit").integer().note("ignored"),
        Param::query("page").integer().note("ignored"),
    ]
);

// Live calls

const EXT: Param = Param::json("ext").required();
const LEGS: &[&str] = &["aleg", "bleg"];

pub(crate) const TRANSFER: &[Param] = &[
    TOKEN,
    EXT.note("who takes over"),
    Param::json("legs").one_of(LEGS).required().note("who stays in the call"),
];

pub(crate) const TRANSFER_V2: &[Param] = &[
    TOKEN,
    EXT.note("who takes over"),
    Param::json("legs").one_of(LEGS).default("bleg").note("who stays in the call"),
];

pub(crate) const SUPERVISE: &[Param] = &[TOKEN, EXT.note("who joins")];

pub(crate) const PARK: &[Param] =
    &[TOKEN, Param::json("legs").one_of(LEGS).required().note("who is cut off")];

// Logging in

pub(crate) const LOGIN: &[Param] =
    &[Param::json("username").required().note("`user@domain`"), Param::json("password").required()];

pub(crate) const API_KEY: &[Param] = &[Param::json("api_key").required()];

// Click-to-call

const REFERENCE: &str = "comes back in hooks and records; kept to 256 characters";

pub(crate) const CLICK: &[Param] = &[
    TOKEN,
    KEY,
    Param::query("ext").required().note("rings first"),
    Param::query("phone").required().note("digits with a `+` in front or not; see `is_encode`"),
    Param::query("hotline").default("the tenant's").note("the outgoing number"),
    Param::query("auto_answer").flag().default("false").note("the extension picks up by itself"),
    Param::query("is_encode").flag().default("false").note("`phone` is in base64"),
    Param::query("encrypt_method")
        .note("`aes`, with `is_encode` and a key in the settings: `phone` is AES-256 in hex"),
    Param::query("customer_id").note(REFERENCE),
    Param::query("ref_id").note(REFERENCE),
    SHOWN.note("on the extension's phone; nothing here shows it"),
    Param::query("src_cid_number").note("the same"),
    Param::query("dest_cid_name").note("the same, on the phone that is called"),
    Param::query("dest_cid_number").note("the same"),
];

const SHOWN: Param = Param::query("src_cid_name").default("Click2Call");

pub(crate) const CLICK_V2: &[Param] = &[
    TOKEN,
    Param::json("mobile").required().note("whom to call"),
    Param::json("agent").required().note("the extension, which rings first"),
    Param::json("id").note("the customer; comes back in hooks and records"),
    Param::json("ref_id").note(REFERENCE),
];

// Hooks

pub(crate) const HOOK: &[Param] = &[
    TOKEN,
    Param::json("callback_url").required().note("whole, with its scheme"),
    Param::json("callback_apikey").note("travels in the header `Authorization` of each hook"),
    Param::json("event").required().note(
        "`ringing`, `answered`, `hangup`, `cdr`, `missed`, `cdr_autocall`; others never fire",
    ),
];

// Finished calls

/// A day alone begins or ends the range with the whole of it.
const MOMENT: &str = "YYYY-MM-DD or YYYY-MM-DD hh:mm:ss or YYYY-MM-DDThh:mm:ss";

const RANGE: &[Param] =
    &[Param::query("start_date").moment(MOMENT), Param::query("end_date").moment(MOMENT)];

const TEXTS: &Kind = &Kind::Text;

/// Given twice, any of a filter's values counts.
const RECORDS: &[Param] = joined!(
    RANGE,
    &[
        Param::query("start_date_ended").moment(MOMENT),
        Param::query("end_date_ended").moment(MOMENT),
        Param::query("duration").list(&Kind::Integer).note("exactly so many seconds"),
        Param::query("min_duration").list(&Kind::Integer).note("longer than so many seconds"),
        Param::query("extension").list(TEXTS),
        Param::query("recordingfile").list(TEXTS),
        Param::query("status").list(TEXTS),
        Param::query("phone").list(TEXTS).note("as `from_number` or `to_number`"),
        Param::query("hotline").list(TEXTS),
        Param::query("campaign_uuid").list(TEXTS),
        Param::query("direction").list(&Kind::OneOf(DIRECTIONS)).note("the digits mean the words"),
    ]
);

const DIRECTIONS: &[&str] = &["inbound", "local", "outbound", "1", "2", "3"];

const LIMIT: Param = Param::query("limit").integer().default("10").note("at most 1000");
const OFFSET: Param = Param::query("offset").integer();

pub(crate) const CDR: &[Param] = joined!(
    NOTHING,
    RECORDS,
    &[
        LIMIT,
        OFFSET.note("makes pages, as `page` does; without either the answer is a scroll"),
        Param::query("page").integer(),
        Param::query("scroll_id").note("of the answer before"),
    ]
);

pub(crate) const CDR_V3: &[Param] = joined!(
    NOTHING,
    RECORDS,
    &[
        Param::query("limit")
            .integer()
            .note("at most 1000; without it and `offset` the list is empty"),
        OFFSET,
    ]
);

pub(crate) const DAY_OF_CALLS: &[Param] = &[
    TOKEN,
    KEY,
    Param::query("start_date").moment(MOMENT).required(),
    Param::query("end_date").moment(MOMENT).required().note("at most a day later"),
];

pub(crate) const STATUSES: &[Param] = joined!(NOTHING, RANGE);

// Extensions

pub(crate) const EXTENSIONS: &[Param] = &[
    TOKEN,
    KEY,
    Param::query("limit").integer().default("25").note("at most 1000"),
    OFFSET.default("0"),
    Param::query("extension").list(TEXTS),
];

const EXTENSION: &[Param] = &[
    TOKEN,
    Param::json("enabled").flag().required(),
    Param::json("user_uuid").note("whose it is; nobody's if empty"),
    Param::json("follow_me").note("called for those who call when no phone is logged in"),
];

pub(crate) const NEW_EXTENSION: &[Param] = joined!(
    EXTENSION,
    &[
        Param::json("extension").required().note("up to 20 digits"),
        Param::json("password").required(),
    ]
);

pub(crate) const CHANGED_EXTENSION: &[Param] = joined!(
    EXTENSION,
    &[
        Param::path("id").note("or its number"),
        Param::json("password").required().note("`deFauLt` keeps the old one")
    ]
);

// Tables

pub(crate) const PAGE: &[Param] = &[TOKEN, KEY, LIMIT, OFFSET.default("0")];

pub(crate) const CAMPAIGNS: &[Param] = joined!(
    PAGE,
    &[Param::query("campaign_name").list(TEXTS), Param::query("template_name").list(TEXTS)]
);

pub(crate) const NEW_CAMPAIGN: &[Param] = &[
    TOKEN,
    Param::json("campaign_name").required(),
    Param::json("template_uuid").note("its script"),
    Param::json("template").note("the same, by name or id"),
    Param::json("description"),
    Param::json("dial_method").one_of(&["autocall", "autodial"]).default("autocall"),
    Param::json("concurrent_call").integer().default("0"),
    Param::json("ratio").integer().default("0"),
];

/// The voices that read a script.
pub(crate) const VOICES: &[&str] =
    &["north-m-01", "north-f-01", "north-m-02", "north-f-02", "south-m-03", "south-f-03"];

pub(crate) const NEW_TEMPLATE: &[Param] = &[
    TOKEN,
    Param::json("name").required(),
    Param::json("voice_type").one_of(&["tts", "audio_file"]).required(),
    Param::json("content").note("what is said; required of `tts`"),
    Param::json("voice_tts").one_of(VOICES).note("required of `tts`"),
    Param::json("audio_file").note("required of `audio_file`"),
    Param::json("speed_tts").number().default("1").note("from 0 to 2"),
    Param::json("description"),
    Param::json("enable_option").flag().default("false"),
    Param::json("press_options").list(&Kind::Object).note("at most 16"),
    Param::json("press_timeout").integer().default("1000"),
    Param::json("max_timeout").integer().default("1"),
    Param::json("exit_sound").object(),
    Param::json("invalid_sound").object(),
];

pub(crate) const AUDIOS: &[Param] = joined!(PAGE, &[Param::query("audio_name").list(TEXTS)]);

pub(crate) const NEW_AUDIO: &[Param] = &[
    TOKEN,
    Param::form("file").of(Kind::File).unless("audio_name").note("its name is kept"),
    Param::json("audio_name").note("instead of a file"),
];

pub(crate) const BLOCK: &[Param] = &[
    TOKEN,
    Param::json("blacklist").list(&Kind::Object).required(),
    Param::json("blacklist[].phone_number").required(),
    Param::json("blacklist[].description"),
];

pub(crate) const UNBLOCK: &[Param] =
    &[TOKEN, Param::json("blacklist").list(TEXTS).required().note("numbers")];

pub(crate) const PIN: &[Param] = &[
    TOKEN,
    Param::json("phone_number").required(),
    Param::json("agent").required().note("the extension that this caller is put through to"),
];

const MAILBOX: &[Param] = &[
    TOKEN,
    Param::json("enabled").flag().required(),
    Param::json("mail_to"),
    Param::json("local_after_email").flag().note("true for a new one"),
    Param::json("description"),
];

pub(crate) const NEW_MAILBOX: &[Param] =
    joined!(MAILBOX, &[Param::json("extension").required(), Param::json("password").required()]);

pub(crate) const CHANGED_MAILBOX: &[Param] = joined!(
    MAILBOX,
    &[Param::path("id").note("or its extension"), Param::json("password").required(),]
);

pub(crate) const MESSAGES: &[Param] = joined!(PAGE, &[Param::query("extension").list(TEXTS)]);

// For providers, whose token is a setting

pub(crate) const NEW_TENANT: &[Param] =
    &[TOKEN, Param::json("tenant_id").required().note("letters, digits and dashes, up to 63")];

pub(crate) const CHANGED_TENANT: &[Param] = &[TOKEN, Param::json("enable").flag().required()];

pub(crate) const TENANT_EXTENSION: &[Param] =
    &[TOKEN, Param::json("ext").required().note("up to 20 digits"), Param::json("pwd").required()];

// Calls that nobody dials

const CARRIER: Param = Param::json("carrier").note("there is one only; ignored");

pub(crate) const SCRIPT: &[Param] = &[
    TOKEN,
    CARRIER,
    Param::json("template").required().note("the script's name or id"),
    Param::json("phone_number").required(),
    Param::json("params").object().note("what stands in double braces in the script"),
    Param::json("customer_id").note("or `id`"),
    Param::json("id").note("the same"),
    Param::json("ref_id").note(REFERENCE),
];

const CUSTOMERS: &[Param] = &[
    TOKEN,
    CARRIER,
    Param::json("campaign_uuid").required(),
    Param::json("ref_id").note("of those customers who have none of their own"),
    Param::json("customers").list(&Kind::Object).required(),
    Param::json("customers[].phone_number").required(),
    Param::json("customers[].params").object().note("what stands in double braces in the script"),
    Param::json("customers[].customer_id").note("or `id`"),
    Param::json("customers[].id").note("the same"),
    Param::json("customers[].ref_id").note(REFERENCE),
];

pub(crate) const AUTOCALL: &[Param] = joined!(
    CUSTOMERS,
    &[
        Param::json("template").default("the campaign's"),
        Param::json("concurrent_call").integer().default("the campaign's").note("how many at once"),
    ]
);

pub(crate) const AUTODIAL: &[Param] = joined!(
    CUSTOMERS,
    &[Param::json("ratio").integer().default("the campaign's").note("how many at once")]
);

pub(crate) const REPORT: &[Param] =
    joined!(NOTHING, RANGE, &[Param::query("campaign_uuid").required()]);

pub(crate) const NEW_QUEUE: &[Param] = &[
    TOKEN,
    Param::json("campaign_id").required(),
    Param::json("queue_code").required(),
    Param::json("customers").list(&Kind::Object).note("of the dialler before; ignored"),
    Param::json("queue_agents").note("the same"),
    Param::json("precall_ratio").number().note("the same"),
    Param::json("max_recall_count").integer().note("the same"),
];

pub(crate) const QUEUE: &[Param] = &[TOKEN, Param::json("queue_code").required()];
