//! Binds every socket, starts everything, waits for the end.

mod bind;
mod cluster;
mod ending;
mod ready;

use std::sync::Arc;

use actix_web::rt;
use ringback_mock::{
    Mount,
    serve::{Setup, serve, tls},
};

use crate::{
    Fault, Status,
    config::{Config, Tls},
    docs,
    kept::Kept,
    logging, table,
};
pub(crate) use bind::{Bound, build, warnings};
use ending::Ending;
use ready::ReadyFile;

/// The exit status of one who cannot wait: 128 and the number of Ctrl-C's signal, as shells have it.
const AT_ONCE: i32 = 130;

/// Runs what was asked for until Ctrl-C or SIGTERM.
pub(crate) fn run(mut config: Config) -> Result<(), Fault> {
    logging::begin(config.log, config.log_format);
    raise_limits();
    for warning in &config.warnings {
        log::warn!("{warning}");
    }
    let tls = match &config.tls {
        Tls::Off => None,
        Tls::SelfSigned => Some(tls::self_signed().map_err(Fault::new)?),
        Tls::Files { certificate, key } => {
            Some(tls::from_files(certificate, key).map_err(Fault::new)?)
        }
    };
    let ready = config.ready_file.clone().map(ReadyFile::begin).transpose()?;
    let kept = Kept::open(&mut config)?;
    cluster::open(&mut config)?;
    let built = build(&config)?;
    for warning in warnings(&config, &built) {
        log::warn!("{warning}");
    }
    let mounts: Vec<_> = built.iter().map(|built| Arc::clone(&built.mount)).collect();
    let (ports, bound) = bind::bind(&config, built)?;
    let (guard, pages) = (config.guard.clone(), docs::pages());
    let setup = Setup {
        workers: config.workers,
        tls,
        guard,
        pages,
        extra: Some(ringback_console::configure),
        config: Some(Arc::from(config.shown.as_str())),
        output: Some(logging::latest),
        ..Setup::default()
    };
    let ended = rt::System::new().block_on(async move {
        let server = serve(ports, &setup).map_err(Fault::new)?;
        // Before anything says that all is ready: whoever reads it may send a signal at once.
        let mut ending = Ending::listen();
        let ready = ready.map(|ready| ready.write(&config, &bound)).transpose()?;
        table::print_start(&config, &bound);
        let handle = server.handle();
        let leftover = ready.clone();
        rt::spawn(async move {
            ending.comes().await;
            log::info!("stopping: finishing requests; once more to stop at once");
            rt::spawn(async move {
                ending.comes().await;
                if let Some(ready) = leftover {
                    ready.remove();
                }
                std::process::exit(AT_ONCE);
            });
            handle.stop(true).await;
        });
        let ended = server.await;
        close(&mounts).await;
        if let Some(ready) = ready {
            ready.remove();
        }
        ended.map_err(|error| Fault::new(error).with(Status::Failed))
    });
    kept.close();
    ended?;
    log::info!("stopped");
    Ok(())
}

/// Lets every log keep a snapshot, so that the next start has nothing to execute again.
async fn close(mounts: &[Arc<dyn Mount>]) {
    for mount in mounts {
        if let Err(error) = mount.close().await {
            log::warn!("{}: no snapshot at the end, and nothing is lost: {error}", mount.name());
        }
    }
}

/// Takes as many descriptors as the system gives without asking: each connection and each webhook
/// under way needs one, and the usual 256 or 1,024 are soon gone.
fn raise_limits() {
    const WANTED: u64 = 65_536;
    if let Err(error) = rlimit::increase_nofile_limit(WANTED) {
        log::debug!("the limit of open files stays as it is: {error}");
    }
}
