//! What the endpoints take. vendors/voip24h.md, 1 to 4; those of the other faces have a room of their
//! own.

mod v3;

use ringback_mock::{Kind, Param, Variant};

pub(crate) use v3::*;

/// What every operation of the partner API takes.
pub(crate) const PARTNER: &[Param] = &[
    Param::json("partnerSecret").required().note("decides before anything else is looked at"),
    Param::json("requestType").of(Kind::OneOf(TYPES)).required().note("case counts"),
    Param::json("data").object().required().note("the parameters; others are ignored"),
];

const TYPES: &[&str] = &[
    "getUser",
    "getDate",
    "getUserDate",
    "getCallData",
    "recordingDownload",
    "recordingListen",
    "makeDial",
];

/// The seven operations.
pub(crate) const OPERATIONS: &[Variant] = &[
    of("getUser", &[USER]),
    of("getDate", &[FROM, TO]),
    of("getUserDate", &[USER, FROM, TO]),
    of(
        "getCallData",
        &[
            Param::json("data.uniqueId").unless("data.callId").note("the call's id"),
            Param::json("data.callId").note("the same under another name"),
        ],
    ),
    of("recordingDownload", &[CALL]),
    of("recordingListen", &[CALL]),
    of(
        "makeDial",
        &[
            Param::json("data.extension").required().note("rings first"),
            Param::json("data.phone").required().note("whom the extension is put through to"),
        ],
    ),
];

const fn of(request_type: &'static str, accepts: &'static [Param]) -> Variant {
    Variant::new("requestType", request_type, accepts)
}

const USER: Param = Param::json("data.user").required().note("an extension");
const FROM: Param = Param::json("data.fromDate").date(DAY).required().note("the first day");
const TO: Param = Param::json("data.toDate").date(DAY).required().note("the last day, included");
const CALL: Param = Param::json("data.callId").required();

/// One digit is enough for a day or a month.
const DAY: &str = "DD/MM/YYYY";

/// What a link to a recording carries.
pub(crate) const LINK: &[Param] = &[
    Param::query("host").required().note("the sealed token of the link"),
    Param::query("recordingFile").required().note("the file's name"),
];
