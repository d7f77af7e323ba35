//! Recordings: `queries/recording…`. The files themselves are behind temporary addresses.

use ringback_engine::OffsetDateTime;
use serde::Serialize;

use crate::{
    Params, Pbx, Refused, Reply,
    wire::{Answer, named},
};

/// There is no such recording.
pub(crate) const UNKNOWN_RECORDING: u16 = 3320;

/// How a recording is fetched.
fn action(params: &Params) -> Result<bool, Refused> {
    match params.text("action")?.as_str() {
        "download" => Ok(true),
        "play" => Ok(false),
        _ => Err(params.malformed("action")),
    }
}

/// `queries/recording/post`. vendors/mango.md, 8
pub(crate) fn post(pbx: &mut Pbx, now: OffsetDateTime, params: &Params) -> Answer {
    let recordings = params.texts("recording_id")?;
    let [recording] = recordings.as_slice() else {
        return Err(params.missing("recording_id"));
    };
    let downloads = action(params)?;
    let token = pbx.issue_link(now, recording, downloads);
    token.map(Reply::File).ok_or(Refused::code(UNKNOWN_RECORDING))
}

#[derive(Serialize)]
struct Transcript {
    recording_id: String,
    names: Names,
    phrases: Vec<[String; 0]>,
}

#[derive(Serialize)]
struct Names {
    client: String,
    operator: String,
}

/// `queries/recording_transcripts`: nobody says a word on these recordings.
pub(crate) fn transcripts(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let recordings = params.texts("recording_id")?;
    if recordings.is_empty() {
        return Err(params.missing("recording_id"));
    }
    let known = recordings.into_iter().filter(|recording| pbx.recording(recording).is_some());
    let transcript = |recording_id: String| {
        let (client, operator) = pbx.recorded_parties(&recording_id);
        Transcript { recording_id, names: Names { client, operator }, phrases: Vec::new() }
    };
    named("data", known.map(transcript).collect::<Vec<_>>())
}

#[derive(Serialize)]
struct Categorised {
    recording_id: String,
    categories: Vec<Category>,
}

#[derive(Serialize)]
struct Category {
    id: u32,
    assign_time: i64,
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    terms: Option<Vec<Term>>,
}

#[derive(Serialize)]
struct Term {
    channels: [i8; 1],
    count: u32,
    value: &'static str,
}

/// `queries/recording_categories`. A recording that is stored has the one category of a greeting.
pub(crate) fn categories(pbx: &Pbx, _now: OffsetDateTime, params: &Params) -> Answer {
    let recordings = params.texts("recording_id")?;
    if recordings.is_empty() {
        return Err(params.missing("recording_id"));
    }
    let with_terms = params.flag_or_none("with_terms")? == Some(true);
    let with_names = params.flag_or_none("with_names")? == Some(true);
    let term = || vec![Term { channels: [-1], count: 1, value: "hello" }];
    let categorised = |recording_id: String| {
        let ended = pbx.recorded_until(&recording_id);
        let category = ended.map(|assign_time| Category {
            id: 1,
            assign_time,
            version: 1,
            name: with_names.then_some("Greeting"),
            terms: with_terms.then(term),
        });
        Categorised { recording_id, categories: category.into_iter().collect() }
    };
    named("data", recordings.into_iter().map(categorised).collect::<Vec<_>>())
}
