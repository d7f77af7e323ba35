//! Going back: a world that is brought back to a checkpoint goes on as it did.

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use ringback_engine::Machine as _;
use ringback_mock::{AccountId, Fork, Rewind, SaveCheckpoint, Vendor};

use super::{Live, Plan, same};

impl<V: Vendor> Live<V> {
    /// Does the first steps of a plan, saves a checkpoint, does the rest, goes back, and does the rest
    /// again: both times the same comes of it, to the byte. A copy of the account that was made at the
    /// checkpoint has not moved by any of that.
    ///
    /// # Errors
    /// When it does not.
    pub fn rewinds<Own: Clone>(
        &mut self,
        plan: Plan<Own>,
        mut act: impl FnMut(&Self, Own),
        holds: impl Fn(&V::World) -> TestCaseResult,
    ) -> TestCaseResult {
        let Plan { mut steps, snapshot } = plan;
        let rest = steps.split_off(snapshot.index(steps.len().max(1)));
        let rest = Plan { steps: rest, snapshot };
        self.play(Plan { steps, snapshot }, &mut act, &holds)?;

        let (account, name) = (AccountId::DEMO, "there".to_owned());
        let saved = self.engine().execute_blocking(SaveCheckpoint { account, name: name.clone() });
        prop_assert!(saved.expect("a log in memory").is_ok());
        let fork = Fork { of: account, to: "a copy".to_owned() };
        let copy = self.engine().execute_blocking(fork).expect("a log in memory");
        let copy = copy.expect("room for an account");
        let there = self.bytes_of(account);
        let of_copy = self.bytes_of(copy);
        let is_idle = self.read(|world| world.next_due().is_none());

        self.play(rest.clone(), &mut act, &holds)?;
        let first = self.bytes_of(account);
        let back = self.engine().execute_blocking(Rewind { account, name: name.clone() });
        prop_assert!(back.expect("a log in memory").is_ok());
        same("back at the checkpoint", &self.bytes_of(account), &there)?;
        self.read(&holds)?;
        self.play(rest, &mut act, &holds)?;
        same("the second time", &self.bytes_of(account), &first)?;

        if is_idle {
            same("the copy", &self.bytes_of(copy), &of_copy)?;
        }
        Ok(())
    }

    fn bytes_of(&self, account: AccountId) -> Vec<u8> {
        self.engine().read(|worlds| {
            serde_json::to_vec(worlds.world(account).expect("the account")).expect("its bytes")
        })
    }
}
