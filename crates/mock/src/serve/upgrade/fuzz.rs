//! Fuzz targets: what comes in on a connection, before the HTTP library reads it.

use super::{Filter, Stage};

fn passed(pieces: &[&[u8]]) -> (Vec<u8>, u64) {
    let (mut filter, mut out) = (Filter::default(), Vec::new());
    for piece in pieces {
        match filter.pass(piece) {
            Some(changed) => out.extend(changed),
            None => out.extend_from_slice(piece),
        }
    }
    let requests = filter.requests();
    if filter.stage() == Stage::Idle {
        assert!(filter.end().is_empty());
    } else {
        out.extend(filter.end());
    }
    (out, requests)
}

/// The bytes of a connection: in whatever pieces they come, the same comes out, and never more.
#[test]
fn upgrades() {
    ringback_fuzz::target!(|input| {
        let whole = passed(&[input]);
        let each: Vec<&[u8]> = input.chunks(1).collect();
        assert_eq!(passed(&each), whole);
        let (head, rest) = input.split_at(input.len() / 2);
        assert_eq!(passed(&[head, rest]), whole);
        assert!(whole.0.len() <= input.len());
        // What was taken out once does not come back.
        let again = passed(&[&whole.0]);
        assert!(again.0.len() <= whole.0.len());
    });
}
