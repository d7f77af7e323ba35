//! Rules that have been told, as a test holds them.

use ringback_exchange::Control;

use crate::{
    ControlCommand, Vendor, World as _,
    instance::{Account, ControlError},
};

/// A rule that has been told. It stays when this is dropped.
#[derive(Debug)]
pub struct Told<V: Vendor> {
    pub(super) account: Account<V>,
    pub(super) id: u64,
}

impl<V: Vendor> Told<V> {
    /// Returns the number of the rule, as the control API has it.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let busy = mock.when("0912*").is_busy()?;
    /// assert_eq!(busy.id(), mock.demo().rules()[0].id);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Returns how many calls it has decided; `None` if it is no longer there.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let busy = mock.when("0912*").is_busy()?;
    /// mock.dial("101", "0912345678")?;
    /// # mock.advance(ringback_mock::engine::Duration::minutes(1));
    /// assert_eq!(busy.hits(), Some(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn hits(&self) -> Option<u64> {
        let hits = |world: &V::World| {
            let mut rules = world.exchange().rules().iter();
            rules.find(|rule| rule.id == self.id).map(|rule| rule.hits)
        };
        self.account.read(hits).flatten()
    }

    /// Takes the rule back.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let busy = mock.when("0912*").is_busy()?;
    /// busy.forget()?;
    /// assert!(mock.demo().rules().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it is no longer there, or that cannot be logged.
    pub fn forget(self) -> Result<(), ControlError> {
        let control = Control::RemoveRule { id: self.id };
        self.account.control_with(ControlCommand::Exchange(Box::new(control))).map(drop)
    }

    /// Lets the rule hold only as long as the guard lives.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// {
    ///     let _busy = mock.when("0912*").is_busy()?.scoped();
    ///     assert_eq!(mock.demo().rules().len(), 1);
    /// }
    /// assert!(mock.demo().rules().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn scoped(self) -> ScopedRule<V> {
        ScopedRule(Some(self))
    }
}

/// A rule that is taken back when this is dropped.
#[derive(Debug)]
#[must_use = "the rule is taken back when this is dropped"]
pub struct ScopedRule<V: Vendor>(Option<Told<V>>);

impl<V: Vendor> ScopedRule<V> {
    /// As [`Told::hits`].
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let busy = mock.when("0912*").is_busy()?.scoped();
    /// assert_eq!(busy.hits(), Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn hits(&self) -> Option<u64> {
        self.0.as_ref().and_then(Told::hits)
    }
}

impl<V: Vendor> Drop for ScopedRule<V> {
    fn drop(&mut self) {
        if let Some(told) = self.0.take()
            && let Err(error) = told.forget()
        {
            // A reset has taken it back already.
            log::debug!("{}: a rule could not be taken back: {error}", V::NAME);
        }
    }
}
