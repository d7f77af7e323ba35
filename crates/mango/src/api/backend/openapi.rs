//! The OpenAPI document and the page about it, as FastAPI 0.110 makes them from the operations.

use std::fmt::Write as _;
use std::sync::LazyLock;

use ringback_mock::Param;
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::value::RawValue;

use super::{
    operations::{OPERATIONS, Operation},
    params::Rule,
};

/// The document itself.
pub(super) static DOCUMENT: LazyLock<String> =
    LazyLock::new(|| serde_json::to_string(&Document::default()).unwrap_or_default());

/// A list of the operations for people. It loads nothing from elsewhere.
pub(super) static PAGE: LazyLock<String> = LazyLock::new(|| {
    let mut page = String::from(HEAD);
    for operation in OPERATIONS {
        let Operation { method, path, .. } = operation;
        let params: Vec<String> = operation.params.iter().map(shown).collect();
        let _ = writeln!(
            page,
            "<li><code>{method} {path}</code> {} {}</li>",
            title(operation.function),
            params.join(", ")
        );
    }
    page + "</ul>\n</body>\n</html>\n"
});

const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>FastAPI</title>
<style>body { font-family: sans-serif; margin: 2em } li { margin: .5em 0 }</style>
</head>
<body>
<h1>FastAPI <small>0.1.0</small></h1>
<p>Parameters travel in the query string; bold ones are required.
<a href="/openapi.json">/openapi.json</a></p>
<ul>
"#;

fn shown(param: &Param) -> String {
    match Rule::from(param) {
        Rule::Text => format!("<b>{}</b>", param.name),
        Rule::Integer => format!("<b>{}</b> (integer)", param.name),
        Rule::Optional => param.name.to_owned(),
        Rule::TextOr(default) => format!("{}={default}", param.name),
        Rule::NumberOr(default) => format!("{}={default}", param.name),
    }
}

/// Makes a title of a name: `from_ext` is `From Ext`.
fn title(name: &str) -> String {
    let mut title = String::with_capacity(name.len());
    for (place, word) in name.split('_').enumerate() {
        if place > 0 {
            title.push(' ');
        }
        let mut letters = word.chars();
        title.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        title.push_str(letters.as_str());
    }
    title
}

#[derive(Serialize)]
struct Document {
    openapi: &'static str,
    info: Info,
    paths: Paths,
    components: Option<&'static RawValue>,
}

impl Default for Document {
    fn default() -> Self {
        Self {
            openapi: "3.1.0",
            info: Info { title: "FastAPI", version: "0.1.0" },
            paths: Paths,
            components: serde_json::from_str(include_str!("components.json")).ok(),
        }
    }
}

#[derive(Serialize)]
struct Info {
    title: &'static str,
    version: &'static str,
}

/// Every path with its one method, in the order of the operations.
struct Paths;

impl Serialize for Paths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(OPERATIONS.iter().map(|operation| (operation.path, Path(operation))))
    }
}

struct Path(&'static Operation);

impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut path = serializer.serialize_map(Some(1))?;
        path.serialize_entry(&self.0.method.to_ascii_lowercase(), &Described::from(self.0))?;
        path.end()
    }
}

/// One operation; an operation without parameters has neither a list of them nor a 422.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    summary: String,
    operation_id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parameters: Vec<Parameter>,
    responses: Responses,
}

impl From<&'static Operation> for Described {
    fn from(operation: &'static Operation) -> Self {
        let Operation { method, path, function, params, .. } = operation;
        let id = format!("{function}{path}").replace('/', "_");
        let schema = |reference| Content { json: Json { schema: Reference { reference } } };
        Self {
            summary: title(function),
            operation_id: format!("{id}_{}", method.to_ascii_lowercase()),
            parameters: params.iter().map(Parameter::from).collect(),
            responses: Responses {
                done: Response { description: "Successful Response", content: schema(None) },
                invalid: (!params.is_empty()).then(|| Response {
                    description: "Validation Error",
                    content: schema(Some("#/components/schemas/HTTPValidationError")),
                }),
            },
        }
    }
}

#[derive(Serialize)]
struct Parameter {
    name: &'static str,
    r#in: &'static str,
    required: bool,
    schema: Schema,
}

#[derive(Serialize)]
struct Schema {
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<serde_json::Value>,
    title: String,
}

impl From<&'static Param> for Parameter {
    fn from(param: &'static Param) -> Self {
        let (r#type, default) = match Rule::from(param) {
            Rule::Text => (Some("string"), None),
            Rule::Integer => (Some("integer"), None),
            Rule::Optional => (None, None),
            Rule::TextOr(default) => (None, Some(default.into())),
            Rule::NumberOr(default) => (None, Some(default.into())),
        };
        let schema = Schema { r#type, default, title: title(param.name) };
        Self { name: param.name, r#in: "query", required: r#type.is_some(), schema }
    }
}

#[derive(Serialize)]
struct Responses {
    #[serde(rename = "200")]
    done: Response,
    #[serde(rename = "422", skip_serializing_if = "Option::is_none")]
    invalid: Option<Response>,
}

#[derive(Serialize)]
struct Response {
    description: &'static str,
    content: Content,
}

#[derive(Serialize)]
struct Content {
    #[serde(rename = "application/json")]
    json: Json,
}

#[derive(Serialize)]
struct Json {
    schema: Reference,
}

#[derive(Serialize)]
struct Reference {
    #[serde(rename = "$ref", skip_serializing_if = "Option::is_none")]
    reference: Option<&'static str>,
}
