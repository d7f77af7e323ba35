//! Changes of scripts and sound files, which the first generation knows too.

use ringback_engine::OffsetDateTime;
use serde_json::{Value, json};
use uuid::Uuid;

use super::room;
use crate::machine::{
    Pbx, Rejected,
    tables::{Audio, Template},
};

const NOT_FOUND: Rejected = Rejected::NotFound("template not found");
const EXISTED: Rejected = Rejected::Bad("template is existed!");

/// Reads the columns of a script.
fn script(mut columns: Value, id: Uuid) -> Result<Template, Rejected> {
    if let Some(columns) = columns.as_object_mut() {
        columns.insert("template_uuid".to_owned(), id.to_string().into());
    }
    serde_json::from_value(columns).map_err(|_| Rejected::Bad("invalid json body"))
}

impl Pbx {
    pub(super) fn create_script(&mut self, columns: Value, wait: u32) -> Result<Value, Rejected> {
        room(self.tables.templates.len())?;
        // Drawn last, so that what is refused draws nothing.
        let mut template = script(columns, Uuid::nil())?;
        if self.tables.template_named(&template.name).is_some() {
            return Err(EXISTED);
        }
        let id = self.draw_id();
        template.template_uuid = id;
        self.tables.templates.push(template);
        self.center.scripts.insert(id, wait);
        // A text here, and a yes in the answer to a change, as documented.
        Ok(json!({ "created": "true", "template_uuid": id }))
    }

    pub(super) fn change_script(
        &mut self,
        id: Uuid,
        columns: Value,
        wait: u32,
    ) -> Result<Value, Rejected> {
        let template = script(columns, id)?;
        let own = |row: &Template| row.template_uuid == id;
        if !self.tables.templates.iter().any(own) {
            return Err(NOT_FOUND);
        }
        if self.tables.template_named(&template.name).is_some_and(|named| !own(named)) {
            return Err(EXISTED);
        }
        if let Some(row) = self.tables.templates.iter_mut().find(|row| own(row)) {
            *row = template;
        }
        if let Some(kept) = self.center.scripts.get_mut(&id) {
            *kept = wait;
        }
        Ok(json!({ "created": true, "template_uuid": id, "updated": "true" }))
    }

    pub(super) fn delete_script(&mut self, id: Uuid) -> Result<Value, Rejected> {
        let before = self.tables.templates.len();
        self.tables.templates.retain(|row| row.template_uuid != id);
        if self.tables.templates.len() == before {
            return Err(NOT_FOUND);
        }
        self.center.scripts.remove(&id);
        Ok(json!({ "deleted": "true" }))
    }

    pub(super) fn create_sound(
        &mut self,
        now: OffsetDateTime,
        audio_name: String,
    ) -> Result<Value, Rejected> {
        room(self.tables.audios.len())?;
        if self.tables.audios.iter().any(|row| row.audio_name == audio_name) {
            return Err(Rejected::Bad("audio is existed"));
        }
        let audio_uuid = self.draw_id();
        let domain_uuid = self.tenant.domain_uuid;
        self.tables.audios.push(Audio { domain_uuid, audio_uuid, audio_name, created_at: now });
        self.center.sounds.insert(audio_uuid, self.tenant.user.user_uuid);
        Ok(json!({ "created": true, "id": audio_uuid }))
    }

    pub(super) fn delete_sound(&mut self, id: Uuid) -> Result<Value, Rejected> {
        let before = self.tables.audios.len();
        self.tables.audios.retain(|row| row.audio_uuid != id);
        if self.tables.audios.len() == before {
            return Err(Rejected::Bad("delete audio failed"));
        }
        self.center.sounds.remove(&id);
        Ok(json!({ "message": "delete audio success" }))
    }
}
