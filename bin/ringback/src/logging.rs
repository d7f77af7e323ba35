//! The log on standard error.

mod tail;

use std::io::{IsTerminal as _, Write as _};

use env_logger::{Builder, Env, Target, WriteStyle};
use log::{
    LevelFilter,
    kv::{Error, Key, Value, VisitSource},
};
use ringback_mock::request_log;
use serde_json::{Map, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cli::{LogFormat, LogRequests};
pub(crate) use tail::latest;

/// Installs the logger. `RUST_LOG` says how much is told; without it, what a user wants to know. Of
/// requests it tells what was asked for, and unless something was, those who sit at a terminal.
pub(crate) fn begin(requests: Option<LogRequests>, format: LogFormat) {
    // What clients send that is no HTTP is their business: actix_http calls it an error of its own.
    // What becomes of a connection to NATS is told by whoever uses it.
    let quiet =
        "info,actix_server=warn,actix_http=off,async_nats=off,rustls=warn,rmcp=warn,tracing=warn";
    let mut builder = Builder::from_env(Env::default().default_filter_or(quiet));
    let usual = || {
        let at_terminal = std::io::stderr().is_terminal();
        let requests = if at_terminal { LogRequests::Requests } else { LogRequests::Off };
        std::env::var_os("RUST_LOG").is_none().then_some(requests)
    };
    if let Some(requests) = requests.or_else(usual) {
        builder.filter_module(
            request_log::TARGET,
            match requests {
                LogRequests::Off => LevelFilter::Off,
                LogRequests::Requests => LevelFilter::Info,
                LogRequests::Bodies => LevelFilter::Debug,
            },
        );
    }
    if format == LogFormat::Json {
        builder.format(|out, record| {
            let mut fields = Fields(Map::new());
            // What cannot be read is left out.
            let _ = record.key_values().visit(&mut fields);
            let Fields(mut line) = fields;
            let known = [
                ("at", json!(computer_time())),
                ("level", json!(record.level().as_str())),
                ("target", json!(record.target())),
                ("message", json!(record.args().to_string())),
            ];
            line.extend(known.map(|(name, value)| (name.to_owned(), value)));
            writeln!(out, "{}", serde_json::Value::Object(line))
        });
    }
    // What is piped is coloured only if that is said.
    if std::io::stderr().is_terminal() && std::env::var_os("RUST_LOG_STYLE").is_none() {
        builder.write_style(WriteStyle::Always);
    }
    builder.target(Target::Pipe(Box::new(tail::Tail)));
    builder.init();
}

/// What a record says beside its message.
struct Fields(Map<String, serde_json::Value>);

impl<'kvs> VisitSource<'kvs> for Fields {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let number = value.to_u64().map(|number| json!(number));
        let number = number.or_else(|| value.to_f64().map(|number| json!(number)));
        let value = number.unwrap_or_else(|| json!(value.to_string()));
        self.0.insert(key.to_string(), value);
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "a log line is stamped with the computer's time")]
fn computer_time() -> String {
    OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default()
}
