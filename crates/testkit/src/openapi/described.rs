//! Any OpenAPI document as what requests and answers are held against.

use jsonschema::Validator;
use serde_json::{Value, json};

/// A document that describes an API.
#[derive(Debug, Clone)]
pub struct Described(pub Value);

/// A request with its answer.
#[derive(Debug, Clone)]
pub struct Exchanged<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The path without its query.
    pub path: &'a str,
    /// The body of the request, if it is JSON.
    pub asked: Option<&'a Value>,
    /// The status of the answer.
    pub status: u16,
    /// The media type of the answer, without its parameters; empty where there is no body.
    pub media_type: &'a str,
    /// The body of the answer, if it is JSON.
    pub answer: Option<&'a Value>,
}

impl Described {
    /// Returns the template of a path and the operation there; fixed parts count more than others.
    pub fn operation(&self, method: &str, path: &str) -> Option<(&str, &Value)> {
        let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        let fits = |template: &str| {
            let own: Vec<&str> = template.split('/').collect();
            let fit = |(own, part): (&&str, &&str)| match own.starts_with('{') {
                true => !part.is_empty(),
                false => own == part,
            };
            own.len() == parts.len() && own.iter().zip(&parts).all(fit)
        };
        let paths = self.0.get("paths")?.as_object()?;
        let fitting = paths.iter().filter(|(template, _)| fits(template));
        let fitting = fitting.filter_map(|(template, all)| {
            Some((template.as_str(), all.get(method.to_lowercase())?))
        });
        fitting.min_by_key(|(template, _)| template.matches('{').count())
    }

    /// Follows a reference.
    pub(crate) fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let path = value.get("$ref").and_then(Value::as_str);
        path.and_then(|path| self.0.pointer(path.trim_start_matches('#'))).unwrap_or(value)
    }

    pub(crate) fn validator(&self, schema: &Value) -> Result<Validator, String> {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": { "schemas": self.0.pointer("/components/schemas") },
        });
        jsonschema::validator_for(&schema).map_err(|error| format!("the schema: {error}"))
    }

    /// Compares a value with a schema; returns where it is not as that says.
    pub fn compare(&self, what: &str, schema: &Value, value: &Value) -> Vec<String> {
        match self.validator(schema) {
            Ok(validator) => {
                let errors = validator.iter_errors(value);
                errors.map(|error| format!("{what}{}: {error}", error.instance_path())).collect()
            }
            Err(why) => vec![why],
        }
    }

    /// Returns in what a request that was taken, and its answer, are not as the document says.
    pub fn faults(&self, exchanged: &Exchanged<'_>) -> Vec<String> {
        let Exchanged { method, path, asked, status, media_type, answer } = exchanged;
        let Some((_, operation)) = self.operation(method, path) else {
            return vec![format!("{method} {path} is not described")];
        };
        let mut faults = Vec::new();
        if let (Some(asked), true) = (asked, *status < 300) {
            let content = operation.pointer("/requestBody/content");
            let of = |media_type: &str| content.and_then(|all| all.get(media_type));
            match of("application/json").or_else(|| of("*/*")) {
                Some(described) => {
                    let schema = described.get("schema").cloned().unwrap_or(Value::Bool(true));
                    faults.extend(self.compare("request", &schema, asked));
                }
                None => faults.push("its body is not described".to_owned()),
            }
        }
        let responses = operation.get("responses");
        let of = |name: &str| responses.and_then(|all| all.get(name));
        let Some(response) = of(&status.to_string()).or_else(|| of("default")) else {
            faults.push(format!("{status} is not described"));
            return faults;
        };
        if media_type.is_empty() {
            return faults;
        }
        let content = self.resolved(response).get("content");
        let found = content.and_then(|all| all.get(*media_type).or_else(|| all.get("*/*")));
        match (found, answer) {
            (None, _) => faults.push(format!("{media_type} is not described")),
            (Some(described), Some(answer)) => {
                if let Some(schema) = described.get("schema") {
                    faults.extend(self.compare("answer", schema, answer));
                }
            }
            (Some(_), None) => {}
        }
        faults
    }

    /// Returns what a body that is an object may have, and nothing else, if the document says so.
    pub fn keys(&self, operation: &Value) -> Option<Vec<String>> {
        let schema = operation.pointer("/requestBody/content/application~1json/schema")?;
        let schema = self.resolved(schema);
        let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        let properties = schema.get("properties").and_then(Value::as_object)?;
        is_closed.then(|| properties.keys().cloned().collect())
    }
}
