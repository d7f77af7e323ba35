//! WireMock's model has values that are a text and a list at once, and headers in any case. Here these
//! are different members, and what a template says is rewritten to name them.

use std::sync::LazyLock;

use regex::{Captures, Regex};

fn compiled(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

static MUSTACHE: LazyLock<Option<Regex>> = LazyLock::new(|| compiled(r"(?s)\{\{.*?\}\}"));

static PLACES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compiled(
        r"request\.(?:requestLine\.)?(query|headers|cookies|path|pathSegments)\.(\[[^\]]*\]|[\w-]+)(?:\.\[?(\d+)\]?)?",
    )
});

static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| compiled(r"request\.requestLine\."));

/// Rewrites a template so that it fits the model.
pub(super) fn rewrite(text: &str) -> String {
    let (Some(mustache), Some(places), Some(line)) = (&*MUSTACHE, &*PLACES, &*LINE) else {
        return text.to_owned();
    };
    mustache
        .replace_all(text, |found: &Captures<'_>| {
            let inner = found.get(0).map_or("", |inner| inner.as_str());
            let inner = places.replace_all(inner, place);
            line.replace_all(&inner, "request.").into_owned()
        })
        .into_owned()
}

fn place(found: &Captures<'_>) -> String {
    let part = |place: usize| found.get(place).map_or("", |part| part.as_str());
    let (of, name, index) = (part(1), part(2), part(3));
    let bare = name.trim_matches(['[', ']']);
    match of {
        "path" | "pathSegments" if !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit()) => {
            format!("request.pathSegments.[{bare}]")
        }
        "path" => format!("request.pathParams.[{bare}]"),
        "headers" if index.is_empty() => format!("request.headers.[{}]", bare.to_ascii_lowercase()),
        "headers" => format!("request.headersAll.[{}].[{index}]", bare.to_ascii_lowercase()),
        of if index.is_empty() => format!("request.{of}.[{bare}]"),
        of => format!("request.{of}All.[{bare}].[{index}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_template_names_fits_the_model() {
        for (text, wanted) in [
            ("{{request.path.[1]}}", "{{request.pathSegments.[1]}}"),
            ("{{request.pathSegments.1}}", "{{request.pathSegments.[1]}}"),
            ("{{request.path.id}}", "{{request.pathParams.[id]}}"),
            ("{{request.path}}", "{{request.path}}"),
            ("{{request.headers.X-Id}}", "{{request.headers.[x-id]}}"),
            ("{{request.query.a.[2]}}", "{{request.queryAll.[a].[2]}}"),
            ("{{request.requestLine.method}}", "{{request.method}}"),
            ("{{jsonPath request.body '$.a'}}", "{{jsonPath request.body '$.a'}}"),
            ("request.headers.X-Id", "request.headers.X-Id"),
        ] {
            assert_eq!(rewrite(text), wanted);
        }
    }
}
