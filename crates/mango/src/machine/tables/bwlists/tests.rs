use super::{BwLists, EntryRefused, ListKind, NumberType};

fn black(numbers: &[&str]) -> BwLists {
    let mut lists = BwLists::default();
    for number in numbers {
        lists.add(ListKind::Black, number, NumberType::Tel, "").unwrap();
    }
    lists
}

#[test]
fn a_number_is_recognised_however_it_is_written() {
    let lists = black(&["8 (999) 000-11-22"]);
    for caller in ["79990001122", "89990001122", "+7 999 000 11 22", " 7(999)000-1122 "] {
        assert!(!lists.admits(caller), "{caller}");
    }
    for caller in ["9990001122", "799900011220", "sip:79990001122@example.org", "abc"] {
        assert!(lists.admits(caller), "{caller}");
    }
}

#[test]
fn masks_stand_for_any_digits_or_for_one() {
    for (mask, inside, outside) in [
        ("7495*", &["7495123", "74950000000"][..], &["7496123", "495123"][..]),
        ("*22", &["122", "79990001122"], &["221", "7999000112"]),
        ("7*1*2", &["71992", "712"], &["7192021", "721"]),
        ("7###", &["7123"], &["712", "71234"]),
        ("#*5", &["15", "12345"], &["51"]),
        ("*", &["123", "79990001122"], &[]),
        ("**9", &["779"], &["798"]),
    ] {
        let lists = black(&[mask]);
        for caller in inside {
            assert!(!lists.admits(caller), "{mask} {caller}");
        }
        for caller in outside {
            assert!(lists.admits(caller), "{mask} {caller}");
        }
    }
}

#[test]
fn a_range_has_numbers_of_one_length_with_both_ends() {
    let lists = black(&["+74950000010-74950000020", "100-200"]);
    for caller in ["74950000010", "84950000015", "74950000020", "100", "200"] {
        assert!(!lists.admits(caller), "{caller}");
    }
    for caller in ["74950000009", "74950000021", "7495000001", "1500", "201"] {
        assert!(lists.admits(caller), "{caller}");
    }
}

#[test]
fn a_dash_between_parts_of_different_length_is_punctuation() {
    let lists = black(&["495-1234567"]);
    assert!(!lists.admits("4951234567"));
    assert!(lists.admits("500"));
}

#[test]
fn addresses_are_compared_without_scheme_and_case() {
    let mut lists = BwLists::default();
    lists.add(ListKind::Black, "sip:Eve@Example.org", NumberType::Sip, "").unwrap();
    assert!(!lists.admits("eve@example.org"));
    assert!(!lists.admits("SIP:EVE@example.org"));
    assert!(lists.admits("eva@example.org"));
    let again = lists.add(ListKind::Black, "eve@EXAMPLE.org", NumberType::Sip, "");
    assert_eq!(again, Err(EntryRefused::Taken));
}

#[test]
fn what_is_no_number_is_refused() {
    let mut lists = BwLists::default();
    for number in ["abc", "12", "1-", "200-100", "7a*", "+", "12345678901234567890123", "7495,*"] {
        let refused = lists.add(ListKind::Black, number, NumberType::Tel, "");
        assert_eq!(refused, Err(EntryRefused::Malformed), "{number}");
    }
    let refused = lists.add(ListKind::Black, "eve @example.org", NumberType::Sip, "");
    assert_eq!(refused, Err(EntryRefused::Malformed));
    let refused = lists.add(ListKind::Black, &"1".repeat(129), NumberType::Tel, "");
    assert_eq!(refused, Err(EntryRefused::TooLong));
}

#[test]
fn a_full_list_takes_no_more_and_the_other_one_still_does() {
    let mut lists = BwLists::default();
    for number in 0..BwLists::MOST {
        let number = format!("7999{number:07}");
        lists.add(ListKind::Black, &number, NumberType::Tel, "").unwrap();
    }
    let one_more = "74950000000";
    let refused = lists.add(ListKind::Black, one_more, NumberType::Tel, "");
    assert_eq!(refused, Err(EntryRefused::Full));
    assert!(lists.add(ListKind::White, one_more, NumberType::Tel, "").is_ok());
    let known = lists.add(ListKind::Black, "79990000000", NumberType::Tel, "");
    assert_eq!(known, Err(EntryRefused::Taken));
    assert!(lists.delete(450_000_001));
    assert!(lists.add(ListKind::Black, one_more, NumberType::Tel, "").is_ok());
}

#[test]
fn lists_survive_their_serialised_form() {
    let mut lists = black(&["79990001122", "7495*", "100-200"]);
    lists.delete(450_000_003);
    let text = serde_json::to_string(&lists).unwrap();
    let mut again: BwLists = serde_json::from_str(&text).unwrap();
    assert_eq!(again, lists);
    assert!(!again.admits("74951"));
    let id = again.add(ListKind::White, "100", NumberType::Tel, "").unwrap();
    assert_eq!(id, 450_000_004, "an identity is never given again");
}
