//! What has happened in an instance, as a test asks for it.

use std::sync::Arc;
use std::time::Duration as RealTime;

use serde_json::Value;

use super::Instance;
use crate::{
    Mount, Vendor,
    bench::{
        Kind, show_items,
        verify::{self, Expected, Scope, Unverified, Wait},
    },
    matching::{Match, MatchError},
};

/// Why a verification or a wait does not succeed.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// What is expected cannot be read.
    #[error(transparent)]
    Malformed(#[from] MatchError),
    /// It has not happened.
    #[error(transparent)]
    Unverified(#[from] Box<Unverified>),
}

impl<V: Vendor> Instance<V> {
    fn scope(self: &Arc<Self>) -> Scope {
        Scope::all(vec![Arc::new(Arc::clone(self)) as Arc<dyn Mount>])
    }

    /// Returns the requests of all accounts that the journal keeps, oldest first, as the control API
    /// shows them with their secrets.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// assert!(mock.requests().is_empty()); // nothing has been asked by HTTP
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn requests(self: &Arc<Self>) -> Vec<Value> {
        requests(self, &self.scope())
    }

    /// Verifies what has happened, in all accounts, in the form of the control API.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use serde_json::json;
    ///
    /// mock.dial("101", "102")?;
    /// let found = mock.verify(&json!({ "match": { "event": "call_created" }, "times": 1 }))?;
    /// assert_eq!(found[0]["to"], "102");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it has not happened, or what is expected cannot be read; the error says what came nearest.
    pub fn verify(self: &Arc<Self>, expected: &Value) -> Result<Vec<Value>, VerifyError> {
        verify(self, &self.scope(), expected)
    }

    /// Waits until something has happened in any account that holds a match, and returns it as the
    /// control API shows it. What happened before counts, since the bench was last reset.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// use serde_json::json;
    /// use std::time::Duration;
    ///
    /// mock.dial("101", "102")?;
    /// let rings = mock.wait_for(&json!({ "event": "leg_ringing" }), Duration::from_secs(5))?;
    /// assert_eq!(rings["kind"], "event");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it does not happen within the computer's time given, or the match cannot be read; the
    /// error says what came nearest.
    pub fn wait_for(
        self: &Arc<Self>,
        wanted: &Value,
        at_most: RealTime,
    ) -> Result<Value, VerifyError> {
        wait_for(self, &self.scope(), wanted, at_most)
    }
}

pub(super) fn requests<V: Vendor>(instance: &Instance<V>, scope: &Scope) -> Vec<Value> {
    let page = instance.bench().feed().since(0, Kind::Request.into(), usize::MAX);
    let items: Vec<_> = page.items.into_iter().filter(|item| scope.has(item)).collect();
    show_items(scope.mounts(), &items, true)
}

pub(super) fn verify<V: Vendor>(
    instance: &Instance<V>,
    scope: &Scope,
    expected: &Value,
) -> Result<Vec<Value>, VerifyError> {
    let expected = Expected::read(expected)?;
    let operations = scope.operations();
    expected.matches().iter().try_for_each(|one| one.check_operations(&operations))?;
    let verified = verify::verify(instance.bench().feed(), scope, &expected, 0)?;
    Ok(verified.found.into_iter().map(|found| found.shown).collect())
}

pub(super) fn wait_for<V: Vendor>(
    instance: &Instance<V>,
    scope: &Scope,
    wanted: &Value,
    timeout: RealTime,
) -> Result<Value, VerifyError> {
    let wanted = Match::read(wanted, "", None)?;
    wanted.check_operations(&scope.operations())?;
    let wait = Wait { wanted, times: 1, since: 0, timeout };
    let (found, _) = verify::wait_blocking(instance.bench().feed(), scope, &wait)?;
    Ok(found.into_iter().next().map(|found| found.shown).unwrap_or_default())
}
