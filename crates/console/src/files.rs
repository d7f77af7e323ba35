//! The files of the page: those of the sources, or those that `build.rs` has packed.

use std::borrow::Cow;

/// A file, or a compressed form of one.
pub(crate) struct File {
    pub(crate) bytes: Cow<'static, [u8]>,
    /// Is another one where the bytes are others.
    pub(crate) tag: Cow<'static, str>,
}

#[cfg(packed)]
mod packed {
    use super::File;

    // Each by its path, with its tag.
    static FILES: &[(&str, &str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/packed.rs"));

    pub(crate) fn get(path: &str) -> Option<File> {
        let (_, tag, bytes) = FILES.iter().find(|(known, ..)| *known == path)?;
        Some(File { bytes: (*bytes).into(), tag: (*tag).into() })
    }

    #[cfg(test)]
    pub(crate) fn paths() -> impl Iterator<Item = String> {
        FILES.iter().map(|(path, ..)| (*path).to_owned())
    }
}

#[cfg(not(packed))]
mod sources {
    use std::fmt::Write as _;

    use rust_embed::RustEmbed;

    use super::File;

    #[derive(RustEmbed)]
    #[folder = "static/"]
    struct Files;

    pub(crate) fn get(path: &str) -> Option<File> {
        let file = Files::get(path)?;
        let tag =
            file.metadata.sha256_hash().iter().take(12).fold(String::new(), |mut tag, byte| {
                // Memory takes every text.
                let _ = write!(tag, "{byte:02x}");
                tag
            });
        Some(File { bytes: file.data, tag: tag.into() })
    }

    #[cfg(test)]
    pub(crate) fn paths() -> impl Iterator<Item = String> {
        Files::iter().map(Cow::into_owned)
    }

    #[cfg(test)]
    use std::borrow::Cow;
}

#[cfg(packed)]
pub(crate) use packed::*;
#[cfg(not(packed))]
pub(crate) use sources::*;
