//! What the control API, a test or a scenario does to a partner's exchange.

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{CallRefused, Control, Dial, Direction, Origin};
use ringback_mock::ControlRefused;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{CallTag, CallType, Pbx};

/// Does to the exchange what the vendor's API cannot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Operate(pub Control);

impl Command<Pbx> for Operate {
    type Outcome = Result<Value, ControlRefused>;

    #[expect(clippy::wildcard_enum_match_arm, reason = "everything else is the exchange's own")]
    fn execute(self, pbx: &mut Pbx, now: OffsetDateTime) -> Self::Outcome {
        let about = match self.0 {
            Control::Dial { from, to, line, direct, behaviour } => {
                let (from, to) = (pbx.exchange.party(&from), pbx.exchange.party(&to));
                let call_type = match Direction::between(&from, &to) {
                    Direction::Inbound if direct => CallType::External,
                    Direction::Inbound => CallType::Inbound,
                    Direction::Outbound | Direction::Local => CallType::Outbound,
                };
                let line = line.or_else(|| {
                    (call_type != CallType::External).then(|| pbx.company_number.clone())
                });
                let tag = CallTag { sequence: pbx.channels(), call_type };
                let (origin, record) = (Origin::Phone, true);
                Some(pbx.dial(now, Dial { from, to, origin, line, record, behaviour, tag }))
            }
            Control::AddRecords { records } => {
                for past in &records {
                    let line = Some(pbx.company_number.clone());
                    let draft = past.draft(&pbx.exchange, line);
                    let call_type = match draft.facts.direction {
                        Direction::Inbound => CallType::Inbound,
                        Direction::Outbound | Direction::Local => CallType::Outbound,
                    };
                    let tag = CallTag { sequence: pbx.channels(), call_type };
                    let id = pbx.exchange.record(|id| draft.cdr(id, true, tag));
                    pbx.by_sequence.insert(tag.sequence, id);
                }
                return Ok(json!({ "added": records.len() }));
            }
            other => pbx.exchange.control(now, other).map_err(refused)?,
        };
        pbx.settle(now, &mut |_| {});
        Ok(match about.and_then(|id| pbx.exchange.show(id)) {
            Some(call) => json!({ "call": call }),
            None => json!({}),
        })
    }
}

fn refused(refused: CallRefused) -> ControlRefused {
    let why = refused.to_string();
    if refused.is_not_found() {
        ControlRefused::NotFound(why)
    } else {
        ControlRefused::Conflict(why)
    }
}
