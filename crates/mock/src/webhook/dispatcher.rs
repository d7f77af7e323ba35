//! Delivers what outboxes hold: in order within a lane, lanes in parallel, never in the way of the
//! API.

use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::rt;
use ringback_engine::{Engine, OffsetDateTime, Turn};
use tokio::sync::mpsc;

use super::{
    Attempt, DeliveryId, OutboxCommand, Targets,
    board::{Board, End, Key, Look, Start},
    client::{Answer, Client, Connection, Failure},
    complaints::Complaints,
    descriptors::Descriptor,
};
use crate::{AccountId, Accounts, ForEpoch, World};

/// How often the turn to send is asked for again while it is used.
const KEEP_TURN: Duration = Duration::from_millis(500);

/// How long nothing is sent where the log cannot say whose turn it is.
const PAUSE: Duration = Duration::from_secs(1);

/// Looks that take longer than this are made half of the time at most.
const LONG_LOOK: Duration = Duration::from_millis(1);

/// The header that names a delivery where there is a log: the same at every attempt, whoever makes it.
pub(crate) const DELIVERY: &str = "Ringback-Delivery";

/// A delivery that is over for now.
struct Done {
    key: Key,
    end: End<Connection>,
    /// Where it went and how, if it was attempted.
    attempt: Option<(String, Attempt)>,
}

/// Delivers for as long as the task lives. It wakes when the machine or its clock changes, at the
/// moment of the next attempt, and when a delivery is over: nothing is polled.
pub(crate) async fn dispatch<W: World>(
    name: &'static str,
    instance: String,
    engine: Engine<Accounts<W>>,
    targets: Targets,
) {
    let instance: Rc<str> = instance.into();
    let client = Client::new(name, targets);
    let (mut changed, mut clock_changed) = (engine.changes(), engine.clock().changes());
    let (done, mut finished) = mpsc::unbounded_channel::<Done>();
    let mut board = Board::default();
    let mut complaints = Complaints::new(name);
    loop {
        changed.borrow_and_update();
        clock_changed.borrow_and_update();
        let began = Instant::now();
        board.sweep(began);
        let turn = turn(name, &engine).await;
        let (epoch, found) = match turn {
            Some(Turn::Others(_)) => (engine.epoch(), Found::nothing()),
            Some(Turn::Mine) | None => look(&engine, &mut board, began),
        };
        for (account, dropped) in found.dropped {
            complaints.about_dropped(account, dropped);
        }
        for (start, of_account) in found.look.starts.into_iter().zip(found.epochs) {
            let (client, engine, done) = (client.clone(), engine.clone(), done.clone());
            let epoch = Epoch { of_machine: epoch, of_account };
            let instance = Rc::clone(&instance);
            rt::spawn(async move {
                let over = deliver(name, &instance, &client, &engine, epoch, start).await;
                // The other end is gone only when the whole dispatcher is.
                let _ = done.send(over);
            });
        }
        let took = began.elapsed();
        if took > LONG_LOOK {
            // Whoever wants to change the machine has the lock in between.
            tokio::time::sleep(took).await;
        } else if found.look.more {
            tokio::task::yield_now().await;
        }
        let retry = async {
            // A standing clock never gets there; its release is a change.
            match found.next.and_then(|next| engine.clock().wait_until(next)) {
                // A timer fires on whole milliseconds; rounding up saves a second round.
                Some(wait) => tokio::time::sleep(wait + Duration::from_micros(500)).await,
                None => std::future::pending().await,
            }
        };
        let wake = async {
            match board.wake_at(Instant::now()) {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        let turn_comes = async {
            match turn {
                Some(Turn::Others(wait)) => tokio::time::sleep(wait).await,
                // What waits or is under way keeps the turn.
                Some(Turn::Mine) => tokio::time::sleep(KEEP_TURN).await,
                None => std::future::pending().await,
            }
        };
        let mut over = None;
        tokio::select! {
            biased;
            Some(done) = finished.recv() => over = Some(done),
            change = changed.changed() => if change.is_err() { return },
            change = clock_changed.changed() => if change.is_err() { return },
            () = std::future::ready(()), if found.look.more => {}
            () = retry => {}
            () = turn_comes => {}
            () = wake => board.wake(),
        }
        while let Some(Done { key, end, attempt }) = over.or_else(|| finished.try_recv().ok()) {
            board.end(key, end, Instant::now());
            if let Some((url, attempt)) = attempt {
                complaints.about(&url, &attempt);
            }
            over = None;
        }
    }
}

/// Returns whose turn it is to send, where several processes could and something waits.
async fn turn<W: World>(name: &str, engine: &Engine<Accounts<W>>) -> Option<Turn> {
    let waits = |(_, world, at): (AccountId, &W, OffsetDateTime)| {
        world.outbox().is_some_and(|outbox| outbox.ready(at).next().is_some())
    };
    if !engine.is_shared() || !engine.read_at(|accounts, now| accounts.posting(now).any(waits)) {
        return None;
    }
    Some(engine.turn().await.unwrap_or_else(|error| {
        log::warn!("{name}: nothing is sent for now: {error}");
        Turn::Others(PAUSE)
    }))
}

/// In which machine and in which world of its account a delivery was found.
#[derive(Clone, Copy)]
struct Epoch {
    of_machine: u64,
    of_account: u32,
}

struct Found {
    look: Look<Connection>,
    /// The epoch of the account of each start.
    epochs: Vec<u32>,
    /// When an attempt is to be made that is not to be made yet.
    next: Option<OffsetDateTime>,
    /// How many each of these accounts has dropped so far.
    dropped: Vec<(AccountId, u64)>,
}

impl Found {
    fn nothing() -> Self {
        let look = Look { starts: Vec::new(), more: false };
        Self { look, epochs: Vec::new(), next: None, dropped: Vec::new() }
    }
}

/// Takes places for what may be tried now, in the machine of the returned epoch.
fn look<W: World>(
    engine: &Engine<Accounts<W>>,
    board: &mut Board<Connection>,
    at: Instant,
) -> (u64, Found) {
    engine.read_at(|accounts, now| {
        let (mut more, mut next, mut dropped) = (false, None, Vec::new());
        for (account, world, at) in accounts.posting(now) {
            let Some(outbox) = world.outbox() else { continue };
            let [.., lost] = outbox.counts();
            if lost > 0 {
                dropped.push((account, lost));
            }
            more |= board.read(account, outbox, at);
            let due = board.next_due(account).and_then(|due| accounts.global(account, due));
            next = [next, due].into_iter().flatten().min();
        }
        let outbox = |account| {
            let (world, at) = accounts.world_at(account, now)?;
            Some((world.outbox()?, at))
        };
        let mut look = board.take(outbox, Descriptor::left(), at);
        look.more |= more;
        let epochs = look.starts.iter().map(|start| accounts.epoch(start.key.account)).collect();
        (engine.epoch(), Found { look, epochs, next, dropped })
    })
}

/// Makes one attempt and notes it.
async fn deliver<W: World>(
    name: &'static str,
    instance: &str,
    client: &Client,
    engine: &Engine<Accounts<W>>,
    epoch: Epoch,
    start: Start<Connection>,
) -> Done {
    let Start { key, mut delivery, address, timeout, connection } = start;
    if !engine.may_send() {
        // Another process sends now.
        return Done { key, end: End::Later, attempt: None };
    }
    if engine.has_log() {
        // It may be sent twice, by this process or by the next: so receivers can tell.
        let Epoch { of_machine, of_account } = epoch;
        let account = key.account.0;
        let id = format!("{instance}/{of_machine}.{of_account}/{account}-{}", delivery.id.0);
        delivery.headers.push((DELIVERY.to_owned(), id));
    }
    let began = Instant::now();
    let posted = match &address {
        Ok(address) => {
            let posted = client.post(address, &delivery, connection);
            let silence = || Failure::Failed(format!("no answer within {} s", timeout.as_secs()));
            tokio::time::timeout(timeout, posted).await.unwrap_or_else(|_| Err(silence()))
        }
        Err(refused) => Err(Failure::Failed(refused.to_string())),
    };
    let took_ms = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
    let (attempt, end) = match posted {
        Ok(Answer { status, body: response, connection }) => {
            let connection = connection.filter(Connection::is_open);
            let attempt = Attempt { status: Some(status), error: None, response, took_ms };
            (attempt, End::Answered(connection))
        }
        Err(Failure::Failed(error)) => {
            let (status, error, response) = (None, Some(error), String::new());
            (Attempt { status, error, response, took_ms }, End::Silent)
        }
        Err(Failure::Later) => return Done { key, end: End::Later, attempt: None },
    };
    let stands = counts_from_due(engine, &key, delivery.id);
    let tried = OutboxCommand::Tried { id: delivery.id, attempt: attempt.clone(), stands };
    let tried = ForEpoch(key.account, epoch.of_account, tried);
    if let Err(error) = engine.execute_in(epoch.of_machine, tried).await {
        log::error!("{name}: a delivery could not be noted: {error}");
        return Done { key, end: End::Later, attempt: None };
    }
    Done { key, end, attempt: Some((delivery.url, attempt)) }
}

/// Returns whether what follows an attempt counts from the moment at which the attempt was due: where
/// time stands still, and where it has jumped over that moment.
fn counts_from_due<W: World>(engine: &Engine<Accounts<W>>, key: &Key, id: DeliveryId) -> bool {
    let clock = engine.clock();
    let set_at = clock.set_at();
    clock.state().frozen
        || engine.read(|accounts| {
            let Some((world, set_at)) = accounts.world_at(key.account, set_at) else {
                return false;
            };
            let due = world.outbox().and_then(|outbox| outbox.head(id)).map(|(_, due)| due);
            accounts.is_frozen(key.account) || due.is_some_and(|due| due <= set_at)
        })
}
