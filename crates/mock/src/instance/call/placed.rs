//! How calls are placed and found.

use std::sync::Arc;

use ringback_exchange::{CallId, Control, Number};
use serde_json::Value;

use super::Call;
use crate::{
    ControlCommand, ControlRefused, Vendor, World,
    instance::{Account, ControlError, Instance},
};

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

    pub(in crate::instance) fn control_with(
        &self,
        mut control: ControlCommand<<V::World as World>::Own>,
    ) -> Result<Value, ControlError> {
        if let Some(before) = self.instance.make_ready(self.id, &mut control) {
            self.execute(before)??;
        }
        Ok(self.execute(control)??)
    }
}
