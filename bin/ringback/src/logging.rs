//! The log on standard error.

use std::io::Write as _;

use env_logger::{Builder, Env};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cli::LogFormat;

/// Installs the logger. `RUST_LOG` says how much is told; without it, what a user wants to know.
pub(crate) fn begin(format: LogFormat) {
    // What clients send that is no HTTP is their business: actix_http calls it an error of its own.
    let quiet = "info,actix_server=warn,actix_http=off,rustls=warn";
    let mut builder = Builder::from_env(Env::default().default_filter_or(quiet));
    if format == LogFormat::Json {
        builder.format(|out, record| {
            let line = json!({
                "at": computer_time(),
                "level": record.level().as_str(),
                "target": record.target(),
                "message": record.args().to_string(),
            });
            writeln!(out, "{line}")
        });
    }
    builder.init();
}

#[expect(clippy::disallowed_methods, reason = "a log line is stamped with the computer's time")]
fn computer_time() -> String {
    OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default()
}
