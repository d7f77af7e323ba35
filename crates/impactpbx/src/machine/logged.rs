//! The logged form of every command.

use ringback_engine::{Command, OffsetDateTime, Replay};
use ringback_mock::OutboxCommand;
use serde::{Deserialize, Serialize};

use super::{Operate, Pbx, Pull, Trigger};

/// Every command of this vendor, as the log stores it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Logged {
    /// As [`Trigger`].
    Trigger(Trigger),
    /// As [`Pull`].
    Pull(Pull),
    /// As [`Operate`].
    Operate(Operate),
    /// As [`OutboxCommand`].
    Outbox(OutboxCommand),
}

impl From<Trigger> for Logged {
    fn from(command: Trigger) -> Self {
        Self::Trigger(command)
    }
}

impl From<Pull> for Logged {
    fn from(command: Pull) -> Self {
        Self::Pull(command)
    }
}

impl From<Operate> for Logged {
    fn from(command: Operate) -> Self {
        Self::Operate(command)
    }
}

impl From<OutboxCommand> for Logged {
    fn from(command: OutboxCommand) -> Self {
        Self::Outbox(command)
    }
}

impl Replay<Pbx> for Logged {
    fn replay(self, pbx: &mut Pbx, now: OffsetDateTime) {
        match self {
            Self::Trigger(command) => command.execute(pbx, now),
            Self::Pull(command) => drop(command.execute(pbx, now)),
            Self::Operate(command) => drop(command.execute(pbx, now)),
            Self::Outbox(command) => command.execute(pbx, now),
        }
    }
}
