//! Which rooms of the crate know of which.

use std::path::{Path, PathBuf};

/// Returns every source file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn the_machine_knows_nothing_of_http_nor_of_what_the_api_makes_of_it() {
    let source = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut all = files(&source.join("machine"));
    all.push(source.join("machine.rs"));
    assert!(all.len() > 20);
    for path in all {
        let text = std::fs::read_to_string(&path).expect("a source file");
        for room in ["api", "routes", "auth", "error", "render", "wire"] {
            let known =
                [format!("crate::{room}"), format!("\n    {room}::"), format!("\n    {room},")];
            let found = known.iter().find(|known| text.contains(known.as_str()));
            assert_eq!(found, None, "{}", path.display());
        }
        assert!(!text.contains("actix"), "{}", path.display());
    }
}
