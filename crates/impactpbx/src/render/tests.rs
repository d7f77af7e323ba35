use time::macros::datetime;
use uuid::Uuid;

use super::{csv, shown};
use crate::{Contact, Stage, Tag, wire::Stamp};

#[test]
fn a_moment_is_cut_to_milliseconds_before_it_is_shifted() {
    let (uuid, recording, heard, listed) = (Uuid::nil(), Uuid::nil(), Stage::Hangup, true);
    let tag = Tag { uuid, recording, shift_ms: 2, heard, listed };
    let at = shown(datetime!(2026-03-04 09:15:20.998_999 UTC), &tag);
    assert_eq!(at, datetime!(2026-03-04 09:15:21 UTC));
    assert_eq!(Stamp(at).to_string(), "2026-03-04T09:15:21.000Z");
}

#[test]
fn a_field_that_could_be_taken_for_two_is_quoted() {
    let contact = |name: &str| Contact { name: name.into(), email: "a@b".into(), number: 1 };
    let csv = csv(&[contact("Plain"), contact("Comma, the \"third\"")]);
    assert_eq!(csv, "name,email,number\nPlain,a@b,1\n\"Comma, the \"\"third\"\"\",a@b,1\n");
}
