//! What values look like that were seen, as a JSON Schema.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::pool::Pool;

/// What is known of the fields of answers though no case shows it.
#[derive(Debug, Default)]
pub struct Hints {
    /// Fields that hold whatever a user put there: names as `metadata`, or with those around them as
    /// `data[].variables`.
    pub free: &'static [&'static str],
    /// Objects whose keys are data, such as numbers or ids.
    pub maps: &'static [&'static str],
    /// Fields that may be missing or null though every case has them.
    pub optional: &'static [&'static str],
    /// All words that a field may hold; an operation may stand before it, as `cdr:data[].status`: of
    /// objects that stand in several places the first that answers with them.
    pub words: &'static [(&'static str, &'static [&'static str])],
    /// What else a field may be: a JSON type.
    pub also: &'static [(&'static str, &'static str)],
}

impl Hints {
    fn names(list: &[&str], at: &str) -> bool {
        list.iter().any(|name| is_at(name, at))
    }

    /// Returns the words of a field in the answers to an operation, and the name that they have here.
    fn words_of(
        &self,
        at: &str,
        about: &str,
    ) -> Option<&'static (&'static str, &'static [&'static str])> {
        let is_it = |name: &str| match name.split_once(':') {
            Some((operation, name)) => operation == about && is_at(name, at),
            None => is_at(name, at),
        };
        self.words.iter().find(|(name, _)| is_it(name))
    }
}

/// Returns whether a field's place ends with a name.
fn is_at(name: &str, at: &str) -> bool {
    at == name || at.strip_suffix(name).is_some_and(|before| before.ends_with('.'))
}

fn under(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

/// What was seen in one place.
#[derive(Debug, Default)]
pub(super) struct Shape {
    nulls: usize,
    flags: usize,
    integers: usize,
    numbers: usize,
    texts: usize,
    lists: usize,
    objects: usize,
    items: Option<Box<Shape>>,
    fields: BTreeMap<String, (usize, Shape)>,
}

impl Shape {
    /// Takes in one more value.
    pub(super) fn add(&mut self, value: &Value) {
        match value {
            Value::Null => self.nulls += 1,
            Value::Bool(_) => self.flags += 1,
            Value::Number(number) if number.is_f64() => self.numbers += 1,
            Value::Number(_) => self.integers += 1,
            Value::String(_) => self.texts += 1,
            Value::Array(items) => {
                self.lists += 1;
                let shape = self.items.get_or_insert_default();
                items.iter().for_each(|item| shape.add(item));
            }
            Value::Object(fields) => {
                self.objects += 1;
                for (name, value) in fields {
                    let (seen, shape) = self.fields.entry(name.clone()).or_default();
                    *seen += 1;
                    shape.add(value);
                }
            }
        }
    }

    /// Puts every object into the pool of those that may stand in several places.
    pub(super) fn pool(&self, at: &str, hints: &Hints, pool: &mut Pool) {
        if Hints::names(hints.free, at) {
            return;
        }
        if self.objects > 0 && !self.is_map(at, hints) && !self.is_envelope() {
            pool.add(self.fields.keys().cloned().collect(), self);
        }
        for (name, (_, shape)) in &self.fields {
            shape.pool(&under(at, name), hints, pool);
        }
        if let Some(items) = &self.items {
            items.pool(&format!("{at}[]"), hints, pool);
        }
    }

    /// Writes the schema of all that was seen in a place of the answers to an operation that is about
    /// something.
    pub(super) fn schema(&self, at: &str, about: &str, hints: &Hints, pool: &mut Pool) -> Value {
        if Hints::names(hints.free, at) {
            return json!({});
        }
        if self.objects > 0 && !self.is_map(at, hints) && !self.is_envelope() {
            let fields: Vec<String> = self.fields.keys().cloned().collect();
            let may_be_null = self.nulls > 0 || Hints::names(hints.optional, at);
            let is_plain = self.flags + self.integers + self.numbers + self.texts + self.lists == 0
                && !hints.also.iter().any(|(name, _)| is_at(name, at));
            if is_plain && let Some(reference) = pool.reference(&fields, at, about, hints) {
                return match may_be_null {
                    true => json!({ "anyOf": [reference, { "type": "null" }] }),
                    false => reference,
                };
            }
        }
        self.whole(at, about, hints, pool)
    }

    /// Whether the names of its fields are data.
    fn is_map(&self, at: &str, hints: &Hints) -> bool {
        let is_number = |name: &String| name.bytes().all(|byte| byte.is_ascii_digit());
        let are_numbers = !self.fields.is_empty() && self.fields.keys().all(is_number);
        are_numbers || Hints::names(hints.maps, at)
    }

    /// Whether it is a list with what is said about it, which says nothing of its items.
    fn is_envelope(&self) -> bool {
        let mut lists = self.fields.values().filter_map(|(_, shape)| shape.items.as_ref());
        lists.any(|items| items.objects > 0)
    }

    /// Writes the schema of its objects alone.
    pub(super) fn object(&self, at: &str, about: &str, hints: &Hints, pool: &mut Pool) -> Value {
        let mut schema = Map::from_iter([("type".to_owned(), "object".into())]);
        self.write_fields(&mut schema, at, about, hints, pool);
        Value::Object(schema)
    }

    fn whole(&self, at: &str, about: &str, hints: &Hints, pool: &mut Pool) -> Value {
        let mut types = Vec::new();
        let mut put = |seen: bool, name: &'static str| {
            if seen && !types.contains(&name) {
                types.push(name);
            }
        };
        put(self.objects > 0, "object");
        put(self.lists > 0, "array");
        put(self.texts > 0, "string");
        put(self.numbers > 0, "number");
        put(self.integers > 0 && self.numbers == 0, "integer");
        put(self.flags > 0, "boolean");
        for (_, also) in hints.also.iter().filter(|(name, _)| is_at(name, at)) {
            put(true, also);
        }
        put(self.nulls > 0 || Hints::names(hints.optional, at), "null");
        let mut schema = Map::new();
        match types.as_slice() {
            [] => {}
            [one] => drop(schema.insert("type".to_owned(), (*one).into())),
            several => drop(schema.insert("type".to_owned(), several.into())),
        }
        if let Some((name, words)) = hints.words_of(at, about) {
            pool.said.insert(name);
            let words = words.iter().map(|word| Value::from(*word));
            let null = types.contains(&"null").then_some(Value::Null);
            schema.insert("enum".to_owned(), words.chain(null).collect());
        }
        if self.objects > 0 {
            self.write_fields(&mut schema, at, about, hints, pool);
        }
        if let Some(items) = self.items.as_ref().filter(|_| self.lists > 0) {
            let items = items.schema(&format!("{at}[]"), about, hints, pool);
            schema.insert("items".to_owned(), items);
        }
        Value::Object(schema)
    }

    fn write_fields(
        &self,
        schema: &mut Map<String, Value>,
        at: &str,
        about: &str,
        hints: &Hints,
        pool: &mut Pool,
    ) {
        if self.is_map(at, hints) {
            let mut any = Shape::default();
            self.fields.values().for_each(|(_, shape)| any.join(shape));
            let values = any.schema(&under(at, "*"), about, hints, pool);
            schema.insert("additionalProperties".to_owned(), values);
            return;
        }
        let fields = self.fields.iter().map(|(name, (_, shape))| {
            (name.clone(), shape.schema(&under(at, name), about, hints, pool))
        });
        schema.insert("properties".to_owned(), Value::Object(fields.collect()));
        let always = self.fields.iter().filter(|(name, (seen, _))| {
            *seen == self.objects && !Hints::names(hints.optional, &under(at, name))
        });
        let required: Vec<&str> = always.map(|(name, _)| name.as_str()).collect();
        if !required.is_empty() {
            schema.insert("required".to_owned(), required.into());
        }
    }

    /// Takes in all that another place has seen.
    pub(super) fn join(&mut self, other: &Self) {
        self.nulls += other.nulls;
        self.flags += other.flags;
        self.integers += other.integers;
        self.numbers += other.numbers;
        self.texts += other.texts;
        self.lists += other.lists;
        self.objects += other.objects;
        if let Some(items) = &other.items {
            self.items.get_or_insert_default().join(items);
        }
        for (name, (seen, shape)) in &other.fields {
            let (mine, joined) = self.fields.entry(name.clone()).or_default();
            *mine += seen;
            joined.join(shape);
        }
    }
}
