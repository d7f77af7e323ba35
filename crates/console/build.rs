//! Packs the console's files for a release. Others read them from the sources, unless they are built with
//! `RINGBACK_PACKED_CONSOLE=1`, which is how the packed files are tested.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::PathBuf,
};

#[path = "build/join.rs"]
mod join;
#[path = "build/pack.rs"]
mod pack;
#[path = "build/shorten.rs"]
mod shorten;

const WANTED: &str = "RINGBACK_PACKED_CONSOLE";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rustc-check-cfg=cfg(packed)");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-env-changed={WANTED}");
    if env::var("PROFILE")? != "release" && env::var_os(WANTED).is_none() {
        return Ok(());
    }
    println!("cargo::rustc-cfg=packed");
    println!("cargo::rerun-if-changed=static");
    let to = PathBuf::from(env::var("OUT_DIR")?);
    let mut table = String::from("&[\n");
    for (path, packed) in pack::pack("static".as_ref())? {
        // Beside each file stands what those get who take it compressed.
        for (ending, bytes) in [("", packed.plain), (".br", packed.brotli), (".gz", packed.gzip)] {
            let path = format!("{path}{ending}");
            let mut tag = DefaultHasher::new();
            bytes.hash(&mut tag);
            writeln!(table, "({path:?}, \"{:016x}\", include_bytes!({path:?})),", tag.finish())?;
            fs::write(to.join(path), bytes)?;
        }
    }
    table.push_str("]\n");
    fs::write(to.join("packed.rs"), table)?;
    Ok(())
}
