//! Delivers what outboxes hold: in order within a lane, lanes in parallel, never in the way of the
//! API.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::rt;
use ringback_engine::{Engine, OffsetDateTime, Turn};
use tokio::sync::mpsc;

use super::{
    NaturalOrder, Targets,
    board::{Board, Look},
    client::{Client, Connection},
    complaints::Complaints,
    courier::{Courier, Done, Epoch},
    delivery_bench::DeliveryBench,
    descriptors::Descriptor,
};
use crate::{AccountId, Accounts, World};

/// How often the turn to send is asked for again while it is used.
const KEEP_TURN: Duration = Duration::from_millis(500);

/// How long nothing is sent where the log cannot say whose turn it is.
const PAUSE: Duration = Duration::from_secs(1);

/// Looks that take longer than this are made half of the time at most.
const LONG_LOOK: Duration = Duration::from_millis(1);

/// Delivers for as long as the task lives. It wakes when the machine or its clock changes, at the
/// moment of the next attempt, and when a delivery is over: nothing is polled.
pub(crate) async fn dispatch<W: World>(
    name: &'static str,
    engine: Engine<Accounts<W>>,
    targets: Targets,
    bench: Arc<DeliveryBench>,
    natural: NaturalOrder,
) {
    let client = Client::new(name, targets, Arc::clone(&bench.inboxes));
    let courier = Rc::new(Courier { name, client, engine: engine.clone(), bench, natural });
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
            let (courier, done) = (Rc::clone(&courier), done.clone());
            let epoch = Epoch { of_machine: epoch, of_account };
            rt::spawn(async move {
                let over = courier.deliver(epoch, start).await;
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
            let lost = outbox.overflowed();
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
