//! Where callouts, batch operations and phone calls stand.

use serde::{Deserialize, Serialize};

macro_rules! words {
    (
        $(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        $vis enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The words of all of them on the wire.
            pub const WORDS: &'static [&'static str] = &[$($word,)+];

            /// Returns the word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// Returns what a word on the wire stands for.
            pub fn of(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == word)
            }
        }
    };
}

words! {
    /// Where a callout stands.
    pub enum CalloutStatus {
        /// It has not been started.
        Initialized = "initialized",
        /// Its participants are called.
        Running = "running",
        /// Nobody is called until it is resumed.
        Paused = "paused",
        /// As paused; it can be resumed all the same.
        Stopped = "stopped",
    }
}

words! {
    /// What can be done to a callout.
    pub enum CalloutEvent {
        /// Begins to call.
        Start = "start",
        /// Calls nobody for the time being.
        Pause = "pause",
        /// Goes on calling.
        Resume = "resume",
        /// Calls nobody any more.
        Stop = "stop",
    }
}

impl CalloutStatus {
    /// Returns where an event leads, if it is possible.
    pub const fn after(self, event: CalloutEvent) -> Option<Self> {
        match (self, event) {
            (Self::Initialized, CalloutEvent::Start)
            | (Self::Paused | Self::Stopped, CalloutEvent::Resume) => Some(Self::Running),
            (Self::Running, CalloutEvent::Pause) => Some(Self::Paused),
            (Self::Running | Self::Paused, CalloutEvent::Stop) => Some(Self::Stopped),
            (
                Self::Initialized | Self::Running | Self::Paused | Self::Stopped,
                CalloutEvent::Start
                | CalloutEvent::Pause
                | CalloutEvent::Resume
                | CalloutEvent::Stop,
            ) => None,
        }
    }
}

words! {
    /// Where a batch operation stands; a population has words of its own for it.
    pub enum BatchStatus {
        /// It can be looked at before it does anything.
        Preview = "preview",
        /// It will run soon.
        Queued = "queued",
        /// It runs.
        Running = "running",
        /// It has run.
        Finished = "finished",
    }
}

impl BatchStatus {
    /// Returns the word of a population.
    pub const fn of_population(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Queued => "queued",
            Self::Running => "populating",
            Self::Finished => "populated",
        }
    }
}

words! {
    /// What can be asked of a batch operation.
    pub enum BatchEvent {
        /// Runs it for the first time.
        Queue = "queue",
        /// Runs it again.
        Requeue = "requeue",
    }
}

words! {
    /// What a batch operation does.
    pub enum BatchKind {
        /// Lets contacts take part in a callout.
        CalloutPopulation = "BatchOperation::CalloutPopulation",
        /// Makes a phone call for each participation.
        PhoneCallCreate = "BatchOperation::PhoneCallCreate",
        /// Queues phone calls.
        PhoneCallQueue = "BatchOperation::PhoneCallQueue",
        /// Asks the provider about phone calls.
        PhoneCallQueueRemoteFetch = "BatchOperation::PhoneCallQueueRemoteFetch",
    }
}

words! {
    /// Where a phone call stands.
    pub enum CallStatus {
        /// Nothing has happened to it.
        Created = "created",
        /// It will be handed to the provider soon.
        Queued = "queued",
        /// The provider has it.
        RemotelyQueued = "remotely_queued",
        /// The provider has refused it.
        Errored = "errored",
        /// The provider will be asked about it soon.
        RemoteFetchQueued = "remote_fetch_queued",
        /// It rings, or somebody talks.
        InProgress = "in_progress",
        /// The called party was in another call.
        Busy = "busy",
        /// The called party could not be reached.
        Failed = "failed",
        /// Nobody picked up.
        NotAnswered = "not_answered",
        /// The provider gave up.
        Canceled = "canceled",
        /// Somebody talked.
        Completed = "completed",
    }
}

impl CallStatus {
    /// Returns whether nothing more happens to such a call.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Created
            | Self::Queued
            | Self::RemotelyQueued
            | Self::RemoteFetchQueued
            | Self::InProgress => false,
            Self::Errored
            | Self::Busy
            | Self::Failed
            | Self::NotAnswered
            | Self::Canceled
            | Self::Completed => true,
        }
    }

    /// Returns the number that stands for it in an index; 0 stands for no call.
    pub(crate) const fn code(self) -> u64 {
        self as u64 + 1
    }

    /// Returns where a call stands after the provider has told its own status of it.
    pub fn after(self, remote: &str) -> Self {
        let can_complete = match self {
            Self::Created | Self::RemotelyQueued | Self::RemoteFetchQueued | Self::InProgress => {
                true
            }
            Self::Queued
            | Self::Errored
            | Self::Busy
            | Self::Failed
            | Self::NotAnswered
            | Self::Canceled
            | Self::Completed => false,
        };
        if !can_complete {
            return self;
        }
        match remote {
            "ringing" | "in-progress" => Self::InProgress,
            "busy" => Self::Busy,
            "failed" => Self::Failed,
            "no-answer" => Self::NotAnswered,
            "canceled" => Self::Canceled,
            "completed" => Self::Completed,
            _ if self == Self::RemoteFetchQueued => Self::RemotelyQueued,
            _ => self,
        }
    }
}

words! {
    /// What can be asked of a phone call.
    pub enum CallEvent {
        /// Hands it to the provider.
        Queue = "queue",
        /// Asks the provider about it.
        QueueRemoteFetch = "queue_remote_fetch",
    }
}
