//! What a machine and a command are. Nothing here runs anything.

use std::any::Any;

use serde::{Serialize, de::DeserializeOwned};
use time::OffsetDateTime;

/// The whole state of something simulated, and the only way it changes.
///
/// A machine never reads a clock, draws operating-system randomness, does I/O or lets the order of
/// a hash map reach an outcome. Everything it holds is part of its serialised form.
pub trait Machine: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Every command of this machine, as the log stores it.
    type Logged: Replay<Self> + Serialize + DeserializeOwned + Clone + Send + Sync + 'static;

    /// What happens in the machine, for those who watch it.
    type Event: Serialize + Clone + Send + Sync + 'static;

    /// Makes everything happen that is due up to and including `to`, in time order.
    ///
    /// Two advances in a row give the same state as one to the later moment; a moment that has
    /// already passed changes nothing.
    fn advance(&mut self, to: OffsetDateTime);

    /// Returns the moment of the next happening, if anything is due at all.
    fn next_due(&self) -> Option<OffsetDateTime>;

    /// Moves the events since the last call into `into`, in their order.
    ///
    /// The engine calls it after every change. Events are no part of the serialised form.
    fn drain_events(&mut self, into: &mut Vec<Self::Event>);

    /// Learns that the engine has drained its events after a change, and which command made that
    /// change, if one did: a machine with observers of its own tells them here.
    ///
    /// Called under the engine's lock, after every change; nothing of the state may follow from it.
    fn published(&mut self, _command: Option<u64>) {}

    /// Takes over what is no part of the serialised form from the machine that this one replaces.
    fn inherit(&mut self, _replaced: &Self) {}

    /// Returns a number that follows from what the last command has done, such as the position of
    /// the random numbers and what is counted: the same on every computer, and soon another one where
    /// a command does not do the same on all. Cheap: it is asked for after every command.
    fn fingerprint(&self) -> u64 {
        0
    }
}

/// One change of a machine, with an outcome of its own type.
///
/// A refusal ("the extension is busy") is part of the outcome: it is deterministic and comes out
/// the same on every replay.
///
/// With a log the command that is executed is the one that came out of its logged form, so that it
/// does the same wherever the log is read.
pub trait Command<M: Machine>: Into<M::Logged> + Clone + Send + 'static {
    /// What the command answers.
    type Outcome: Send + 'static;

    /// Takes a command out of its logged form; `None` if that is the form of another one.
    fn from_logged(logged: M::Logged) -> Option<Self> {
        logged.into_command()
    }

    /// Changes the machine at `now`; the engine has already advanced it to that moment, and does so
    /// again afterwards, so that what the command causes at once happens with it.
    fn execute(self, machine: &mut M, now: OffsetDateTime) -> Self::Outcome;
}

/// A logged command that can be executed again, its outcome thrown away.
pub trait Replay<M: Machine> {
    /// Executes the command again at the moment it was logged with.
    fn replay(self, machine: &mut M, now: OffsetDateTime);

    /// Takes the command itself out, if it is of that type: as it stands, the logged form is a command
    /// itself.
    fn into_command<C: Any>(self) -> Option<C>
    where
        Self: Sized + 'static,
    {
        same(self)
    }
}

/// Returns a value as what it is; `None` if that is another type.
#[doc(hidden)]
pub fn same<T: Any, C: Any>(value: T) -> Option<C> {
    let mut value = Some(value);
    let value: &mut dyn Any = &mut value;
    value.downcast_mut::<Option<C>>()?.take()
}

/// Declares the logged form of a machine's commands: an enum with one variant for each of them, the
/// conversions into it and back, and their replay.
///
/// Every command is a variant of its own name or of the name given; the crate that uses this needs
/// `serde` with `derive`.
///
/// ```
/// # use ringback_engine::{Command, Machine, OffsetDateTime, logged};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize)]
/// # struct Counter(u64);
/// # impl Machine for Counter {
/// #     type Logged = Logged;
/// #     type Event = ();
/// #     fn advance(&mut self, _to: OffsetDateTime) {}
/// #     fn next_due(&self) -> Option<OffsetDateTime> { None }
/// #     fn drain_events(&mut self, _into: &mut Vec<()>) {}
/// # }
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
/// struct Add(u64);
///
/// impl Command<Counter> for Add {
///     type Outcome = u64;
///     fn execute(self, counter: &mut Counter, _now: OffsetDateTime) -> u64 {
///         counter.0 += self.0;
///         counter.0
///     }
/// }
///
/// logged! {
///     /// Every command of a counter.
///     enum Logged of Counter {
///         /// As [`Add`].
///         Add(Add),
///     }
/// }
/// assert_eq!(Logged::from(Add(1)), Logged::Add(Add(1)));
/// assert_eq!(Command::<Counter>::from_logged(Logged::Add(Add(1))), Some(Add(1)));
/// ```
#[macro_export]
macro_rules! logged {
    (
        $(#[$meta:meta])*
        $vis:vis enum $logged:ident of $machine:ty {
            $($(#[$doc:meta])* $variant:ident($command:ty)),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        $vis enum $logged {
            $($(#[$doc])* $variant($command),)+
        }

        $(impl ::core::convert::From<$command> for $logged {
            fn from(command: $command) -> Self {
                Self::$variant(command)
            }
        })+

        impl $crate::Replay<$machine> for $logged {
            fn replay(self, machine: &mut $machine, now: $crate::OffsetDateTime) {
                match self {
                    $(Self::$variant(command) => {
                        let _ = $crate::Command::<$machine>::execute(command, machine, now);
                    })+
                }
            }

            fn into_command<C: ::core::any::Any>(self) -> ::core::option::Option<C> {
                match self {
                    $(Self::$variant(command) => $crate::same(command),)+
                }
            }
        }
    };
}
