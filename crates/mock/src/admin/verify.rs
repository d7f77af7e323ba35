//! `verify` and `wait`: whether what was expected has happened, or will in time.

use std::time::Duration;

use actix_web::http::StatusCode;
use serde_json::{Map, Value, json};

use super::{Answer, Ask, Problem, ok, since};
use crate::bench::{
    show_items,
    verify::{self, Expected, Found, Scope, Unverified, Wait},
};
use crate::matching::Match;

/// The longest wait, in the computer's seconds.
const LONGEST: f64 = 600.0;

/// The most that one wait is for.
const MOST: u64 = 10_000;

/// Reads the place in the feed after which things count.
fn since(ask: &Ask, value: Option<&Value>) -> Result<Option<u64>, Problem> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => since::read(ask, text, "/since").map(Some),
        Some(Value::Number(number)) => since::read(ask, &number.to_string(), "/since").map(Some),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            Err(Problem::at("/since", "has to be a cursor, a checkpoint, or \"now\""))
        }
    }
}

/// Returns whose happenings count: a match that says so itself is asked of all.
fn scope(ask: &Ask, matches: &[Match]) -> Result<Scope, Problem> {
    let scope = match !ask.names_account() && matches.iter().any(Match::names_account) {
        true => Scope::all(ask.mounts.clone()),
        false => ask.scope()?,
    };
    let operations = scope.operations();
    matches.iter().try_for_each(|one| one.check_operations(&operations))?;
    Ok(scope)
}

fn ids(found: &[Found]) -> Value {
    found.iter().map(Found::id).collect()
}

fn failed(status: StatusCode, title: &str, failed: &Unverified) -> Problem {
    let Unverified { expected, count, hint, .. } = failed;
    let detail = format!("{title}: expected {expected}, found {count}");
    let problem = Problem::new(status, detail).with(failed.show());
    match hint {
        Some(hint) => problem.hint(hint.clone()),
        None => problem,
    }
}

/// `POST verify` `{"match": {…}, "times": 2}`, `{"order": [{…}, {…}]}`
pub(super) async fn verify(mut ask: Ask) -> Answer {
    let mut fields = ask.object()?;
    let since = fields.remove("since");
    let known: Vec<&str> = verify::KEYS.into_iter().chain(["since"]).collect();
    if let Some(key) = fields.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(Problem::unknown("key", key, &known).pointing(&format!("/{key}")));
    }
    let expected = Expected::read(&Value::Object(fields))?;
    let scope = scope(&ask, expected.matches())?;
    let bench = ask.bench()?;
    let feed = bench.feed();
    let since = self::since(&ask, since.as_ref())?.unwrap_or(0);
    let verified = verify::verify(feed, &scope, &expected, since);
    let verified = verified
        .map_err(|why| failed(StatusCode::UNPROCESSABLE_ENTITY, "verification failed", &why))?;
    let found = &verified.found;
    let next = bench.cursor(feed.last());
    ok(&json!({ "passed": true, "count": found.len(), "found": ids(found), "next": next }))
}

/// `POST wait` `{"match": {…}, "times": 1, "since": "now", "timeout": 5}`
pub(super) async fn wait(mut ask: Ask) -> Answer {
    let fields = ask.fields(&["match", "times", "since", "timeout"])?;
    let (wait, scope) = read_wait(&ask, &fields)?;
    let bench = std::sync::Arc::clone(ask.bench()?);
    match verify::wait(bench.feed(), &scope, &wait).await {
        Ok((found, next)) => {
            let shown: Vec<Value> =
                found.iter().map(|found| masked(&scope, found, &bench)).collect();
            ok(&json!({ "found": shown, "next": bench.cursor(next) }))
        }
        Err(why) => Err(failed(StatusCode::REQUEST_TIMEOUT, "the wait ran out", &why)),
    }
}

/// Shows what was found as lists show it.
fn masked(scope: &Scope, found: &Found, bench: &crate::bench::Bench) -> Value {
    let Some(before) = found.cursor.checked_sub(1) else { return found.shown.clone() };
    let page = bench.feed().since(before, crate::bench::Kinds::ALL, 1);
    let item = page.items.first().filter(|item| item.cursor == found.cursor);
    let shown =
        item.and_then(|item| show_items(scope.mounts(), std::slice::from_ref(item), false).pop());
    // Pushed out meanwhile: its id is what is left to tell.
    shown.unwrap_or_else(|| json!({ "id": found.id() }))
}

fn read_wait(ask: &Ask, fields: &Map<String, Value>) -> Result<(Wait, Scope), Problem> {
    let wanted = fields.get("match").ok_or_else(|| Problem::at("/match", "is missing"))?;
    let wanted = Match::read(wanted, "/match", None)?;
    let times = match fields.get("times").map(Value::as_u64) {
        None => 1,
        Some(Some(times)) if (1..=MOST).contains(&times) => times,
        Some(_) => return Err(Problem::at("/times", "has to be a number from 1 to 10000")),
    };
    let timeout = match fields.get("timeout").map(Value::as_f64) {
        None => 5.0,
        Some(Some(timeout)) if (0.0..=LONGEST).contains(&timeout) => timeout,
        Some(_) => {
            return Err(Problem::at("/timeout", "has to be a number of seconds from 0 to 600"));
        }
    };
    let scope = scope(ask, std::slice::from_ref(&wanted))?;
    let feed = ask.bench()?.feed();
    let since = self::since(ask, fields.get("since"))?.unwrap_or_else(|| feed.last());
    let times = usize::try_from(times).unwrap_or(usize::MAX);
    let timeout = Duration::from_secs_f64(timeout);
    Ok((Wait { wanted, times, since, timeout }, scope))
}
