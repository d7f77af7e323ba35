//! What v3, the dial service and the generation before them take. vendors/voip24h-v3.md, 4 to 8

use ringback_mock::{Param, joined};

const TOKEN: &[Param] =
    &[Param::header("authorization").required().note("`Bearer` and a token, or the token alone")];

const LONG: &[Param] = &[
    Param::anywhere("isLonglive")
        .flag()
        .default("false")
        .note("the token is worth seven days instead of one"),
    Param::anywhere("isLongLive").flag().note("the same under another name"),
];

pub(crate) const AUTHENTICATION: &[Param] = joined!(
    &[
        Param::anywhere("apiKey").required().note("names the account"),
        Param::anywhere("apiSecret").required(),
    ],
    LONG,
);

/// From where on a list is wanted.
const PART: &[Param] = &[
    Param::query("offset").integer().default("0").note("what is no count counts as not given"),
    Param::query("limit").integer().default("25").note("10000 at the most"),
];

/// A moment, or a day.
const MOMENT: &str = "YYYY-MM-DD hh:mm:ss or YYYY-MM-DD";

const STATUSES: &str =
    "ANSWERED, MISSED, NO ANSWER (or NO_ANSWER), BUSY, FAILED in any case; several between commas";
const TYPES: &str = "inbound, outbound, local; several between commas";
const NUMBERS: &str = "a number; several between commas";
const DID: &str = "the company number; `84…` is `0…`";

const CALLS: &[Param] = &[
    Param::query("dateStart").moment(MOMENT).note("a day is its beginning"),
    Param::query("dateEnd").moment(MOMENT).note("included; a day is its end"),
    Param::query("status").note(STATUSES),
    Param::query("type").note(TYPES),
    Param::query("extension").note(NUMBERS),
    Param::query("did").note(DID),
    Param::query("callid").note("the exchange's id"),
    Param::query("callId").note("the same under another name"),
    Param::query("id").note("the id of the record"),
    Param::query("caller").note("the whole number; blanks are taken out"),
    Param::query("callee").note("the whole number; blanks are taken out"),
    Param::query("sort").one_of(&["asc", "desc"]).default("desc"),
];

pub(crate) const HISTORY: &[Param] = joined!(TOKEN, CALLS, PART);

pub(crate) const EXTENSIONS: &[Param] = joined!(TOKEN, PART);

pub(crate) const RECORDING: &[Param] = joined!(
    TOKEN,
    &[
        Param::query("callId")
            .unless("callid")
            .note("the id of the record, or that of the exchange"),
        Param::query("callid").note("the same under another name"),
    ],
);

const PHONE: &str = "3 to 15 digits, perhaps behind a `+`; blanks are taken out";

pub(crate) const V3_DIAL: &[Param] = joined!(
    TOKEN,
    &[
        Param::anywhere("extension").required().note("rings first"),
        Param::anywhere("phone").required().note(PHONE),
    ],
);

pub(crate) const SUBSCRIPTIONS: &[Param] = TOKEN;

pub(crate) const SUBSCRIBE: &[Param] = joined!(
    TOKEN,
    &[
        Param::anywhere("url").required().note("where call logs go: a whole address"),
        Param::anywhere("method").one_of(&["GET", "POST"]).default("GET"),
        Param::anywhere("active").flag().default("true").note("nothing is sent without"),
        Param::anywhere("param").object().note("a list with the object in it is as good"),
        Param::anywhere("param.auth").note("the token of the receiver"),
        Param::anywhere("param.type").note(TYPES),
        Param::anywhere("param.disposition").note(STATUSES),
        Param::anywhere("param[].auth").note("as `param.auth`"),
        Param::anywhere("param[].type").note("as `param.type`"),
        Param::anywhere("param[].disposition").note("as `param.disposition`"),
    ],
);

pub(crate) const UNSUBSCRIBE: &[Param] =
    joined!(TOKEN, &[Param::anywhere("url").required().note("of the subscription")]);

/// What the dial service knows an account by.
const VOIP: &[Param] =
    &[Param::query("voip").required().note("names the account"), Param::query("secret").required()];

pub(crate) const DIAL: &[Param] = joined!(
    VOIP,
    &[
        Param::query("sip").required().note("the extension, which rings first"),
        Param::query("phone").required().note(PHONE),
    ],
);

pub(crate) const SEARCH: &[Param] = joined!(
    VOIP,
    &[
        Param::query("date_start").integer().note("in seconds since 1970"),
        Param::query("date_end").integer().note("in seconds since 1970, included"),
        Param::query("start").integer().default("0").note("out of `next` or `prev`"),
        Param::query("search").note("a part of either number"),
        Param::query("status").note(STATUSES),
    ],
);

pub(crate) const SEARCHING: &[Param] = joined!(
    VOIP,
    &[
        Param::query("callid").unless("callId").note("the exchange's id"),
        Param::query("callId").note("the same under another name"),
    ],
);

/// What a link to a recording carries.
pub(crate) const FDOWNLOAD: &[Param] = &[
    Param::query("hostname").required().note("whose recordings they are"),
    Param::query("pkeyID").required().note("the file's name"),
    Param::query("xKey").required().note("proves that the link was given out"),
];

pub(crate) const API_TOKEN: &[Param] = joined!(
    &[
        Param::anywhere("api_key").required().note("names the account"),
        Param::anywhere("api_secert").unless("api_secret").note("spelt so by the vendor"),
        Param::anywhere("api_secret").note("the same under another name"),
    ],
    LONG,
);

pub(crate) const FIND: &[Param] = joined!(
    TOKEN,
    &[
        Param::anywhere("date_start").moment(MOMENT).note("a day is its beginning"),
        Param::anywhere("date_end").moment(MOMENT).note("included; a day is its end"),
        Param::anywhere("status").note(STATUSES),
        Param::anywhere("type").note(TYPES),
        Param::anywhere("extension").note(NUMBERS),
        Param::anywhere("did").note(DID),
        Param::anywhere("callid").note("the exchange's id"),
        Param::anywhere("callId").note("the same under another name"),
        Param::anywhere("caller").note("the whole number"),
        Param::anywhere("callee").note("the whole number"),
        Param::anywhere("sort").one_of(&["asc", "desc"]).default("desc"),
        Param::anywhere("offset").integer().default("0"),
        Param::anywhere("limit").integer().default("25").note("10000 at the most"),
    ],
);

pub(crate) const FIND_ONE: &[Param] = joined!(
    TOKEN,
    &[
        Param::anywhere("callid").unless("callId").note("the exchange's id"),
        Param::anywhere("callId").note("the same under another name"),
    ],
);
