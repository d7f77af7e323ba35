//! A call and its parties, as a test holds them: `account.dial("101", "102")?.callee().answer()`.

use std::sync::Arc;
use std::time::Duration as RealTime;

use ringback_engine::Duration;
use ringback_exchange::{
    CallId, CallState, Control, LegName, Number, Side, Supervision,
    audio::{Format, Sound},
};
use serde_json::Value;

use super::{Account, ControlError, Instance};
use crate::{ControlCommand, ControlRefused, Vendor, World};

impl<V: Vendor> Instance<V> {
    /// As [`Account::call`], for the demo account.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let call = mock.dial("101", "102")?;
    /// assert_eq!(mock.call(&call.id())?.number(), call.number());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Account::call`].
    pub fn call(self: &Arc<Self>, id: &str) -> Result<Call<V>, ControlError> {
        self.demo().call(id)
    }

    /// As [`Account::dial`], for the demo account.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// assert_eq!(call.id(), "voip24h-0-5"); // four came with the instance
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Account::dial`].
    pub fn dial(
        self: &Arc<Self>,
        from: impl Into<Number>,
        to: impl Into<Number>,
    ) -> Result<Call<V>, ControlError> {
        self.demo().dial(from, to)
    }
}

impl<V: Vendor> Account<V> {
    /// Finds a call, live or over, by the exchange's number of it, by the control API's id or by one of
    /// the vendor's own.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// let account = mock.demo();
    /// let call = account.dial("101", "102")?;
    /// assert_eq!(account.call("5")?.number(), call.number());
    /// assert!(account.call("6").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When there is none.
    pub fn call(&self, id: &str) -> Result<Call<V>, ControlError> {
        let ours = format!("{}-{}-", self.instance.name(), self.id.0);
        let number = id.strip_prefix(&ours).unwrap_or(id).parse().map(CallId).ok();
        let found = self.read(|world| {
            let known = |id: &CallId| world.exchange().show(*id).is_some();
            number.filter(known).or_else(|| world.call_named(id))
        });
        match found.flatten() {
            Some(id) => Ok(Call { account: self.clone(), id }),
            None => Err(ControlRefused::NotFound(format!("no such call: {id}")).into()),
        }
    }

    /// Returns the calls that are live, oldest first.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.demo().dial("101", "102")?;
    /// assert_eq!(mock.demo().live_calls().len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn live_calls(&self) -> Vec<Call<V>> {
        let ids = self.read(|world| world.exchange().calls().map(|call| call.id).collect());
        let ids: Vec<CallId> = ids.unwrap_or_default();
        ids.into_iter().map(|id| Call { account: self.clone(), id }).collect()
    }

    /// Places a call as if from a phone: of an extension, or from outside to one of the account's own
    /// numbers, extensions or services.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.demo().dial("0912345678", "101")?; // from outside
    /// assert!(mock.demo().dial("0912345678", "0987654321").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the vendor knows no such call.
    pub fn dial(
        &self,
        from: impl Into<Number>,
        to: impl Into<Number>,
    ) -> Result<Call<V>, ControlError> {
        let (from, to) = (from.into(), to.into());
        let (line, keys, behaviour) = (None, Vec::new(), None);
        let dial = Control::Dial { from, to, line, keys, direct: false, behaviour };
        let done = self.control_with(ControlCommand::Exchange(Box::new(dial)))?;
        let id = done.get("call").and_then(|call| call.get("id")).and_then(Value::as_u64);
        let id = id.map(CallId).ok_or_else(|| {
            ControlRefused::Conflict("the vendor has placed no call that can be shown".to_owned())
        })?;
        Ok(Call { account: self.clone(), id })
    }

    pub(super) fn control_with(
        &self,
        control: ControlCommand<<V::World as World>::Own>,
    ) -> Result<Value, ControlError> {
        Ok(self.execute(control)??)
    }
}

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

/// One party of a call, as a test plays it.
#[derive(Debug)]
pub struct Party<V: Vendor> {
    call: Call<V>,
    leg: LegName,
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
