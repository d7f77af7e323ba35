//! What helpers compute: from values, a value.

use base64::{Engine as _, prelude::*};
use serde_json::{Map, Value, json};

use super::{draw, moments, now, spend};
use crate::stubs::{delay::share, text::json_path, url};

/// How many items a list may get.
const ITEMS: usize = 10_000;

/// What a helper is given: values in their order, values by name.
pub(super) struct Args {
    pub(super) params: Vec<Value>,
    pub(super) named: Map<String, Value>,
}

pub(super) type Function = fn(&Args) -> Result<Value, String>;

/// Writes a value as it stands in a text.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

impl Args {
    fn param(&self, place: usize) -> Result<&Value, String> {
        self.params.get(place).ok_or_else(|| format!("parameter {} is missing", place + 1))
    }

    fn text(&self, place: usize) -> Result<String, String> {
        let text = text(self.param(place)?);
        spend(text.len() / 16)?;
        Ok(text)
    }

    fn named(&self, name: &str) -> Option<&Value> {
        self.named.get(name).filter(|value| !value.is_null())
    }

    fn named_text(&self, name: &str) -> Option<String> {
        self.named(name).map(text)
    }

    fn is(&self, name: &str) -> bool {
        self.named(name).is_some_and(|value| text(value) == "true")
    }

    fn number(&self, place: usize) -> Result<f64, String> {
        number(self.param(place)?)
    }

    fn whole(&self, name: &str, default: i64) -> Result<i64, String> {
        let given = self.named(name).map(|value| {
            text(value).parse::<i64>().map_err(|_| format!("{name} has to be a whole number"))
        });
        given.unwrap_or(Ok(default))
    }
}

fn number(value: &Value) -> Result<f64, String> {
    let why = || format!("{} is no number", text(value));
    text(value).trim().parse::<f64>().map_err(|_| why())
}

/// A number, whole where it is.
fn shown(number: f64) -> Value {
    match number.fract() == 0.0 && number.abs() < 1e15 {
        true => json!(number as i64),
        false => json!(number),
    }
}

pub(super) fn json_at(args: &Args) -> Result<Value, String> {
    let path = args.text(1)?;
    let given = args.param(0)?;
    let value = match given.as_str() {
        Some(text) => {
            spend(text.len() / 4)?;
            serde_json::from_str(text).map_err(|_| "the text holds no JSON".to_owned())?
        }
        None => given.clone(),
    };
    let path = json_path(&path, "").map_err(|refused| refused.detail)?;
    let found = path.query(&value).all();
    spend(found.len())?;
    match found.as_slice() {
        [] => Ok(args.named("default").cloned().unwrap_or_default()),
        [one] => Ok((*one).clone()),
        several => Ok(several.iter().map(|value| (*value).clone()).collect()),
    }
}

pub(super) fn parse_json(args: &Args) -> Result<Value, String> {
    let text = args.text(0)?;
    spend(text.len() / 4)?;
    serde_json::from_str(&text).map_err(|error| format!("no JSON: {error}"))
}

pub(super) fn to_json(args: &Args) -> Result<Value, String> {
    let text = args.param(0)?.to_string();
    spend(text.len() / 4)?;
    Ok(text.into())
}

pub(super) fn random_value(args: &Args) -> Result<Value, String> {
    let kind = args.named_text("type").unwrap_or_else(|| "ALPHANUMERIC".to_owned());
    let length = usize::try_from(args.whole("length", 36)?).unwrap_or(0).min(4_096);
    spend(length)?;
    let (lower, upper) = ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    let letters = if args.is("uppercase") { upper } else { lower };
    let digits = "0123456789";
    let alphabet: Vec<char> = match kind.as_str() {
        "UUID" => return Ok(crate::stubs::mapping::id(draw(), draw()).into()),
        "ALPHANUMERIC" => letters.chars().chain(digits.chars()).collect(),
        "ALPHABETIC" => letters.chars().collect(),
        "NUMERIC" => digits.chars().collect(),
        "HEXADECIMAL" => digits.chars().chain(letters.chars().take(6)).collect(),
        "ALPHANUMERIC_AND_SYMBOLS" => letters
            .chars()
            .chain(digits.chars())
            .chain("!#$%&()*+,-./:;=?@[]^_{|}~".chars())
            .collect(),
        other => return Err(format!("{other:?} is no type of random value")),
    };
    let one = |_| {
        let place = usize::try_from(draw() % alphabet.len() as u64).unwrap_or(0);
        alphabet.get(place).copied().unwrap_or('0')
    };
    Ok((0..length).map(one).collect::<String>().into())
}

pub(super) fn random_int(args: &Args) -> Result<Value, String> {
    let low = args.whole("lower", 0)?;
    let high = args.whole("upper", i64::from(i32::MAX))?;
    let span = high.checked_sub(low).filter(|span| *span > 0).unwrap_or(1);
    let drawn = i64::try_from(draw() % span.unsigned_abs()).unwrap_or(0);
    Ok((low + drawn).into())
}

pub(super) fn random_decimal(args: &Args) -> Result<Value, String> {
    let bound = |name: &str, default: f64| args.named(name).map_or(Ok(default), number);
    let (low, high) = (bound("lower", 0.0)?, bound("upper", 1.0)?);
    Ok(json!(low + (high - low) * share(draw())))
}

pub(super) fn pick_random(args: &Args) -> Result<Value, String> {
    let items = match args.params.as_slice() {
        [Value::Array(items)] => items.as_slice(),
        items => items,
    };
    let place = draw().checked_rem(items.len() as u64);
    let place = place.and_then(|place| usize::try_from(place).ok());
    place.and_then(|place| items.get(place)).cloned().ok_or_else(|| "nothing to pick".to_owned())
}

fn moment(args: &Args, at: ringback_engine::OffsetDateTime) -> Result<Value, String> {
    let at = args.named_text("offset").map_or(Ok(at), |by| moments::offset(at, &by))?;
    let zone = args.named_text("timezone").map(|name| moments::zone(&name)).transpose()?;
    let at = match zone {
        Some(zone) => moments::in_zone(at, zone)?,
        None => at,
    };
    Ok(moments::write(at, args.named_text("format").as_deref())?.into())
}

pub(super) fn now_is(args: &Args) -> Result<Value, String> {
    moment(args, now())
}

pub(super) fn date(args: &Args) -> Result<Value, String> {
    match args.params.first() {
        Some(given) => moment(args, moments::read(&text(given), None)?),
        None => moment(args, now()),
    }
}

pub(super) fn parse_date(args: &Args) -> Result<Value, String> {
    let at = moments::read(&args.text(0)?, args.named_text("format").as_deref())?;
    Ok(moments::write(at, Some("yyyy-MM-dd'T'HH:mm:ss.SSSXXX"))?.into())
}

pub(super) fn trim(args: &Args) -> Result<Value, String> {
    Ok(args.text(0)?.trim().into())
}

pub(super) fn lower(args: &Args) -> Result<Value, String> {
    Ok(args.text(0)?.to_lowercase().into())
}

pub(super) fn upper(args: &Args) -> Result<Value, String> {
    Ok(args.text(0)?.to_uppercase().into())
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

pub(super) fn capitalize(args: &Args) -> Result<Value, String> {
    let text = args.text(0)?;
    Ok(text.split(' ').map(capital).collect::<Vec<_>>().join(" ").into())
}

pub(super) fn capitalize_first(args: &Args) -> Result<Value, String> {
    Ok(capital(&args.text(0)?).into())
}

pub(super) fn replace(args: &Args) -> Result<Value, String> {
    let (text, from, to) = (args.text(0)?, args.text(1)?, args.text(2)?);
    spend(text.len() * (1 + to.len()) / 16)?;
    let made = if from.is_empty() { text } else { text.replace(&from, &to) };
    Ok(made.into())
}

pub(super) fn cut(args: &Args) -> Result<Value, String> {
    let (text, what) = (args.text(0)?, args.text(1).unwrap_or_else(|_| " ".to_owned()));
    Ok(text.replace(&what, "").into())
}

pub(super) fn substring(args: &Args) -> Result<Value, String> {
    let text = args.text(0)?;
    let place = |place: usize| Ok::<_, String>(args.number(place)?.clamp(0.0, 1e9) as usize);
    let from = place(1)?;
    let to = if args.params.len() > 2 { place(2)? } else { usize::MAX };
    Ok(text.chars().skip(from).take(to.saturating_sub(from)).collect::<String>().into())
}

pub(super) fn default_if_empty(args: &Args) -> Result<Value, String> {
    let value = args.param(0)?;
    Ok(if text(value).is_empty() { args.param(1)?.clone() } else { value.clone() })
}

pub(super) fn join(args: &Args) -> Result<Value, String> {
    let items = match args.params.as_slice() {
        [Value::Array(items), _] => items.as_slice(),
        [items @ .., _] => items,
        [] => return Err("a separator is missing".to_owned()),
    };
    let separator = args.params.last().map(text).unwrap_or_default();
    let items: Vec<String> = items.iter().map(text).collect();
    spend(items.iter().map(String::len).sum::<usize>() / 16 + items.len())?;
    Ok(items.join(&separator).into())
}

pub(super) fn split(args: &Args) -> Result<Value, String> {
    let (text, separator) = (args.text(0)?, args.text(1)?);
    if separator.is_empty() {
        return Err("a separator is missing".to_owned());
    }
    Ok(text.split(&separator).take(ITEMS).map(Value::from).collect())
}

pub(super) fn base64(args: &Args) -> Result<Value, String> {
    let text = args.text(0)?;
    if args.is("decode") {
        let bytes = BASE64_STANDARD
            .decode(text.trim())
            .or_else(|_| BASE64_STANDARD_NO_PAD.decode(text.trim()));
        let bytes = bytes.map_err(|_| "no base64".to_owned())?;
        return Ok(String::from_utf8_lossy(&bytes).into_owned().into());
    }
    Ok(match args.named_text("padding").as_deref() {
        Some("false") => BASE64_STANDARD_NO_PAD.encode(text),
        Some(_) | None => BASE64_STANDARD.encode(text),
    }
    .into())
}

pub(super) fn url_encode(args: &Args) -> Result<Value, String> {
    let text = args.text(0)?;
    let made = match args.is("decode") {
        true => {
            let text = text.replace('+', " ");
            percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
        }
        false => {
            let pair = serde_urlencoded::to_string([("", text.as_str())]).unwrap_or_default();
            pair.trim_start_matches('=').to_owned()
        }
    };
    Ok(made.into())
}

pub(super) fn form_data(args: &Args) -> Result<Value, String> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(&args.text(0)?).map_err(|_| "no form".to_owned())?;
    let mut form = Map::new();
    for (name, value) in pairs.into_iter().take(ITEMS) {
        form.entry(name).or_insert_with(|| value.into());
    }
    Ok(Value::Object(form))
}

pub(super) fn regex_extract(args: &Args) -> Result<Value, String> {
    let (text, pattern) = (args.text(0)?, args.text(1)?);
    spend(text.len() + pattern.len() * 10)?;
    let pattern = regex::RegexBuilder::new(&pattern).size_limit(1 << 18).build();
    let pattern = pattern.map_err(|_| "no regular expression".to_owned())?;
    match pattern.captures(&text) {
        Some(found) => {
            let groups = found.iter().skip(1).flatten().map(|part| Value::from(part.as_str()));
            let groups: Vec<Value> = groups.collect();
            // Without a name for them the whole is meant.
            match groups.is_empty() || !args.is("groups") {
                true => Ok(found.get(0).map_or(Value::Null, |whole| whole.as_str().into())),
                false => Ok(Value::Array(groups)),
            }
        }
        None => args.named("default").cloned().ok_or_else(|| "nothing matches".to_owned()),
    }
}

pub(super) fn size(args: &Args) -> Result<Value, String> {
    Ok(match args.param(0)? {
        Value::Null => 0,
        Value::Array(items) => items.len(),
        Value::Object(fields) => fields.len(),
        value @ (Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            text(value).chars().count()
        }
    }
    .into())
}

pub(super) fn math(args: &Args) -> Result<Value, String> {
    let (one, sign, other) = (args.number(0)?, args.text(1)?, args.number(2)?);
    let made = match sign.as_str() {
        "+" => one + other,
        "-" => one - other,
        "*" | "x" => one * other,
        "/" => one / other,
        "%" => one % other,
        _ => return Err(format!("{sign:?} is no operation")),
    };
    Ok(shown(made))
}

pub(super) fn range(args: &Args) -> Result<Value, String> {
    let (from, to) = (args.number(0)? as i64, args.number(1)? as i64);
    let count = usize::try_from(to.saturating_sub(from)).unwrap_or(0);
    if count >= ITEMS {
        return Err(format!("a list has at most {ITEMS} items"));
    }
    spend(count)?;
    Ok((from..=to).map(Value::from).collect())
}

pub(super) fn array(args: &Args) -> Result<Value, String> {
    Ok(Value::Array(args.params.clone()))
}

fn compare(args: &Args) -> Result<Option<std::cmp::Ordering>, String> {
    let (one, other) = (args.param(0)?, args.param(1)?);
    Ok(match (number(one), number(other)) {
        (Ok(one), Ok(other)) => one.partial_cmp(&other),
        _ => Some(text(one).cmp(&text(other))),
    })
}

pub(super) fn eq(args: &Args) -> Result<Value, String> {
    let (one, other) = (args.param(0)?, args.param(1)?);
    Ok((one == other || text(one) == text(other)).into())
}

pub(super) fn neq(args: &Args) -> Result<Value, String> {
    eq(args).map(|equal| (equal == false).into())
}

pub(super) fn gt(args: &Args) -> Result<Value, String> {
    compare(args).map(|order| order.is_some_and(std::cmp::Ordering::is_gt).into())
}

pub(super) fn gte(args: &Args) -> Result<Value, String> {
    compare(args).map(|order| order.is_some_and(std::cmp::Ordering::is_ge).into())
}

pub(super) fn lt(args: &Args) -> Result<Value, String> {
    compare(args).map(|order| order.is_some_and(std::cmp::Ordering::is_lt).into())
}

pub(super) fn lte(args: &Args) -> Result<Value, String> {
    compare(args).map(|order| order.is_some_and(std::cmp::Ordering::is_le).into())
}

fn is_true(value: &Value) -> bool {
    !matches!(text(value).as_str(), "" | "false" | "0" | "[]" | "{}")
}

pub(super) fn and(args: &Args) -> Result<Value, String> {
    Ok(args.params.iter().all(is_true).into())
}

pub(super) fn or(args: &Args) -> Result<Value, String> {
    Ok(args.params.iter().any(is_true).into())
}

pub(super) fn not(args: &Args) -> Result<Value, String> {
    Ok((!is_true(args.param(0)?)).into())
}

pub(super) fn contains(args: &Args) -> Result<Value, String> {
    let wanted = args.text(1)?;
    Ok(match args.param(0)? {
        Value::Array(items) => items.iter().any(|item| text(item) == wanted),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            args.text(0)?.contains(&wanted)
        }
    }
    .into())
}

pub(super) fn matches(args: &Args) -> Result<Value, String> {
    let (text, pattern) = (args.text(0)?, args.text(1)?);
    spend(text.len() + pattern.len() * 10)?;
    let pattern = url::whole(&pattern, "").map_err(|refused| refused.detail)?;
    Ok(pattern.is_match(&text).into())
}

pub(super) fn nothing(_: &Args) -> Result<Value, String> {
    Ok(Value::Null)
}
