//! Objects that stand in several answers, written once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::shape::{Hints, Shape};

/// How many fields an object has at least that is given a name.
const FIELDS: usize = 4;

/// Objects by the names of their fields: those with the same are of the same kind.
#[derive(Debug, Default)]
pub(super) struct Pool {
    kinds: BTreeMap<Vec<String>, Shared>,
    /// The names under which words were found for a field.
    pub(super) said: BTreeSet<&'static str>,
}

#[derive(Debug, Default)]
struct Shared {
    places: usize,
    shape: Shape,
    /// The name, and whether its schema is written.
    name: Option<(String, Value)>,
}

impl Pool {
    /// Takes in an object of an answer.
    pub(super) fn add(&mut self, fields: Vec<String>, shape: &Shape) {
        if fields.len() >= FIELDS {
            let shared = self.kinds.entry(fields).or_default();
            shared.places += 1;
            shared.shape.join(shape);
        }
    }

    /// Returns a reference to the schema of an object that stands in several places.
    pub(super) fn reference(
        &mut self,
        fields: &[String],
        at: &str,
        about: &str,
        hints: &Hints,
    ) -> Option<Value> {
        let shared = self.kinds.get_mut(fields).filter(|shared| shared.places > 1)?;
        let refer = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        if let Some((name, _)) = &shared.name {
            return Some(refer(name));
        }
        let wanted = named(at, about);
        let shape = std::mem::take(&mut shared.shape);
        let taken = |name: &str| {
            self.kinds.values().any(|it| it.name.as_ref().is_some_and(|(taken, _)| taken == name))
        };
        let mut numbered =
            std::iter::once(wanted.clone()).chain((2..).map(|number| format!("{wanted}{number}")));
        let name = numbered.find(|name| !taken(name))?;
        // Its name is known before its fields are written: it may stand within itself.
        self.kinds.get_mut(fields)?.name = Some((name.clone(), Value::Null));
        let schema = shape.object(at, about, hints, self);
        self.kinds.get_mut(fields)?.name = Some((name.clone(), schema));
        Some(refer(&name))
    }

    /// Returns the schemas that are referred to.
    pub(super) fn schemas(&self) -> Map<String, Value> {
        self.kinds.values().filter_map(|shared| shared.name.clone()).collect()
    }
}

/// Makes a name of the field that holds an object, or of what its operation is about.
fn named(at: &str, about: &str) -> String {
    let field = at.rsplit('.').next().unwrap_or_default().trim_end_matches("[]");
    let text = if field.is_empty() || field == "*" || field == "data" { about } else { field };
    let mut name = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}
