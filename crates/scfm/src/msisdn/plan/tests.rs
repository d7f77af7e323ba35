use super::*;

#[test]
fn every_line_is_read() {
    let lines = TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
    assert_eq!(PLANS.len(), lines);
    assert!(PLANS.values().all(|plan| !plan.lengths.is_empty()));
}

#[test]
fn no_country_code_is_the_beginning_of_another() {
    for code in PLANS.keys() {
        let longer = PLANS.keys().filter(|other| other.starts_with(code));
        assert_eq!(longer.count(), 1, "{code}");
    }
}

#[test]
fn patterns_are_written_out_and_the_longest_beginning_decides() {
    let (_, plan) = plan("999 80|8 7:* 8-10:1[2-46] -:13 9:130").unwrap();
    for (number, has) in [
        ("5000000", true),
        ("12000000", true),
        ("1200000000", true),
        ("1600000", false),
        ("13000000", false),
        ("130000000", true),
        ("15000000", false),
        ("", false),
    ] {
        assert_eq!(plan.has(number), has, "{number}");
    }
    let without = ["8012", "812", "12"].map(|national| plan.without_trunk(national).to_owned());
    assert_eq!(without, ["12", "12", "12"]);
    assert!(beginnings("1[2").is_none() && beginnings("a").is_none() && bits("7,x").is_none());
}
