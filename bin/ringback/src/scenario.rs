//! `ringback scenario run`: files with a world, steps, and what has to come of them.

mod expect;
mod file;
#[cfg(test)]
mod fuzz;
mod host;
mod running;
mod step;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use actix_web::rt;

use crate::{Fault, Status, table};
use file::Played;

/// Plays files one after the other and says how each went.
pub(crate) fn run(files: &[PathBuf], url: Option<&str>, reset: bool) -> Result<(), Fault> {
    let played: Vec<(&PathBuf, Played)> =
        files.iter().map(|path| Ok((path, Played::read(path)?))).collect::<Result<_, Fault>>()?;
    let mut failed = 0;
    for (path, played) in &played {
        let ended = rt::System::new().block_on(play(path, played, url, reset));
        let mut line = String::new();
        // Writing to a string cannot fail.
        let _ = match ended {
            Ok(()) => writeln!(line, "passed: {} ({} steps)", path.display(), played.steps.len()),
            Err(Ended::Failed(why)) => {
                failed += 1;
                writeln!(line, "FAILED: {why}")
            }
            Err(Ended::Fault(fault)) => return Err(fault),
        };
        table::print(line.as_bytes())?;
    }
    match failed {
        0 => Ok(()),
        _ => {
            let what = format!("{failed} of {} scenarios failed", played.len());
            Err(Fault::new(what).with(Status::Failed))
        }
    }
}

/// What ends a file early.
enum Ended {
    /// A step did not do what it is to do, or something expected is not there.
    Failed(String),
    /// It could not be played.
    Fault(Fault),
}

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

async fn play(path: &Path, played: &Played, url: Option<&str>, reset: bool) -> Result<(), Ended> {
    let host = match url {
        Some(url) => host::Host::running(url, played),
        None => host::Host::start(path, played)?,
    };
    let mut stage = step::Stage::new(&host).await?;
    if url.is_some() {
        stage.take_over(played, reset).await?;
    }
    let mut ended = Ok(());
    for step in &played.steps {
        if let Err(why) = stage.play(step).await {
            let line = step.line_of(&why.key);
            ended = Err(Ended::Failed(format!("{}:{line}: {}", path.display(), why.what)));
            break;
        }
    }
    host.stop().await;
    ended
}
