//! What the control API, a test or a scenario does to a world: one command for all vendors.

use std::fmt::Debug;

use ringback_engine::{Command, OffsetDateTime};
use ringback_exchange::{CallId, Control};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned, de::Error as _};
use serde_json::{Value, json};
use time::macros::datetime;

use super::{ControlRefused, PhoneCall, World};

/// The verbs of a vendor's own controls, which no exchange has.
pub trait ControlVerbs {
    /// The verbs, as `do` has them.
    const VERBS: &'static [&'static str];
}

/// What only one vendor's world can be told: an enum whose JSON form has its verb as `do`.
pub trait OwnControl<W>:
    ControlVerbs + Debug + Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Does it.
    ///
    /// # Errors
    /// Why it cannot be done; nothing has changed then.
    fn execute(self, world: &mut W, now: OffsetDateTime) -> Result<ControlAnswer, ControlRefused>;
}

/// What a control answers.
#[derive(Debug, Clone, PartialEq)]
pub enum ControlAnswer {
    /// Nothing to tell.
    Done,
    /// The call it was about, as it stands when everything due has happened.
    Call(CallId),
    /// Something else.
    Value(Value),
}

/// For vendors that have no controls of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum NoControl {}

impl ControlVerbs for NoControl {
    const VERBS: &'static [&'static str] = &[];
}

impl<W> OwnControl<W> for NoControl {
    fn execute(self, _: &mut W, _: OffsetDateTime) -> Result<ControlAnswer, ControlRefused> {
        match self {}
    }
}

/// One thing to do to a world from outside its vendor's API: something of the vendor's own, or
/// anything an exchange does. Its JSON form is that of either, told apart by `do`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ControlCommand<Own> {
    /// Something of this vendor.
    Own(Own),
    /// Something of any exchange. A `dial` is placed as the vendor places it.
    Exchange(Box<Control>),
}

impl<'de, Own: DeserializeOwned + ControlVerbs> Deserialize<'de> for ControlCommand<Own> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let verb = value.get("do").and_then(Value::as_str).unwrap_or_default().to_owned();
        if Own::VERBS.contains(&verb.as_str()) {
            return serde_json::from_value(value).map(Self::Own).map_err(D::Error::custom);
        }
        serde_json::from_value(value).map(Self::Exchange).map_err(|error| {
            // A misspelt verb may have been meant for one of the vendor's own.
            let unknown = format!("unknown variant `{verb}`, expected one of ");
            match error.to_string().strip_prefix(&unknown) {
                Some(known) => {
                    let own: String = Own::VERBS.iter().map(|own| format!("`{own}`, ")).collect();
                    D::Error::custom(format!("{unknown}{own}{known}"))
                }
                None => D::Error::custom(error),
            }
        })
    }
}

/// When a made-up call may have begun: ids of calls are seconds since 1970 for some vendors, and what
/// begins at the end of the calendar leaves no room for what comes after it.
const RECORDED: std::ops::Range<OffsetDateTime> =
    datetime!(1970-01-01 00:00 UTC)..datetime!(9000-01-01 00:00 UTC);

impl<W: World> Command<W> for ControlCommand<W::Own> {
    type Outcome = Result<Value, ControlRefused>;

    fn execute(self, world: &mut W, now: OffsetDateTime) -> Self::Outcome {
        let answer = match self {
            Self::Own(own) => own.execute(world, now)?,
            Self::Exchange(control) => by_exchange(world, now, *control)?,
        };
        world.settle(now);
        Ok(match answer {
            ControlAnswer::Done => json!({}),
            ControlAnswer::Value(value) => value,
            ControlAnswer::Call(call) => match world.view_call(call) {
                Some(view) => json!({ "call": view }),
                None => json!({}),
            },
        })
    }
}

/// Does something of any exchange, a call and made-up records by way of the vendor.
#[expect(clippy::wildcard_enum_match_arm, reason = "everything else is the exchange's own")]
fn by_exchange<W: World>(
    world: &mut W,
    now: OffsetDateTime,
    control: Control,
) -> Result<ControlAnswer, ControlRefused> {
    Ok(match control {
        Control::Dial { from, to, line, keys, direct, behaviour } => {
            let call = PhoneCall { from, to, line, keys, direct, behaviour };
            ControlAnswer::Call(world.place(now, call)?)
        }
        Control::AddRecords { records } => {
            for record in &records {
                if !RECORDED.contains(&record.created_at) {
                    let why = "created_at has to be from 1970 to 8999";
                    return Err(ControlRefused::Conflict(why.to_owned()));
                }
                world.check_record(record)?;
            }
            records.iter().for_each(|record| world.add_record(record));
            world.records_added();
            ControlAnswer::Value(json!({ "added": records.len() }))
        }
        other => match world.control(now, other)? {
            Some(call) => ControlAnswer::Call(call),
            None => ControlAnswer::Done,
        },
    })
}
