//! What a release has of the console's files: joined, without comments and spaces, and compressed.

use std::{collections::BTreeMap, error::Error, fs, io::Write as _, path::Path};

use crate::{join::join, shorten};

/// The module that the page loads.
const ENTRY: &str = "main.js";

/// A file as it goes out: its bytes, and those that a client gets that takes brotli or gzip.
#[derive(Debug)]
pub(crate) struct Packed {
    pub(crate) plain: Vec<u8>,
    pub(crate) brotli: Vec<u8>,
    pub(crate) gzip: Vec<u8>,
}

/// Returns the files below a folder by their paths, packed.
pub(crate) fn pack(folder: &Path) -> Result<BTreeMap<String, Packed>, Box<dyn Error>> {
    let mut sources = BTreeMap::new();
    read(folder, "", &mut sources)?;
    let (modules, rest): (BTreeMap<_, _>, BTreeMap<_, _>) =
        sources.into_iter().partition(|(path, _)| path.ends_with(".js"));
    let joined = join(&modules, ENTRY)?;
    let mut files = BTreeMap::from([(ENTRY.to_owned(), shorten::script(&joined)?)]);
    for (path, text) in rest {
        let text = match path.ends_with(".css") {
            true => shorten::style(&text, &[&joined])?,
            false => text,
        };
        files.insert(path, text);
    }
    let packed = files.into_iter().map(|(path, text)| Ok((path, compress(text.into_bytes())?)));
    packed.collect()
}

fn read(
    folder: &Path,
    below: &str,
    files: &mut BTreeMap<String, String>,
) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name =
            entry.file_name().into_string().map_err(|name| format!("{name:?} is no text"))?;
        let path = format!("{below}{name}");
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.insert(path, fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}

fn compress(plain: Vec<u8>) -> Result<Packed, Box<dyn Error>> {
    let mut brotli = Vec::new();
    brotli::BrotliCompress(&mut plain.as_slice(), &mut brotli, &Default::default())?;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&plain)?;
    Ok(Packed { brotli, gzip: gzip.finish()?, plain })
}
