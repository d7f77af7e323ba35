//! `ringback mcp`: the control API as tools for agents, over standard input and output (the Model
//! Context Protocol).

mod args;
#[cfg(test)]
mod fuzz;
mod home;
mod literal;
mod script;
mod tools;

use rmcp::{ServiceExt as _, transport::stdio};

use crate::{
    Fault, Status,
    cli::{LogFormat, LogRequests},
    logging,
};
use home::Home;
use tools::Tools;

/// Serves one agent until it is done. Standard output is the protocol's alone.
pub(crate) fn run(url: Option<&str>, token: Option<String>) -> Result<(), Fault> {
    let home = match url {
        Some(url) => Home::running(url, token)?,
        None => Home::default(),
    };
    logging::begin(Some(LogRequests::Off), LogFormat::Text);
    let failed =
        |error: &dyn std::fmt::Display| Fault::new(format!("mcp: {error}")).with(Status::Failed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let served = runtime.map_err(|error| failed(&error))?.block_on(async {
        let service = Tools::new(home).serve(stdio()).await.map_err(|error| error.to_string())?;
        service.waiting().await.map(drop).map_err(|error| error.to_string())
    });
    served.map_err(|error| failed(&error))
}
