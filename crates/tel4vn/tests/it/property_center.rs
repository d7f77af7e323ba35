//! Random changes of the call centre, and what holds between its views.

use std::collections::BTreeMap;

use proptest::prelude::*;
use ringback_tel4vn::{
    AgentStatus, CallCenterEdit, CallOne, CampaignColumns, CampaignType, CarrierColumns, Filter,
    GroupColumns, LeadColumns, Pbx, RunState, Tel4vn, UserColumns,
};
use ringback_testkit::property::Live;
use serde_json::json;
use uuid::Uuid;

/// A change of the n-th campaign, list, lead or carrier that there is then.
#[derive(Debug, Clone)]
pub(crate) enum Center {
    Create(CampaignColumns),
    Change(usize, CampaignColumns),
    Active(usize, bool),
    Run(usize, RunState),
    Delete(usize),
    List(usize),
    ListActive(usize, bool),
    DeleteList(usize),
    Leads(usize, Vec<LeadColumns>),
    ChangeLead(usize, LeadColumns),
    DeleteLead(usize),
    Order(usize, String),
    Carrier(usize, u32),
    LogIn(usize, String),
    Agent(String, Option<AgentStatus>),
    Assign(usize, String),
    Script(bool),
    User(String),
    Group,
}

fn phone() -> impl Strategy<Value = String> {
    let phones = vec![
        "0349000001",
        "0349199486",
        "0349199480",
        "0349199404",
        "0349199503",
        "0349199603",
        "0349199200",
        "0899990988",
        "0902000001",
    ];
    prop::sample::select(phones).prop_map(str::to_owned)
}

fn lead() -> impl Strategy<Value = LeadColumns> {
    (phone(), 0..3u32, any::<bool>()).prop_map(|(phone_number, day, named)| LeadColumns {
        phone_number,
        after_day: u32::from(day == 2),
        lead_name: if named { "An".to_owned() } else { String::new() },
        additional: if named { json!({ "ten": "A" }).to_string() } else { String::new() },
        ..LeadColumns::default()
    })
}

fn columns() -> impl Strategy<Value = CampaignColumns> {
    let kinds = vec![CampaignType::Autocall, CampaignType::Autocall, CampaignType::Autodialer];
    let carriers =
        vec!["", "a18b400f-d487-4e17-b5e7-eba5fe6fa54f", "aff00f7f-f346-4036-8412-b9daef14b386"];
    (
        prop::sample::select(kinds),
        prop::sample::select(carriers),
        (0..4u32, 0..3u32, 0..3u32, any::<bool>()),
        prop::sample::select(vec!["a", "b", "c", "d"]),
        prop::sample::select(vec![0u32, 3, 60]),
    )
        .prop_map(|(r#type, carrier, (at_once, times, minutes, recalls), name, timeout)| {
            CampaignColumns {
                campaign_name: name.to_owned(),
                r#type,
                carrier_uuid: carrier.to_owned(),
                concurrent_call: at_once,
                ratio: 150,
                recall_times: times,
                limit_recall_duration: minutes * 10,
                schedule_recall: if minutes > 0 { "minute" } else { "after" }.to_owned(),
                schedule_recall_duration: minutes,
                priority_recall: if recalls { "recall" } else { "normal" }.to_owned(),
                call_timeout: timeout,
                callback_url: if recalls { "http://127.0.0.1:9/own" } else { "" }.to_owned(),
                template_uuid: if recalls {
                    "b1d6c0a2-5e0f-4a53-9d5c-0c2f6f4be901".to_owned()
                } else {
                    String::new()
                },
                ..CampaignColumns::default()
            }
        })
}

pub(crate) fn center() -> impl Strategy<Value = Center> {
    let agents = || prop::sample::select(vec!["101", "102", "104", "109"]).prop_map(str::to_owned);
    let runs =
        vec![RunState::Start, RunState::Start, RunState::Start, RunState::Pause, RunState::Stop];
    let n = || 0..16usize;
    prop_oneof![
        2 => columns().prop_map(Center::Create),
        1 => (n(), columns()).prop_map(|(n, columns)| Center::Change(n, columns)),
        1 => (n(), any::<bool>()).prop_map(|(n, active)| Center::Active(n, active)),
        6 => (n(), prop::sample::select(runs)).prop_map(|(n, to)| Center::Run(n, to)),
        1 => n().prop_map(Center::Delete),
        3 => n().prop_map(Center::List),
        1 => (n(), any::<bool>()).prop_map(|(n, active)| Center::ListActive(n, active)),
        1 => n().prop_map(Center::DeleteList),
        6 => (n(), prop::collection::vec(lead(), 1..5)).prop_map(|(n, leads)| Center::Leads(n, leads)),
        1 => (n(), lead()).prop_map(|(n, lead)| Center::ChangeLead(n, lead)),
        1 => n().prop_map(Center::DeleteLead),
        4 => (n(), phone()).prop_map(|(n, phone)| Center::Order(n, phone)),
        1 => (0..3usize, 0..3u32).prop_map(|(n, most)| Center::Carrier(n, most)),
        2 => (n(), agents()).prop_map(|(n, agent)| Center::LogIn(n, agent)),
        3 => (agents(), prop::option::weighted(0.9, prop::sample::select(vec![
            AgentStatus::Resume, AgentStatus::Resume, AgentStatus::Pause,
        ]))).prop_map(|(agent, status)| Center::Agent(agent, status)),
        1 => (n(), agents()).prop_map(|(n, agent)| Center::Assign(n, agent)),
        1 => any::<bool>().prop_map(Center::Script),
        1 => prop::sample::select(vec!["301", "302", "101"]).prop_map(|e| Center::User(e.to_owned())),
        1 => Just(Center::Group),
    ]
}

/// Does it; what there is none of is nothing.
pub(crate) fn act(live: &Live<Tel4vn>, center: Center) {
    let campaign = |n| live.read(|pbx| pbx.campaigns().nth(n).map(|one| one.campaign_uuid));
    let list = |n| live.read(|pbx| pbx.list_ids().nth(n));
    let lead = |n| live.read(|pbx| pbx.lead_ids().nth(n));
    let carrier = |n: usize| live.read(|pbx| pbx.carrier_ids().nth(n));
    let edit = match center {
        Center::Create(columns) => {
            Some(CallCenterEdit::CreateCampaign { columns: Box::new(columns) })
        }
        Center::Change(n, columns) => {
            campaign(n).map(|id| CallCenterEdit::ChangeCampaign { id, columns: Box::new(columns) })
        }
        Center::Active(n, active) => {
            campaign(n).map(|id| CallCenterEdit::SetCampaignActive { id, active })
        }
        Center::Run(n, to) => campaign(n).map(|id| CallCenterEdit::RunCampaign { id, to }),
        Center::Delete(n) => campaign(n).map(|id| CallCenterEdit::DeleteCampaign { id }),
        Center::List(n) => campaign(n).map(|id| CallCenterEdit::CreateList {
            campaign: id.to_string(),
            name: format!("list {n}"),
            description: String::new(),
        }),
        Center::ListActive(n, active) => {
            list(n).map(|id| CallCenterEdit::SetListActive { id, active })
        }
        Center::DeleteList(n) => list(n).map(|id| CallCenterEdit::DeleteList { id }),
        Center::Leads(n, leads) => list(n).map(|id| CallCenterEdit::AddLeads {
            list: id.to_string(),
            leads,
            from_file: n % 2 == 0,
        }),
        Center::ChangeLead(n, columns) => {
            lead(n).map(|id| CallCenterEdit::ChangeLead { id, columns: Box::new(columns) })
        }
        Center::DeleteLead(n) => lead(n).map(|id| CallCenterEdit::DeleteLead { id }),
        Center::Order(n, phone) => {
            if let Some(campaign) = campaign(n) {
                let params = json!({ "ten": "A", "sdt": "1", "code_otp": "4711" });
                let _ = live.execute(CallOne {
                    campaign: campaign.to_string(),
                    phone,
                    template: Some("otp_script_01".to_owned()),
                    reference: Some(format!("r{}", n % 3)),
                    params: params.as_object().unwrap().clone(),
                });
            }
            None
        }
        Center::Carrier(n, concurrent_call) => carrier(n).map(|id| CallCenterEdit::ChangeCarrier {
            id,
            columns: Box::new(CarrierColumns {
                carrier_name: format!("carrier {n}"),
                gateway_uuid: "953a918a-0035-4e6f-97d1-c64e7943b7df".to_owned(),
                concurrent_call,
                ..CarrierColumns::default()
            }),
        }),
        Center::LogIn(n, extension) => {
            campaign(n).map(|id| CallCenterEdit::LogIn { campaign: id.to_string(), extension })
        }
        Center::Agent(agent, Some(status)) => Some(CallCenterEdit::SetAgent { agent, status }),
        Center::Agent(agent, None) => Some(CallCenterEdit::LogOut { agent }),
        Center::Assign(n, extension) => campaign(n)
            .map(|id| CallCenterEdit::AssignExtensions { id, extensions: vec![extension] }),
        Center::Script(true) => Some(CallCenterEdit::DeleteScript {
            id: "b1d6c0a2-5e0f-4a53-9d5c-0c2f6f4be901".parse().unwrap(),
        }),
        Center::Script(false) => Some(CallCenterEdit::CreateSound { name: "a.wav".to_owned() }),
        Center::User(extension) => Some(CallCenterEdit::CreateUser {
            columns: Box::new(UserColumns {
                username: format!("user {extension}"),
                level: "agent".to_owned(),
                role_uuid: "34272d8f-5aa2-4a97-ae9a-be20d499dc2a".to_owned(),
                extension,
                ..UserColumns::default()
            }),
            password: "secret".to_owned(),
            with_extension: true,
        }),
        Center::Group => Some(CallCenterEdit::CreateGroup {
            columns: Box::new(GroupColumns {
                group_name: "group".to_owned(),
                ..GroupColumns::default()
            }),
        }),
    };
    if let Some(edit) = edit {
        drop(live.execute(edit));
    }
}

/// Campaigns keep to their limits, and their leads count their calls: across both faces.
pub(crate) fn holds(pbx: &Pbx) -> Result<(), TestCaseError> {
    let mut live = BTreeMap::<Uuid, u32>::new();
    for call in pbx.exchange().calls() {
        if let Some(campaign) = call.tag.more.as_ref().and_then(|more| more.campaign) {
            *live.entry(campaign).or_default() += 1;
        }
    }
    for one in pbx.campaigns() {
        let calls = live.get(&one.campaign_uuid).copied().unwrap_or(0);
        prop_assert_eq!(one.live, calls, "{}", one.campaign_name);
    }
    Ok(())
}

/// The words of the records add up, whatever face is asked.
pub(crate) fn reports_agree(pbx: &Pbx) -> Result<(), TestCaseError> {
    for one in pbx.campaigns() {
        let filter = Filter { campaign: vec![one.campaign_uuid.to_string()], ..Filter::default() };
        let records: Vec<_> = pbx.records(&filter).collect();
        let (total, _) = pbx.page(&filter, 0, 0);
        prop_assert_eq!(records.len(), total);
        let answered = |word: &str| records.iter().filter(|record| record.status() == word).count();
        // An answered call is one in both words, but that nobody may have taken it.
        let third = ["answered", "busy-line"];
        let third = records.iter().filter(|record| third.contains(&record.small_status())).count();
        prop_assert_eq!(answered("ANSWERED"), third);
    }
    Ok(())
}
