//! The command line: tasks, flags, and what is said about both.

mod flags;
mod names;

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::{
    ArgMatches, Args, Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand,
    builder::Resettable,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::Fault;
pub(crate) use flags::{Accounts, Clocks, Flags, LogFormat, LogRequests, ReadsFrom};

/// Simulates telephony vendors: same URLs, same JSON, and behind them calls that really happen
///
/// Without --vendor it starts all vendors on their default ports. Every flag has a variable
/// (--no-hub: RINGBACK_NO_HUB) and a key in ringback.toml (no-hub); a flag goes before a variable,
/// and a variable before the file.
#[derive(Debug, Parser)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    after_help = "More flags, and examples: ringback --help",
    after_long_help = EXAMPLES
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) task: Option<Task>,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

const EXAMPLES: &str = "\
Examples:
  ringback
      all vendors on their default ports, and the hub on 4010
  ringback --vendor mango --vendor scfm=3001 --no-hub
      two vendors, one of them on another port
  ringback --vendor mango --webhook mango=http://localhost:9000/hook --freeze --seed 7
      notifications to your receiver, and a clock that moves when your test says so
  ringback --set 'mango.webhook_retries=[5, 30]' --scenario busy.toml --history 1000
      a vendor's own setting, rules of behaviour, and a past
  ringback --data-dir data
      all vendors, and nothing is lost when it ends, however it ends
  ringback --vendor voip24h=0 --ready-file ready.json & ringback wait
      a free port, which the file tells, and a script that goes on when all is ready

Exit status:
  0  ended by Ctrl-C or SIGTERM, or the check passed
  1  a check failed: config check, doctor, log verify, wait, scenario run, or the server itself
  2  a flag, a variable, a file or a log is wrong
  3  an address cannot be listened on
  130  a second signal ended it at once";

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// List the vendors, their default ports and what they imitate
    Vendors {
        /// As JSON, with the vendors' settings
        #[arg(long)]
        json: bool,
    },
    /// Write, show or check the configuration
    #[command(subcommand)]
    Config(ConfigTask),
    /// Wait until a running Ringback is ready; exit status 1 if it is not in time
    Wait {
        /// Where it answers [default: the hub, or the first vendor, of this configuration]
        #[arg(long, value_name = "URL")]
        url: Option<String>,
        /// How long to wait, in seconds
        #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
        timeout: f64,
    },
    /// Play scenario files: steps and what has to come of them
    #[command(subcommand)]
    Scenario(ScenarioTask),
    /// Look at an export of calls, CSV or JSON: which ones a running Ringback had that it lost, doubled
    /// or has wrong; exit status 1 if there are any
    Doctor {
        /// The export: a column with an id of the call, and of start, duration, talk and status what
        /// there is
        file: std::path::PathBuf,
        /// Where Ringback answers [default: the hub, or the first vendor, of this configuration]
        #[arg(long, value_name = "URL")]
        url: Option<String>,
        /// Whose calls, instead of the demo accounts'
        #[arg(long, value_name = "CREDENTIAL")]
        account: Option<String>,
        /// Where moments without a zone are, such as +07:00
        #[arg(long, value_name = "OFFSET", allow_hyphen_values = true)]
        offset: Option<String>,
        /// The column of durations is meant to be the talk alone
        #[arg(long)]
        talk: bool,
    },
    /// Serve an agent over standard input and output (Model Context Protocol): tools that start vendors,
    /// place and drive calls, move the clock, read what was asked and told, verify, and make a test
    Mcp {
        /// A Ringback that runs, instead of vendors that the agent starts
        #[arg(long, value_name = "URL")]
        url: Option<String>,
    },
    /// Look at what --data-dir keeps
    #[command(subcommand)]
    Log(LogTask),
    /// Serve what an exported log leaves: the same requests get the same answers, for time stands still
    Replay(Replay),
    /// Print the OpenAPI document of a vendor's API, or of the control API
    Openapi {
        /// The vendor, or `control`
        #[arg(value_name = "VENDOR")]
        vendor: String,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ScenarioTask {
    /// Play the steps of files under a standing clock; exit status 1 names the line that failed
    Run {
        /// The files, TOML
        #[arg(required = true, value_name = "FILE")]
        files: Vec<std::path::PathBuf>,
        /// Play them against a running Ringback with a standing clock, its hub, instead of vendors of their own
        #[arg(long, value_name = "URL")]
        url: Option<String>,
        /// Make the worlds of that Ringback anew before each file: all that is in them goes
        #[arg(long, requires = "url")]
        reset: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigTask {
    /// Print a ringback.toml with everything that can be set, in comments
    Init,
    /// Print what would be in effect, and where each value comes from
    Show(Box<Flags>),
    /// Check flags, variables and files without starting anything
    Check(Box<Flags>),
}

/// What can be done with a folder of `--data-dir`, or that of one instance in it.
#[derive(Debug, Subcommand)]
pub(crate) enum LogTask {
    /// Print what it holds
    Info {
        /// The folder
        dir: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Read all of it; exit status 1 if it is damaged
    Verify {
        /// The folder
        dir: PathBuf,
    },
    /// Write the log of one instance as lines of JSON, which `ringback replay` reads
    Export {
        /// The folder
        dir: PathBuf,
        /// Which instance, if there are several
        #[arg(long, value_name = "NAME")]
        instance: Option<String>,
        /// Where to write [default: standard output]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// What `ringback replay` is told.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Files that `ringback log export` has written
    #[arg(required = true, value_name = "LOG")]
    pub(crate) logs: Vec<PathBuf>,
    /// Execute the logs and print what state they lead to, without serving anything
    #[arg(long)]
    pub(crate) check: bool,
    #[command(flatten)]
    pub(crate) flags: Box<Flags>,
}

impl Cli {
    /// Reads the command line and the environment, in which an empty variable says nothing.
    pub(crate) fn read() -> Result<(Self, ArgMatches), Fault> {
        let matches = match without_empty_variables(Self::command()).try_get_matches() {
            Ok(matches) => matches,
            Err(error) if is_answer(&error) => error.exit(),
            Err(error) => return Err(Fault::new(one_line(&error))),
        };
        let cli = Self::from_arg_matches(&matches).map_err(|error| Fault::new(one_line(&error)))?;
        Ok((cli, matches))
    }
}

fn without_empty_variables(command: Command) -> Command {
    let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    command
        .mut_args(|arg| match arg.get_env().is_some_and(is_empty) {
            true => arg.env(Resettable::Reset),
            // The help says once how variables are named.
            false => arg.hide_env(true),
        })
        .mut_subcommands(without_empty_variables)
}

/// Returns whether clap prints what was asked for, rather than an error.
fn is_answer(error: &clap::Error) -> bool {
    let without_task = ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    !error.use_stderr() || error.kind() == without_task
}

/// Says in one line what is wrong with the command line, and what may be meant.
fn one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.starts_with("Usage:") || line.starts_with("For more information") {
            break;
        }
        let line = line.trim_start_matches("error: ").trim_start_matches("tip: ");
        match lines.last_mut() {
            Some(before) if before.ends_with(':') => *before = format!("{before} {line}"),
            _ => lines.push(line.to_owned()),
        }
    }
    lines.join("; ") + &variable(error)
}

/// Names the variable that a wrong value stands in: clap speaks of the flag alone.
fn variable(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let found = text(ContextKind::InvalidArg).zip(text(ContextKind::InvalidValue));
    let name = found.and_then(|(flag, value)| {
        let flag = flag.split_whitespace().next()?.trim_start_matches("--").split('[').next()?;
        let name = format!("RINGBACK_{}", flag.replace('-', "_").to_uppercase());
        (std::env::var(&name).ok()? == value).then_some(name)
    });
    let is_said = std::env::args().any(|arg| found.is_some_and(|(_, value)| arg.ends_with(value)));
    name.filter(|_| !is_said).map_or(String::new(), |name| format!(" (the variable {name})"))
}
