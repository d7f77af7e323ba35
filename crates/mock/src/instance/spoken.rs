//! What is told to a world from outside its vendor's API, made ready before it is logged.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{Control, Exchange};
use serde_json::Value;

use super::{ControlError, Instance};
use crate::{AccountId, ControlCommand, Vendor, World, world::spelling};

impl<V: Vendor> Instance<V> {
    /// Does what a control says to an account, given in its form.
    pub(crate) async fn told(
        &self,
        account: AccountId,
        control: Value,
    ) -> Result<Value, ControlError> {
        let mut control: ControlCommand<<V::World as World>::Own> = serde_json::from_value(control)
            .map_err(|error| ControlError::Malformed(error.to_string()))?;
        if let Some(before) = self.make_ready(account, &mut control) {
            self.execute(account, before).await??;
        }
        Ok(self.execute(account, control).await??)
    }

    /// Brings the numbers of what is told to an account into its vendor's spelling, and returns what has to
    /// be done before it: where there is no room for another rule, one that is spent makes way.
    pub(crate) fn make_ready(
        &self,
        account: AccountId,
        command: &mut ControlCommand<<V::World as World>::Own>,
    ) -> Option<ControlCommand<<V::World as World>::Own>> {
        let before = self.read_at(account, |world, now| {
            spelling::spell(world, command);
            match &*command {
                ControlCommand::Exchange(control) => {
                    matches!(**control, Control::AddRule { .. }).then(|| way(world.exchange(), now))
                }
                ControlCommand::Own(_) => None,
            }
        });
        let id = before.flatten().flatten()?;
        Some(ControlCommand::Exchange(Box::new(Control::RemoveRule { id })))
    }
}

/// Returns the oldest rule that is spent, where there is no room for another.
fn way<T: Clone>(exchange: &Exchange<T>, now: OffsetDateTime) -> Option<u64> {
    let rules = exchange.rules();
    let spent = rules.iter().filter(|rule| rule.is_spent(now)).map(|rule| rule.id);
    spent.min().filter(|_| rules.len() >= Exchange::<T>::RULES)
}
