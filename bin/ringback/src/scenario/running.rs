//! A Ringback that runs already, as a file finds it: looked at first, and given what the file begins with.

use serde_json::{Value, json};

use super::{file::Played, step::Stage};
use crate::{Fault, Status};

impl Stage<'_> {
    /// Checks that a file can be played here, and puts its rules, extensions, services, faults, traffic and
    /// webhooks into the demo accounts. What a world is made from, a seed or settings, is left as it is.
    pub(super) async fn take_over(&self, played: &Played, reset: bool) -> Result<(), Fault> {
        let hub = self.hub();
        let refused = |why: String| Fault::new(format!("{hub}: {why}"));
        for vendor in &played.vendors {
            let name = vendor.name;
            if !self.knows(&format!("{name}.url")) {
                let hint = format!("start it with --vendor {name} as well");
                return Err(refused(format!("no {name} runs here; {hint}")));
            }
        }
        if reset {
            self.control("POST", "/reset", &Value::Null).await.map_err(&refused)?;
        }
        for vendor in &played.vendors {
            let path = format!("/{}/clock", vendor.name);
            let clock = self.control("GET", &path, &Value::Null).await.map_err(&refused)?;
            if clock.get("frozen") != Some(&Value::Bool(true)) {
                let hint = "start it with --freeze, or POST /__admin/clock/freeze";
                let what = format!(
                    "the clock of {} runs, and steps are about one that stands",
                    vendor.name
                );
                return Err(refused(format!("{what}: {hint}")).with(Status::Failed));
            }
            self.give(played, vendor.name, &played.world.of(vendor)).await.map_err(&refused)?;
        }
        Ok(())
    }

    /// Gives one vendor what a file begins with.
    async fn give(&self, played: &Played, vendor: &str, world: &Value) -> Result<(), String> {
        let mut controls = Vec::new();
        for (key, value) in world.as_object().into_iter().flatten() {
            let several = value.as_array().into_iter().flatten();
            match key.as_str() {
                "extensions" => controls.extend(several.map(|extension| {
                    let mut control = extension.clone();
                    if let Some(fields) = control.as_object_mut() {
                        fields.insert("do".to_owned(), "set_extension".into());
                    }
                    control
                })),
                "services" => controls.extend(
                    several.map(|service| json!({ "do": "set_service", "service": service })),
                ),
                "rules" => controls.push(json!({ "do": "set_rules", "rules": value })),
                "record_faults" => {
                    controls.push(json!({ "do": "set_record_faults", "rules": value }))
                }
                "traffic" => controls.push(json!({ "do": "set_traffic", "traffic": value })),
                _ => {}
            }
        }
        for control in &controls {
            self.control("POST", &format!("/{vendor}/control"), control).await?;
        }
        if let Some(url) = played.webhook.get(vendor) {
            self.control("PUT", &format!("/{vendor}/webhook"), &json!({ "url": url })).await?;
        }
        Ok(())
    }
}
