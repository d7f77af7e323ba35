use actix_web::web;

use super::*;

const FILES: &[Endpoint] =
    &[Endpoint::get("file", "/file/{id}", web::get), Endpoint::post("send", "/send", web::post)];
const NEWEST: &[Endpoint] =
    &[Endpoint::get("newest", "/file/newest", web::get), Endpoint::get("sent", "/send", web::get)];

#[test]
fn a_plain_path_claims_more_than_a_pattern_and_the_right_method_more_than_either() {
    let [files, newest] = [FILES, NEWEST].map(Claims::of);
    for (method, path, is_for_newest) in [
        ("GET", "/file/newest", true),
        ("GET", "/file/oldest", false),
        ("PUT", "/file/newest", true),
        ("POST", "/send", false),
        ("GET", "/send", true),
    ] {
        let [one, other] = [&files, &newest].map(|claims| claims.claim(method, path));
        assert_eq!(other > one, is_for_newest, "{method} {path}");
    }
    assert_eq!(files.claim("GET", "/nowhere"), None);
}
