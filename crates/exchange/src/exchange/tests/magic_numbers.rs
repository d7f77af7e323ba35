use super::*;
use crate::{Disposition, HangupCause, magic};

#[test]
fn every_magic_number_ends_its_call_with_its_own_cause_after_its_own_time() {
    use Disposition::{Answered, Busy, Failed, NoAnswer};
    use HangupCause as Cause;
    for (tail, cause, duration, by, disposition) in [
        ("99200", Cause::NormalClearing, 11, None, Answered),
        ("99480", Cause::NoAnswer, 30, None, NoAnswer),
        ("99408", Cause::NoAnswer, 30, None, NoAnswer),
        ("99486", Cause::UserBusy, 0, None, Busy),
        ("99600", Cause::UserBusy, 0, None, Busy),
        ("99487", Cause::OriginatorCancel, 5, Some(Side::A), NoAnswer),
        ("99603", Cause::CallRejected, 2, Some(Side::B), Busy),
        ("99404", Cause::UnallocatedNumber, 0, None, Failed),
        ("99503", Cause::NormalCircuitCongestion, 0, None, Failed),
        ("99403", Cause::OutgoingCallBarred, 0, None, Failed),
        ("99410", Cause::NumberChanged, 0, None, Failed),
        ("99484", Cause::InvalidNumberFormat, 0, None, Failed),
        ("99502", Cause::DestinationOutOfOrder, 0, None, Failed),
        ("99604", Cause::NoRouteDestination, 0, None, Failed),
    ] {
        for number in [tail.to_owned(), format!("09876{tail}"), format!("+84 (98) 76-{tail}")] {
            let mut desk = Desk::new();
            let id = desk.dial("101", &number);
            desk.pass(Duration::MINUTE);
            let cdr = desk.cdr(id);
            assert_eq!(cdr.cause, cause, "{number}");
            assert_eq!(cdr.duration(), seconds(duration), "{number}");
            assert_eq!(cdr.disposition(), disposition, "{number}");
            if disposition != Answered {
                assert_eq!(cdr.hung_up_by, by, "{number}");
                assert_eq!(cdr.talk_time(), seconds(0), "{number}");
                assert_eq!(cdr.recording_length(), None, "{number}");
            }
        }
    }
}

#[test]
fn a_magic_number_that_answers_talks_for_ten_seconds() {
    let mut desk = Desk::new();
    let id = desk.dial("101", "0987699200");
    desk.pass(Duration::MINUTE);
    assert_eq!(desk.cdr(id).talk_time(), seconds(10));
    assert_eq!(desk.cdr(id).ringing_at(), Some(START));
}

#[test]
fn an_extension_that_looks_like_a_magic_number_is_an_extension() {
    let mut desk = Desk::new();
    desk.exchange.set_extension(Extension::new("99486"));
    let id = desk.dial("101", "99486");
    desk.pass(Duration::MINUTE);
    assert_eq!(desk.cdr(id).cause, HangupCause::NormalClearing);
}

#[test]
fn every_status_from_100_to_999_is_either_ordinary_or_of_the_table() {
    for status in 0..1_000_u32 {
        let known = magic(&format!("99{status:03}").as_str().into()).is_some();
        let code = u16::try_from(status).unwrap();
        assert_eq!(known, code == 200 || HangupCause::from_sip(code).is_some(), "{status}");
    }
}

#[test]
fn causes_have_unique_names_and_come_back_from_what_carries_them() {
    let all = HangupCause::ALL;
    let names: std::collections::BTreeSet<_> = all.iter().map(|cause| cause.freeswitch()).collect();
    assert_eq!(names.len(), all.len());
    for cause in all {
        let json = serde_json::to_string(cause).unwrap();
        assert_eq!(json, format!("\"{cause}\""));
        assert_eq!(serde_json::from_str::<HangupCause>(&json).unwrap(), *cause);
        if let Some(status) = cause.sip() {
            let read = HangupCause::from_sip(status).unwrap();
            assert_eq!(read.sip(), Some(status), "{cause} comes back as {read}");
        }
    }
    assert_eq!(HangupCause::from_sip(486), Some(HangupCause::UserBusy));
    assert_eq!(HangupCause::from_sip(480), Some(HangupCause::NoAnswer));
    assert_eq!(HangupCause::from_sip(408), Some(HangupCause::NoUserResponse));
    assert_eq!(HangupCause::from_sip(606), Some(HangupCause::IncompatibleDestination));
    for other in [0, 100, 180, 200, 302, 999] {
        assert_eq!(HangupCause::from_sip(other), None, "{other}");
    }
}
