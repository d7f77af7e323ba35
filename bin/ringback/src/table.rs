//! What the launcher prints: the table at the start, the list of vendors, a fault.

use std::io::{self, Write as _};
use std::net::SocketAddr;

use ringback_engine::Start;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use crate::{
    Fault,
    cli::LogFormat,
    config::{Config, Tls, reached},
    launch::Bound,
    vendors,
};

/// One row of the table at the start.
struct Line {
    name: String,
    address: SocketAddr,
    docs: String,
    notes: String,
}

impl Line {
    /// The documents are on the hub, and where there is none, on each port.
    fn of(bound: &Bound, scheme: &str, hub: Option<SocketAddr>) -> Self {
        let address = bound.address;
        let docs = |page: &str| match hub {
            Some(hub) => format!("{scheme}://{hub}/docs/{page}"),
            None => format!("{scheme}://{address}/__admin/docs/{page}"),
        };
        let Some(instance) = &bound.instance else {
            let (docs, notes) =
                (docs("control-api"), "everything at a glance: open it in a browser");
            return Self { name: "hub".into(), address, docs, notes: notes.into() };
        };
        let docs = docs(&format!("vendors/{}", instance.vendor.name));
        Self { name: instance.mount.name().into(), address, docs, notes: instance.mount.notes() }
    }
}

/// Says where everything answers; all sockets are bound by now.
pub(crate) fn print_start(config: &Config, bound: &[Bound]) {
    let scheme = match config.tls {
        Tls::Off => "http",
        Tls::SelfSigned | Tls::Files { .. } => "https",
    };
    // An address of all interfaces is none to be opened.
    let reached = |bound: &Bound| reached(bound.address.ip(), bound.address.port());
    let hub = bound.iter().find(|bound| bound.instance.is_none()).map(reached);
    let lines = bound.iter().map(|bound| Line::of(bound, scheme, hub));
    let lines: Vec<Line> = lines.collect();
    let mut out = io::stdout().lock();
    let printed = match config.log_format {
        LogFormat::Text => print_text(&mut out, config, scheme, &lines),
        LogFormat::Json => print_json(&mut out, config, scheme, &lines),
    };
    // A launcher whose output nobody reads any more has nothing left to say, and goes on.
    if let Err(error) = printed.and_then(|()| out.flush()) {
        log::warn!("the table at the start could not be printed: {error}");
    }
}

fn print_text(
    out: &mut impl io::Write,
    config: &Config,
    scheme: &str,
    lines: &[Line],
) -> io::Result<()> {
    let url = |line: &Line| format!("{scheme}://{}", line.address);
    let heads = ["vendor", "address", "docs"];
    let rows = lines.iter().map(|line| [line.name.clone(), url(line), line.docs.clone()]);
    let rows: Vec<[String; 3]> = [heads.map(str::to_owned)].into_iter().chain(rows).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.len()).max().unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2)];
    let notes = ["demo account"].into_iter().chain(lines.iter().map(|line| line.notes.as_str()));

    writeln!(out, "ringback {}\n", env!("CARGO_PKG_VERSION"))?;
    for (row, notes) in rows.iter().zip(notes) {
        write!(out, " ")?;
        for (cell, width) in row.iter().zip(widths) {
            write!(out, " {cell:width$} ")?;
        }
        writeln!(out, " {notes}")?;
    }
    let clock = match config.start {
        Start::Now => "clock running".to_owned(),
        Start::Running(rate) => format!("clock running at {rate}x"),
        Start::Frozen(at) => {
            format!("clock standing at {}", at.format(&Rfc3339).unwrap_or_else(|_| at.to_string()))
        }
    };
    let both = if scheme == "https" { "; plain http is answered too" } else { "" };
    let has_begun = config.instances.iter().any(|wanted| wanted.has_begun);
    // What a log begins with, and what time it is, is in it.
    let begin = match (&config.data_dir, &config.cluster, has_begun) {
        (_, Some(cluster), true) => {
            format!("going on with deployment {}", cluster.options.deployment())
        }
        (_, Some(cluster), false) => {
            let deployment = cluster.options.deployment();
            format!("seed {}, {clock}; one with all of deployment {deployment}", config.seed)
        }
        (Some(dir), None, true) => format!("going on from {}", dir.display()),
        (None, None, true) => "going on from what was exported; the clock stands".to_owned(),
        (Some(dir), None, false) => {
            format!("seed {}, {clock}; kept in {}", config.seed, dir.display())
        }
        (None, None, false) => format!("seed {}, {clock}", config.seed),
    };
    writeln!(out, "\n{begin}{both}. Ctrl-C stops.")
}

fn print_json(
    out: &mut impl io::Write,
    config: &Config,
    scheme: &str,
    lines: &[Line],
) -> io::Result<()> {
    let listening = lines.iter().map(|line| {
        let url = format!("{scheme}://{}", line.address);
        json!({ "name": line.name, "url": url, "docs": line.docs, "notes": line.notes })
    });
    let listening = listening.collect::<Vec<_>>();
    writeln!(out, "{}", json!({ "seed": config.seed, "listening": listening }))
}

/// Lists the vendors, in JSON with their settings and what these are unless set.
pub(crate) fn print_vendors(json: bool) -> Result<(), Fault> {
    let line = |vendor: &vendors::Known| {
        format!("{:10} {:5}  {}\n", vendor.name, vendor.port, vendor.title)
    };
    if !json {
        return print(vendors::ALL.iter().map(line).collect::<String>().as_bytes());
    }
    let vendor = |vendor: &vendors::Known| {
        let settings = (vendor.settings)(&json!({})).map_err(Fault::new)?;
        let environment = vendor.environment.iter();
        let environment = environment.map(|(name, key)| ((*name).to_owned(), Value::from(*key)));
        Ok(json!({
            "name": vendor.name,
            "title": vendor.title,
            "port": vendor.port,
            "docs": format!("/docs/vendors/{}", vendor.name),
            "settings": settings,
            "environment": environment.collect::<serde_json::Map<_, _>>(),
        }))
    };
    let vendors = vendors::ALL.iter().map(vendor).collect::<Result<Vec<_>, Fault>>()?;
    print(format!("{:#}\n", Value::from(vendors)).as_bytes())
}

/// Prints to standard output. A reader who has read enough is no fault.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Fault> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Fault::new(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Says what went wrong, in one line.
pub(crate) fn print_fault(fault: &Fault) {
    // With standard error gone there is nobody left to tell.
    let _ = writeln!(io::stderr().lock(), "ringback: {fault}");
}
