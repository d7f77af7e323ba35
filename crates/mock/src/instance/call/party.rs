//! The parties of a call, as a test plays them.

use ringback_exchange::{CallId, Control, LegName};

use super::Call;
use crate::{Vendor, instance::ControlError};

/// One party of a call, as a test plays it.
#[derive(Debug)]
pub struct Party<V: Vendor> {
    pub(super) call: Call<V>,
    pub(super) leg: LegName,
}

impl<V: Vendor> Clone for Party<V> {
    fn clone(&self) -> Self {
        Self { call: self.call.clone(), leg: self.leg }
    }
}

impl<V: Vendor> Party<V> {
    fn control(&self, make: impl FnOnce(CallId, LegName) -> Control) -> Result<(), ControlError> {
        self.call.control(make(self.call.id, self.leg))
    }

    /// Picks up.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.callee().answer()?;
    /// assert!(call.callee().answer().is_err(), "it does not ring any more");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When this party is not rung, or that cannot be logged; so for everything a party does.
    pub fn answer(&self) -> Result<(), ControlError> {
        self.control(|call, leg| Control::Answer { call, leg: Some(leg) })
    }

    /// Declines.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.callee().reject()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Party::answer`].
    pub fn reject(&self) -> Result<(), ControlError> {
        self.control(|call, leg| Control::Reject { call, leg: Some(leg) })
    }

    /// Rings on until the test says what happens.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// let call = mock.dial("101", "102")?;
    /// call.callee().take_over()?; // whatever it would have done
    /// mock.advance(Duration::seconds(5));
    /// call.callee().answer()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Party::answer`].
    pub fn take_over(&self) -> Result<(), ControlError> {
        self.control(|call, leg| Control::TakeOver { call, leg: Some(leg) })
    }

    /// Hangs up.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.callee().answer()?;
    /// call.callee().hang_up()?;
    /// assert!(call.is_over());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Party::answer`].
    pub fn hang_up(&self) -> Result<(), ControlError> {
        self.control(|call, leg| Control::HangUp { call, leg: Some(leg) })
    }

    /// Presses keys out of `0-9`, `*`, `#`, `A-D`.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.callee().answer()?;
    /// call.caller().press("12#")?;
    /// assert!(call.caller().press("x").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Party::answer`], or when there are other keys.
    pub fn press(&self, digits: &str) -> Result<(), ControlError> {
        self.control(|call, leg| Control::Press { call, leg, digits: digits.to_owned() })
    }

    /// Is put on hold.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.callee().answer()?;
    /// call.callee().hold()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Party::answer`].
    pub fn hold(&self) -> Result<(), ControlError> {
        self.control(|call, leg| Control::Hold { call, leg })
    }

    /// Is taken back from hold.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.callee().answer()?;
    /// call.callee().hold()?;
    /// call.callee().resume()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Party::answer`].
    pub fn resume(&self) -> Result<(), ControlError> {
        self.control(|call, leg| Control::Resume { call, leg })
    }
}
