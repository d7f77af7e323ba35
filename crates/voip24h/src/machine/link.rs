//! Links to recordings.

use ringback_engine::{Command, OffsetDateTime};
use serde::{Deserialize, Serialize};

use super::Pbx;
use crate::{LinkRefused, render::CallRecord};

/// Issues a link to a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueLink {
    /// The call's id.
    pub call_id: String,
}

/// What a link to a recording is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedLink {
    /// The name of the recording.
    pub recording_file: String,
    /// Drawn anew for each link, so two links of one call differ.
    pub iv: [u8; 16],
}

impl Command<Pbx> for IssueLink {
    type Outcome = Result<IssuedLink, LinkRefused>;

    fn execute(self, pbx: &mut Pbx, _now: OffsetDateTime) -> Self::Outcome {
        let cdr = pbx.find(&self.call_id).ok_or(LinkRefused::UnknownCall)?;
        let is_ready = pbx.exchange.has_recording_ready(cdr.id);
        cdr.recording_length().filter(|_| is_ready).ok_or(LinkRefused::NotRecorded)?;
        let recording_file = CallRecord::from(cdr).recording_file();
        let mut iv = [0; 16];
        pbx.exchange.random().fill(&mut iv);
        Ok(IssuedLink { recording_file, iv })
    }
}
