//! The launcher: flags and configuration in, servers out. What a vendor does is in its crate.

mod cli;
mod config;
mod contacts;
mod docs;
mod doctor;
mod explain;
mod fault;
#[cfg(test)]
mod fuzz;
mod kept;
mod launch;
mod logging;
mod mcp;
mod nearest;
mod scenario;
mod table;
mod vendors;
mod wait;

use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory as _};

use cli::{Cli, ConfigTask, Replay, ScenarioTask, Task};
use fault::{Fault, Status};
use ringback_mock::admin::CONTROL;

/// What `ringback openapi` calls the control API.
const CONTROL_API: &str = "control";

fn main() -> ExitCode {
    let done = Cli::read().and_then(|(cli, matches)| run(cli, &matches));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            table::print_fault(&fault);
            ExitCode::from(fault.status as u8)
        }
    }
}

fn run(cli: Cli, matches: &ArgMatches) -> Result<(), Fault> {
    match cli.task {
        None => launch::run(config::resolve(cli.flags, matches)?),
        Some(Task::Vendors { json }) => table::print_vendors(json),
        Some(Task::Config(task)) => configure(task, matches),
        Some(Task::Log(task)) => kept::look(task),
        Some(Task::Replay(task)) => {
            // Their flags are their own: none can stand before them.
            let own = matches.subcommand().map_or(matches, |(_, own)| own);
            replay(task, own)
        }
        Some(Task::Wait { url, timeout }) => {
            let url = match url {
                Some(url) => url,
                None => wait::usual(&config::resolve(cli.flags, matches)?)?,
            };
            wait::wait(&url, timeout)
        }
        Some(Task::Scenario(ScenarioTask::Run { files, url, reset })) => {
            scenario::run(&files, url.as_deref(), reset)
        }
        Some(Task::Doctor { file, url, account, offset, talk }) => {
            let config = config::resolve(cli.flags, matches)?;
            let url = match url {
                Some(url) => url,
                None => wait::usual(&config)?,
            };
            let question = doctor::Question {
                url: &url,
                token: config.guard.token.as_deref(),
                account: account.as_deref(),
                offset: offset.as_deref(),
                talk,
            };
            doctor::look(&file, &question)
        }
        Some(Task::Openapi { vendor }) => {
            let known = vendors::find(&vendor).map(|known| known.openapi);
            let known = known.or_else(|| (vendor == CONTROL_API).then_some(CONTROL));
            let known = known.ok_or_else(|| {
                let names: Vec<&str> = vendors::NAMES.into_iter().chain([CONTROL_API]).collect();
                let hint = nearest::hint(&vendor, &names);
                Fault::new(format!("unknown vendor {vendor:?}{hint}"))
            })?;
            table::print(known.as_bytes())
        }
        Some(Task::Mcp { url }) => {
            let config = config::resolve(cli.flags, matches)?;
            mcp::run(url.as_deref(), config.guard.token)
        }
        Some(Task::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "ringback", &mut script);
            table::print(&script)
        }
    }
}

fn replay(task: Replay, matches: &ArgMatches) -> Result<(), Fault> {
    let logs = task.logs.iter().map(|path| kept::read(path)).collect::<Result<Vec<_>, _>>()?;
    let mut config = config::resolve(*task.flags, matches)?;
    kept::replay(&mut config, logs)?;
    match task.check {
        true => kept::check(&config),
        false => launch::run(config),
    }
}

fn configure(task: ConfigTask, matches: &ArgMatches) -> Result<(), Fault> {
    // Their flags are their own: none can stand before them.
    let own = matches.subcommand().and_then(|(_, config)| config.subcommand());
    let matches = own.map_or(matches, |(_, own)| own);
    match task {
        ConfigTask::Init => config::print_init(),
        ConfigTask::Show(flags) => config::print_show(*flags, matches),
        ConfigTask::Check(flags) => {
            let failed = |fault: Fault| fault.with(Status::Failed);
            let config = config::resolve(*flags, matches).map_err(failed)?;
            let built = launch::build(&config).map_err(failed)?;
            for warning in config.warnings.iter().chain(&launch::warnings(&config, &built)) {
                table::print(format!("warning: {warning}\n").as_bytes())?;
            }
            table::print(format!("fine: {} would start\n", built.len()).as_bytes())
        }
    }
}
