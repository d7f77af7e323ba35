//! The logged form of every command.

use ringback_mock::OutboxCommand;

use super::{Operate, Pbx, Pull, Trigger};

ringback_engine::logged! {
    /// Every command of this vendor, as the log stores it.
    pub enum Logged of Pbx {
        /// As [`Trigger`].
        Trigger(Trigger),
        /// As [`Pull`].
        Pull(Pull),
        /// As [`Operate`].
        Operate(Operate),
        /// As [`OutboxCommand`].
        Outbox(OutboxCommand),
    }
}
