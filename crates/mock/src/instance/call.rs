//! A call and its parties, as a test holds them: `account.dial("101", "102")?.callee().answer()`.

mod party;
mod placed;

use std::time::Duration as RealTime;

use ringback_engine::Duration;
use ringback_exchange::{
    CallId, CallState, Control, LegName, Number, Side, Supervision,
    audio::{Format, Sound},
};
use serde_json::Value;

use super::{Account, ControlError};
use crate::{ControlCommand, Vendor, World};
pub use party::Party;

/// A call, as a test holds it. It may be over by now.
#[derive(Debug)]
pub struct Call<V: Vendor> {
    account: Account<V>,
    id: CallId,
}

impl<V: Vendor> Clone for Call<V> {
    fn clone(&self) -> Self {
        Self { account: self.account.clone(), id: self.id }
    }
}

impl<V: Vendor> Call<V> {
    /// Returns the exchange's number of the call.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let call = mock.dial("101", "102")?;
    /// assert!(mock.demo().read(|world| world.exchange().call(call.number()).is_some()) == Some(true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn number(&self) -> CallId {
        self.id
    }

    /// Returns the id by which the control API knows it, such as `mango-0-17`.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let call = mock.dial("101", "102")?;
    /// assert_eq!(call.id(), format!("voip24h-0-{}", call.number().0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn id(&self) -> String {
        format!("{}-{}-{}", self.account.instance.name(), self.account.id.0, self.id.0)
    }

    /// Returns the party that placed the call.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.callee().answer()?;
    /// call.caller().hang_up()?;
    /// assert!(call.is_over());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn caller(&self) -> Party<V> {
        self.party(Side::A)
    }

    /// Returns the party that was called.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.callee().reject()?;
    /// assert!(call.is_over());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn callee(&self) -> Party<V> {
        self.party(Side::B)
    }

    fn party(&self, side: Side) -> Party<V> {
        Party { call: self.clone(), leg: LegName::Side(side) }
    }

    /// Shows the call as the control API does; `None` once neither it nor its record is kept.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let call = mock.dial("101", "102")?;
    /// let shown = call.show().ok_or("it is kept")?;
    /// assert_eq!(shown["direction"], "local");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn show(&self) -> Option<Value> {
        self.account.read(|world| world.view_call(self.id)).flatten()
    }

    /// Returns the state of the call; `None` when it is over.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.callee().answer()?;
    /// assert_eq!(call.state(), Some(ringback_mock::exchange::CallState::Answered));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn state(&self) -> Option<CallState> {
        self.account.read(|world| world.exchange().call(self.id).map(|call| call.state())).flatten()
    }

    /// Returns whether the call is over.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// assert!(!call.is_over());
    /// call.hang_up()?;
    /// assert!(call.is_over());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_over(&self) -> bool {
        self.state().is_none()
    }

    /// Waits until the call is over; returns whether that was so within the computer's time given. With
    /// a clock that stands, advance it instead.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// assert!(!call.wait_until_over(std::time::Duration::ZERO));
    /// call.hang_up()?;
    /// assert!(call.wait_until_over(std::time::Duration::from_secs(5)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wait_until_over(&self, at_most: RealTime) -> bool {
        let engine = self.account.instance.engine();
        let over = engine.wait_for_blocking(at_most, |accounts, _| {
            let world = accounts.world(self.account.id)?;
            world.exchange().call(self.id).is_none().then_some(())
        });
        over.is_some()
    }

    /// Ends the whole call.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.callee().answer()?;
    /// call.hang_up()?;
    /// assert!(call.hang_up().is_err(), "it is over");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it is over, or that cannot be logged; so for everything that is done to a call.
    pub fn hang_up(&self) -> Result<(), ControlError> {
        self.control(Control::HangUp { call: self.id, leg: None })
    }

    /// Sends a call that nobody has picked up yet elsewhere.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.route_to("102")?;
    /// # mock.advance(Duration::minutes(5));
    /// # assert!(call.is_over());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Call::hang_up`], or when somebody talks already.
    pub fn route_to(&self, to: impl Into<Number>) -> Result<(), ControlError> {
        self.control(Control::Route { call: self.id, to: to.into() })
    }

    /// Lets whoever is consulted take the place of the one who asked.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.callee().answer()?;
    /// assert!(call.complete_transfer().is_err(), "nobody is consulted");
    /// mock.demo().control(serde_json::json!({ "do": "consult", "call": call.number(), "by": "a", "to": "102" }))?;
    /// # mock.advance(Duration::seconds(1));
    /// call.complete_transfer()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Call::hang_up`], or when nobody is consulted.
    pub fn complete_transfer(&self) -> Result<(), ControlError> {
        self.control(Control::Complete { call: self.id })
    }

    /// Ends a consultation; the two sides talk on.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.callee().answer()?;
    /// mock.demo().control(serde_json::json!({ "do": "consult", "call": call.number(), "by": "a", "to": "102" }))?;
    /// # mock.advance(Duration::seconds(1));
    /// call.cancel_consultation()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Call::complete_transfer`].
    pub fn cancel_consultation(&self) -> Result<(), ControlError> {
        self.control(Control::CancelConsultation { call: self.id })
    }

    /// Rings an extension that joins as a supervisor.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.callee().answer()?;
    /// call.supervised_by("103", ringback_mock::exchange::Supervision::Whisper)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Call::hang_up`], or when the extension cannot be rung.
    pub fn supervised_by(
        &self,
        extension: impl Into<Number>,
        supervision: Supervision,
    ) -> Result<(), ControlError> {
        let extension = extension.into();
        self.control(Control::Supervise { call: self.id, extension, supervision })
    }

    /// Starts or stops recording.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.callee().answer()?;
    /// # let is_recorded = call.record(false).is_ok();
    /// call.record(true)?;
    /// call.record(false)?;
    /// assert!(call.record(false).is_err(), "that is so already");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Call::hang_up`], or when that is so already.
    pub fn record(&self, on: bool) -> Result<(), ControlError> {
        self.control(match on {
            true => Control::StartRecording { call: self.id },
            false => Control::StopRecording { call: self.id },
        })
    }

    /// Returns the recording of a call that is over as a WAV file, if there is one.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// # mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// # mock.advance(Duration::seconds(20));
    /// call.callee().answer()?;
    /// mock.advance(Duration::seconds(7));
    /// call.hang_up()?;
    /// let wav = call.recording().ok_or("it is recorded")?;
    /// assert!(wav.starts_with(b"RIFF"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn recording(&self) -> Option<Vec<u8>> {
        let sound = self
            .account
            .read(|world| {
                let length = world.exchange().history().get(self.id)?.recording_length()?;
                Some(Sound::new(Duration::ZERO, length))
            })
            .flatten()?;
        let size = usize::try_from(sound.size(Format::Wav)).ok()?;
        let mut wav = vec![0; size];
        sound.read(Format::Wav, 0, &mut wav);
        Some(wav)
    }

    fn control(&self, control: Control) -> Result<(), ControlError> {
        self.account.control_with(ControlCommand::Exchange(Box::new(control))).map(drop)
    }
}
