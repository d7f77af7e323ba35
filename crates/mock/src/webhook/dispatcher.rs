//! Delivers what outboxes hold: in order within a lane, lanes in parallel, never in the way of the
//! API.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use actix_web::rt;
use awc::Client;
use ringback_engine::Engine;
use tokio::sync::mpsc;

use super::{Attempt, Delivery, DeliveryId, DeliveryMethod, OutboxCommand, Targets};
use crate::{AccountId, Accounts, To, World};

/// How many deliveries are under way at once; calls beyond that wait for a free place.
const AT_ONCE: usize = 512;

/// How many of them go to one address, so that one dead receiver leaves places for the others.
const TO_ONE: usize = 384;

/// How much of a receiver's answer is remembered.
const ANSWER: usize = 2_048;

/// Names a delivery; after a reset the same number is another one.
type Key = (u64, AccountId, DeliveryId);

/// The deliveries under way, and where they go.
#[derive(Default)]
struct UnderWay {
    deliveries: BTreeSet<Key>,
    to: BTreeMap<String, usize>,
}

impl UnderWay {
    /// Takes a place for a delivery, if there is one left for its address.
    fn begin(&mut self, key: Key, url: &str) -> bool {
        if self.deliveries.len() >= AT_ONCE || self.deliveries.contains(&key) {
            return false;
        }
        match self.to.get_mut(url) {
            Some(places) if *places >= TO_ONE => return false,
            Some(places) => *places += 1,
            None => drop(self.to.insert(url.to_owned(), 1)),
        }
        self.deliveries.insert(key)
    }

    fn end(&mut self, key: Key, url: &str) {
        self.deliveries.remove(&key);
        let places = self.to.get_mut(url).map_or(0, |places| {
            *places -= 1;
            *places
        });
        if places == 0 {
            self.to.remove(url);
        }
    }
}

/// Delivers for as long as the task lives.
pub(crate) async fn dispatch<W: World>(
    name: &'static str,
    engine: Engine<Accounts<W>>,
    targets: Targets,
) {
    let client = Client::builder()
        .disable_redirects()
        .disable_timeout()
        .connector(awc::Connector::new().limit(AT_ONCE).timeout(Duration::from_secs(60)))
        .finish();
    let mut changed = engine.changes();
    let (done, mut finished) = mpsc::unbounded_channel::<(Key, Outcome)>();
    let mut under_way = UnderWay::default();
    let mut complaints = Complaints { name, troubled: BTreeSet::new(), dropped: BTreeMap::new() };
    loop {
        changed.borrow_and_update();
        let Due { ready, next, dropped } = due(&engine, &mut under_way);
        for (account, dropped) in dropped {
            complaints.about_dropped(account, dropped);
        }
        for (key, delivery, timeout) in ready {
            let (client, engine, done) = (client.clone(), engine.clone(), done.clone());
            rt::spawn(async move {
                let attempt = attempt(&client, targets, &delivery, timeout).await;
                let outcome = Outcome { url: delivery.url, attempt: attempt.clone() };
                let tried = OutboxCommand::Tried { id: delivery.id, attempt };
                let (epoch, account, _) = key;
                if let Err(error) = engine.execute_in(epoch, To(account, tried)).await {
                    log::error!("{name}: a delivery could not be noted: {error}");
                }
                // The other end is gone only when the whole dispatcher is.
                let _ = done.send((key, outcome));
            });
        }
        let retry = async {
            let Some(next) = next else { return std::future::pending().await };
            // Looks again at least once a second: the clock's rate may change meanwhile, and a
            // standing clock may be released.
            let wait = engine.clock().wait_until(next).unwrap_or(Duration::MAX);
            tokio::time::sleep(wait.min(Duration::from_secs(1))).await;
        };
        tokio::select! {
            Some((key, outcome)) = finished.recv() => {
                under_way.end(key, &outcome.url);
                complaints.about(&outcome);
            }
            change = changed.changed() => if change.is_err() { return },
            () = retry => {}
        }
    }
}

struct Due {
    ready: Vec<(Key, Delivery, Duration)>,
    next: Option<time::OffsetDateTime>,
    /// How many each of these accounts has dropped so far.
    dropped: Vec<(AccountId, u64)>,
}

/// Takes places for what may be tried now.
fn due<W: World>(engine: &Engine<Accounts<W>>, under_way: &mut UnderWay) -> Due {
    engine.read_at(|accounts, now| {
        let epoch = engine.epoch();
        let mut due = Due { ready: Vec::new(), next: None, dropped: Vec::new() };
        for (account, world) in accounts.posting() {
            let Some(outbox) = world.outbox() else { continue };
            let [.., dropped] = outbox.counts();
            if dropped > 0 {
                due.dropped.push((account, dropped));
            }
            due.next = [due.next, outbox.next_due(now)].into_iter().flatten().min();
            let timeout = Duration::from_secs(outbox.policy().timeout_seconds.into());
            for ready in outbox.ready(now) {
                if under_way.deliveries.len() >= AT_ONCE {
                    break;
                }
                let key = (epoch, account, ready.id);
                if under_way.begin(key, &ready.url) {
                    due.ready.push((key, ready.clone(), timeout));
                }
            }
        }
        due
    })
}

/// One attempt: resolve, post, read the answer; all of it within the timeout.
async fn attempt(
    client: &Client,
    targets: Targets,
    delivery: &Delivery,
    timeout: Duration,
) -> Attempt {
    let began = Instant::now();
    let result = tokio::time::timeout(timeout, post(client, targets, delivery)).await;
    let took_ms = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
    let silence = || Err(format!("no answer within {} s", timeout.as_secs()));
    match result.unwrap_or_else(|_| silence()) {
        Ok((status, response)) => Attempt { status: Some(status), error: None, response, took_ms },
        Err(error) => {
            Attempt { status: None, error: Some(error), response: String::new(), took_ms }
        }
    }
}

async fn post(
    client: &Client,
    targets: Targets,
    delivery: &Delivery,
) -> Result<(u16, String), String> {
    let address = targets.resolve(&delivery.url).await.map_err(|error| error.to_string())?;
    let request = match delivery.method {
        DeliveryMethod::Post => client.post(&delivery.url),
        DeliveryMethod::Get => client.get(&delivery.url),
    };
    let mut request = request.address(address).no_decompress();
    for (name, value) in &delivery.headers {
        request = request.insert_header((name.as_str(), value.as_str()));
    }
    let body = delivery.body.clone();
    let mut response = request.send_body(body).await.map_err(|error| error.to_string())?;
    let status = response.status().as_u16();
    // Whatever the receiver says beyond the limit, or breaks off, changes nothing.
    let answer = response.body().limit(64 * 1024).await.unwrap_or_default();
    let answer = String::from_utf8_lossy(answer.get(..ANSWER).unwrap_or(&answer)).into_owned();
    Ok((status, answer))
}

struct Outcome {
    url: String,
    attempt: Attempt,
}

/// Says once that a receiver is in trouble, and once that it is well again.
struct Complaints {
    name: &'static str,
    troubled: BTreeSet<String>,
    dropped: BTreeMap<AccountId, u64>,
}

impl Complaints {
    fn about(&mut self, Outcome { url, attempt }: &Outcome) {
        let name = self.name;
        if attempt.acknowledged() {
            if self.troubled.remove(url) {
                log::info!("{name}: webhooks to {url} arrive again");
            }
            return;
        }
        let what = match (&attempt.error, attempt.status) {
            (Some(error), _) => error.clone(),
            (None, status) => format!("it answered {}", status.unwrap_or_default()),
        };
        // A bounded memory: a user who posts to a thousand dead receivers hears of it again.
        if self.troubled.len() >= 1_000 {
            self.troubled.clear();
        }
        if self.troubled.insert(url.clone()) {
            log::warn!(
                "{name}: webhook to {url} failed: {what} (said once; see /__admin/deliveries)"
            );
        } else {
            log::debug!("{name}: webhook to {url} failed: {what}");
        }
    }

    fn about_dropped(&mut self, account: AccountId, dropped: u64) {
        if self.dropped.insert(account, dropped) < Some(dropped) {
            let name = self.name;
            log::warn!("{name}: {dropped} webhooks dropped so far: too many are waiting");
        }
    }
}
