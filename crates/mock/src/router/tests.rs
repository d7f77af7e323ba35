use actix_web::{http::Method, web};

use super::*;

const FILES: &[Endpoint] =
    &[Endpoint::get("file", "/file/{id}", web::get), Endpoint::post("send", "/send", web::post)];
const NEWEST: &[Endpoint] =
    &[Endpoint::get("newest", "/file/newest", web::get), Endpoint::get("sent", "/send", web::get)];

fn none(_path: &str) -> Vec<String> {
    Vec::new()
}

fn found(router: &Router, method: &str, path: &str) -> Option<(usize, Target)> {
    let mut head = RequestHead::default();
    head.method = Method::from_bytes(method.as_bytes()).unwrap();
    head.uri = path.parse().unwrap();
    router.find(&head).map(|found| (found.place, found.target))
}

#[test]
fn a_plain_path_fits_better_than_a_pattern_and_the_right_method_better_than_either() {
    let tables = vec![Table::new(FILES, none), Table::new(NEWEST, none)];
    let router = Router::new(tables, false);
    for (method, path, vendor) in [
        ("GET", "/file/newest", 1),
        ("GET", "/file/oldest", 0),
        ("PUT", "/file/newest", 1),
        ("POST", "/send", 0),
        ("GET", "/send", 1),
    ] {
        let (place, _) = found(&router, method, path).unwrap();
        assert_eq!(place, vendor, "{method} {path}");
    }
    assert_eq!(found(&router, "GET", "/nowhere"), None);
}

#[test]
fn a_path_of_nobody_is_answered_by_the_vendor_it_resembles_most() {
    let tables = vec![Table::new(FILES, none), Table::new(NEWEST, none)];
    let router = Router::new(tables, true);
    for (path, vendor) in [("/file/newest/x", 1), ("/file/x/y", 0), ("/sent", 0), ("/", 0)] {
        assert_eq!(found(&router, "GET", path), Some((vendor, Target::Path)), "{path}");
    }
    assert_eq!(found(&router, "GET", "/__admin/calls"), None);
    assert_eq!(found(&router, "GET", "/livez"), None);
}

#[test]
fn a_known_path_with_another_method_names_the_methods_there_are() {
    let router = Router::new(vec![Table::new(FILES, none)], false);
    let target = Target::Method(1, "POST".to_owned());
    assert_eq!(found(&router, "PATCH", "/send"), Some((0, target)));
}

#[test]
fn parameters_are_decoded_and_other_spellings_tried_where_the_table_has_none() {
    let respell = |path: &str| vec![path.trim_end_matches('/').to_owned()];
    let router = Router::new(vec![Table::new(FILES, respell)], false);
    for path in ["/file/a%20b", "/file/a%20b/", "/%66ile/a%20b"] {
        let params = vec![("id".to_owned(), "a b".to_owned())];
        assert_eq!(found(&router, "GET", path), Some((0, Target::Endpoint(0, params))), "{path}");
    }
}

#[test]
fn what_is_too_long_is_refused_by_the_vendor_it_is_meant_for() {
    let router = Router::new(vec![Table::new(NEWEST, none), Table::new(FILES, none)], true);
    let long = format!("/file/1?{}", "x".repeat(URL_LIMIT));
    assert_eq!(found(&router, "GET", &long), Some((1, Target::UrlTooLong)));
}
