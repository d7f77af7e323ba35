//! The three fields of a signed request, out of a url-encoded or a multipart form.

use percent_encoding::percent_decode;

/// The fields of a signed request, as the exact bytes that were signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Form {
    /// `vpbx_api_key`.
    pub(crate) key: Option<String>,
    /// `sign`.
    pub(crate) sign: Option<String>,
    /// `json`.
    pub(crate) json: Option<Vec<u8>>,
}

impl Form {
    /// Reads a body by its `Content-Type`; what is neither form has no fields.
    ///
    /// A body without a type is taken as url-encoded: that is what a careless client means.
    pub(crate) fn read(content_type: &str, body: &[u8]) -> Self {
        let mut form = Self::default();
        let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
        let kind = kind.trim();
        if kind.eq_ignore_ascii_case("multipart/form-data") {
            if let Some(boundary) = boundary(parameters) {
                for (name, value) in parts(&boundary, body) {
                    form.put(name.as_bytes(), value.to_vec());
                }
            }
        } else if kind.is_empty() || kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        {
            for pair in body.split(|byte| *byte == b'&') {
                let mut halves = pair.splitn(2, |byte| *byte == b'=');
                let name = decoded(halves.next().unwrap_or_default());
                form.put(&name, decoded(halves.next().unwrap_or_default()));
            }
        }
        form
    }

    /// A field given twice: the last one counts.
    fn put(&mut self, name: &[u8], value: Vec<u8>) {
        match name {
            b"vpbx_api_key" => self.key = Some(String::from_utf8_lossy(&value).into_owned()),
            b"sign" => self.sign = Some(String::from_utf8_lossy(&value).into_owned()),
            b"json" => self.json = Some(value),
            _ => {}
        }
    }
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> =
        text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).collect()
}

/// Returns the boundary of a multipart body. RFC 2046, 5.1.1: it may be quoted.
fn boundary(parameters: &str) -> Option<String> {
    let named = |parameter: &str| {
        let (name, value) = parameter.split_once('=')?;
        let is_it = name.trim().eq_ignore_ascii_case("boundary");
        is_it.then(|| value.trim().trim_matches('"').to_owned())
    };
    parameters.split(';').find_map(named).filter(|boundary| !boundary.is_empty())
}

/// Returns the named parts of a multipart body. What is malformed is left out.
fn parts<'a>(boundary: &str, body: &'a [u8]) -> Vec<(String, &'a [u8])> {
    let delimiter = format!("--{boundary}");
    let delimiter = delimiter.as_bytes();
    let mut parts = Vec::new();
    let Some(first) = find(body, delimiter) else { return parts };
    let mut rest = body.get(first + delimiter.len()..).unwrap_or_default();
    while !rest.starts_with(b"--") {
        // The line break before a delimiter belongs to the delimiter.
        let inner = [b"\r\n", delimiter].concat();
        let Some(end) = find(rest, &inner) else { break };
        let part = rest.get(..end).unwrap_or_default();
        if let Some(gap) = find(part, b"\r\n\r\n")
            && let Some(name) = field_name(part.get(..gap).unwrap_or_default())
        {
            parts.push((name, part.get(gap + 4..).unwrap_or_default()));
        }
        rest = rest.get(end + inner.len()..).unwrap_or_default();
    }
    parts
}

fn field_name(head: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(head);
    let line = head.lines().find(|line| {
        line.get(..20).is_some_and(|name| name.eq_ignore_ascii_case("content-disposition:"))
    })?;
    let named = |parameter: &str| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("name").then(|| value.trim().trim_matches('"').to_owned())
    };
    line.split(';').find_map(named)
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len().max(1)).position(|window| window == what)
}

#[cfg(test)]
mod tests;
