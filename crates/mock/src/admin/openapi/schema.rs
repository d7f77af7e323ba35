//! How schemas are written: by hand in few words, or from the types that requests are read with.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// A field: its name, with `?` behind it where it may be missing, what it holds, and what that is.
pub(super) type Field = (&'static str, Value, &'static str);

/// Where components are.
const COMPONENTS: &str = "/components/schemas";

pub(super) fn text() -> Value {
    json!({ "type": "string" })
}

/// A text that is there: at least one character.
pub(super) fn name() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

pub(super) fn flag() -> Value {
    json!({ "type": "boolean" })
}

/// How many: a whole number from 0 on.
pub(super) fn count() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

pub(super) fn whole(least: i64, most: i64) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most })
}

pub(super) fn number(least: f64, most: f64) -> Value {
    json!({ "type": "number", "minimum": least, "maximum": most })
}

/// A length of seconds that is shown.
pub(super) fn seconds() -> Value {
    json!({ "type": "number" })
}

pub(super) fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

pub(super) fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Value {
    let words: Vec<&str> = words.into_iter().collect();
    json!({ "type": "string", "enum": words })
}

pub(super) fn exactly(value: impl Into<Value>) -> Value {
    json!({ "const": value.into() })
}

pub(super) fn list_of(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

/// An object whose keys are data.
pub(super) fn map_of(values: Value) -> Value {
    json!({ "type": "object", "additionalProperties": values })
}

/// An object of which nothing is known.
pub(super) fn any_object() -> Value {
    json!({ "type": "object" })
}

pub(super) fn one_of(several: impl IntoIterator<Item = Value>) -> Value {
    json!({ "anyOf": several.into_iter().collect::<Vec<_>>() })
}

pub(super) fn refer(name: &str) -> Value {
    json!({ "$ref": format!("#{COMPONENTS}/{name}") })
}

/// The same, or null.
pub(super) fn or_null(mut schema: Value) -> Value {
    let kind = schema.get("type").and_then(Value::as_str).map(str::to_owned);
    let (Some(kind), Some(fields)) = (kind, schema.as_object_mut()) else {
        return one_of([schema, json!({ "type": "null" })]);
    };
    fields.insert("type".to_owned(), json!([kind, "null"]));
    if let Some(Value::Array(words)) = fields.get_mut("enum") {
        words.push(Value::Null);
    }
    schema
}

/// The same with a description.
pub(super) fn told(mut schema: Value, description: &str) -> Value {
    if let (Some(fields), false) = (schema.as_object_mut(), description.is_empty()) {
        fields.insert("description".to_owned(), description.into());
    }
    schema
}

/// An object of these fields and no others.
pub(super) fn object(fields: impl IntoIterator<Item = Field>) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for (name, schema, description) in fields {
        let plain = name.trim_end_matches('?');
        if plain == name {
            required.push(plain);
        }
        properties.insert(plain.to_owned(), told(schema, description));
    }
    let mut schema = json!({
        "type": "object", "properties": properties, "additionalProperties": false,
    });
    if let (Some(fields), false) = (schema.as_object_mut(), required.is_empty()) {
        fields.insert("required".to_owned(), required.into());
    }
    schema
}

/// A page of something that is listed.
pub(super) fn page(
    name: &'static str,
    items: Value,
    more: impl IntoIterator<Item = Field>,
) -> Value {
    let next = "Where the list goes on: give it as `after`; null at its end.";
    let own = [
        (name, list_of(items), "What is listed."),
        ("total", count(), "How many hold the filters, on this page or not."),
        ("next", or_null(text()), next),
    ];
    object(own.into_iter().chain(more))
}

/// The same object with more fields, or others in their place.
pub(super) fn with(mut schema: Value, more: impl IntoIterator<Item = Field>) -> Value {
    let more = object(more);
    let Some(fields) = schema.as_object_mut() else { return schema };
    let properties = more.get("properties").and_then(Value::as_object).cloned();
    if let Some(own) = fields.entry("properties").or_insert_with(|| json!({})).as_object_mut() {
        own.extend(properties.unwrap_or_default());
    }
    let more = more.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(required) = fields.entry("required").or_insert_with(|| json!([])).as_array_mut() {
        for name in more {
            if !required.contains(&name) {
                required.push(name);
            }
        }
    }
    schema
}

/// The same object without some fields.
pub(super) fn without(mut schema: Value, names: &[&str]) -> Value {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.retain(|name, _| !names.contains(&name.as_str()));
    }
    let required = schema.get_mut("required").and_then(Value::as_array_mut);
    let left = required.map(|required| {
        required.retain(|name| !name.as_str().is_some_and(|name| names.contains(&name)));
        required.len()
    });
    if let (Some(0), Some(fields)) = (left, schema.as_object_mut()) {
        fields.remove("required");
    }
    schema
}

/// The schemas that stand in the document once, by name.
pub(super) struct Components {
    types: SchemaGenerator,
    own: Map<String, Value>,
}

impl Components {
    pub(super) fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = COMPONENTS.into();
            settings.meta_schema = None;
        });
        Self { types: settings.into_generator(), own: Map::new() }
    }

    /// Refers to the schema of a type.
    pub(super) fn of<T: JsonSchema>(&mut self) -> Value {
        self.types.subschema_for::<T>().to_value()
    }

    /// The schema of a type, to be changed.
    pub(super) fn copy<T: JsonSchema>(&mut self) -> Value {
        // Among the definitions, so that what it refers to is there.
        let _ = self.of::<T>();
        let name = T::schema_name();
        self.types.definitions().get(name.as_ref()).map(spoken).unwrap_or_default()
    }

    /// The variants of a type whose JSON says which by `do`, each by its word.
    pub(super) fn variants<T: JsonSchema>(&mut self) -> Vec<(String, Value)> {
        let whole = self.copy::<T>();
        let variants = whole.get("oneOf").and_then(Value::as_array).cloned().unwrap_or_default();
        let named = |variant: Value| {
            let word = variant.pointer("/properties/do/const")?.as_str()?.to_owned();
            Some((word, variant))
        };
        variants.into_iter().filter_map(named).collect()
    }

    /// One that was written by hand, to be changed.
    pub(super) fn made(&self, name: &str) -> Value {
        self.own.get(name).cloned().unwrap_or_default()
    }

    /// The generator, for types that are known elsewhere.
    pub(super) fn types(&mut self) -> &mut SchemaGenerator {
        &mut self.types
    }

    /// Adds one that is written by hand.
    pub(super) fn add(&mut self, name: &str, description: &str, schema: Value) {
        self.own.insert(name.to_owned(), told(schema, description));
    }

    /// Adds a type under another name than its own where that says too little.
    pub(super) fn finish(mut self, used: impl Fn(&str) -> bool) -> Map<String, Value> {
        let types = self.types.take_definitions(true);
        let mut all: Map<String, Value> =
            types.into_iter().map(|(name, schema)| (name, spoken(&schema))).collect();
        all.extend(self.own);
        all.retain(|name, _| used(name));
        all
    }
}

/// Takes out of descriptions what only Rust's documents understand.
fn spoken(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let spoken = |(name, value): (&String, &Value)| match (name.as_str(), value) {
                ("description", Value::String(text)) => (name.clone(), plain(text).into()),
                _ => (name.clone(), self::spoken(value)),
            };
            Value::Object(fields.iter().map(spoken).collect())
        }
        Value::Array(items) => items.iter().map(spoken).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema.clone(),
    }
}

/// `[`Outcome::Answer`]` is `answer`.
fn plain(text: &str) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[`") {
        said.push_str(before);
        let Some((path, after)) = after.split_once("`]") else {
            said.push_str("[`");
            rest = after;
            continue;
        };
        let last = path.rsplit("::").next().unwrap_or(path);
        said.push_str(&format!("`{}`", last.to_ascii_lowercase()));
        rest = after;
    }
    said + rest
}
