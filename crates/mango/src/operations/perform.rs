//! The command behind every operation of the VPBX API that changes something.

use ringback_engine::{Command, OffsetDateTime};
use ringback_mock::World as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Handler, command_id, operation};
use crate::{Params, Pbx, Refused, Reply, wire::Answer};

/// Performs an operation of the VPBX API, signature and all having been checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunOperation {
    /// The path of the operation, without `/vpbx`: `commands/callback`.
    pub operation: String,
    /// What stands in its `json`.
    pub params: Params,
}

impl RunOperation {
    /// Makes the command from an operation and its JSON; what is no object counts as empty.
    pub fn new(operation: &str, json: Value) -> Self {
        let params = serde_json::from_value(json).unwrap_or_default();
        Self { operation: operation.to_owned(), params }
    }
}

impl Command<Pbx> for RunOperation {
    type Outcome = Result<Reply, Refused>;

    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Self::Outcome {
        let Some(operation) = operation(&self.operation) else {
            return Err(Refused::code(4001));
        };
        let answer = match pbx.take_forced(operation.path) {
            Some(1000) => Ok(Reply::Done),
            Some(code) => Err(Refused::code(code)),
            None => match operation.run {
                Handler::Read(read) => read(pbx, now, &self.params),
                Handler::Change(change) | Handler::Command(change) => {
                    change(pbx, now, &self.params)
                }
            },
        };
        let is_command = matches!(operation.run, Handler::Command(_));
        // The manual tells of an ordered call before its first leg, of others after their legs.
        let tells_first = operation.path.starts_with("commands/callback");
        if is_command && tells_first {
            pbx.notify_result(now, operation.path, &self.params, &answer);
        }
        pbx.settle(now);
        if is_command && !tells_first {
            pbx.notify_result(now, operation.path, &self.params, &answer);
        }
        answer
    }
}

impl Pbx {
    fn notify_result(
        &mut self,
        now: OffsetDateTime,
        operation: &str,
        params: &Params,
        answer: &Answer,
    ) {
        let result = answer.as_ref().map_or_else(|refused| refused.code, |_| 1000);
        let command_id = command_id(params).ok().flatten();
        self.acknowledge(now, operation, command_id.as_deref(), result);
    }
}
