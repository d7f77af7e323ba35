//! One attempt: what chaos makes of it, the sending, and the note of how it went.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::HeaderMap;
use ringback_engine::{Engine, EngineError, OffsetDateTime};

use super::{
    Attempt, Delivery, DeliveryId, DeliveryMethod, NaturalOrder, OutboxCommand, SentWebhook,
    Signature,
    board::{End, Key, Start},
    chaos::{Plan, corrupt},
    client::{Answer, Client, Connection, Failure, Wire},
    delivery_bench::DeliveryBench,
    sent::SentAttempt,
    target::Address,
};
use crate::{
    AccountId, Accounts, ForEpoch, World, bench::computer_time, inbox::Origin, stable_hash,
};

/// A delivery that is over for now.
pub(super) struct Done {
    pub(super) key: Key,
    pub(super) end: End<Connection>,
    /// Where it went and how, if it was attempted.
    pub(super) attempt: Option<(String, Attempt)>,
}

/// The header that names a delivery where there is a log: the same at every attempt, whoever makes it.
pub(crate) const DELIVERY: &str = "Ringback-Delivery";

/// In which machine and in which world of its account a delivery was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Epoch {
    pub(super) of_machine: u64,
    pub(super) of_account: u32,
}

/// What makes attempts.
pub(super) struct Courier<W: World> {
    pub(super) name: &'static str,
    pub(super) client: Client,
    pub(super) engine: Engine<Accounts<W>>,
    pub(super) bench: Arc<DeliveryBench>,
    pub(super) natural: NaturalOrder,
}

/// What was sent, and what came back.
struct Posted {
    answer: Result<Answer, Failure>,
    request: Vec<u8>,
    took_ms: u32,
}

impl<W: World> Courier<W> {
    /// Makes one attempt and notes it.
    pub(super) async fn deliver(&self, epoch: Epoch, start: Start<Connection>) -> Done {
        let Start { key, mut delivery, from, now, address, timeout, connection } = start;
        if !self.engine.may_send() {
            // Another process sends now.
            return Done { key, end: End::Later, attempt: None };
        }
        if self.engine.has_log() {
            // It may be sent twice, by this process or by the next: so receivers can tell.
            let Epoch { of_machine, of_account } = epoch;
            let (instance, account) = (&self.bench.name, key.account.0);
            let id = format!("{instance}/{of_machine}.{of_account}/{account}-{}", delivery.id.0);
            delivery.headers.push((DELIVERY.to_owned(), id));
        }
        let plan = self.plan(&key, &delivery);
        if let Some(command) = instead(plan, &delivery) {
            let done = self.execute(epoch, key.account, command).await;
            let end = match done {
                Ok(_) => End::Unsent(connection),
                Err(error) => {
                    log::error!("{}: what becomes of a delivery: {error}", self.name);
                    End::Later
                }
            };
            return Done { key, end, attempt: None };
        }
        let moment = |stands: bool| if stands { from } else { now };
        let mut chaos = self.disturb(key.account, plan, &mut delivery);
        let address = match address {
            Ok(address) => address,
            Err(refused) => {
                let (status, error, response) = (None, Some(refused.to_string()), String::new());
                let attempt = Attempt { at: None, status, error, response, took_ms: 0 };
                let stands = self.counts_from_due(&key, delivery.id);
                let attempt = Attempt { at: (!stands).then_some(now), ..attempt };
                return self.note(epoch, key, delivery, attempt, stands, End::Silent).await;
            }
        };
        let origin = address.receiver.is_inbox().then(|| {
            let at = moment(self.counts_from_due(&key, delivery.id));
            self.origin(&key, &delivery, at)
        });
        let posted = self.post(&address, &delivery, connection, timeout, origin.clone()).await;
        let (request, took_ms) = (posted.request, posted.took_ms);
        let stands = self.counts_from_due(&key, delivery.id);
        let at = origin.as_ref().map_or_else(|| moment(stands), |origin| origin.at);
        let made_at = (!stands).then_some(now);
        let sent = |status, headers, chaos| SentAttempt {
            is_copy: false,
            at,
            real_at: computer_time(),
            request,
            status,
            headers,
            took_ms,
            chaos,
        };
        match posted.answer {
            Ok(Answer { status, headers, body: response, connection }) => {
                let connection = connection.filter(Connection::is_open);
                if plan.duplicate {
                    chaos.push("duplicate");
                }
                self.bench.sent.push(key.of_sent(), sent(Some(status), headers, chaos));
                let connection = match plan.duplicate {
                    // Before the first is noted: who waits for webhooks waits for both.
                    true => {
                        self.again(&key, &address, &delivery, connection, timeout, origin, at).await
                    }
                    false => connection,
                };
                let (status, error) = (Some(status), None);
                let attempt = Attempt { at: made_at, status, error, response, took_ms };
                self.note(epoch, key, delivery, attempt, stands, End::Answered(connection)).await
            }
            Err(Failure::Failed(error)) => {
                self.bench.sent.push(key.of_sent(), sent(None, HeaderMap::new(), chaos));
                let (status, error, response) = (None, Some(error), String::new());
                let attempt = Attempt { at: made_at, status, error, response, took_ms };
                self.note(epoch, key, delivery, attempt, stands, End::Silent).await
            }
            Err(Failure::Later) => Done { key, end: End::Later, attempt: None },
        }
    }

    async fn post(
        &self,
        address: &Address,
        delivery: &Delivery,
        connection: Option<Connection>,
        timeout: Duration,
        origin: Option<Arc<Origin>>,
    ) -> Posted {
        let wire = Wire::default();
        let began = Instant::now();
        let posted = self.client.post(address, delivery, connection, &wire, origin);
        let silence = || Failure::Failed(format!("no answer within {} s", timeout.as_secs()));
        let answer = tokio::time::timeout(timeout, posted).await;
        let answer = answer.unwrap_or_else(|_| Err(silence()));
        let took_ms = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
        Posted { answer, request: wire.take(), took_ms }
    }

    /// Sends what has been answered once more; how that goes changes nothing.
    #[expect(clippy::too_many_arguments, reason = "all that the first sending had")]
    async fn again(
        &self,
        key: &Key,
        address: &Address,
        delivery: &Delivery,
        connection: Option<Connection>,
        timeout: Duration,
        origin: Option<Arc<Origin>>,
        at: OffsetDateTime,
    ) -> Option<Connection> {
        let Posted { answer, request, took_ms } =
            self.post(address, delivery, connection, timeout, origin).await;
        let (status, headers, connection) = match answer {
            Ok(Answer { status, headers, connection, .. }) => (Some(status), headers, connection),
            Err(Failure::Failed(_) | Failure::Later) => (None, HeaderMap::new(), None),
        };
        let (real_at, chaos) = (computer_time(), vec!["duplicate"]);
        let sent =
            SentAttempt { is_copy: true, at, real_at, request, status, headers, took_ms, chaos };
        self.bench.sent.push(key.of_sent(), sent);
        connection.filter(Connection::is_open)
    }

    /// Executes what is about a delivery, unless that belongs to a world that is gone.
    async fn execute(
        &self,
        epoch: Epoch,
        account: AccountId,
        command: OutboxCommand,
    ) -> Result<(), EngineError> {
        let command = ForEpoch(account, epoch.of_account, command);
        self.engine.execute_in(epoch.of_machine, command).await.map(drop)
    }

    async fn note(
        &self,
        epoch: Epoch,
        key: Key,
        delivery: Delivery,
        attempt: Attempt,
        stands: bool,
        end: End<Connection>,
    ) -> Done {
        let tried = OutboxCommand::Tried { id: delivery.id, attempt: attempt.clone(), stands };
        if let Err(error) = self.execute(epoch, key.account, tried).await {
            log::error!("{}: a delivery could not be noted: {error}", self.name);
            return Done { key, end: End::Later, attempt: None };
        }
        Done { key, end, attempt: Some((delivery.url, attempt)) }
    }

    /// Draws what becomes of a delivery before its first attempt; what is sent once more by hand is left
    /// alone.
    fn plan(&self, key: &Key, delivery: &Delivery) -> Plan {
        let Some(chaos) = self.bench.chaos.active(key.account) else { return Plan::default() };
        if !delivery.attempts.is_empty() || delivery.resend_of.is_some() {
            return Plan::default();
        }
        let drawn = self.engine.read(|accounts| {
            let ordinal = accounts.world(key.account)?.outbox()?.ordinal(delivery.id);
            // Not the account's number: that follows from the order in which accounts open.
            let whose = accounts.credential(key.account).unwrap_or_default();
            let seed = stable_hash(self.bench.seed_of(&chaos), whose.as_bytes());
            Some(stable_hash(seed, &ordinal.to_le_bytes()))
        });
        drawn.map_or_else(Plan::default, |key| chaos.plan(key, delivery, self.natural))
    }

    /// Changes a delivery on its way to the wire; returns what was changed.
    fn disturb(
        &self,
        account: AccountId,
        plan: Plan,
        delivery: &mut Delivery,
    ) -> Vec<&'static str> {
        let mut chaos = Vec::new();
        if plan.corrupt_signature
            && let Some(given) = self.signature(account, delivery).and_then(|one| one.given)
            && corrupt(delivery, &given)
        {
            chaos.push("corrupt_signature");
        }
        if plan.content_type {
            for (name, value) in &mut delivery.headers {
                if name.eq_ignore_ascii_case("content-type") {
                    "text/plain".clone_into(value);
                    chaos.push("content_type");
                }
            }
        }
        chaos
    }

    fn signature(&self, account: AccountId, delivery: &Delivery) -> Option<Signature> {
        self.engine.read(|accounts| accounts.world(account)?.signature(&as_sent(delivery)))
    }

    /// Says to an inbox whose webhook it gets.
    fn origin(&self, key: &Key, delivery: &Delivery, at: OffsetDateTime) -> Arc<Origin> {
        let account = key.account;
        let engine = self.engine.clone();
        let verify = move |webhook: &SentWebhook<'_>| {
            engine.read(|accounts| accounts.world(account)?.signature(webhook))
        };
        let credential = |accounts: &Accounts<W>| accounts.credential(account).map(str::to_owned);
        Arc::new(Origin {
            instance: self.bench.origin,
            world: self.engine.read(|accounts| accounts.stamp(account)).unwrap_or(0),
            vendor: self.bench.name.clone(),
            account,
            credential: self.engine.read(credential),
            delivery: delivery.id,
            call: delivery.call,
            event: delivery.event.clone(),
            url: delivery.url.clone(),
            at,
            sent: self.signature(account, delivery),
            verify: Arc::new(verify),
        })
    }

    /// Returns whether what follows an attempt counts from the moment at which the attempt was due: where
    /// time stands still, and where it has jumped over that moment.
    fn counts_from_due(&self, key: &Key, id: DeliveryId) -> bool {
        let clock = self.engine.clock();
        let set_at = clock.set_at();
        clock.state().frozen
            || self.engine.read(|accounts| {
                let Some((world, set_at)) = accounts.world_at(key.account, set_at) else {
                    return false;
                };
                let due = world.outbox().and_then(|outbox| outbox.head(id)).map(|(_, due)| due);
                accounts.is_frozen(key.account) || due.is_some_and(|due| due <= set_at)
            })
    }
}

/// Returns what is done instead of sending.
fn instead(plan: Plan, delivery: &Delivery) -> Option<OutboxCommand> {
    let id = delivery.id;
    if plan.drop {
        return Some(OutboxCommand::Drop { id, reason: "chaos: drop".to_owned() });
    }
    let hold = plan.hold.filter(|_| delivery.hold.is_none())?;
    Some(OutboxCommand::Hold { id, hold })
}

/// Returns a delivery as what is signed.
pub(crate) fn as_sent(delivery: &Delivery) -> SentWebhook<'_> {
    SentWebhook {
        method: match delivery.method {
            DeliveryMethod::Post => "POST",
            DeliveryMethod::Get => "GET",
        },
        url: &delivery.url,
        headers: &delivery.headers,
        body: delivery.body.as_bytes(),
    }
}
