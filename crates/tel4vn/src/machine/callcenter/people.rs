//! Users, their roles and their groups.

use ringback_exchange::{Extension, Number};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Edited, room};
use crate::machine::{Pbx, Rejected, extension::Phone};

/// A role that users have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    pub(crate) role_uuid: Uuid,
    pub(crate) role_name: String,
}

/// What a client says of a user.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the vendor's own columns")]
pub struct UserColumns {
    pub username: String,
    pub level: String,
    pub role_uuid: String,
    pub email: String,
    pub last_name: String,
    pub middle_name: String,
    pub first_name: String,
    pub enable_webrtc: bool,
    pub extension: String,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    pub(crate) user_uuid: Uuid,
    pub(crate) columns: UserColumns,
}

impl Person {
    /// Returns the whole name, as far as it is known.
    pub(crate) fn full_name(&self) -> String {
        let UserColumns { first_name, middle_name, last_name, .. } = &self.columns;
        let parts = [last_name, middle_name, first_name].into_iter().map(String::as_str);
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// What a client says of a group; what is not said stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the vendor's own columns")]
pub struct GroupColumns {
    pub group_name: String,
    pub group_description: String,
    pub group_priority: Option<u32>,
    pub department_uuid: String,
    pub user_assigns: Option<Vec<String>>,
    pub campaign_assigns: Option<Vec<String>>,
}

/// A group of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) group_uuid: Uuid,
    pub(crate) columns: GroupColumns,
}

/// A group as lists and changes show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the vendor's own columns")]
pub struct GroupRow {
    pub group_uuid: Uuid,
    pub domain_uuid: Uuid,
    pub group_name: String,
    pub group_description: String,
    pub department_uuid: String,
}

impl GroupRow {
    pub(crate) fn of(group: &Group, domain_uuid: Uuid) -> Self {
        let GroupColumns { group_name, group_description, department_uuid, .. } =
            group.columns.clone();
        let group_uuid = group.group_uuid;
        Self { group_uuid, domain_uuid, group_name, group_description, department_uuid }
    }
}

/// The answer to a change of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupAnswer {
    /// The group.
    pub data: GroupRow,
    /// That it was done.
    pub message: &'static str,
}

impl Pbx {
    /// Returns whose an extension is: the user that it names, or else the one that names it.
    pub(crate) fn owner(&self, extension: &Number) -> Option<&Person> {
        let phone = self.phones.get(extension)?;
        match phone.user_uuid.parse() {
            Ok(user) => self.center.user(user),
            Err(_) => {
                let named = |user: &&Person| user.columns.extension == extension.as_str();
                self.center.users.iter().find(named)
            }
        }
    }

    pub(super) fn create_user(
        &mut self,
        columns: UserColumns,
        password: String,
        with_extension: bool,
    ) -> Result<Value, Rejected> {
        room(self.center.users.len())?;
        if self.center.users.iter().any(|user| user.columns.username == columns.username) {
            return Err(Rejected::Bad("username is already taken"));
        }
        let role = columns.role_uuid.parse().ok();
        if !self.center.roles.iter().any(|known| Some(known.role_uuid) == role) {
            return Err(Rejected::Bad("role_uuid is invalid"));
        }
        let number = Number::from(columns.extension.as_str());
        let given = !columns.extension.is_empty();
        if given && self.center.users.iter().any(|user| user.columns.extension == columns.extension)
        {
            return Err(Rejected::Bad("extension is already taken"));
        }
        let is_there = self.phones.contains_key(&number);
        let is_made = with_extension && given;
        let taken = is_there
            || self.exchange.service(number.as_str()).is_some()
            || number == self.tenant.hotline;
        if is_made && taken {
            return Err(Rejected::Bad("extension is already taken"));
        }
        if given && !is_made && !is_there {
            return Err(Rejected::Bad("extension is invalid"));
        }
        if is_made {
            room(self.phones.len())?;
            let uuid = self.draw_id();
            self.phones.insert(number.clone(), Phone::new(uuid, password));
            let extension = Extension { registered: false, ..Extension::new(number) };
            self.exchange.set_extension(extension);
        }
        let user_uuid = self.draw_id();
        self.center.users.push(Person { user_uuid, columns });
        Ok(json!({ "created": true, "user_uuid": user_uuid }))
    }

    pub(super) fn create_group(&mut self, columns: GroupColumns) -> Result<Value, Rejected> {
        room(self.center.groups.len())?;
        let group_uuid = self.draw_id_unless(self.is_group_taken(&columns.group_name, None))?;
        self.center.groups.push(Group { group_uuid, columns });
        Ok(json!({ "created": true, "group_uuid": group_uuid }))
    }

    fn draw_id_unless(&mut self, is_taken: bool) -> Result<Uuid, Rejected> {
        if is_taken { Err(Rejected::Bad("group_name is exists")) } else { Ok(self.draw_id()) }
    }

    fn is_group_taken(&self, name: &str, own: Option<Uuid>) -> bool {
        let mut others = self.center.groups.iter().filter(|group| Some(group.group_uuid) != own);
        others.any(|group| group.columns.group_name == name)
    }

    pub(super) fn change_group(
        &mut self,
        id: Uuid,
        columns: GroupColumns,
    ) -> Result<Edited, Rejected> {
        let domain = self.tenant.domain_uuid;
        let is_taken = self.is_group_taken(&columns.group_name, Some(id));
        let unknown_user = columns
            .user_assigns
            .iter()
            .flatten()
            .any(|user| user.parse().ok().and_then(|user| self.center.user(user)).is_none());
        let found = self.center.groups.iter_mut().find(|group| group.group_uuid == id);
        let group = found.ok_or(Rejected::NotFound("group is not found"))?;
        if is_taken {
            return Err(Rejected::Bad("group_name is exists"));
        }
        if unknown_user {
            return Err(Rejected::Bad("user_assigns is invalid"));
        }
        let old = std::mem::take(&mut group.columns);
        group.columns = GroupColumns {
            group_priority: columns.group_priority.or(old.group_priority),
            user_assigns: columns.user_assigns.or(old.user_assigns),
            campaign_assigns: columns.campaign_assigns.or(old.campaign_assigns),
            ..columns
        };
        let data = GroupRow::of(group, domain);
        Ok(Edited::Group(Box::new(GroupAnswer { data, message: "success" })))
    }

    pub(super) fn delete_group(&mut self, id: Uuid) -> Result<Value, Rejected> {
        let before = self.center.groups.len();
        self.center.groups.retain(|group| group.group_uuid != id);
        match self.center.groups.len() < before {
            true => Ok(json!({ "code": 200, "content": "successfully", "group_uuid": id })),
            false => Err(Rejected::NotFound("group not found")),
        }
    }
}
