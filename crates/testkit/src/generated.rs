//! Requests that nobody would write, made from a vendor's table of endpoints and its golden cases:
//! none is answered with a 5xx, none is worth an error in the log, and the world stays sound.

use std::collections::BTreeMap;
use std::path::Path;

use ringback_engine::Duration;
use ringback_mock::{Account, Builder, Endpoint, Vendor, exchange::Random};
use serde_json::{Map, Value, json};

use crate::{errors_logged, golden, wire::Wire};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

/// How many requests are sent, unless `GENERATED_REQUESTS` in the environment says otherwise.
const COUNT: usize = 2_000;

const METHODS: &[&str] =
    &["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "BREW"];

/// What is odd for every vendor.
const ODD: &[&str] = &[
    "",
    " ",
    "x",
    "0",
    "1",
    "-1",
    "5.0",
    "1e309",
    "NaN",
    "true",
    "null",
    "[]",
    "{",
    "\0",
    "\r\n",
    "é\0\u{202e}🦀",
    "99999999999999999999",
    "-9223372036854775808",
    "18446744073709551616",
    "0000-01-01",
    "9999-12-31",
    "../..",
];

/// What may come behind a path, and behind a query.
const PATH_ENDS: &[&str] = &["/", "//", ".json", ".xml", ".", "/%2e%2e/%ff", "/%00/..%2f"];
const QUERY_ENDS: &[&str] = &["&&=", "&%ff%fe=%", "&a=%C3%28", "?", "#", "&=&x", "&%zz", "&[]&a["];

const HEADERS: &[(&str, &str)] = &[
    ("range", "bytes=5-1"),
    ("range", "bytes=0-18446744073709551615"),
    ("range", "bytes=-3"),
    ("origin", "null"),
    ("access-control-request-method", "POST"),
    ("accept-encoding", "gzip"),
    ("authorization", "\u{e9}"),
    ("authorization", "Bearer"),
    ("x-forwarded-proto", "\u{7f}"),
];

/// How the requests to one vendor look.
pub trait Requests {
    /// Which vendor.
    type Vendor: Vendor;

    /// Names of parameters and of fields, between blanks.
    const NAMES: &'static str;

    /// Values of them, and of the parameters of paths, between bars.
    const WORDS: &'static str;

    /// Bodies that are sent as they are, each behind its content type.
    const BODIES: &'static [(&'static str, &'static str)] = &[];

    /// What has to be among the answers, each a thousand times less often than all at the least,
    /// unless fewer requests are sent than usual.
    const STATUSES: &'static [u16];

    /// Sets up the instance.
    fn builder() -> Builder<Self::Vendor>;

    /// Says what is wrong with a world, if anything is.
    ///
    /// # Errors
    /// What does not hold.
    fn verify(world: &<Self::Vendor as Vendor>::World) -> Result<(), String>;

    /// Returns what stands in a path in the place of a parameter.
    fn param(name: &str, random: &mut Random) -> String {
        let _ = name;
        word::<Self>(random)
    }

    /// Does something to the world between requests, such as placing a call.
    fn meanwhile(_demo: &Account<Self::Vendor>) {}

    /// Makes a request one of this vendor's: adds credentials, signs, wraps the body.
    fn dress(_request: &mut Request, _random: &mut Random) {}
}

/// A request before it is sent.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Its method.
    pub method: String,
    /// Its path, without the query.
    pub path: String,
    /// The query.
    pub query: String,
    /// Its headers but for the length of the body.
    pub headers: Vec<(String, String)>,
    /// The fields from which the body is made.
    pub fields: Value,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// Sets a header in the place of one that is there.
    pub fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Returns path and query.
    pub fn target(&self) -> String {
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("{}{mark}{}", self.path, self.query)
    }

    fn bytes(&self) -> Vec<u8> {
        let Self { method, headers, body, .. } = self;
        // Actix itself refuses longer ones.
        let target: String = self.target().chars().take(20_000).collect();
        let mut head = format!("{method} {target} HTTP/1.1\r\n");
        if headers.iter().all(|(name, _)| name != "host") {
            head += "host: x\r\n";
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("content-length: {}\r\n\r\n", body.len());
        [head.as_bytes(), body].concat()
    }
}

/// Sends requests to an instance of its own.
///
/// # Panics
/// When one is answered with a 5xx or not at all, when anything is logged as an error, when the
/// world is unsound, or when the answers are all alike.
pub fn run<R: Requests>() {
    let before = errors_logged();
    let count = std::env::var("GENERATED_REQUESTS");
    let count = count.map_or(COUNT, |count| count.parse().expect("GENERATED_REQUESTS: a number"));
    let goldens = golden::requests::<R::Vendor>(Path::new(FIXTURES));
    let running = R::builder().start().expect("the instance starts");
    let sound =
        || running.demo().read(R::verify).expect("the demo account").expect("a sound world");
    let mut wire = Wire::to(running.address());
    let mut random = Random::new(11);
    let mut statuses = BTreeMap::<u16, usize>::new();
    for number in 0..count {
        let request = match (random.chance(0.3), random.pick(&goldens)) {
            (true, Some((_, golden))) => damaged(golden.clone(), &mut random),
            _ => generated::<R>(&mut random),
        };
        let bytes = request.bytes();
        let shown = || String::from_utf8_lossy(&bytes).chars().take(4_000).collect::<String>();
        let status = wire.ask(&bytes).unwrap_or_else(|error| panic!("{error}: {}", shown()));
        assert!((200..500).contains(&status), "{status}: {}", shown());
        *statuses.entry(status).or_default() += 1;
        if number % 20 == 0 {
            R::meanwhile(&running.demo());
            running.advance(Duration::milliseconds(random.between(0, 20_000)));
        }
        if number % 250 == 0 {
            sound();
        }
        // Some lists grow with every request.
        if number % COUNT == COUNT - 1 {
            running.engine().reset_blocking().expect("a reset");
        }
    }
    sound();
    assert_eq!(errors_logged(), before);
    // A short run cannot show what is rare.
    let wanted = if count < COUNT { &[] } else { R::STATUSES };
    for status in wanted {
        let found = statuses.get(status).copied().unwrap_or(0);
        assert!(found * 1_000 >= count, "too few were answered {status}: {statuses:?}");
    }
    assert!(statuses.len() > 2, "{statuses:?}");
}

fn pick<'a>(items: &[&'a str], random: &mut Random) -> &'a str {
    random.pick(items).copied().unwrap_or_default()
}

fn pick_of(items: &'static str, separator: fn(char) -> bool, random: &mut Random) -> &'static str {
    let items: Vec<&str> = items.split(separator).map(str::trim).collect();
    pick(&items, random)
}

/// Returns a name the vendor knows, seldom one that it does not.
pub fn name<R: Requests + ?Sized>(random: &mut Random) -> String {
    match random.below(15) {
        0 => word::<R>(random),
        _ => pick_of(R::NAMES, |c| c == ' ', random).to_owned(),
    }
}

/// Returns a word the vendor knows, or an odd one.
pub fn word<R: Requests + ?Sized>(random: &mut Random) -> String {
    match random.below(16) {
        0..11 => pick_of(R::WORDS, |c| c == '|', random).to_owned(),
        11 => "9".repeat(random.below(3_000)),
        12 => (0..random.below(12)).filter_map(|_| char_of(random)).collect(),
        _ => pick(ODD, random).to_owned(),
    }
}

fn char_of(random: &mut Random) -> Option<char> {
    char::from_u32(u32::try_from(random.below(0x11_0000)).unwrap_or(0))
}

/// Returns a JSON value of the vendor's words, or one of another kind.
pub fn value<R: Requests + ?Sized>(depth: usize, random: &mut Random) -> Value {
    match random.below(14) {
        0 => Value::Null,
        1 => json!(random.chance(0.5)),
        2 => json!(random.below(12)),
        3 => json!(random.pick(&[-1.5, 1e300, -9.3e18, 1.8e19, 0.0])),
        4 => json!(random.pick(&[i64::MIN, i64::MAX, 1_767_603_600, -1])),
        5 => json!(u64::MAX),
        6 if depth > 0 => (0..random.below(4)).map(|_| value::<R>(depth - 1, random)).collect(),
        7 if depth > 0 => object::<R>(depth - 1, random),
        8 => word::<R>(random).parse::<i64>().map_or(Value::Null, Value::from),
        _ => word::<R>(random).into(),
    }
}

/// Returns a JSON object of the vendor's names.
pub fn object<R: Requests + ?Sized>(depth: usize, random: &mut Random) -> Value {
    let fields = (0..random.below(9)).map(|_| (name::<R>(random), value::<R>(depth, random)));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn generated<R: Requests>(random: &mut Random) -> Request {
    let endpoints = <R::Vendor as Vendor>::ENDPOINTS;
    let endpoint = random.pick(endpoints).copied().expect("an endpoint");
    let Endpoint { mut method, path, .. } = endpoint;
    if random.chance(0.1) {
        method = pick(METHODS, random);
    }
    let mut filled = String::new();
    for (place, part) in path.split(['{', '}']).enumerate() {
        filled += &match place % 2 {
            0 => part.to_owned(),
            _ => escaped(&R::param(part, random), random),
        };
    }
    if random.chance(0.08) {
        filled += pick(PATH_ENDS, random);
    }
    let fields = object::<R>(3, random);
    let (kind, body) = body::<R>(&fields, random);
    let mut request = Request {
        method: method.to_owned(),
        path: filled,
        query: pairs::<R>(random),
        headers: vec![("content-type".to_owned(), kind.to_owned())],
        fields,
        body,
    };
    if random.chance(0.1) {
        request.query += pick(QUERY_ENDS, random);
    }
    R::dress(&mut request, random);
    if random.chance(0.1)
        && let Some((name, value)) = random.pick(HEADERS)
    {
        request.set(name, value);
    }
    request
}

/// Returns pairs of names and values, as in a query or a form.
fn pairs<R: Requests>(random: &mut Random) -> String {
    let most = if random.chance(0.005) { 3_000 } else { 7 };
    let pairs = (0..random.below(most)).map(|_| {
        let (name, value) = (name::<R>(random), word::<R>(random));
        match random.below(20) {
            0 => escaped(&name, random),
            1 => format!("={}", escaped(&name, random)),
            _ => format!("{}={}", escaped(&name, random), escaped(&value, random)),
        }
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn body<R: Requests>(fields: &Value, random: &mut Random) -> (&'static str, Vec<u8>) {
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    match random.below(20) {
        0..9 => (json, fields.to_string().into_bytes()),
        9..13 => (form, pairs::<R>(random).into_bytes()),
        13 | 14 => match random.pick(R::BODIES) {
            Some((kind, body)) => (*kind, body.as_bytes().to_vec()),
            None => (json, value::<R>(3, random).to_string().into_bytes()),
        },
        15 => {
            let mut bytes = vec![0; random.below(200)];
            random.fill(&mut bytes);
            (*random.pick(&[json, form, "text/plain", "nonsense"]).unwrap_or(&json), bytes)
        }
        16 => (json, "[".repeat(random.below(3_000)).into_bytes()),
        17 => {
            let (name, value) = (name::<R>(random), word::<R>(random));
            let part = format!("content-disposition: form-data; name=\"{name}\"\r\n\r\n{value}");
            let body = format!("--x\r\n{part}\r\n--x--\r\n");
            let is_named = random.chance(0.7);
            let kind =
                if is_named { "multipart/form-data; boundary=x" } else { "multipart/form-data" };
            (kind, body.into_bytes())
        }
        18 => ("text/plain", fields.to_string().into_bytes()),
        _ => (json, Vec::new()),
    }
}

/// Changes one thing about a golden request, or nothing.
fn damaged(mut request: Request, random: &mut Random) -> Request {
    let place = random.below(request.body.len());
    match random.below(8) {
        0 => request.method = pick(METHODS, random).to_owned(),
        1 => request.path += pick(PATH_ENDS, random),
        2 => request.query += pick(QUERY_ENDS, random),
        3 => request.body.truncate(place),
        4 => {
            if let Some(byte) = request.body.get_mut(place) {
                *byte = u8::try_from(random.below(256)).unwrap_or(0);
            }
        }
        5 => {
            request.headers.pop();
        }
        _ => {}
    }
    request
}

/// Escapes what may not stand in an address, and sometimes what may.
fn escaped(text: &str, random: &mut Random) -> String {
    let all = random.chance(0.1);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~[]".contains(&byte);
    let escape = |byte: u8| match plain(byte) && !all {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}
