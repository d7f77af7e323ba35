//! What a campaign is: its columns, its windows, and who of them may change how.

use ringback_engine::OffsetDateTime;
use serde::{Deserialize, Serialize};
use time::{Duration, Time, Weekday};
use uuid::Uuid;

use crate::{Face, render::CallStatus, wire::stamp::ZONE};

/// What a campaign calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the vendor's own words")]
pub enum CampaignType {
    Autodialer,
    Autocall,
    Inbound,
    Manual,
}

impl CampaignType {
    /// The words, in the order of the document.
    pub(crate) const WORDS: &'static [&'static str] =
        &["autodialer", "autocall", "inbound", "manual"];

    /// Reads a word.
    pub(crate) fn of(word: &str) -> Option<Self> {
        [Self::Autodialer, Self::Autocall, Self::Inbound, Self::Manual]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }

    /// Returns the word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Autodialer => "autodialer",
            Self::Autocall => "autocall",
            Self::Inbound => "inbound",
            Self::Manual => "manual",
        }
    }

    /// Returns the word of the first generation.
    pub(crate) const fn dial_method(self) -> &'static str {
        match self {
            Self::Autodialer => "autodial",
            Self::Autocall | Self::Inbound | Self::Manual => self.as_str(),
        }
    }

    /// Returns whether its leads are called by the exchange.
    pub(crate) const fn dials(self) -> bool {
        matches!(self, Self::Autodialer | Self::Autocall)
    }
}

/// Whether a campaign calls its leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the vendor's own words")]
pub enum RunState {
    Stop,
    Start,
    Pause,
}

impl RunState {
    /// Returns the word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Start => "start",
            Self::Pause => "pause",
        }
    }
}

/// Numbers for each mobile network, in the order of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the vendor's own names")]
pub struct PerNetwork {
    pub viettel: u32,
    pub mobi: u32,
    pub vina: u32,
    pub tel: u32,
    pub offnet: u32,
}

/// When leads are called on a day: nanoseconds after local midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// When calls begin.
    pub from: u64,
    /// When they end.
    pub to: u64,
}

impl Window {
    /// From 8 to 21 o'clock.
    pub(crate) const USUAL: Self = Self { from: 28_800_000_000_000, to: 75_600_000_000_000 };
}

/// The names of the days in the vendor's columns, the first being the first of the week.
pub(crate) const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// What a client says of a campaign: the columns of the vendor's row that are not the service's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the vendor's own columns")]
pub struct CampaignColumns {
    pub campaign_name: String,
    pub r#type: CampaignType,
    pub description: String,
    pub active: bool,
    pub concurrent_call: u32,
    pub ratio: u32,
    pub carrier_uuid: String,
    pub template_uuid: String,
    pub recall_times: u32,
    pub limit_recall_duration: u32,
    pub schedule_recall: String,
    pub schedule_recall_duration: u32,
    pub hopper: u32,
    pub answer_callback_url: String,
    pub local_start_time: String,
    pub local_end_time: String,
    pub customer_order: String,
    pub allow_manual_dial: bool,
    pub allow_search_lead: bool,
    pub enable_callback_alert: bool,
    pub default_list_uuid: String,
    pub script_uuid: String,
    pub call_center_queue_strategy: String,
    pub mode_call: String,
    pub network: PerNetwork,
    pub run_id: String,
    pub type_autocall: String,
    pub call_timeout: u32,
    /// The seven days; the old ones stay where a change does not say.
    pub schedules: Option<[Window; 7]>,
    pub priority_recall: String,
    pub recall_status: Option<Vec<String>>,
    pub enable_encrypt: bool,
    pub callback_url: String,
    pub orig_campaign_uuid: String,
}

/// The outcomes after which a lead may be called again.
pub(crate) const RECALL_STATUSES: &[&str] = &[
    "answered",
    "busy",
    "failed",
    "no-answered",
    "not-available",
    "voicemail",
    "invalid-number",
    "phone-block",
    "congestion",
];

impl Default for CampaignColumns {
    /// Those of a new campaign of scripts. vendors/tel4vn-v3.md, 3
    fn default() -> Self {
        Self {
            active: true,
            ratio: 100,
            schedule_recall: "after".to_owned(),
            hopper: 20,
            local_start_time: "00:00:00".to_owned(),
            local_end_time: "23:59:59".to_owned(),
            customer_order: "id".to_owned(),
            allow_manual_dial: true,
            allow_search_lead: true,
            enable_callback_alert: true,
            mode_call: "direct".to_owned(),
            call_timeout: 60,
            schedules: Some([Window::USUAL; 7]),
            priority_recall: "normal".to_owned(),
            recall_status: Some(RECALL_STATUSES.iter().map(|&word| word.to_owned()).collect()),
            ..Self::empty()
        }
    }
}

impl CampaignColumns {
    /// Those of a new campaign of a type.
    pub(crate) fn fresh(kind: CampaignType) -> Self {
        let usual = Self { r#type: kind, ..Self::default() };
        match kind {
            CampaignType::Autocall => usual,
            CampaignType::Autodialer | CampaignType::Inbound | CampaignType::Manual => Self {
                mode_call: String::new(),
                call_timeout: 0,
                priority_recall: String::new(),
                recall_status: None,
                call_center_queue_strategy: match kind {
                    CampaignType::Autodialer => "ring-all".to_owned(),
                    CampaignType::Autocall | CampaignType::Inbound | CampaignType::Manual => {
                        String::new()
                    }
                },
                ..usual
            },
        }
    }

    /// Those that a change begins with: what it leaves out becomes zero.
    pub(crate) fn empty() -> Self {
        Self {
            campaign_name: String::new(),
            r#type: CampaignType::Autocall,
            description: String::new(),
            active: false,
            concurrent_call: 0,
            ratio: 0,
            carrier_uuid: String::new(),
            template_uuid: String::new(),
            recall_times: 0,
            limit_recall_duration: 0,
            schedule_recall: String::new(),
            schedule_recall_duration: 0,
            hopper: 0,
            answer_callback_url: String::new(),
            local_start_time: String::new(),
            local_end_time: String::new(),
            customer_order: String::new(),
            allow_manual_dial: false,
            allow_search_lead: false,
            enable_callback_alert: false,
            default_list_uuid: String::new(),
            script_uuid: String::new(),
            call_center_queue_strategy: String::new(),
            mode_call: String::new(),
            network: PerNetwork::default(),
            run_id: String::new(),
            type_autocall: String::new(),
            call_timeout: 0,
            schedules: None,
            priority_recall: String::new(),
            recall_status: None,
            enable_encrypt: false,
            callback_url: String::new(),
            orig_campaign_uuid: String::new(),
        }
    }
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Campaign {
    /// The generation of the API on which it was made.
    pub(crate) face: Face,
    pub(crate) campaign_uuid: Uuid,
    pub(crate) status: RunState,
    /// When a pause is over.
    #[serde(with = "time::serde::timestamp::microseconds::option")]
    pub(crate) resumes_at: Option<OffsetDateTime>,
    /// The queue in which its answered calls wait for agents.
    pub(crate) queue_uuid: Option<Uuid>,
    /// The agents that were assigned to it, by their users' ids.
    pub(crate) users: Vec<Uuid>,
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub(crate) created_at: OffsetDateTime,
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub(crate) updated_at: OffsetDateTime,
    pub(crate) columns: CampaignColumns,
}

impl Campaign {
    /// Returns whether a lead is called again after such a call. vendors/tel4vn-v3.md, 6
    pub(super) fn recalls(&self, status: CallStatus, talked: i64) -> bool {
        let CampaignColumns { recall_status, limit_recall_duration, .. } = &self.columns;
        let is_named = recall_status.iter().flatten().any(|word| word == status.as_str());
        let is_short = status == CallStatus::Answered && talked < i64::from(*limit_recall_duration);
        is_named || is_short
    }

    /// Returns how long a lead waits for its next call; at least a second, so that time passes.
    pub(super) fn recall_pause(&self) -> Duration {
        match self.columns.schedule_recall.as_str() {
            "minute" => Duration::minutes(self.columns.schedule_recall_duration.into()),
            _ => Duration::ZERO,
        }
        .max(Duration::SECOND)
    }

    /// Returns the first moment from `from` on at which leads may be called, if there is one.
    pub(super) fn opens(&self, from: OffsetDateTime) -> Option<OffsetDateTime> {
        self.windows(from)
            .filter(|(_, closes)| *closes > from)
            .map(|(opens, _)| opens.max(from))
            .min()
    }

    /// Returns when the next window begins after a moment.
    pub(super) fn next_opening(&self, after: OffsetDateTime) -> Option<OffsetDateTime> {
        self.windows(after).map(|(opens, _)| opens).filter(|opens| *opens > after).min()
    }

    /// The windows of the week that begins with a moment's local day.
    fn windows(
        &self,
        from: OffsetDateTime,
    ) -> impl Iterator<Item = (OffsetDateTime, OffsetDateTime)> {
        let midnight = from.checked_to_offset(ZONE).unwrap_or(from).replace_time(Time::MIDNIGHT);
        let days = (0..=7).map(move |days| midnight.saturating_add(Duration::days(days)));
        days.filter_map(|day| {
            let Window { from, to } = self.window(day.weekday());
            let at = |nanos: u64| {
                let nanos = i64::try_from(nanos).unwrap_or(i64::MAX);
                day.saturating_add(Duration::nanoseconds(nanos))
            };
            (to > from).then(|| (at(from), at(to)))
        })
    }

    fn window(&self, day: Weekday) -> Window {
        match self.columns.r#type {
            CampaignType::Autodialer | CampaignType::Inbound | CampaignType::Manual => {
                self.local_window()
            }
            CampaignType::Autocall => {
                let day = usize::from(day.number_days_from_monday());
                let days = self.columns.schedules.unwrap_or([Window::USUAL; 7]);
                days.get(day).copied().unwrap_or(Window::USUAL)
            }
        }
    }

    /// The window of an autodialer, the same every day; the whole day where it does not say.
    fn local_window(&self) -> Window {
        const SECOND: u64 = 1_000_000_000;
        let CampaignColumns { local_start_time, local_end_time, .. } = &self.columns;
        let from = seconds_of_day(local_start_time).unwrap_or(0);
        // Up to and with its last second.
        let to = seconds_of_day(local_end_time).map_or(86_400, |second| second + 1);
        Window { from: from * SECOND, to: to * SECOND }
    }
}

/// Reads `hh:mm:ss`.
pub(crate) fn seconds_of_day(text: &str) -> Option<u64> {
    let mut parts = text.split(':').map(|part| {
        let is_number = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse::<u64>().ok()).flatten()
    });
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let fits = hours < 24 && minutes < 60 && seconds < 60 && parts.next().is_none();
    fits.then_some(hours * 3_600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests;
