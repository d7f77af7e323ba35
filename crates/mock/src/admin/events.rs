//! Everything that happens, as server-sent events.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use serde_json::{Map, Value, json};
use tokio::{sync::watch, time::timeout};

use super::{Answer, Ask, Problem, since};
use crate::bench::{
    Bench, Cursor, Item, Kind, Kinds, Page, Subscription, show_items, verify::Scope,
};

/// How often a stream on which nothing happens says that it is there.
const QUIET: Duration = Duration::from_secs(10);

/// How many items go into one piece of a stream.
const AT_ONCE: usize = 256;

/// How long a client waits before it comes again, in milliseconds.
const RETRY: u32 = 1_000;

/// One who watches.
struct Subscriber {
    bench: Arc<Bench>,
    scope: Scope,
    kinds: Kinds,
    cursor: u64,
    changes: watch::Receiver<u64>,
    /// What is to be said first.
    first: VecDeque<String>,
    /// Counted for as long as the stream is there.
    _subscription: Subscription,
}

/// `GET events?since=&kind=&vendor=&account=`
pub(super) async fn stream(mut ask: Ask) -> Answer {
    let bench = Arc::clone(ask.bench()?);
    let kinds = kinds(&ask)?;
    narrow(&mut ask)?;
    let scope = ask.scope()?;
    let last = bench.feed().last();
    let mut first = VecDeque::from([format!("retry: {RETRY}\n\n")]);
    let cursor = match self::since(&ask)? {
        None => last,
        Some(Cursor::Here(cursor)) if cursor <= last => cursor,
        Some(Cursor::Here(cursor) | Cursor::Elsewhere(cursor)) => {
            // Nobody knows what was missed.
            let why = "this cursor is of an earlier process";
            let missed = json!({ "count": null, "from": cursor, "to": last, "detail": why });
            first.push_back(message(Some(&bench.cursor(last)), "missed", &missed));
            last
        }
    };
    let Some(subscription) = bench.subscribe() else {
        let why = format!("{} streams are open", Bench::SUBSCRIBERS);
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, why));
    };
    let changes = bench.feed().changes();
    let subscriber =
        Subscriber { bench, scope, kinds, cursor, changes, first, _subscription: subscription };
    let pieces = stream::unfold(subscriber, |mut subscriber| async move {
        let piece = subscriber.next().await?;
        Some((Ok::<_, Infallible>(piece), subscriber))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // Proxies would keep it until there is more of it.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(pieces))
}

/// Reads where the stream begins; none says now. What a browser has seen last counts more than what the
/// address said when it first came.
fn since(ask: &Ask) -> Result<Option<Cursor>, Problem> {
    let seen = ask.request.headers().get("last-event-id");
    let seen = seen.map(|seen| seen.to_str().unwrap_or("?")).filter(|seen| !seen.is_empty());
    let (name, text) = match (seen, ask.query("since")) {
        (Some(seen), _) => ("Last-Event-ID", seen),
        (None, Some(since)) => ("since", since),
        (None, None) => return Ok(None),
    };
    match text {
        "now" => Ok(None),
        text => match ask.bench()?.read_cursor(text) {
            Some(cursor) => Ok(Some(cursor)),
            // A browser brings back what it was given, and nothing else.
            None if seen.is_some() => Err(Problem::at(name, "is a cursor, or now")),
            None => since::read(ask, text, name).map(|cursor| Some(Cursor::Here(cursor))),
        },
    }
}

/// Leaves the vendors that are named.
fn narrow(ask: &mut Ask) -> Result<(), Problem> {
    let Some(names) = ask.query("vendor").map(str::to_owned) else { return Ok(()) };
    let names: Vec<&str> = names.split(',').map(str::trim).collect();
    let known: Vec<&str> = ask.mounts.iter().map(|mount| mount.name()).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(name)) {
        return Err(Problem::unknown("vendor", name, &known).pointing("vendor"));
    }
    ask.mounts.retain(|mount| names.contains(&mount.name()));
    Ok(())
}

fn kinds(ask: &Ask) -> Result<Kinds, Problem> {
    let Some(words) = ask.query("kind") else { return Ok(Kinds::ALL) };
    let mut kinds = words.split(',').map(str::trim).map(|word| {
        Kind::of(word).ok_or_else(|| {
            let known = Kind::ALL.map(Kind::word);
            Problem::unknown("kind", word, &known).pointing("kind")
        })
    });
    kinds.try_fold(Kinds::NONE, |kinds, kind| Ok(kinds.and(kind?)))
}

impl Subscriber {
    /// Returns the next piece of the stream, when there is one; it goes on for ever.
    ///
    /// It is asked for when the client has room for more. Who reads slowly falls behind what the feed
    /// keeps, is told so, and keeps nobody waiting.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.pop_front() {
            return Some(first.into());
        }
        loop {
            let seen = *self.changes.borrow_and_update();
            let page = self.bench.feed().since(self.cursor, self.kinds, AT_ONCE);
            let from = std::mem::replace(&mut self.cursor, page.next);
            let piece = self.piece(from, &page);
            if !piece.is_empty() {
                return Some(piece);
            }
            if page.next < seen {
                continue;
            }
            match timeout(QUIET, self.changes.changed()).await {
                Ok(Ok(())) => {}
                // The process ends.
                Ok(Err(_)) => return None,
                Err(_) => return Some(Bytes::from_static(b": nothing happens\n\n")),
            }
        }
    }

    fn piece(&self, from: u64, page: &Page) -> Bytes {
        let mut piece = BytesMut::new();
        if page.missed > 0 {
            let to = page.items.first().map_or(page.next, |item| item.cursor.saturating_sub(1));
            let missed = json!({ "count": page.missed, "from": from, "to": to });
            let id = self.bench.cursor(to);
            piece.extend_from_slice(message(Some(&id), "missed", &missed).as_bytes());
        }
        for message in self.messages(&page.items) {
            piece.extend_from_slice(&message);
        }
        piece.freeze()
    }

    /// Returns what is said of those items that are looked for.
    fn messages(&self, items: &[Item]) -> Vec<Bytes> {
        let items: Vec<&Item> = items.iter().filter(|item| self.scope.has(item)).collect();
        let told = self.bench.told();
        let known = told.find(items.iter().map(|item| item.cursor));
        let is_new =
            |(item, known): (&&Item, &Option<Bytes>)| known.is_none().then(|| (*item).clone());
        let new: Vec<Item> = items.iter().zip(&known).filter_map(is_new).collect();
        let shown = show_items(self.scope.mounts(), &new, false).into_iter();
        let new: BTreeMap<u64, Bytes> =
            shown.filter_map(|shown| rendered(&self.bench, shown)).collect();
        told.keep(new.iter().map(|(cursor, message)| (*cursor, message.clone())));
        let found = items.iter().zip(known);
        found.filter_map(|(item, known)| known.or_else(|| new.get(&item.cursor).cloned())).collect()
    }
}

/// Writes an item as a message, with its cursor.
fn rendered(bench: &Bench, mut shown: Value) -> Option<(u64, Bytes)> {
    let cursor = shown.get("cursor").and_then(Value::as_u64)?;
    let kind = shown.get("kind").and_then(Value::as_str).unwrap_or("event").to_owned();
    if kind == Kind::Request.word() {
        without_bodies(&mut shown);
    }
    Some((cursor, message(Some(&bench.cursor(cursor)), &kind, &shown).into()))
}

/// Bodies are in the journal: a stream would be mostly of them.
fn without_bodies(shown: &mut Value) {
    let Some(fields) = shown.as_object_mut() else { return };
    fields.remove("body");
    let response = fields.get_mut("response").and_then(Value::as_object_mut);
    response.map(|response: &mut Map<String, Value>| response.remove("body"));
}

fn message(id: Option<&str>, event: &str, data: &Value) -> String {
    let mut message = String::new();
    // Memory takes every text, and JSON is one line.
    if let Some(id) = id {
        let _ = writeln!(message, "id: {id}");
    }
    let _ = write!(message, "event: {event}\ndata: {data}\n\n");
    message
}
