//! A call record as it goes over the wire: fifteen fields and no more. No decisions.

pub(crate) mod echo;
pub(crate) mod reply;

use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Stage;

/// A record or an event, its fields in the order of the vendor's document.
#[derive(Debug, Serialize)]
pub(crate) struct Record<'a> {
    pub(crate) uuid: Uuid,
    pub(crate) domain_name: &'a str,
    pub(crate) caller_name: &'static str,
    pub(crate) caller_number: u64,
    pub(crate) destination_number: u64,
    pub(crate) direction: &'static str,
    pub(crate) call_start: Stamp,
    #[serde(skip_serializing_if = "Field::is_left_out")]
    pub(crate) ring_start: Field<Stamp>,
    #[serde(skip_serializing_if = "Field::is_left_out")]
    pub(crate) answer_start: Field<Stamp>,
    #[serde(skip_serializing_if = "Field::is_left_out")]
    pub(crate) call_end: Field<Stamp>,
    #[serde(skip_serializing_if = "Field::is_left_out")]
    pub(crate) duration: Field<i64>,
    #[serde(skip_serializing_if = "Field::is_left_out")]
    pub(crate) recording: Field<Uuid>,
    pub(crate) click_to_call: bool,
    pub(crate) click_to_call_data: &'static str,
    pub(crate) action: Stage,
}

/// A field that may be unknown yet: the two generations say so differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field<T> {
    LeftOut,
    Null,
    Known(T),
}

impl<T> Field<T> {
    fn is_left_out(&self) -> bool {
        matches!(self, Self::LeftOut)
    }
}

impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::LeftOut | Self::Null => serializer.serialize_none(),
            Self::Known(value) => value.serialize(serializer),
        }
    }
}

/// A moment as `2026-03-04T09:15:20.000Z`: one client's pattern fails without the three decimals,
/// two fail on `+00:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp(pub(crate) OffsetDateTime);

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (date, time) = (self.0.date(), self.0.time());
        let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
        let (hour, minute, second, milli) = time.as_hms_milli();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
