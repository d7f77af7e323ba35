//! The journal of requests: what vendors' clients asked, and what they were answered.

use std::convert::Infallible;
use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode, web::Bytes};
use futures_util::stream;
use serde_json::{Map, Value, json};

use super::{Answer, Ask, Problem, ok, since};
use crate::{
    Mount,
    bench::{
        Item, Kind,
        journal::{Entry, har},
        show_items,
        verify::Scope,
    },
    matching::{Match, Shown},
};

/// Reads whether secrets are shown.
fn secrets(ask: &Ask) -> Result<bool, Problem> {
    match ask.query("secrets") {
        None => Ok(false),
        Some("show") => Ok(true),
        Some(_) => Err(Problem::at("secrets", "is show, or not there")),
    }
}

/// Reads the filters of a query string as a match.
fn filter(ask: &Ask, scope: &Scope) -> Result<Match, Problem> {
    let mut wanted = Map::new();
    for name in ["operation", "method", "call", "step"] {
        if let Some(value) = ask.query(name) {
            wanted.insert(name.to_owned(), value.into());
        }
    }
    if let Some(path) = ask.query("path") {
        wanted.insert("path".to_owned(), json!({ "like": path }));
    }
    if let Some(status) = ask.query("status") {
        let status: u16 =
            status.parse().map_err(|_| Problem::at("status", "has to be a status such as 200"))?;
        wanted.insert("status".to_owned(), status.into());
    }
    if let Some(refused) = ask.query("refused") {
        let refused: bool =
            refused.parse().map_err(|_| Problem::at("refused", "has to be true or false"))?;
        wanted.insert("refused".to_owned(), refused.into());
    }
    if let Some(at) = since_moment(ask) {
        wanted.insert("at".to_owned(), json!({ "gte": crate::view::moment(at) }));
    }
    read(&Value::Object(wanted), "", scope)
}

/// Reads `since` where it is a moment.
fn since_moment(ask: &Ask) -> Option<time::OffsetDateTime> {
    crate::shown::read_rfc3339(ask.query("since")?)
}

/// Reads the place in the feed behind which requests are looked for: of a cursor or a checkpoint.
fn after_place(ask: &Ask) -> Result<u64, Problem> {
    match ask.query("since") {
        Some(text) if since_moment(ask).is_none() => {
            let place = since::read(ask, text, "since");
            // A checkpoint may be called so; most likely it is a moment that is written otherwise.
            let is_like_a_moment = text.starts_with(|first: char| first.is_ascii_digit());
            let why = || "has to be a moment of RFC 3339, a cursor, or a checkpoint";
            place.map_err(|problem| match problem.is_not_found() && is_like_a_moment {
                true => Problem::at("since", why()),
                false => problem,
            })
        }
        Some(_) | None => Ok(0),
    }
}

/// Reads a match of requests.
fn read(wanted: &Value, at: &str, scope: &Scope) -> Result<Match, Problem> {
    let wanted = Match::read(wanted, at, Some(Kind::Request))?;
    if wanted.kinds() != Kind::Request.into() {
        return Err(Problem::at("/kind", "has to be \"request\" here"));
    }
    wanted.check_operations(&scope.operations())?;
    Ok(wanted)
}

/// Returns the requests of a scope that hold a match, oldest first, and how many were pushed out.
fn found(ask: &Ask, scope: &Scope, wanted: &Match) -> Result<(Vec<Item>, u64), Problem> {
    let feed = ask.bench()?.feed();
    let page = feed.since(after_place(ask)?, Kind::Request.into(), usize::MAX);
    let (_, _, missed) = feed.kept(Kind::Request);
    let holds = |item: &Item| {
        scope.has(item) && !wanted.excludes(item) && {
            let shown = show_items(scope.mounts(), std::slice::from_ref(item), true);
            shown.first().is_some_and(|shown| wanted.holds(&Shown::new(shown)))
        }
    };
    Ok((page.items.into_iter().filter(holds).collect(), missed))
}

fn page(ask: &Ask, scope: &Scope, wanted: &Match) -> Answer {
    let (limit, secrets) = (ask.limit()?, secrets(ask)?);
    let oldest_first = match ask.query("order") {
        None | Some("desc") => false,
        Some("asc") => true,
        Some(_) => return Err(Problem::at("order", "is asc or desc")),
    };
    let after = ask.query("after").map(str::parse::<u64>).transpose();
    let after = after.map_err(|_| Problem::at("after", "is no cursor of this list"))?;
    let (mut items, missed) = found(ask, scope, wanted)?;
    let total = items.len();
    if !oldest_first {
        items.reverse();
    }
    let comes = |item: &Item| match (after, oldest_first) {
        (None, _) => true,
        (Some(after), true) => item.cursor > after,
        (Some(after), false) => item.cursor < after,
    };
    items.retain(comes);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|item| item.cursor.to_string());
    let shown = show_items(scope.mounts(), &items, secrets);
    ok(&json!({ "requests": shown, "next": next, "total": total, "missed": missed }))
}

fn kept(ask: &Ask) -> Result<(), Problem> {
    match ask.bench()?.keeps_journal() {
        true => Ok(()),
        false => Err(Problem::new(StatusCode::CONFLICT, "no journal is kept")
            .hint("start Ringback without --journal off".to_owned())),
    }
}

/// `GET journal?operation=&path=&status=&method=&call=&refused=&step=&since=`: newest first.
pub(super) async fn list(ask: Ask) -> Answer {
    kept(&ask)?;
    let scope = ask.scope()?;
    page(&ask, &scope, &filter(&ask, &scope)?)
}

/// `POST journal/query` with a match.
pub(super) async fn query(mut ask: Ask) -> Answer {
    kept(&ask)?;
    let wanted = Value::Object(ask.object()?);
    let scope = ask.scope()?;
    let wanted = read(&wanted, "", &scope)?;
    page(&ask, &scope, &wanted)
}

/// `DELETE journal`
pub(super) async fn clear(ask: Ask) -> Answer {
    let scope = ask.scope()?;
    ask.bench()?.feed().clear(Kind::Request.into(), |item| scope.has(item));
    Ok(HttpResponse::NoContent().finish())
}

/// Finds the entry that the path names.
fn one(ask: &Ask) -> Result<(Arc<dyn Mount>, Item), Problem> {
    kept(ask)?;
    let id = ask.param("id");
    for mount in &ask.mounts {
        let rest = id.strip_prefix(mount.name()).and_then(|rest| rest.strip_prefix('-'));
        let Some(rest) = rest else { continue };
        let is_it = |item: &Item| {
            item.source.origin == Some(mount.origin())
                && item.what.note().is_some_and(|note| note.id() == rest)
        };
        let (found, _) = mount.bench().feed().latest(Kind::Request, 1, is_it);
        if let Some(item) = found.into_iter().next()
            && item.source.account.is_none_or(|account| ask.is_about(mount, account))
        {
            return Ok((Arc::clone(mount), item));
        }
    }
    Err(Problem::no_such("request").hint("the journal keeps the latest 10,000".to_owned()))
}

/// `GET journal/{id}`
pub(super) async fn show(ask: Ask) -> Answer {
    let secrets = secrets(&ask)?;
    let (mount, item) = one(&ask)?;
    ok(&mount.show_items(&[item], secrets).pop().unwrap_or_default())
}

fn entry(item: &Item) -> Option<&Entry> {
    item.what.note()?.as_any().downcast_ref()
}

/// `GET journal/{id}/curl`: the line that sends the request again.
pub(super) async fn curl(ask: Ask) -> Answer {
    let secrets = secrets(&ask)?;
    let (_, item) = one(&ask)?;
    let line = entry(&item).map_or(Err("it is not kept"), |entry| entry.curl(secrets));
    let line = line.map_err(|why| Problem::new(StatusCode::CONFLICT, why))?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(line + "\n"))
}

/// `GET journal.jsonl`: all that hold the filters, oldest first, one a line.
pub(super) async fn lines(ask: Ask) -> Answer {
    let (items, scope, secrets) = export(&ask)?;
    let lines = stream::iter(items.into_iter().map(move |item| {
        let shown = show_items(scope.mounts(), &[item], secrets).pop().unwrap_or_default();
        Ok::<_, Infallible>(Bytes::from(shown.to_string() + "\n"))
    }));
    Ok(HttpResponse::Ok().content_type("application/x-ndjson").streaming(lines))
}

/// `GET journal.har`: the same as an HTTP archive.
pub(super) async fn archive(ask: Ask) -> Answer {
    let (items, _, secrets) = export(&ask)?;
    let entries = items.iter().filter_map(|item| Some((item.real_began(), entry(item)?)));
    ok(&har(entries, secrets))
}

fn export(ask: &Ask) -> Result<(Vec<Item>, Scope, bool), Problem> {
    kept(ask)?;
    for name in ["limit", "after", "order"] {
        if ask.query(name).is_some() {
            return Err(Problem::at(name, "an export is whole, and oldest first"));
        }
    }
    let scope = ask.scope()?;
    let wanted = filter(ask, &scope)?;
    let (items, _) = found(ask, &scope, &wanted)?;
    Ok((items, scope, secrets(ask)?))
}
