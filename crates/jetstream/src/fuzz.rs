//! Fuzz targets: what is read of servers, and what users say about them.

use crate::{
    Options, names,
    options::without_login,
    snapshots::Pointer,
    stream::{Info, stamp},
};

/// The id of a record, as a header has it.
#[test]
fn ids() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        if let Some(id) = names::id_of(text) {
            assert_eq!(names::id_text(id), text);
        }
        assert!(!names::is_plain(text) || !names::stream("a", text).contains(['.', ' ', '*', '>']));
    });
}

/// What a server says about a stream, and the pointer to snapshots.
#[test]
fn answers() {
    ringback_fuzz::target!(|input| {
        if let Ok(info) = serde_json::from_slice::<Info>(input)
            && let Ok(extent) = info.extent()
        {
            assert!(extent.first > 0);
        }
        if let Ok(pointer) = Pointer::read(input) {
            let written = serde_json::to_vec(&pointer).unwrap();
            assert_eq!(Pointer::read(&written).unwrap(), pointer);
        }
        if let Ok(text) = str::from_utf8(input) {
            stamp(text);
        }
    });
}

/// The addresses of servers: passwords are in no message.
#[test]
fn addresses() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        without_login(text);
        match Options::new(text, "d") {
            Ok(options) => assert!(!options.addresses().contains('@')),
            Err(refused) => assert!(!refused.to_string().is_empty()),
        }
    });
}
