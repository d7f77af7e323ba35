//! Reading what other replicas have written.

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use parking_lot::Mutex;
use std::sync::Arc;

use crate::{
    Engine, EngineError, Machine,
    ordered::{Log, LogError, Position, Stamp},
};

type Asking = Shared<BoxFuture<'static, Result<Position, LogError>>>;

/// Questions for the end of a log: one under way, and one that is asked after it for all who came
/// too late for that one.
#[derive(Default)]
pub(crate) struct Tips(Arc<Mutex<Questions>>);

#[derive(Default)]
struct Questions {
    asked: Option<Asking>,
    next: Option<Asking>,
}

impl Tips {
    /// Asks where the log ends, not earlier than now.
    fn ask(&self, log: &Arc<dyn Log>) -> Asking {
        let mut questions = self.0.lock();
        if let Some(next) = &questions.next {
            return next.clone();
        }
        let under_way = questions.asked.clone().filter(|asked| asked.peek().is_none());
        let Some(under_way) = under_way else {
            let asked = log.tip().shared();
            questions.asked = Some(asked.clone());
            return asked;
        };
        let (log, shared) = (Arc::clone(log), Arc::clone(&self.0));
        let next = async move {
            // Whatever it says: it may be older than what is wanted.
            drop(under_way.await);
            {
                let mut questions = shared.lock();
                questions.asked = questions.next.take();
            }
            log.tip().await
        };
        let next = next.boxed().shared();
        questions.next = Some(next.clone());
        next
    }
}

impl<M: Machine> Engine<M> {
    /// Waits until everything has been applied here that was committed anywhere when this was
    /// called, so that a read that follows sees it. Without a log, and with one that nobody else
    /// writes, that is so already.
    ///
    /// # Errors
    /// When the end of the log is not known, or this replica has stopped before it.
    pub async fn catch_up(&self) -> Result<(), EngineError> {
        let Some(replica) = &self.0.replica else { return Ok(()) };
        let mut applied = replica.applied.subscribe();
        let position = *applied.borrow_and_update();
        if replica.log.horizon(position) != Stamp::MIN {
            return Ok(());
        }
        let tip = replica.tips.ask(&replica.log).await?;
        loop {
            if *applied.borrow_and_update() >= tip {
                return Ok(());
            }
            if replica.stopped().is_some() {
                return Err(replica.refusal());
            }
            applied.changed().await.map_err(|_| replica.refusal())?;
        }
    }
}
