//! What the control API, a test or a scenario does to a partner's exchange.

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{CallRefused, Control, Dial, Direction, Number, Origin, Party};
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
            Control::Dial { from, to, line, direct, behaviour, keys } => {
                let (from, to) = (pbx.exchange.party(&from), pbx.exchange.party(&to));
                // A ring group, a queue or a menu is somebody here as well.
                let is_service = matches!(to, Party::Service(_));
                if !from.is_extension() && !to.is_extension() && !is_service {
                    return Err(nobody_here(from.number(), to.number()));
                }
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
                let dial = Dial { from, to, origin, line, record, behaviour, keys, tag };
                Some(pbx.dial(now, dial))
            }
            Control::AddRecords { records } => {
                let is_here = |number: &Number| pbx.exchange.party(number).is_extension();
                let strange =
                    records.iter().find(|past| !is_here(&past.from) && !is_here(&past.to));
                if let Some(past) = strange {
                    return Err(nobody_here(&past.from, &past.to));
                }
                // A call's id is its second since 1970, and has no sign.
                let is_told = |at: OffsetDateTime| (0..=LAST_SECOND).contains(&at.unix_timestamp());
                if !records.iter().all(|past| is_told(past.created_at)) {
                    let why = "created_at has to be from 1970 to 9999";
                    return Err(ControlRefused::Conflict(why.to_owned()));
                }
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

/// The last second of the calendar.
const LAST_SECOND: i64 = 253_402_300_799;

/// Every record of this vendor is one of an extension.
fn nobody_here(from: &Number, to: &Number) -> ControlRefused {
    ControlRefused::Conflict(format!("neither {from} nor {to} is an extension here"))
}

fn refused(refused: CallRefused) -> ControlRefused {
    let why = refused.to_string();
    if refused.is_not_found() {
        ControlRefused::NotFound(why)
    } else {
        ControlRefused::Conflict(why)
    }
}
