//! Which event becomes which callback.

use ringback_exchange::{Call, EventKind};
use ringback_mock::webhook::{Policy, Post};
use uuid::Uuid;

use crate::{
    Settings, Stage, Tag,
    render::{CallOrCdr, Form, is_first},
    settings::Generation,
};

/// One attempt, as the original; the timeout is ours.
pub(crate) fn policy() -> Policy {
    Policy { timeout_seconds: 10, retries: Vec::new() }
}

/// Returns the event that a happening of a live call is on the wire, if it is one.
pub(crate) fn stage(call: &Call<Tag>, what: &EventKind) -> Option<Stage> {
    match what {
        EventKind::CallCreated => Some(Stage::Originate),
        EventKind::LegRinging { leg } => {
            is_first(call, *leg, |leg| leg.ringing_at.is_some()).then_some(Stage::Ring)
        }
        EventKind::LegAnswered { leg } => {
            is_first(call, *leg, |leg| leg.answered_at.is_some()).then_some(Stage::Answered)
        }
        // The end is told from the record, by the one who has listed it.
        EventKind::CallEnded { .. }
        | EventKind::LegCreated { .. }
        | EventKind::LegHeld { .. }
        | EventKind::LegResumed { .. }
        | EventKind::LegParked { .. }
        | EventKind::LegTransferred { .. }
        | EventKind::LegReturned { .. }
        | EventKind::SupervisionChanged { .. }
        | EventKind::DigitsPressed { .. }
        | EventKind::RecordingStarted
        | EventKind::RecordingStopped
        | EventKind::RecordChanged
        | EventKind::LegEnded { .. } => None,
    }
}

/// Makes the request that tells an event: one bare record.
pub(crate) fn post(story: &CallOrCdr, stage: Stage, tenant: Uuid, settings: &Settings) -> Post {
    let content_type = match settings.generation {
        Generation::Of2020 => "application/json;charset=utf-8",
        Generation::Ringback | Generation::Of2021 => "application/json",
    };
    let headers = [
        ("Content-Type", content_type.to_owned()),
        ("Accept", "application/json, text/plain, */*".to_owned()),
        ("Tenant-UUID", tenant.to_string()),
    ];
    Post {
        lane: story.id.0,
        call: Some(story.id),
        event: stage.as_str().to_owned(),
        url: None,
        headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
        body: story.at(stage, Form::from(settings.generation), &settings.domain),
    }
}
