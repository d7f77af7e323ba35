use std::collections::BTreeSet;

use serde_json::Value;

use super::{document::route, operations, schema::Components};
use crate::admin::{calls::VERBS, openapi::control_document, routes::ROUTES};

#[test]
fn every_route_stands_in_the_document_and_the_other_way_round() {
    let operations = operations::all(&mut Components::new(), &[]);
    let mut served = BTreeSet::new();
    for operation in &operations {
        let Some(route) = route(operation) else {
            assert!(!operation.is_guarded, "{} {} is no route", operation.method, operation.path);
            continue;
        };
        assert_eq!(
            route.reads,
            operation.body.is_some() || is_refused(operation.path),
            "{}",
            operation.id
        );
        served.insert((route.method, route.path));
    }
    let routes: BTreeSet<_> = ROUTES.iter().map(|route| (route.method, route.path)).collect();
    assert_eq!(served, routes);
    for verb in VERBS {
        let path = format!("/__admin/calls/{{id}}/{verb}");
        assert!(operations.iter().any(|operation| operation.path == path), "{verb}");
    }
    let ids: BTreeSet<_> = operations.iter().map(|operation| operation.id).collect();
    assert_eq!(ids.len(), operations.len(), "an id stands for two operations");
}

/// Paths that read whatever comes, and refuse it.
fn is_refused(path: &str) -> bool {
    ["/__admin/recordings/{what}", "/__admin/files"].contains(&path)
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(value: &Value, document: &Value) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| match value.as_str() {
                Some(path) if name == "$ref" => {
                    let at = path.trim_start_matches('#');
                    assert!(document.pointer(at).is_some(), "{path}");
                }
                _ => check(value, document),
            }),
            Value::Array(items) => items.iter().for_each(|item| check(item, document)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = control_document(&[]);
    check(&document, &document);
}
