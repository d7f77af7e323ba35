use super::*;

#[test]
fn a_token_says_what_was_put_into_it_and_nothing_else_is_one() {
    let claims = Claims { sub: "key".to_owned(), iat: 1, exp: 86_401 };
    let token = issue("k", &claims);
    assert_eq!(open("k", &token), Some(claims));
    assert_eq!(open("other", &token), None);
    for place in 0..token.len() {
        for other in ["A", "B", "_", "."] {
            let mut changed = token.clone();
            changed.replace_range(place..=place, other);
            let is_same = changed == token;
            assert_eq!(open("k", &changed).is_some(), is_same, "byte {place}");
        }
    }
    for nonsense in ["", ".", "..", "a.b.c", "eyJ.eyJ.", token.split('.').next().unwrap()] {
        assert_eq!(open("k", nonsense), None, "{nonsense}");
    }
}
