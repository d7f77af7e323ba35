//! One row of an export against its call.

use ringback_engine::{Duration, OffsetDateTime};
use ringback_exchange::{Disposition, HangupCause};
use serde_json::{Value, json};
use time::UtcOffset;

use super::{Examined, Reading, Row, SLACK};
use crate::{CallShown, read_moment, view::moment};

/// A value that is not the call's, or that cannot be read: then there is none of ours beside it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wrong {
    pub(super) field: &'static str,
    pub(super) theirs: String,
    pub(super) ours: Option<Value>,
    pub(super) hint: Option<String>,
}

pub(super) fn row(call: &Examined, row: &Row, reading: Reading) -> Vec<Wrong> {
    let checks: [(&'static str, &Option<String>, Check); 4] = [
        ("start", &row.start, start),
        ("duration", &row.duration, duration),
        ("talk", &row.talk, talk),
        ("status", &row.status, status),
    ];
    let checked = checks.into_iter().filter_map(|(field, theirs, check)| {
        let theirs = theirs.as_deref()?;
        let (ours, hint) = check(call, theirs, reading).err()?;
        Some(Wrong { field, theirs: theirs.to_owned(), ours, hint })
    });
    checked.collect()
}

/// Returns what it should be, unless that is what it is, and what may have happened.
type Check = fn(&Examined, &str, Reading) -> Result<(), (Option<Value>, Option<String>)>;

/// The longest way from UTC that any zone is.
const FAR: i64 = 14 * 3_600;

fn start(
    call: &Examined,
    theirs: &str,
    reading: Reading,
) -> Result<(), (Option<Value>, Option<String>)> {
    let Some(ours) = call.truth.started_at else { return Ok(()) };
    let utc = read_moment(theirs, UtcOffset::UTC);
    let Some(utc) = utc else {
        return Err((None, Some("this is no moment in a form that is known".to_owned())));
    };
    let is_it = |at: OffsetDateTime| (at - ours).as_seconds_f64().abs() <= SLACK;
    // Where the text itself has a zone, every reading of it is the same.
    let read = |offset| read_moment(theirs, offset).is_some_and(is_it);
    let is_right = match reading.offset {
        Some(offset) => read(offset),
        None => is_it(utc) || zones(call, ours).into_iter().any(read),
    };
    if is_right {
        return Ok(());
    }
    let off = (utc - ours).whole_seconds();
    let is_zone =
        |off: i64| off.abs() <= FAR && (off.rem_euclid(900) <= 1 || off.rem_euclid(900) == 899);
    let answered = call.truth.answered_at.is_some_and(|at| (utc - at).whole_seconds().abs() <= 1);
    let ended = call.truth.ended_at.is_some_and(|at| (utc - at).whole_seconds().abs() <= 1);
    let hint = match (answered, ended) {
        (true, _) => Some("that is when it was answered".to_owned()),
        (_, true) => Some("that is when it ended".to_owned()),
        _ if off != 0 && is_zone(off) => {
            let hours = Duration::seconds(off).as_seconds_f64() / 3_600.0;
            Some(format!("off by {hours:+.2} h: a time zone?"))
        }
        _ => Some(format!("off by {off:+} s")),
    };
    Err((Some(moment(ours).into()), hint))
}

/// Returns in which zones the vendor's own records have the beginning of the call.
fn zones(call: &Examined, ours: OffsetDateTime) -> Vec<UtcOffset> {
    let mut zones = Vec::new();
    let texts = call.records().filter_map(|record| record.shown.as_object());
    for text in texts.flat_map(|fields| fields.values()).filter_map(Value::as_str) {
        let Some(at) = read_moment(text, UtcOffset::UTC) else { continue };
        let off = (at - ours).as_seconds_f64().round();
        // Quarters of an hour, which all zones are.
        let quarters = (off / 900.0).round();
        if (off - quarters * 900.0).abs() > SLACK || off.abs() > 14.0 * 3_600.0 {
            continue;
        }
        let seconds = Duration::seconds_f64(quarters * 900.0).whole_seconds();
        let zone =
            i32::try_from(seconds).ok().and_then(|off| UtcOffset::from_whole_seconds(off).ok());
        zones.extend(zone);
    }
    zones
}

/// Reads seconds: a number, `MM:SS` or `HH:MM:SS`.
fn seconds(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches(['s', ' ']);
    let mut sum = 0.0;
    for part in text.split(':') {
        let part: f64 = part.trim().parse().ok()?;
        sum = sum * 60.0 + part;
    }
    (sum.is_finite() && sum >= 0.0).then_some(sum)
}

type Seconds = fn(&CallShown) -> Option<f64>;

fn length(
    call: &Examined,
    theirs: &str,
    (own, shown, other): (Option<f64>, Seconds, Option<f64>),
    other_is: &str,
) -> Result<(), (Option<Value>, Option<String>)> {
    let Some(theirs) = seconds(theirs) else {
        return Err((None, Some("this is no length: seconds, MM:SS or HH:MM:SS".to_owned())));
    };
    let near = |ours: f64| (theirs - ours).abs() < SLACK;
    let mut told = call.records().filter_map(shown);
    if own.is_some_and(near) || told.clone().any(|ours| (theirs - ours).abs() < 0.01) {
        return Ok(());
    }
    let Some(ours) = told.next().or(own) else { return Ok(()) };
    let is_millis =
        own.is_some_and(|ours| ours > 0.0 && (theirs - ours * 1_000.0).abs() <= 1_000.0);
    let hint = match other.is_some_and(near) {
        true => Some(other_is.to_owned()),
        false if is_millis => Some("these are milliseconds".to_owned()),
        false => None,
    };
    Err((Some(json!(ours)), hint))
}

fn duration(
    call: &Examined,
    theirs: &str,
    reading: Reading,
) -> Result<(), (Option<Value>, Option<String>)> {
    // Some vendors know the talk alone, and call that the duration.
    let has_whole = call.records().any(|record| record.says.seconds.is_some());
    if reading.talk || !has_whole {
        return talk(call, theirs, reading);
    }
    let truth = &call.truth;
    let whole: Seconds = |record| record.says.seconds;
    length(call, theirs, (truth.seconds, whole, truth.talk_seconds), "that is the talk alone")
}

fn talk(call: &Examined, theirs: &str, _: Reading) -> Result<(), (Option<Value>, Option<String>)> {
    let truth = &call.truth;
    let talk: Seconds = |record| record.says.talk_seconds;
    let whole = "that is the whole call, ringing included";
    length(call, theirs, (truth.talk_seconds, talk, truth.seconds), whole)
}

/// How a call went, as far as words of many programs tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Went {
    Answered,
    /// It was not, whyever.
    Missed,
    Busy,
    NoAnswer,
    Failed,
}

impl Went {
    fn of(word: &str) -> Option<Self> {
        let letters = word.chars().filter(char::is_ascii_alphanumeric);
        let letters: String = letters.map(|c| c.to_ascii_lowercase()).collect();
        Some(match letters.as_str() {
            "answered" | "answer" | "completed" | "complete" | "success" | "successful" | "ok"
            | "talked" | "normalclearing" | "accepted" | "connected" | "true" | "yes" | "1" => {
                Self::Answered
            }
            "missed" | "unanswered" | "notanswered" | "unsuccessful" | "false" | "no" | "0" => {
                Self::Missed
            }
            "busy" | "userbusy" | "rejected" | "declined" | "callrejected" => Self::Busy,
            "noanswer" | "noanswered" | "cancel" | "canceled" | "cancelled" | "abandoned"
            | "originatorcancel" | "nouserresponse" | "timeout" => Self::NoAnswer,
            "failed" | "failure" | "error" | "errored" | "congestion" | "unavailable"
            | "notavailable" | "invalid" | "chanunavail" => Self::Failed,
            _ => return None,
        })
    }

    fn really(call: &Examined) -> Option<Self> {
        if call.truth.is_answered == Some(true) {
            return Some(Self::Answered);
        }
        Some(match call.cause?.disposition() {
            Disposition::Answered => Self::Answered,
            Disposition::Busy => Self::Busy,
            Disposition::NoAnswer => Self::NoAnswer,
            Disposition::Failed => Self::Failed,
        })
    }
}

fn status(
    call: &Examined,
    theirs: &str,
    _: Reading,
) -> Result<(), (Option<Value>, Option<String>)> {
    let mut words = call.records().flat_map(|record| &record.says.words);
    let is_it = |word: &String| word.eq_ignore_ascii_case(theirs.trim());
    let cause = call.cause.map(HangupCause::freeswitch);
    if words.clone().any(is_it) || cause.is_some_and(|cause| cause.eq_ignore_ascii_case(theirs)) {
        return Ok(());
    }
    let Some(really) = Went::really(call) else { return Ok(()) };
    let Some(went) = Went::of(theirs) else {
        return Err((None, Some("this word for how a call went is unknown".to_owned())));
    };
    let is_right = went == really || (went == Went::Missed && really != Went::Answered);
    if is_right {
        return Ok(());
    }
    let cause = || cause.map(str::to_owned);
    let ours = words.next().cloned().or_else(cause).unwrap_or_default();
    Err((Some(ours.into()), None))
}
