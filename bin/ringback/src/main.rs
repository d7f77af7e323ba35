//! The launcher: flags and configuration in, servers out. What a vendor does is in its crate.

mod cli;
mod config;
mod contacts;
mod launch;
mod logging;
mod table;
mod vendors;

use std::process::ExitCode;

use clap::CommandFactory as _;

use cli::{Cli, Task};

/// Something the user got wrong or the computer refuses: one line that says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Fault(String);

impl Fault {
    fn new(what: impl std::fmt::Display) -> Self {
        Self(what.to_string())
    }
}

/// The exit status of a user's mistake, the one that clap uses too.
const MISTAKE: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::read();
    let done = match cli.task {
        None => config::settle(cli.flags).and_then(launch::run),
        Some(Task::Vendors) => table::print_vendors(),
        Some(Task::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "ringback", &mut script);
            table::print(&script)
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            table::print_fault(&fault);
            ExitCode::from(MISTAKE)
        }
    }
}
