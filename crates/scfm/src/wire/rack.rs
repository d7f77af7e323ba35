//! Form parameters as Rack reads them. `serde_qs` and its kin differ where it matters here: a key
//! without a value is null, the last of two values wins, contradicting shapes are an error, and a
//! key already present starts the next element of an array of hashes.

use percent_encoding::percent_decode;

use crate::json::{Json, Object};

/// Why parameters cannot be read: the request is a bad one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("not UTF-8, or badly escaped")]
    Encoding,
    #[error("contradicting shapes")]
    Shape,
    #[error("nested too deeply")]
    Depth,
    #[error("not JSON")]
    Json,
    #[error("not multipart")]
    Multipart,
}

/// How many names may stand in one another, the first included: Rack's `param_depth_limit`.
pub(crate) const DEPTH: usize = 100;

/// One parameter as it was sent; a key without `=` has no value.
pub(crate) type Pair = (String, Option<String>);

/// Splits a query string, in which `;` separates as `&` does.
pub(crate) fn query(text: &str) -> Result<Vec<Pair>, Malformed> {
    pairs(text.as_bytes(), |byte| matches!(byte, b'&' | b';'))
}

/// Splits a form body, in which only `&` separates.
pub(crate) fn form(body: &[u8]) -> Result<Vec<Pair>, Malformed> {
    pairs(body, |byte| byte == b'&')
}

fn pairs(text: &[u8], separates: impl Fn(u8) -> bool) -> Result<Vec<Pair>, Malformed> {
    let mut pairs = Vec::new();
    for (place, part) in text.split(|byte| separates(*byte)).enumerate() {
        // Blanks after a separator belong to it.
        let part = if place > 0 { trim_blanks(part) } else { part };
        if part.is_empty() {
            continue;
        }
        let mut halves = part.splitn(2, |byte| *byte == b'=');
        let key = unescape(halves.next().unwrap_or_default())?;
        pairs.push((key, halves.next().map(unescape).transpose()?));
    }
    Ok(pairs)
}

fn trim_blanks(mut part: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] = part {
        part = rest;
    }
    part
}

fn unescape(text: &[u8]) -> Result<String, Malformed> {
    let hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let broken = text
        .iter()
        .enumerate()
        .any(|(at, byte)| *byte == b'%' && !(hex(text.get(at + 1)) && hex(text.get(at + 2))));
    if broken {
        return Err(Malformed::Encoding);
    }
    let blanks: Vec<u8> =
        text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let decoded = percent_decode(&blanks).decode_utf8().map_err(|_| Malformed::Encoding)?;
    Ok(decoded.into_owned())
}

/// Nests parameters by the brackets in their names.
pub(crate) fn nested(pairs: &[Pair]) -> Result<Object, Malformed> {
    let mut params = Object::new();
    for (name, value) in pairs {
        if split(name).0.is_empty() {
            continue;
        }
        let value = value.as_ref().map_or(Json::Null, |value| Json::Text(value.clone()));
        params = match nest(params, name, value, DEPTH)? {
            Json::Object(params) => params,
            // With a name there is always an object.
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Array(_) => {
                return Err(Malformed::Shape);
            }
        };
    }
    Ok(params)
}

/// Splits a name into its first key and what stands after it.
fn split(name: &str) -> (&str, &str) {
    let name = name.trim_start_matches(['[', ']']);
    let end = name.find(['[', ']']).unwrap_or(name.len());
    let (key, rest) = name.split_at(end);
    (key, rest.trim_start_matches(']'))
}

fn nest(mut params: Object, name: &str, value: Json, depth: usize) -> Result<Json, Malformed> {
    if depth == 0 {
        return Err(Malformed::Depth);
    }
    let (key, after) = split(name);
    if key.is_empty() {
        let is_item = name == "[]" && value != Json::Null;
        return Ok(if is_item { Json::Array(vec![value]) } else { Json::Null });
    }
    match after {
        "" => drop(params.insert(key.to_owned(), value)),
        "[" => drop(params.insert(name.to_owned(), value)),
        "[]" => array(&mut params, key)?.push(value),
        _ => match after.strip_prefix("[]") {
            Some(child) => {
                let child = only_key(child).unwrap_or(child);
                let items = array(&mut params, key)?;
                match items.last_mut() {
                    Some(Json::Object(last)) if !has_key(last, child) => {
                        let begun = std::mem::take(last);
                        let whole = nest(begun, child, value, depth - 1)?;
                        if let Some(last) = items.last_mut() {
                            *last = whole;
                        }
                    }
                    _ => {
                        let item = nest(Object::new(), child, value, depth - 1)?;
                        items.push(item);
                    }
                }
            }
            None => {
                let slot = params.entry(key.to_owned()).or_default();
                let begun = match std::mem::take(slot) {
                    Json::Null => Object::new(),
                    Json::Object(object) => object,
                    Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Array(_) => {
                        return Err(Malformed::Shape);
                    }
                };
                *slot = nest(begun, after, value, depth - 1)?;
            }
        },
    }
    Ok(Json::Object(params))
}

fn array<'a>(params: &'a mut Object, key: &str) -> Result<&'a mut Vec<Json>, Malformed> {
    let slot = params.entry(key.to_owned()).or_default();
    if *slot == Json::Null {
        *slot = Json::Array(Vec::new());
    }
    match slot {
        Json::Array(items) => Ok(items),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Object(_) => {
            Err(Malformed::Shape)
        }
    }
}

/// Returns `x` of `[x]`, if that is all there is.
fn only_key(child: &str) -> Option<&str> {
    let key = child.strip_prefix('[')?.strip_suffix(']')?;
    (!key.is_empty() && !key.contains(['[', ']'])).then_some(key)
}

fn has_key(object: &Object, key: &str) -> bool {
    if key.contains("[]") {
        return false;
    }
    let mut parts = key.split(['[', ']']).filter(|part| !part.is_empty()).peekable();
    let mut inside = object;
    while let Some(part) = parts.next() {
        let Some(value) = inside.get(part) else { return false };
        match (value, parts.peek()) {
            (Json::Object(deeper), _) => inside = deeper,
            (_, None) => return true,
            (_, Some(_)) => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests;
