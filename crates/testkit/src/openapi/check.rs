//! Holds answers against the document.

use ringback_mock::{Table, Vendor};
use serde_json::{Value, json};

use super::Played;

/// What is described and what is answered are compared by a validator that nobody here wrote.
pub(super) fn all<V: Vendor>(document: &Value, played: &[Played<'_>]) {
    let table = Table::new(V::ENDPOINTS, V::respell);
    let mut faults = Vec::new();
    for case in played {
        let Some(place) = table.endpoint(&case.request.method, &case.request.path) else {
            continue;
        };
        let Some(endpoint) = V::ENDPOINTS.get(place) else { continue };
        let path = endpoint.path.replace("{*", "{").replace('~', "~0").replace('/', "~1");
        let method = endpoint.method.to_lowercase();
        let status = case.reply.status;
        let mut at = format!("/paths/{path}/{method}/responses/{status}");
        let response = document.pointer(&at);
        if let Some(reference) = response.and_then(|it| it.get("$ref")).and_then(Value::as_str) {
            at = reference.trim_start_matches('#').to_owned();
        }
        let fault = |text: String| format!("{}: {text}", case.path.display());
        let Some(response) = document.pointer(&at) else {
            faults.push(fault(format!("{status} is not described")));
            continue;
        };
        let media_type = case.media_type();
        if media_type.is_empty() || case.reply.headers.contains_key("content-encoding") {
            continue;
        }
        let Some(content) = response.get("content").and_then(|it| it.get(&media_type)) else {
            faults.push(fault(format!("{media_type} is not described")));
            continue;
        };
        let Some(schema) = content.get("schema").filter(|_| media_type.ends_with("json")) else {
            continue;
        };
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": { "schemas": document.pointer("/components/schemas") },
        });
        match jsonschema::validator_for(&schema) {
            Ok(validator) => {
                for error in validator.iter_errors(&case.reply.json) {
                    faults.push(fault(format!("{}: {error}", error.instance_path())));
                }
            }
            Err(error) => faults.push(fault(format!("the schema: {error}"))),
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}
