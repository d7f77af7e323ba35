//! What the process that serves says of itself.

use actix_web::HttpResponse;

use super::{Answer, Ask, Problem};

fn text(kind: &str, text: Option<String>) -> Answer {
    let none =
        || Problem::no_such("path").hint("the program has it, not a server of a test".to_owned());
    Ok(HttpResponse::Ok().content_type(kind).body(text.ok_or_else(none)?))
}

/// `GET config.toml`
pub(super) async fn config(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    text("application/toml; charset=utf-8", ask.control.config.as_deref().map(str::to_owned))
}

/// `GET output`
pub(super) async fn output(ask: Ask) -> Answer {
    ask.takes_no_account()?;
    text("text/plain; charset=utf-8", ask.control.output.map(|output| output()))
}
