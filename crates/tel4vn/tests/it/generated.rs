//! Twenty thousand requests that nobody would write: none is answered with a 5xx, and none is worth
//! an error in the log.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};
use std::time::Duration as ComputerTime;

use proptest::{prelude::*, test_runner::TestRunner};
use ringback_mock::Vendor as _;
use ringback_tel4vn::Tel4vn;
use serde_json::{Value, json};

use crate::{CALL, TOKEN};

/// Counts what is logged as an error.
struct Errors;

static ERRORS: AtomicUsize = AtomicUsize::new(0);
static LAST: Mutex<String> = Mutex::new(String::new());

impl log::Log for Errors {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Error
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            ERRORS.fetch_add(1, Ordering::Relaxed);
            *LAST.lock().unwrap_or_else(PoisonError::into_inner) = record.args().to_string();
        }
    }

    fn flush(&self) {}
}

/// A connection that is kept as long as the server keeps it.
struct Wire {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

impl Wire {
    /// Sends a request as it is and returns the status of the answer.
    fn ask(&mut self, request: &[u8]) -> std::io::Result<u16> {
        for _ in 0..2 {
            let mut stream = match self.stream.take() {
                Some(stream) => stream,
                None => {
                    let stream = TcpStream::connect(self.address)?;
                    stream.set_read_timeout(Some(ComputerTime::from_secs(20)))?;
                    stream.set_nodelay(true)?;
                    BufReader::new(stream)
                }
            };
            // A connection that the server has closed meanwhile is opened once more.
            if stream.get_mut().write_all(request).is_err() {
                continue;
            }
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 {
                continue;
            }
            let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
            let (mut length, mut closes) = (0, false);
            loop {
                let mut header = String::new();
                stream.read_line(&mut header)?;
                let header = header.trim_end().to_ascii_lowercase();
                if header.is_empty() {
                    break;
                }
                if let Some(found) = header.strip_prefix("content-length: ") {
                    length = found.parse().unwrap_or(0);
                }
                closes |= header == "connection: close";
            }
            if request.starts_with(b"HEAD ") {
                length = 0;
            }
            // A recording may be a day long; its beginning says enough.
            let whole = length < 1 << 20;
            let mut body = vec![0; length.min(1 << 20)];
            stream.read_exact(&mut body)?;
            if whole && !closes {
                self.stream = Some(stream);
            }
            return Ok(status.unwrap_or(0));
        }
        Err(std::io::Error::other("the server closes every connection"))
    }
}

fn word() -> impl Strategy<Value = String> {
    let known = vec![
        "101",
        "109",
        "108",
        "999",
        CALL,
        "aleg",
        "bleg",
        "both",
        "true",
        "0899199200",
        "+84",
        "0899199486",
        "MDg5OTEyMzQ1Ng==",
        "2021-02-18",
        "2021-02-18 17:20:58",
        "9999-12-31",
        "0000-01-01",
        "18446744073709551616",
        "-1",
        "1e309",
        "600",
        "3333",
        "ringing",
        "cdr",
        "http://127.0.0.1:1/x",
        "https://[::1]/",
        "BUSY",
        "NO ANSWER",
        "1",
        "2",
        "10",
        "deFauLt",
        "373854ae-0169-4a1f-b71b-e145b3579233",
        "template_autocall_audio_v2",
        "tts",
        "south-f-03",
    ];
    prop_oneof![
        6 => prop::sample::select(known).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
        1 => prop::collection::vec(any::<char>(), 0..6).prop_map(String::from_iter),
        1 => Just("9".repeat(300)),
        1 => Just("é\u{0}\u{202e}🦀".to_owned()),
    ]
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "ext",
        "legs",
        "phone",
        "is_encode",
        "auto_answer",
        "hotline",
        "callback_url",
        "callback_apikey",
        "event",
        "username",
        "password",
        "api_key",
        "extension",
        "enabled",
        "follow_me",
        "user_uuid",
        "start_date",
        "end_date",
        "start_date_ended",
        "limit",
        "page",
        "offset",
        "scroll_id",
        "status",
        "direction",
        "duration",
        "min_duration",
        "recordingfile",
        "campaign_uuid",
        "campaign_name",
        "customers",
        "phone_number",
        "params",
        "template",
        "blacklist",
        "agent",
        "mobile",
        "id",
        "tenant_id",
        "enable",
        "pwd",
        "queue_code",
        "campaign_id",
        "name",
        "voice_type",
        "voice_tts",
        "content",
        "speed_tts",
        "press_options",
        "exit_sound",
        "concurrent_call",
        "mail_to",
        "encrypt_method",
        "customer_name",
    ])
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => word().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => prop::sample::select(vec![u64::MAX, 0, 101, 102]).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            object(inner),
        ]
    })
}

fn object(inner: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    let fields = prop::collection::vec((name(), inner), 0..6);
    fields.prop_map(|fields| {
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => object(value()).prop_map(|body| body.to_string().into_bytes()),
        1 => value().prop_map(|body| body.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..60),
        1 => Just(b"{\"ext\":\"101\",\"ext\":".to_vec()),
        1 => Just("[".repeat(2_000).into_bytes()),
        1 => Just(Vec::new()),
        1 => Just(b"--x\r\ncontent-disposition: form-data; filename=\"a.wav\"\r\n\r\nx\r\n--x--".to_vec()),
    ]
}

/// Escapes what may not stand in an address, and sometimes what may.
fn escaped(text: &str, all: bool) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let escape = |byte: u8| match plain(byte) && !all {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

fn target() -> impl Strategy<Value = (String, String)> {
    let endpoints = Tel4vn::ENDPOINTS.iter().map(|endpoint| (endpoint.method, endpoint.path));
    let endpoint = prop::sample::select(endpoints.collect::<Vec<_>>());
    let methods = prop::sample::select(vec![
        "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "BREW",
    ]);
    let parameters = prop::collection::vec((word(), any::<bool>()), 2);
    let query = prop::collection::vec((name(), word(), any::<bool>()), 0..5);
    let odd = prop::sample::select(vec!["", "&&=", "%ff%fe=%", "a=%C3%28", "?", "#", "=&x"]);
    (endpoint, methods, 0..10_u8, parameters, query, odd).prop_map(
        |((method, path), other, dice, parameters, query, odd)| {
            let method = if dice == 0 { other } else { method };
            let mut path = path.to_owned();
            for (name, (word, all)) in ["{id}", "{ext}"].into_iter().zip(parameters) {
                let word = escaped(&word, all);
                path = path.replace(name, if word.is_empty() { "%20" } else { &word });
            }
            if dice == 1 {
                path.push_str("/%2e%2e/%ff");
            }
            let query: Vec<String> = query
                .iter()
                .map(|(name, word, all)| format!("{name}={}", escaped(word, *all)))
                .collect();
            (method.to_owned(), format!("{path}?{}{odd}", query.join("&")))
        },
    )
}

fn headers() -> impl Strategy<Value = String> {
    let bearer = prop_oneof![
        12 => Just(format!("authorization: Bearer {TOKEN}\r\n")),
        1 => Just("authorization: Bearer provider-secret\r\n".to_owned()),
        1 => Just("authorization: Bearer x-AAAAAA==\r\n".to_owned()),
        1 => Just("authorization: \u{e9}\r\n".to_owned()),
        1 => Just("authorization: Bearer\r\n".to_owned()),
        1 => Just(String::new()),
    ];
    let more = prop::sample::select(vec![
        "",
        "content-type: application/json; charset=utf-8\r\n",
        "content-type: nonsense\r\n",
        "range: bytes=5-1\r\n",
        "range: bytes=0-18446744073709551615\r\n",
        "origin: null\r\naccess-control-request-method: POST\r\n",
        "accept-encoding: gzip\r\n",
    ]);
    (bearer, more).prop_map(|(bearer, more)| bearer + more)
}

#[test]
fn twenty_thousand_generated_requests_give_no_5xx_and_no_error_in_the_log() {
    // Another test of this binary may have been first; the level is what matters then as well.
    let _ = log::set_logger(&Errors);
    log::set_max_level(log::LevelFilter::Error);
    let settings = json!({ "fixed_token": TOKEN, "demo_call": true, "bare_token": true });
    // The clock runs fast, so that an order that waits for an extension is answered soon.
    let builder = Tel4vn::builder().seed(7).rate(2_000.0).settings(settings).history(100);
    let running = builder.start().unwrap();
    let wire = Mutex::new(Wire { address: running.address(), stream: None });
    let statuses = Mutex::new(std::collections::BTreeMap::<u16, usize>::new());
    let config = ProptestConfig { cases: 20_000, failure_persistence: None, ..Default::default() };
    let requests = (target(), headers(), body());
    let outcome = TestRunner::new(config).run(&requests, |((method, target), headers, body)| {
        let mut request = format!(
            "{method} {target} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n{headers}\r\n",
            body.len()
        )
        .into_bytes();
        request.extend(body);
        let status = wire.lock().unwrap().ask(&request).map_err(|error| {
            TestCaseError::fail(format!("{error}: {}", String::from_utf8_lossy(&request)))
        })?;
        *statuses.lock().unwrap().entry(status).or_default() += 1;
        prop_assert!((200..500).contains(&status), "{status}");
        Ok(())
    });
    outcome.unwrap();
    let statuses = statuses.into_inner().unwrap();
    for status in [200, 204, 400, 401, 403, 404, 405] {
        assert!(statuses.contains_key(&status), "none was answered {status}: {statuses:?}");
    }
    running.demo().read(|pbx| pbx.verify()).unwrap().unwrap();
    let last = LAST.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert_eq!(ERRORS.load(Ordering::Relaxed), 0, "{last}");
}
