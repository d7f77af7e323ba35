//! Users, groups and agents.

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Answer,
    campaigns::{change, known},
    tables::part,
};
use crate::{
    AgentRow, AgentStatus, CallCenterEdit, GroupColumns, GroupRow, UserColumns,
    auth::Caller,
    error::{ErrorKind, NOT_FOUND},
    machine::callcenter::{Group, Person},
    params::callcenter::LEVELS,
    render::{UserRow, user_status},
    wire::{
        body::{Body, Fields, text_of},
        reply,
        schema::{self, Check, NAME, may, must},
    },
};

/// `GET /v3/user`
pub(crate) async fn users(caller: Caller) -> Answer {
    let page = caller.read(|pbx| {
        let rows = pbx.center().users.iter();
        reply::ok(&part(&caller, rows, |user| UserRow::of(pbx, user)))
    });
    Ok(page?)
}

/// `GET /v3/user/{id}`
pub(crate) async fn user(caller: Caller) -> Answer {
    let found = caller.read(|pbx| {
        let user = pbx.center().user(caller.parameter("id").parse().ok()?)?;
        Some(reply::ok(&UserRow::of(pbx, user)))
    });
    found?.ok_or(NOT_FOUND.into())
}

/// `POST /v3/user`: the second password is not compared, as the published request shows.
pub(crate) async fn create_user(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    schema::check(
        &fields,
        &[
            must("username", Check::Like(1, NAME)),
            must("level", Check::Strictly(LEVELS)),
            must("role_uuid", Check::Text(1)),
            must("password", Check::Text(1)),
            must("confirm_password", Check::Text(1)),
            may("email", Check::Text(0)),
            may("first_name", Check::Text(0)),
            may("middle_name", Check::Text(0)),
            may("last_name", Check::Text(0)),
            may("extension", Check::Text(0)),
            may("is_create_extension", Check::Flag),
            may("is_active", Check::Flag),
            may("enable_webrtc", Check::Flag),
        ],
    )?;
    let text = |name| Ok::<_, ErrorKind>(fields.text(name)?.unwrap_or_default());
    let extension = text("extension")?;
    let is_number = extension.len() <= 20 && extension.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number {
        return Err(ErrorKind::Invalid("extension").into());
    }
    let columns = Box::new(UserColumns {
        username: text("username")?,
        level: text("level")?,
        role_uuid: text("role_uuid")?,
        email: text("email")?,
        last_name: text("last_name")?,
        middle_name: text("middle_name")?,
        first_name: text("first_name")?,
        enable_webrtc: fields.flag("enable_webrtc")?.unwrap_or(false),
        extension,
    });
    let password = fields.required("password")?;
    let with_extension = fields.flag("is_create_extension")?.unwrap_or(false);
    change(&caller, CallCenterEdit::CreateUser { columns, password, with_extension }).await
}

fn group_of(fields: &Fields) -> Result<GroupColumns, ErrorKind> {
    schema::check(
        fields,
        &[
            must("group_name", Check::Like(1, NAME)),
            may("group_description", Check::Text(0)),
            may("group_priority", Check::Integer),
            may("department_uuid", Check::Text(0)),
            may("user_assigns", Check::Array),
            may("campaign_assigns", Check::Array),
        ],
    )?;
    let ids = |name: &'static str| {
        let given = fields.value(name).and_then(Value::as_array);
        let ids = given.map(|ids| ids.iter().map(text_of).collect::<Option<Vec<_>>>());
        ids.map(|ids| ids.ok_or(ErrorKind::Invalid(name))).transpose()
    };
    Ok(GroupColumns {
        group_name: fields.required("group_name")?,
        group_description: fields.text("group_description")?.unwrap_or_default(),
        group_priority: fields.number("group_priority")?,
        department_uuid: fields.text("department_uuid")?.unwrap_or_default(),
        user_assigns: ids("user_assigns")?,
        campaign_assigns: ids("campaign_assigns")?,
    })
}

/// `POST /v3/group`
pub(crate) async fn create_group(caller: Caller, body: Body) -> Answer {
    let columns = Box::new(group_of(&Fields::of(body)?)?);
    change(&caller, CallCenterEdit::CreateGroup { columns }).await
}

/// `GET /v3/group`
pub(crate) async fn groups(caller: Caller) -> Answer {
    let page = caller.read(|pbx| {
        let rows = pbx.center().groups.iter();
        reply::ok(&part(&caller, rows, |group| GroupRow::of(group, pbx.domain_uuid())))
    });
    Ok(page?)
}

const NO_GROUP: ErrorKind = ErrorKind::NotFound("group is not found");

fn find_group<'a>(pbx: &'a crate::Pbx, id: &Uuid) -> Option<&'a Group> {
    pbx.center().groups.iter().find(|group| group.group_uuid == *id)
}

/// `GET /v3/group/{id}`
pub(crate) async fn group(caller: Caller) -> Answer {
    #[derive(Serialize)]
    struct Whole<'a> {
        group_uuid: Uuid,
        domain_uuid: Uuid,
        group_name: &'a str,
        group_description: &'a str,
        group_priority: u32,
        users: Option<Vec<MemberRow<'a>>>,
        campaigns: Option<Vec<CampaignName<'a>>>,
        department_uuid: &'a str,
        department_name: &'static str,
        kpi: Option<()>,
    }
    #[derive(Serialize)]
    struct MemberRow<'a> {
        user_uuid: Uuid,
        username: &'a str,
        extension: &'a str,
    }
    #[derive(Serialize)]
    struct CampaignName<'a> {
        campaign_uuid: Uuid,
        campaign_name: &'a str,
    }
    let found = caller.read(|pbx| {
        let group = find_group(pbx, &caller.parameter("id").parse().ok()?)?;
        let columns = &group.columns;
        let users: Vec<MemberRow<'_>> = columns
            .user_assigns
            .iter()
            .flatten()
            .filter_map(|id| pbx.center().user(id.parse().ok()?))
            .map(|user| MemberRow {
                user_uuid: user.user_uuid,
                username: &user.columns.username,
                extension: &user.columns.extension,
            })
            .collect();
        let campaigns: Vec<CampaignName<'_>> = columns
            .campaign_assigns
            .iter()
            .flatten()
            .filter_map(|id| pbx.tables().campaign(id))
            .map(|row| CampaignName {
                campaign_uuid: row.campaign_uuid,
                campaign_name: &row.columns.campaign_name,
            })
            .collect();
        Some(reply::ok(&Whole {
            group_uuid: group.group_uuid,
            domain_uuid: pbx.domain_uuid(),
            group_name: &columns.group_name,
            group_description: &columns.group_description,
            group_priority: columns.group_priority.unwrap_or(0),
            users: (!users.is_empty()).then_some(users),
            campaigns: (!campaigns.is_empty()).then_some(campaigns),
            department_uuid: &columns.department_uuid,
            department_name: "",
            kpi: None,
        }))
    });
    found?.ok_or(NO_GROUP.into())
}

/// `PUT /v3/group/{id}`
pub(crate) async fn change_group(caller: Caller, body: Body) -> Answer {
    let id = known(&caller, |pbx, id| find_group(pbx, &id).is_some(), NO_GROUP)?;
    let columns = Box::new(group_of(&Fields::of(body)?)?);
    change(&caller, CallCenterEdit::ChangeGroup { id, columns }).await
}

/// `DELETE /v3/group/{id}`
pub(crate) async fn remove_group(caller: Caller) -> Answer {
    let id = caller.parameter("id").parse();
    let id = id.map_err(|_| ErrorKind::NotFound("group not found"))?;
    change(&caller, CallCenterEdit::DeleteGroup { id }).await
}

/// `POST /v3/agent/login`
pub(crate) async fn log_in(caller: Caller, body: Body) -> Answer {
    let fields = Fields::of(body)?;
    schema::check(
        &fields,
        &[must("campaign_uuid", Check::Text(1)), must("extension", Check::Text(1))],
    )?;
    let campaign = fields.required("campaign_uuid")?;
    let extension = fields.required("extension")?;
    change(&caller, CallCenterEdit::LogIn { campaign, extension }).await
}

fn agent(body: Body) -> Result<String, ErrorKind> {
    let fields = Fields::of(body)?;
    let named = fields.text("extension")?.or(fields.text("user_uuid")?);
    named.ok_or(ErrorKind::Bad("user_uuid or extension is missing"))
}

/// `POST /v3/agent/resume`
pub(crate) async fn resume(caller: Caller, body: Body) -> Answer {
    let (agent, status) = (agent(body)?, AgentStatus::Resume);
    change(&caller, CallCenterEdit::SetAgent { agent, status }).await
}

/// `POST /v3/agent/pause`
pub(crate) async fn pause(caller: Caller, body: Body) -> Answer {
    let (agent, status) = (agent(body)?, AgentStatus::Pause);
    change(&caller, CallCenterEdit::SetAgent { agent, status }).await
}

/// `POST /v3/agent/logout`
pub(crate) async fn log_out(caller: Caller, body: Body) -> Answer {
    let agent = agent(body)?;
    change(&caller, CallCenterEdit::LogOut { agent }).await
}

/// Somebody who is logged in, with the names.
#[derive(Serialize)]
struct Live {
    #[serde(flatten)]
    row: AgentRow,
    last_name: String,
    middle_name: String,
    first_name: String,
}

fn live(pbx: &crate::Pbx, of: Option<&Person>) -> Vec<Live> {
    let center = pbx.center();
    let is_wanted =
        |live: &Live| of.is_none_or(|user| live.row.user_uuid == user.user_uuid.to_string());
    let rows = center.agents.iter().map(|(extension, agent)| {
        let names = pbx.owner(extension).map(|user| user.columns.clone()).unwrap_or_default();
        let UserColumns { last_name, middle_name, first_name, .. } = names;
        Live { row: pbx.agent_row(extension, agent), last_name, middle_name, first_name }
    });
    rows.filter(is_wanted).collect()
}

/// `GET /v3/agent/live`
pub(crate) async fn live_agents(caller: Caller) -> Answer {
    #[derive(Serialize)]
    struct Data {
        data: Vec<Live>,
    }
    Ok(caller.read(|pbx| reply::ok(&Data { data: live(pbx, None) }))?)
}

/// `GET /v3/agent/extension`
pub(crate) async fn extensions(caller: Caller) -> Answer {
    #[derive(Serialize)]
    struct Row<'a> {
        extension_uuid: Uuid,
        extension: &'a str,
        user_uuid: Uuid,
        username: &'a str,
        // A text, as documented.
        enabled: &'static str,
        domain_name: &'a str,
        is_link_call_center: bool,
    }
    let page = caller.read(|pbx| {
        let owned = pbx.phones.iter();
        let owned = owned.filter_map(|(number, phone)| Some((number, phone, pbx.owner(number)?)));
        let owned: Vec<_> = owned.collect();
        reply::ok(&part(&caller, owned.iter(), |(number, phone, user)| Row {
            extension_uuid: phone.uuid,
            extension: number.as_str(),
            user_uuid: user.user_uuid,
            username: &user.columns.username,
            enabled: if phone.enabled { "true" } else { "false" },
            domain_name: pbx.domain(),
            is_link_call_center: true,
        }))
    });
    Ok(page?)
}

/// `GET /v3/agent/{id}`
pub(crate) async fn show_agent(caller: Caller) -> Answer {
    #[derive(Serialize)]
    struct Whole<'a> {
        user_uuid: Uuid,
        domain_uuid: Uuid,
        username: &'a str,
        user_enabled: &'static str,
        user_status: &'static str,
        level: &'a str,
        last_name: &'a str,
        middle_name: &'a str,
        first_name: &'a str,
        total_subscriber: u32,
        campaigns: Vec<CampaignOf<'a>>,
        user_live: Option<Live>,
    }
    #[derive(Serialize)]
    struct CampaignOf<'a> {
        domain_uuid: Uuid,
        campaign_uuid: Uuid,
        campaign_name: &'a str,
        r#type: &'static str,
    }
    let found = caller.read(|pbx| {
        let user = pbx.center().user(caller.parameter("id").parse().ok()?)?;
        let columns = &user.columns;
        let rows = pbx.tables().campaigns.iter();
        let rows = rows.filter(|row| row.users.contains(&user.user_uuid));
        let campaigns = rows.map(|row| CampaignOf {
            domain_uuid: pbx.domain_uuid(),
            campaign_uuid: row.campaign_uuid,
            campaign_name: &row.columns.campaign_name,
            r#type: row.columns.r#type.as_str(),
        });
        Some(reply::ok(&Whole {
            user_uuid: user.user_uuid,
            domain_uuid: pbx.domain_uuid(),
            username: &columns.username,
            user_enabled: "true",
            user_status: user_status(pbx, user),
            level: &columns.level,
            last_name: &columns.last_name,
            middle_name: &columns.middle_name,
            first_name: &columns.first_name,
            total_subscriber: 0,
            campaigns: campaigns.collect(),
            user_live: live(pbx, Some(user)).into_iter().next(),
        }))
    });
    found?.ok_or(NOT_FOUND.into())
}
