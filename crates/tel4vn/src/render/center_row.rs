//! Scripts, sounds, carriers and users as the third generation shows them.

use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    Pbx, PerNetwork,
    machine::{
        callcenter::{Carrier, Group, Person},
        tables::{Audio, Template},
    },
    wire::stamp,
};

/// A script; its keys come in the order of the alphabet.
pub(crate) fn template(pbx: &Pbx, row: &Template) -> Value {
    // A script of the first generation waits as long as a new one.
    let wait = pbx.center().scripts.get(&row.template_uuid).copied().unwrap_or(1);
    let mut shown = json!({
        "description": row.description,
        "enable_option": row.enable_option,
        "exit_sound": sound(&row.exit_sound),
        "inter_digit_timeout": wait,
        "invalid_sound": sound(&row.invalid_sound),
        "max_timeout": row.max_timeout,
        "press_options": row.press_options.iter().filter_map(option).collect::<Vec<_>>(),
        "press_timeout": row.press_timeout,
        "speed_tts": row.speed_tts,
        "template_name": row.name,
        "template_uuid": row.template_uuid,
        "voice_tts": row.voice_tts,
        "voice_type": row.voice_type,
    });
    let texts = [("content", &row.content), ("audio_file", &row.audio_file)];
    if let Some(shown) = shown.as_object_mut() {
        let texts = texts.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?)));
        shown.extend(texts.map(|(name, text)| (name.to_owned(), text.as_str().into())));
    }
    shown
}

/// Those of some fields of an object that it has.
fn picked(from: &Value, names: &[&str]) -> Map<String, Value> {
    let found = |name: &&str| Some(((*name).to_owned(), from.get(*name)?.clone()));
    names.iter().filter_map(found).collect()
}

fn sound(sound: &Value) -> Value {
    Value::Object(picked(sound, &["content", "audio_file", "enable", "voice_type"]))
}

/// A key and what it plays: written as a row, read by its key.
fn option(option: &Value) -> Option<Value> {
    let key = option.get("press_num").and_then(crate::wire::body::text_of)?;
    let played = Value::Object(picked(option, &["content", "audio_file", "voice_type"]));
    Some(Value::Object(Map::from_iter([(key, played)])))
}

/// A sound file.
#[derive(Debug, Serialize)]
pub(crate) struct AudioRow<'a> {
    domain_uuid: Uuid,
    audio_uuid: Uuid,
    audio_name: &'a str,
    user_uuid: String,
    created_at: String,
}

impl<'a> AudioRow<'a> {
    pub(crate) fn of(pbx: &Pbx, row: &'a Audio) -> Self {
        let user = pbx.center().sounds.get(&row.audio_uuid);
        Self {
            domain_uuid: row.domain_uuid,
            audio_uuid: row.audio_uuid,
            audio_name: &row.audio_name,
            user_uuid: user.map_or(String::new(), Uuid::to_string),
            created_at: stamp::fine(row.created_at),
        }
    }
}

/// A carrier.
#[derive(Debug, Serialize)]
pub(crate) struct CarrierRow<'a> {
    domain_uuid: Uuid,
    carrier_uuid: Uuid,
    carrier_name: &'a str,
    gateway_uuid: &'a str,
    caller_id: &'a str,
    description: &'a str,
    dial_type: &'a str,
    status: bool,
    created_at: String,
    updated_at: String,
    network: PerNetwork,
    data: &'a Map<String, Value>,
    concurrent_call: u32,
    carrier_remaining_ccu: PerNetwork,
    remaining_concurrent_call: u32,
    groups: Option<()>,
}

impl<'a> CarrierRow<'a> {
    pub(crate) fn of(pbx: &Pbx, row: &'a Carrier) -> Self {
        let columns = &row.columns;
        Self {
            domain_uuid: pbx.domain_uuid(),
            carrier_uuid: row.carrier_uuid,
            carrier_name: &columns.carrier_name,
            gateway_uuid: &columns.gateway_uuid,
            caller_id: &columns.caller_id,
            description: &columns.description,
            dial_type: &columns.dial_type,
            status: true,
            created_at: stamp::fine(row.created_at),
            updated_at: stamp::fine(row.updated_at),
            network: columns.network,
            data: &columns.data,
            concurrent_call: columns.concurrent_call,
            // Zero in every published row, whatever is free.
            carrier_remaining_ccu: PerNetwork::default(),
            remaining_concurrent_call: 0,
            groups: None,
        }
    }
}

/// A user.
#[derive(Debug, Serialize)]
pub(crate) struct UserRow<'a> {
    user_uuid: Uuid,
    domain_uuid: Uuid,
    username: &'a str,
    api_key: &'static str,
    user_enabled: &'static str,
    user_status: &'static str,
    group_name: &'static str,
    level: &'a str,
    last_name: &'a str,
    middle_name: &'a str,
    first_name: &'a str,
    groups: Option<Vec<GroupOfUser<'a>>>,
    campaigns: Option<()>,
    role_uuid: &'a str,
    role_name: &'a str,
    email: &'a str,
    enable_webrtc: bool,
    extension: &'a str,
}

#[derive(Debug, Serialize)]
struct GroupOfUser<'a> {
    group_uuid: Uuid,
    domain_uuid: Uuid,
    group_name: &'a str,
    group_description: &'a str,
    department_uuid: &'a str,
}

/// Returns whether a user was assigned to a group.
fn is_member(group: &Group, user: Uuid) -> bool {
    let assigned = group.columns.user_assigns.iter().flatten();
    let mut assigned = assigned.filter_map(|id| id.parse::<Uuid>().ok());
    assigned.any(|id| id == user)
}

/// Returns what a user does: the vendor's words for whoever is logged into a campaign, or is not.
pub(crate) fn user_status(pbx: &Pbx, user: &Person) -> &'static str {
    let extension = user.columns.extension.as_str().into();
    match (user.columns.level.as_str(), pbx.center().agents.contains_key(&extension)) {
        ("admin", _) | (_, true) => "Available",
        (_, false) => "Logged Out",
    }
}

impl<'a> UserRow<'a> {
    pub(crate) fn of(pbx: &'a Pbx, user: &'a Person) -> Self {
        let columns = &user.columns;
        let role = pbx.center().roles.iter();
        let mut role = role.filter(|role| role.role_uuid.to_string() == columns.role_uuid);
        let groups = pbx.center().groups.iter().filter(|group| is_member(group, user.user_uuid));
        let groups: Vec<_> = groups
            .map(|group| GroupOfUser {
                group_uuid: group.group_uuid,
                domain_uuid: pbx.domain_uuid(),
                group_name: &group.columns.group_name,
                group_description: &group.columns.group_description,
                department_uuid: &group.columns.department_uuid,
            })
            .collect();
        Self {
            user_uuid: user.user_uuid,
            domain_uuid: pbx.domain_uuid(),
            username: &columns.username,
            api_key: "",
            user_enabled: "true",
            user_status: user_status(pbx, user),
            group_name: "",
            level: &columns.level,
            last_name: &columns.last_name,
            middle_name: &columns.middle_name,
            first_name: &columns.first_name,
            groups: (!groups.is_empty()).then_some(groups),
            campaigns: None,
            role_uuid: &columns.role_uuid,
            role_name: role.next().map_or("", |role| &role.role_name),
            email: &columns.email,
            enable_webrtc: columns.enable_webrtc,
            extension: &columns.extension,
        }
    }
}
