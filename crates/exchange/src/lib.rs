//! A telephone exchange as a pure library: extensions, calls, legs, callee behaviour, call detail
//! records, recordings. No HTTP, no JSON shapes, no clock.
//!
//! ```
//! use ringback_exchange::{Dial, Exchange, Extension, Party, Profile};
//! use time::{Duration, macros::datetime};
//!
//! let mut exchange = Exchange::new(7, Profile::default());
//! exchange.set_extension(Extension::new("101"));
//!
//! let now = datetime!(2026-03-04 09:15:20 UTC);
//! let to = Party::Outside("0987699486".into()); // …99486 is always busy
//! let call = exchange.dial(now, Dial::click(Party::Extension("101".into()), to, ()));
//! while let Some(event) = exchange.step(now + Duration::minutes(1)) {
//!     println!("{event:?}");
//! }
//! let cdr = exchange.history().get(call).unwrap();
//! assert_eq!(cdr.disposition().as_str(), "BUSY");
//! assert_eq!(cdr.duration(), Duration::SECOND); // until 101 picked up
//! ```

mod agenda;
pub mod audio;
mod behaviour;
mod call;
mod cause;
mod cdr;
mod cdr_input;
mod change;
mod control;
mod distribution;
mod exchange;
mod extension;
#[cfg(test)]
mod fuzz;
mod generate;
mod heard;
mod history;
mod number;
mod random;
mod record_fault;
mod scenario;
mod service;
mod traffic;
mod view;

pub use agenda::{Agenda, Due};
pub use behaviour::{
    Behaviour, Behaviours, Day, Home, Hours, KeyPress, Outcome, Plan, Presser, Profile, Rule, Side,
    is_like, magic,
};
pub use call::{
    Call, CallId, CallState, Event, EventKind, Leg, LegId, LegState, Origin, Role, Span,
    Supervision,
};
pub use cause::{Disposition, HangupCause};
pub use cdr::{Cdr, Facts, Times};
pub use cdr_input::CdrInput;
pub use change::{Change, ChangeKind, ChangedPart, Changes};
pub use control::{Control, LegName};
pub use distribution::{Distribution, Shape};
pub use exchange::{CallRefused, Dial, Exchange, Published};
pub use extension::{Extension, Unavailable};
pub use generate::{CdrDraft, HistoryProfile};
pub use heard::Heard;
pub use history::History;
pub use number::{Direction, Number, Party};
pub use random::Random;
pub use record_fault::{
    Displaced, FaultyRecord, RecordFault, RecordFaults, RecordingFault, WrongDuration,
};
pub use scenario::Scenario;
pub use service::{Group, Menu, Queue, RingStrategy, Service, ServiceKind};
pub use traffic::{Curve, Offset, Traffic, TrafficSettings};
pub use view::{CallView, LegView};
