use actix_web::{App, http::header, test};

use super::*;

/// The most bytes of all files together; what a browser loads for one view is held by .ci/console.
const MOST: usize = 200_000;

async fn get(path: &str, accept: &str, is_hub: bool) -> (u16, Vec<(String, String)>, String) {
    let app = App::new().configure(|config| configure(config, is_hub));
    let app = test::init_service(app).await;
    let request = test::TestRequest::get().uri(path).insert_header((header::ACCEPT, accept));
    let answer = test::call_service(&app, request.to_request()).await;
    let headers = answer.headers().iter();
    let text = |value: &header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let headers = headers.map(|(name, value)| (name.to_string(), text(value))).collect();
    let status = answer.status().as_u16();
    let body = test::read_body(answer).await;
    (status, headers, String::from_utf8(body.to_vec()).unwrap())
}

#[actix_web::test]
async fn a_browser_gets_the_page_at_the_hub_s_root_and_a_script_does_not() {
    let (status, headers, page) = get("/", "text/html,*/*;q=0.8", true).await;
    assert!(status == 200 && page.starts_with("<!doctype html>"), "{status}: {page}");
    let policy = headers.iter().find(|(name, _)| name == "content-security-policy");
    assert!(policy.is_some_and(|(_, policy)| policy.starts_with("default-src 'self';")));
    for (path, accept, is_hub) in
        [("/", "*/*", true), ("/", "text/html;q=0", true), ("/", "text/html", false)]
    {
        assert_eq!(get(path, accept, is_hub).await.0, 404, "{path} {accept} {is_hub}");
    }
    assert_eq!(get(PATH, "*/*", false).await.2, page);
}

#[actix_web::test]
async fn every_file_that_the_files_name_is_there_and_nothing_comes_from_elsewhere() {
    let mut total = 0;
    for path in Files::iter() {
        let text = Files::get(&path).unwrap().data;
        let text = std::str::from_utf8(&text).unwrap();
        total += text.len();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for quoted in text.split(['"', '\'', '`']).filter(|quoted| !quoted.contains("${")) {
            let named = match (quoted.strip_prefix("./"), quoted.strip_prefix("../")) {
                (Some(name), _) if name.ends_with(".js") => format!("{folder}/{name}"),
                (_, Some(name)) if name.ends_with(".js") => name.to_owned(),
                _ => match quoted.strip_prefix("/__admin/ui/") {
                    Some(name) if name.contains('.') => name.to_owned(),
                    _ => continue,
                },
            };
            let named = named.trim_start_matches('/');
            let (status, headers, _) = get(&format!("{PATH}/{named}"), "*/*", false).await;
            assert_eq!(status, 200, "{path}: {named}");
            assert!(headers.iter().any(|(name, _)| name == "etag"));
        }
        let fetched =
            ["src=\"http", "href=\"http", "url(http", "@import", "from 'http", "innerHTML"];
        let found: Vec<_> = fetched.iter().filter(|word| text.contains(*word)).collect();
        assert!(found.is_empty(), "{path}: {found:?}");
    }
    assert!(total > 10_000 && total <= MOST, "{total} bytes");
}

#[actix_web::test]
async fn what_a_browser_has_is_not_sent_again() {
    let app = test::init_service(App::new().configure(|config| configure(config, false))).await;
    let ask = |tag: &str| {
        test::TestRequest::get().uri(PATH).insert_header((header::IF_NONE_MATCH, tag)).to_request()
    };
    let first = test::call_service(&app, ask("\"other\"")).await;
    let tag = first.headers().get(header::ETAG).unwrap().to_str().unwrap().to_owned();
    assert_eq!(first.status(), 200);
    assert_eq!(test::call_service(&app, ask(&format!("\"x\", {tag}"))).await.status(), 304);
}
