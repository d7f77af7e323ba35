//! A user's export, looked at by the doctor of a running Ringback.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::{
    Fault, Status, table,
    wait::{Target, encoded},
};

/// How many findings of a kind are printed.
const PRINTED: usize = 20;

/// What is asked about an export.
pub(crate) struct Question<'a> {
    pub(crate) url: &'a str,
    pub(crate) token: Option<&'a str>,
    pub(crate) account: Option<&'a str>,
    pub(crate) offset: Option<&'a str>,
    pub(crate) talk: bool,
}

/// Compares an export with the calls there were, and prints what is wrong with it.
pub(crate) fn look(file: &Path, question: &Question<'_>) -> Result<(), Fault> {
    let shown = file.display();
    let body = std::fs::read(file).map_err(|error| Fault::new(format!("{shown}: {error}")))?;
    let target = Target::of(question.url).ok_or_else(|| {
        Fault::new(format!("--url {}: give an address such as http://127.0.0.1:4010", question.url))
    })?;
    let mut path = "/__admin/doctor?limit=100000".to_owned();
    for (name, value) in [("account", question.account), ("offset", question.offset)] {
        if let Some(value) = value {
            // Memory takes every text.
            let _ = write!(path, "&{name}={}", encoded(value));
        }
    }
    if question.talk {
        path.push_str("&duration=talk");
    }
    let failed = |why: String| Fault::new(format!("{}: {why}", question.url)).with(Status::Failed);
    let (status, answer) = target.post(&path, question.token, &body).map_err(failed)?;
    let answer: Value = serde_json::from_str(&answer)
        .map_err(|_| failed(format!("answers {status}, not as Ringback does")))?;
    if status != 200 {
        let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
        let hint = text("hint");
        let hint = if hint.is_empty() { String::new() } else { format!("; {hint}") };
        return Err(Fault::new(format!("{shown}: {}{hint}", text("detail"))));
    }
    table::print(report(&answer).as_bytes())?;
    match answer.get("healthy").and_then(Value::as_bool) {
        Some(true) => Ok(()),
        _ => {
            let counts = answer.get("counts").and_then(Value::as_object);
            let sum: u64 = counts.into_iter().flatten().filter_map(|(_, n)| n.as_u64()).sum();
            let word = if sum == 1 { "fault" } else { "faults" };
            Err(Fault::new(format!("{shown}: {sum} {word}")).with(Status::Failed))
        }
    }
}

fn report(answer: &Value) -> String {
    let count = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or_default();
    let (rows, calls, correct) = (count("rows"), count("calls"), count("correct"));
    let mut report = format!("{rows} rows, {calls} calls, {correct} right\n");
    let kinds = ["lost", "doubled", "wrong", "early", "unknown", "unclear"];
    for kind in kinds {
        let found = answer.get(kind).and_then(Value::as_array);
        let found = found.map(Vec::as_slice).unwrap_or_default();
        for one in found.iter().take(PRINTED) {
            let _ = writeln!(report, "{kind:8} {}", line(kind, one));
        }
        let more = answer.pointer(&format!("/counts/{kind}")).and_then(Value::as_u64);
        let printed = u64::try_from(found.len().min(PRINTED)).unwrap_or(u64::MAX);
        if let Some(more) = more.and_then(|all| all.checked_sub(printed)).filter(|more| *more > 0) {
            let _ = writeln!(report, "{kind:8} … and {more} more");
        }
    }
    report
}

fn line(kind: &str, found: &Value) -> String {
    let text = |name: &str| match found.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let call = text("call");
    let hint = match text("hint") {
        hint if hint.is_empty() => hint,
        hint => format!(" ({hint})"),
    };
    match kind {
        "lost" => {
            let at = found.pointer("/ours/started_at").and_then(Value::as_str).unwrap_or_default();
            format!("{call} of {at}")
        }
        "doubled" | "early" => format!("{call} in rows {}", text("rows")),
        "wrong" => {
            let (row, field) = (text("row"), text("field"));
            format!("{call}, row {row}: {field} {}, ours {}{hint}", text("theirs"), text("ours"))
        }
        "unknown" => format!("row {}: {}", text("row"), text("id")),
        _ => format!("row {}: {} {}{hint}", text("row"), text("field"), text("theirs")),
    }
}
