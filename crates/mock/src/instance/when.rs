//! What parties do when they are rung, as a test says it: `account.when("0912*").is_busy()`.

mod told;

use std::sync::Arc;

use ringback_exchange::{
    Behaviour, Control, Direction, Distribution, HangupCause, Outcome, Rule, Side,
};

use super::{Account, ControlError, Instance};
use crate::{ControlCommand, Vendor, World};
pub use told::{ScopedRule, Told};

impl<V: Vendor> Instance<V> {
    /// As [`Account::when`], for the demo account.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// mock.when("0912*").is_busy()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::minutes(5));
    /// assert_eq!(call.show().ok_or("it is kept")?["cause"], "USER_BUSY");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn when(self: &Arc<Self>, to: impl Into<String>) -> When<V> {
        self.demo().when(to)
    }
}

impl<V: Vendor> Account<V> {
    /// Begins to say what the numbers of a pattern do when they are rung: `*` stands for any text, `?`
    /// for one character. The last one said counts first. Numbers may be told as people write them: they are
    /// brought into the spelling of the vendor's own calls.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.demo().when("0912*").is_busy()?;
    /// mock.demo().when("09123*").from("101").rejects()?; // asked first
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn when(&self, to: impl Into<String>) -> When<V> {
        let nobody = Behaviour::fails(Outcome::Busy, Distribution::ZERO);
        When { account: self.clone(), rule: Rule::to(&to.into(), nobody) }
    }

    /// Returns the rules of the account that have not expired, in the order in which they are asked.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// mock.demo().when("0912*").is_busy()?;
    /// assert_eq!(mock.demo().rules()[0].to.as_deref(), Some("0912*"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rules(&self) -> Vec<Rule> {
        let lives = |rules: &[Rule], now| {
            rules.iter().filter(|rule| !rule.has_expired(now)).cloned().collect()
        };
        self.instance
            .read_at(self.id, |world, now| lives(world.exchange().rules(), now))
            .unwrap_or_default()
    }
}

/// Which calls a rule is about, and how long what it says takes.
#[derive(Debug)]
#[must_use = "nothing is said before one of its outcomes is named, such as `is_busy()`"]
pub struct When<V: Vendor> {
    account: Account<V>,
    rule: Rule,
}

impl<V: Vendor> When<V> {
    /// Only when numbers of a pattern call.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// mock.when("0912*").from("101").is_busy()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::minutes(5));
    /// assert_eq!(call.show().ok_or("it is kept")?["cause"], "USER_BUSY");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from(mut self, from: impl Into<String>) -> Self {
        self.rule.from = Some(from.into());
        self
    }

    /// Only for calls of a direction.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// mock.when("0912*").direction(ringback_mock::exchange::Direction::Outbound).is_busy()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::minutes(5));
    /// assert_eq!(call.show().ok_or("it is kept")?["cause"], "USER_BUSY");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn direction(mut self, direction: Direction) -> Self {
        self.rule.direction = Some(direction);
        self
    }

    /// Only for so many calls; afterwards the next rule counts, or what was usual before.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// mock.when("0912*").times(2).is_busy()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::minutes(5));
    /// assert_eq!(call.show().ok_or("it is kept")?["cause"], "USER_BUSY");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn times(mut self, times: u32) -> Self {
        self.rule.times = Some(times);
        self
    }

    /// Only for the next call.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// let busy = mock.when("0912*").once().is_busy()?;
    /// mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::minutes(5));
    /// assert_eq!(mock.demo().rules().len(), 1);
    /// assert_eq!(busy.hits(), Some(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Sets how long dialling takes before anything rings, in seconds.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// mock.when("0912*").after_setup_of(2).is_busy()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::minutes(5));
    /// assert_eq!(call.show().ok_or("it is kept")?["cause"], "USER_BUSY");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn after_setup_of(mut self, seconds: impl Into<Distribution>) -> Self {
        self.rule.setup = seconds.into();
        self
    }

    /// Sets how long it rings before what it does, in seconds.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// mock.when("0912*").after_ringing_for(2.5).rejects()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::minutes(5));
    /// assert_eq!(call.show().ok_or("it is kept")?["cause"], "CALL_REJECTED");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn after_ringing_for(mut self, seconds: impl Into<Distribution>) -> Self {
        self.rule.ring = seconds.into();
        self
    }

    /// Sets who hangs up after the talk.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// mock.when("0912*").hung_up_by(ringback_mock::exchange::Side::B).answers()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::minutes(5));
    /// assert_eq!(call.show().ok_or("it is kept")?["cause"], "NORMAL_CLEARING");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn hung_up_by(mut self, side: Side) -> Self {
        self.rule.hangs_up = Some(side);
        self
    }

    /// It picks up and talks for as long as is usual.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// mock.when("0912*").after_ringing_for(1).answers()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::seconds(3));
    /// assert_eq!(call.state(), Some(ringback_mock::exchange::CallState::Answered));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it cannot be logged, or the account is gone; so for all outcomes.
    pub fn answers(self) -> Result<Told<V>, ControlError> {
        self.does(Outcome::Answer)
    }

    /// It picks up and talks for that many seconds.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// mock.when("0912*").answers_and_talks_for(30)?;
    /// let call = mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::minutes(5));
    /// assert_eq!(call.show().ok_or("it is kept")?["cause"], "NORMAL_CLEARING");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`When::answers`].
    pub fn answers_and_talks_for(
        mut self,
        seconds: impl Into<Distribution>,
    ) -> Result<Told<V>, ControlError> {
        self.rule.talk = Some(seconds.into());
        self.does(Outcome::Answer)
    }

    /// It is in another call; nothing rings.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// mock.when("0912*").is_busy()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::minutes(5));
    /// assert_eq!(call.show().ok_or("it is kept")?["cause"], "USER_BUSY");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`When::answers`].
    pub fn is_busy(self) -> Result<Told<V>, ControlError> {
        self.does(Outcome::Busy)
    }

    /// It rings until the exchange gives up.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// mock.when("0912*").does_not_answer()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::minutes(5));
    /// assert_eq!(call.show().ok_or("it is kept")?["cause"], "NO_ANSWER");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`When::answers`].
    pub fn does_not_answer(self) -> Result<Told<V>, ControlError> {
        self.does(Outcome::NoAnswer)
    }

    /// It rings, then declines.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// mock.when("0912*").rejects()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::minutes(5));
    /// assert_eq!(call.show().ok_or("it is kept")?["cause"], "CALL_REJECTED");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`When::answers`].
    pub fn rejects(self) -> Result<Told<V>, ControlError> {
        self.does(Outcome::Reject)
    }

    /// It rings, then the caller gives up.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// mock.when("0912*").is_given_up()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::minutes(5));
    /// assert_eq!(call.show().ok_or("it is kept")?["cause"], "ORIGINATOR_CANCEL");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`When::answers`].
    pub fn is_given_up(self) -> Result<Told<V>, ControlError> {
        self.does(Outcome::Cancel)
    }

    /// It rings until the test answers, declines or hangs up: see [`Account::call`].
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// mock.when("0912*").waits_for_the_test()?;
    /// let call = mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::seconds(20));
    /// call.callee().answer()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`When::answers`].
    pub fn waits_for_the_test(self) -> Result<Told<V>, ControlError> {
        self.does(Outcome::Manual)
    }

    /// It cannot be reached.
    ///
    /// ```
    /// # use ringback_voip24h::Voip24h;
    /// # let mock = Voip24h::builder().frozen_clock().build()?;
    /// # use ringback_mock::engine::Duration;
    /// mock.when("0912*").fails_with(ringback_mock::exchange::HangupCause::UnallocatedNumber)?;
    /// let call = mock.dial("101", "0912345678")?;
    /// mock.advance(Duration::minutes(5));
    /// assert_eq!(call.show().ok_or("it is kept")?["cause"], "UNALLOCATED_NUMBER");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`When::answers`].
    pub fn fails_with(self, cause: HangupCause) -> Result<Told<V>, ControlError> {
        self.does(Outcome::Fail(cause))
    }

    fn does(self, outcome: Outcome) -> Result<Told<V>, ControlError> {
        let Self { account, mut rule } = self;
        rule.outcome = outcome;
        let id =
            account.control_with(ControlCommand::Exchange(Box::new(Control::AddRule { rule })))?;
        let id = id.get("id").and_then(serde_json::Value::as_u64);
        // Whoever adds a rule is told its number; the first is the newest.
        let newest = || account.rules().first().map_or(0, |rule| rule.id);
        let id = id.unwrap_or_else(newest);
        Ok(Told { account, id })
    }
}
