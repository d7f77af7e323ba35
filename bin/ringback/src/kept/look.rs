//! `ringback log`: what a folder holds, whether it is whole, and its contents as lines of JSON.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use ringback_engine::{OffsetDateTime, ordered::Stamp};
use ringback_filelog::{Archive, ExportError, OpenError};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use crate::{Fault, Status, cli::LogTask, nearest, table};

/// Does what was asked for.
pub(crate) fn look(task: LogTask) -> Result<(), Fault> {
    match task {
        LogTask::Info { dir, json } => info(&dir, json),
        LogTask::Verify { dir } => verify(&dir),
        LogTask::Export { dir, instance, output } => {
            export(&dir, instance.as_deref(), output.as_deref())
        }
    }
}

/// Returns the folders of instances: the folder itself, or those in it.
fn folders(dir: &Path) -> Result<Vec<PathBuf>, Fault> {
    if Archive::is_at(dir) {
        return Ok(vec![dir.to_owned()]);
    }
    let failed = |error| Fault::new(format!("{}: {error}", dir.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if Archive::is_at(&path) {
            found.push(path);
        }
    }
    found.sort();
    if found.is_empty() {
        return Err(Fault::new(OpenError::Absent { path: dir.to_owned() }));
    }
    Ok(found)
}

fn info(dir: &Path, as_json: bool) -> Result<(), Fault> {
    let mut page = String::new();
    let mut all = Vec::new();
    for folder in folders(dir)? {
        let archive = Archive::open(&folder).map_err(Fault::new)?;
        let about = about(&folder, &archive).map_err(Fault::new)?;
        let text = |key: &str| match about.get(key) {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        };
        _ = writeln!(page, "{}", text("instance"));
        let (vendor, release) = (text("vendor"), text("release"));
        _ = writeln!(page, "  vendor     {vendor}, release {release}, rules {}", text("rules"));
        _ = writeln!(page, "  begun      {}", text("began"));
        match archive.records() {
            Some(kept) => {
                let (first, last) = kept.into_inner();
                _ = writeln!(
                    page,
                    "  records    {first} to {last}, the last at {}",
                    text("last_at")
                );
            }
            None => page.push_str("  records    none\n"),
        }
        _ = writeln!(page, "  snapshots  {}", positions(archive.snapshots()));
        for (position, why) in archive.spoiled() {
            _ = writeln!(page, "  damaged    the snapshot at {position}: {why}");
        }
        _ = writeln!(page, "  on disk    {} bytes", text("bytes"));
        all.push(about);
    }
    match as_json {
        true => table::print(format!("{:#}\n", Value::from(all)).as_bytes()),
        false => table::print(page.as_bytes()),
    }
}

fn about(folder: &Path, archive: &Archive) -> io::Result<Value> {
    let header = archive.header();
    let sizes = fs::read_dir(folder)?.map(|entry| Ok(entry?.metadata()?.len()));
    let bytes: u64 = sizes.sum::<io::Result<u64>>()?;
    let (first, last) = archive.records().map(std::ops::RangeInclusive::into_inner).unzip();
    let spoiled =
        archive.spoiled().iter().map(|(position, why)| json!({ "position": position, "why": why }));
    Ok(json!({
        "instance": header.instance,
        "vendor": header.vendor,
        "release": header.release,
        "form": header.form,
        "rules": header.logic,
        "rules_since": header.since,
        "settings": header.settings,
        "began": moment(header.began),
        "first": first,
        "last": last,
        "last_at": archive.stamp().map(moment),
        "snapshots": archive.snapshots(),
        "damaged_snapshots": spoiled.collect::<Vec<_>>(),
        "bytes": bytes,
        "folder": folder.display().to_string(),
    }))
}

fn moment(stamp: Stamp) -> String {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(stamp) * 1_000).ok();
    at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_else(|| stamp.to_string())
}

fn positions(at: &[u64]) -> String {
    match at {
        [] => "none".to_owned(),
        [at] => format!("at {at}"),
        [others @ .., last] => {
            let others: Vec<String> = others.iter().map(u64::to_string).collect();
            format!("at {} and {last}", others.join(", "))
        }
    }
}

fn verify(dir: &Path) -> Result<(), Fault> {
    let failed = |what: String| Fault::new(what).with(Status::Failed);
    for folder in folders(dir)? {
        let archive = Archive::open(&folder).map_err(|error| failed(error.to_string()))?;
        if let Some((position, why)) = archive.spoiled().first() {
            let what = format!("the snapshot at {position} is damaged ({why})");
            let and = "the log can do without it, and the next one takes its place";
            return Err(failed(format!("{}: {what}; {and}", folder.display())));
        }
        let records = archive.records().map_or(0, |kept| kept.end() - kept.start() + 1);
        let (name, snapshots) = (&archive.header().instance, positions(archive.snapshots()));
        let line = format!("{name}: fine: {records} records, snapshots {snapshots}\n");
        table::print(line.as_bytes())?;
    }
    Ok(())
}

fn export(dir: &Path, instance: Option<&str>, output: Option<&Path>) -> Result<(), Fault> {
    let found = folders(dir)?;
    let name = |folder: &PathBuf| folder.file_name()?.to_str().map(str::to_owned);
    let names: Vec<String> = found.iter().filter_map(name).collect();
    let folder = match (instance, found.as_slice()) {
        (None, [folder]) => folder,
        (None, _) => {
            let what = format!("there are several logs, {}: choose one", names.join(", "));
            return Err(Fault::new(format!("{}: {what} with --instance", dir.display())));
        }
        (Some(wanted), _) => {
            let folder = found.iter().find(|folder| name(folder).as_deref() == Some(wanted));
            folder.ok_or_else(|| {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let hint = nearest::hint(wanted, &names);
                Fault::new(format!("--instance {wanted}: no such log in {}{hint}", dir.display()))
            })?
        }
    };
    let archive = Archive::open(folder).map_err(Fault::new)?;
    let failed = |path: &Path, error: &dyn std::fmt::Display| {
        Fault::new(format!("--output {}: {error}", path.display()))
    };
    match output {
        Some(path) => {
            let file = File::create(path).map_err(|error| failed(path, &error))?;
            let mut out = BufWriter::new(file);
            archive.export(&mut out).map_err(|error| failed(path, &error))?;
            out.into_inner()
                .map_err(|error| failed(path, &error))?
                .sync_all()
                .map_err(|error| failed(path, &error))
        }
        None => match archive.export(&mut BufWriter::new(io::stdout().lock())) {
            // A reader who has read enough is no fault.
            Err(ExportError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(Fault::new(error)),
            Ok(_) => io::stdout().lock().flush().map_err(Fault::new),
        },
    }
}
