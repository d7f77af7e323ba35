//! What things are called on the servers.

use ringback_engine::ordered::EntryId;

/// The longest name of a deployment, or of an instance.
const LONGEST: usize = 32;

/// Returns whether a name can be part of a stream's and of a bucket's without being taken for
/// another: neither dots nor underscores, which separate the parts.
pub(crate) fn is_plain(name: &str) -> bool {
    (1..=LONGEST).contains(&name.len())
        && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
}

/// Returns the name of an instance's stream.
pub(crate) fn stream(deployment: &str, instance: &str) -> String {
    format!("ringback_{deployment}_{instance}")
}

/// Returns the subject of an instance's records.
pub(crate) fn subject(deployment: &str, instance: &str) -> String {
    format!("ringback.{deployment}.{instance}")
}

/// Returns the name of the buckets of a deployment: one for pointers, one for objects.
pub(crate) fn bucket(deployment: &str) -> String {
    format!("ringback_{deployment}")
}

/// Returns the beginning of the names of an instance's records in the object store.
pub(crate) fn record_objects(instance: &str) -> String {
    format!("{instance}/record/")
}

/// Returns the beginning of the names of an instance's snapshots in the object store.
pub(crate) fn snapshot_objects(instance: &str) -> String {
    format!("{instance}/snapshot/")
}

/// Returns the text of an id, as the header of a record has it.
pub(crate) fn id_text(id: EntryId) -> String {
    format!("{:016x}-{}", id.origin, id.serial)
}

/// Reads what [`id_text`] wrote, and nothing else.
pub(crate) fn id_of(text: &str) -> Option<EntryId> {
    let (origin, serial) = text.split_once('-')?;
    let id =
        EntryId { origin: u64::from_str_radix(origin, 16).ok()?, serial: serial.parse().ok()? };
    (id_text(id) == text).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_written_and_in_no_other_form() {
        for id in [EntryId { origin: 0, serial: 1 }, EntryId { origin: u64::MAX, serial: u64::MAX }]
        {
            assert_eq!(id_of(&id_text(id)), Some(id));
        }
        for text in
            ["", "-", "1-1", "0000000000000001-01", "000000000000000G-1", "0000000000000001"]
        {
            assert_eq!(id_of(text), None, "{text}");
        }
    }

    #[test]
    fn two_deployments_never_share_a_stream() {
        assert!(is_plain("a-b") && is_plain("0"));
        for name in ["", "a_b", "a.b", "A", "a b", "a/b", "ä", &"x".repeat(33)] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
