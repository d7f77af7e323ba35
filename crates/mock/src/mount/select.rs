//! Which calls and deliveries a list shows, in which order.

use std::cmp::Reverse;
use std::fmt;

use ringback_engine::OffsetDateTime;
use ringback_exchange::{CallId, Direction, HangupCause, is_like};
use serde_json::{Value, json};

use crate::{
    AccountId, Accounts, World,
    view::{Owner, moment},
    webhook::{Delivery, DeliveryId, Outbox},
};

/// Which calls are wanted; all of it has to hold. Numbers may be patterns with `*` and `?`.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    /// The word for where a call stands.
    pub state: Option<String>,
    /// The word for which way it goes.
    pub direction: Option<String>,
    /// The calling number.
    pub from: Option<String>,
    /// The called number.
    pub to: Option<String>,
    /// The name of its hangup cause.
    pub cause: Option<String>,
    /// One of the vendor's ids of it.
    pub vendor_id: Option<String>,
    /// The earliest moment at which it was created.
    pub since: Option<OffsetDateTime>,
}

/// The place of a call in a list: live ones first, newest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallKey {
    is_over: bool,
    created_at: Reverse<i64>,
    id: Reverse<u64>,
}

impl CallKey {
    fn new(is_over: bool, created_at: OffsetDateTime, id: CallId) -> Self {
        let micros = i64::try_from(created_at.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX);
        Self { is_over, created_at: Reverse(micros), id: Reverse(id.0) }
    }

    /// Reads a cursor.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let is_over = match parts.next()? {
            "live" => false,
            "over" => true,
            _ => return None,
        };
        let (created_at, id) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(Self { is_over, created_at: Reverse(created_at), id: Reverse(id) })
    }
}

impl fmt::Display for CallKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stands = if self.is_over { "over" } else { "live" };
        write!(f, "{stands}.{}.{}", self.created_at.0, self.id.0)
    }
}

/// Calls in their order, and how many there are in all.
#[derive(Debug)]
pub struct CallPage {
    /// The calls.
    pub calls: Vec<(CallKey, Value)>,
    /// How many the filter finds.
    pub total: u64,
}

/// What a filter looks at, live or over.
struct Row<'a> {
    id: CallId,
    is_over: bool,
    created_at: OffsetDateTime,
    state: Value,
    direction: Direction,
    from: &'a str,
    to: &'a str,
    cause: Option<HangupCause>,
}

impl CallFilter {
    fn holds<W: World>(&self, world: &W, row: &Row<'_>) -> bool {
        let is = |wanted: &Option<String>, found: &Value| {
            wanted.as_deref().is_none_or(|wanted| found.as_str() == Some(wanted))
        };
        let like = |wanted: &Option<String>, found: &str| {
            wanted.as_deref().is_none_or(|pattern| is_like(pattern, found))
        };
        is(&self.state, &row.state)
            && (self.direction.is_none() || is(&self.direction, &json!(row.direction)))
            && like(&self.from, row.from)
            && like(&self.to, row.to)
            && (self.cause.is_none() || is(&self.cause, &json!(row.cause)))
            && self.since.is_none_or(|since| row.created_at >= since)
            && self.vendor_id.as_deref().is_none_or(|wanted| {
                let is_it = |found: &Value| match found.as_str() {
                    Some(found) => found == wanted,
                    None => wanted.parse() == Ok(found.as_u64().unwrap_or(u64::MAX)),
                };
                world.vendor_ids(row.id).values().any(|found| match found.as_array() {
                    Some(several) => several.iter().any(is_it),
                    None => is_it(found),
                })
            })
    }

    fn is_empty(&self) -> bool {
        let Self { state, direction, from, to, cause, vendor_id, since } = self;
        let texts = [state, direction, from, to, cause, vendor_id];
        texts.iter().all(|text| text.is_none()) && since.is_none()
    }
}

pub(super) fn calls<W: World>(
    world: &W,
    owner: &Owner<'_>,
    filter: &CallFilter,
    after: Option<&CallKey>,
    limit: usize,
    oldest_first: bool,
) -> CallPage {
    let exchange = world.exchange();
    let live = exchange.calls().rev().map(|call| Row {
        id: call.id,
        is_over: false,
        created_at: call.created_at,
        state: json!(call.state()),
        direction: call.direction,
        from: call.from.number().as_str(),
        to: call.to.number().as_str(),
        cause: None,
    });
    let over = exchange.history().iter().rev().map(|cdr| Row {
        id: cdr.id,
        is_over: true,
        created_at: cdr.created_at(),
        state: "ended".into(),
        direction: cdr.direction,
        from: cdr.from.as_str(),
        to: cdr.to.as_str(),
        cause: Some(cdr.cause),
    });
    let key = |row: &Row<'_>| CallKey::new(row.is_over, row.created_at, row.id);
    let comes = |key: &CallKey| {
        after.is_none_or(|after| if oldest_first { key < after } else { key > after })
    };
    let mut total = 0;
    let mut keys: Vec<CallKey> = Vec::new();
    if filter.is_empty() && !oldest_first {
        // The order is theirs already: a page costs what it returns.
        total = u64::try_from(exchange.live() + exchange.history().len()).unwrap_or(u64::MAX);
        keys.extend(live.chain(over).map(|row| key(&row)).filter(comes).take(limit));
    } else {
        for row in live.chain(over).filter(|row| filter.holds(world, row)) {
            total += 1;
            let key = key(&row);
            if comes(&key) {
                keys.push(key);
            }
        }
        keys.sort_unstable();
        if oldest_first {
            keys.reverse();
        }
        keys.truncate(limit);
    }
    let shown = |key: CallKey| Some((key.clone(), owner.call(world, CallId(key.id.0))?));
    CallPage { calls: keys.into_iter().filter_map(shown).collect(), total }
}

/// Which deliveries are wanted; all of it has to hold. Event and address may be patterns.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// The word for where it stands.
    pub state: Option<String>,
    /// What it tells.
    pub event: Option<String>,
    /// The id of the call it tells of.
    pub call: Option<String>,
    /// Where it goes.
    pub url: Option<String>,
    /// What the list goes on behind: a moment and a number.
    pub after: Option<(String, u64)>,
}

/// Deliveries in their order, with how many there are.
#[derive(Debug)]
pub struct DeliveryPage {
    /// The deliveries, each with its moment and number.
    pub deliveries: Vec<((String, u64), Value)>,
    /// How many the filter finds among those that are remembered.
    pub total: u64,
    /// How many wait, were acknowledged, have failed and were dropped.
    pub counts: [u64; 4],
}

pub(super) fn deliveries<W: World>(
    world: &W,
    owner: &Owner<'_>,
    filter: &DeliveryFilter,
    limit: usize,
) -> DeliveryPage {
    let Some(outbox) = world.outbox() else {
        return DeliveryPage { deliveries: Vec::new(), total: 0, counts: [0; 4] };
    };
    let like = |wanted: &Option<String>, found: &str| {
        wanted.as_deref().is_none_or(|pattern| is_like(pattern, found))
    };
    let holds = |delivery: &&Delivery| {
        like(&filter.event, &delivery.event)
            && like(&filter.url, &delivery.url)
            && filter.state.as_deref().is_none_or(|state| json!(delivery.state) == state)
            && filter.call.as_deref().is_none_or(|wanted| {
                delivery.call.is_some_and(|call| owner.call_id(call) == wanted)
            })
    };
    let (mut total, mut page) = (0, Vec::new());
    for delivery in outbox.deliveries().rev().filter(holds) {
        total += 1;
        let key = (moment(delivery.created_at), delivery.id.0);
        if page.len() < limit && filter.after.as_ref().is_none_or(|after| key < *after) {
            page.push((key, owner.delivery(world, delivery)));
        }
    }
    DeliveryPage { deliveries: page, total, counts: outbox.counts() }
}

/// Which deliveries there were at a moment.
#[derive(Debug)]
pub struct Mark(Vec<Marked>);

#[derive(Debug)]
struct Marked {
    account: AccountId,
    /// The last delivery there was.
    last: DeliveryId,
    /// Those that waited.
    waited: Vec<DeliveryId>,
}

/// How many deliveries that waited are remembered.
const MARKED: usize = 10_000;

pub(super) fn mark<W: World>(accounts: &Accounts<W>, account: Option<AccountId>) -> Mark {
    let wanted = accounts.iter().filter(|(id, _)| account.is_none_or(|account| account == *id));
    let marked = wanted.filter_map(|(account, world)| {
        let outbox = world.outbox()?;
        let waited = outbox.waiting().map(|delivery| delivery.id).take(MARKED).collect();
        Some(Marked { account, last: outbox.last(), waited })
    });
    Mark(marked.collect())
}

pub(super) fn deliveries_since<'a, W: World>(
    accounts: &'a Accounts<W>,
    owner: impl Fn(AccountId) -> Owner<'a>,
    mark: &Mark,
) -> Vec<Value> {
    let mut found = Vec::new();
    for Marked { account, last, waited } in &mark.0 {
        let Some(world) = accounts.world(*account) else { continue };
        let owner = owner(*account);
        let is_wanted = |delivery: &&Delivery| {
            delivery.id > *last || waited.binary_search(&delivery.id).is_ok()
        };
        let deliveries = world.outbox().into_iter().flat_map(Outbox::deliveries).filter(is_wanted);
        let room = MARKED.saturating_sub(found.len());
        found.extend(deliveries.take(room).map(|delivery| owner.delivery(world, delivery)));
    }
    found
}

/// Returns the deliveries that are to be tried now, of one account or of all.
pub(super) fn ready<W: World>(
    accounts: &Accounts<W>,
    account: Option<AccountId>,
    now: OffsetDateTime,
) -> impl Iterator<Item = (AccountId, &W, &Delivery)> {
    let posting = accounts.posting(now);
    let wanted = posting.filter(move |(id, ..)| account.is_none_or(|account| account == *id));
    wanted.flat_map(|(id, world, at)| {
        let ready = world.outbox().into_iter().flat_map(move |outbox| outbox.ready(at));
        ready.map(move |delivery| (id, world, delivery))
    })
}
