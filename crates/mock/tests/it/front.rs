//! Pages for people: on the hub, and the documents on every port.

use std::net::TcpListener;
use std::sync::{Arc, mpsc};

use actix_web::rt;
use awc::{
    Client,
    http::{Method, header::HeaderMap},
};
use ringback_mock::{
    Mount,
    serve::{Guard, Page, Pages, Port, Setup, serve},
};
use serde_json::Value;

use crate::bell::Bell;

/// Serves a bell and a hub, and returns the addresses of both.
fn served(guard: Guard) -> (String, String) {
    let page = |path: &str, title: &str, html: &str| Page {
        path: path.to_owned(),
        title: title.to_owned(),
        html: html.to_owned(),
        text: format!("# {title}\n"),
    };
    let pages: Pages = [
        page("readme", "Bells <all>", "<h1>Bells</h1><a href=\"vendors/bell\">bell</a>"),
        page("vendors/bell", "Bell", "<h1>Bell</h1><a href=\"../readme\">all</a>"),
    ]
    .into_iter()
    .collect();
    let pages = pages.with_index("all of it\n");
    let mount: Arc<dyn Mount> = Arc::new(Bell::builder().frozen_clock().build().unwrap());
    let port = |hub| Port {
        listener: TcpListener::bind("127.0.0.1:0").unwrap(),
        mounts: vec![Arc::clone(&mount)],
        hub,
    };
    let ports = [port(false), port(true)];
    let address = |port: &Port| format!("http://{}", port.listener.local_addr().unwrap());
    let [bell, hub] = ports.each_ref().map(address);
    let setup = Setup { guard, pages, ..Setup::default() };
    let (ready, is_ready) = mpsc::channel();
    std::thread::spawn(move || {
        rt::System::new().block_on(async move {
            let server = serve(ports.into(), &setup).unwrap();
            ready.send(()).unwrap();
            server.await.unwrap();
        });
    });
    is_ready.recv().unwrap();
    (bell, hub)
}

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn send(method: Method, url: &str, headers: &[(&str, &str)]) -> Answer {
    let client = Client::builder().disable_redirects().finish();
    let request = client.request(method, url).no_decompress();
    let request = headers.iter().fold(request, |request, header| request.insert_header(*header));
    let mut answer = request.send().await.unwrap();
    let body = String::from_utf8(answer.body().await.unwrap().to_vec()).unwrap();
    Answer { status: answer.status().as_u16(), headers: answer.headers().clone(), body }
}

async fn get(url: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let answer = send(Method::GET, url, headers).await;
    (answer.status, answer.body)
}

#[actix_web::test]
async fn a_browser_gets_pages_that_load_nothing_from_elsewhere() {
    let (bell, hub) = served(Guard::default());
    for path in ["/", "/docs/", "/docs/readme", "/docs/vendors/bell", "/docs/style.css"] {
        let answer = send(Method::GET, &format!("{hub}{path}"), &[HTML]).await;
        assert_eq!(answer.status, 200, "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self';"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let is_style = path.ends_with("css");
        let kind = if is_style { "text/css; charset=utf-8" } else { "text/html; charset=utf-8" };
        assert_eq!(answer.header("content-type"), kind);
        for never in ["<script", "style=", " src=", "@import", "url("] {
            assert!(!answer.body.contains(never), "{path}: {never}");
        }
        let answer = send(Method::HEAD, &format!("{hub}{path}"), &[HTML]).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{path}");
    }
    let (_, front) = get(&format!("{hub}/"), &[HTML]).await;
    for part in [
        bell.as_str(),
        "keeper",
        "2026-01-05 09:00:00 UTC",
        "href=\"docs/style.css\"",
        "href=\"/docs/vendors/bell\"",
        "Bells &lt;all&gt;",
    ] {
        assert!(front.contains(part), "{part}: {front}");
    }
    let (_, page) = get(&format!("{hub}/docs/vendors/bell"), &[HTML]).await;
    assert!(page.contains("href=\"../style.css\"") && page.contains("href=\"../../\""), "{page}");
    let (_, text) = get(&format!("{hub}/docs/vendors/bell.md"), &[]).await;
    assert!(text.starts_with("# ") && !page.contains("# "), "{text}");
    for path in ["/llms.txt", "/docs/llms.txt"] {
        assert_eq!(get(&format!("{hub}{path}"), &[]).await, (200, "all of it\n".to_owned()));
    }
}

#[actix_web::test]
async fn a_script_gets_the_index_where_a_browser_gets_the_front_page() {
    let (bell, hub) = served(Guard::default());
    for accept in ["application/json", "*/*", "text/html;q=0", "text/html; q=0.0"] {
        let (status, body) = get(&format!("{hub}/"), &[("accept", accept)]).await;
        let index: Value = serde_json::from_str(&body).unwrap();
        let vendor = &index["vendors"][0];
        assert_eq!((status, &vendor["base_url"]), (200, &Value::from(bell.clone())), "{accept}");
        assert_eq!(vendor["links"]["docs"], "/docs/vendors/bell");
    }
    let (_, index) = get(&format!("{hub}/__admin"), &[HTML]).await;
    assert_eq!(serde_json::from_str::<Value>(&index).unwrap()["name"], "ringback");
}

#[actix_web::test]
async fn documents_are_on_every_port_and_a_vendor_keeps_its_own_paths() {
    let (bell, hub) = served(Guard::default());
    let docs = format!("{bell}/__admin/docs");
    assert_eq!(get(&format!("{docs}/vendors/bell"), &[HTML]).await.0, 200);
    assert_eq!(get(&format!("{docs}/vendors/whistle"), &[HTML]).await.0, 404);
    let answer = send(Method::GET, &docs, &[]).await;
    assert_eq!((answer.status, answer.header("location")), (308, "docs/"));
    let answer = send(Method::GET, &format!("{hub}/docs"), &[]).await;
    assert_eq!(answer.header("location"), "/docs/");
    let index = get(&format!("{bell}/__admin"), &[]).await.1;
    let index: Value = serde_json::from_str(&index).unwrap();
    assert_eq!(index["vendors"][0]["links"]["docs"], "/__admin/docs/vendors/bell");
    for path in ["/", "/docs/", "/docs/readme"] {
        let (status, body) = get(&format!("{bell}{path}"), &[HTML]).await;
        assert_eq!((status, body.as_str()), (404, "bell: not found"), "{path}");
    }
    for path in ["/docs/readme", "/", "/docs/style.css"] {
        let answer = send(Method::POST, &format!("{hub}{path}"), &[HTML]).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"), "{path}");
    }
    assert_eq!(get(&format!("{hub}/docs/nothing"), &[]).await.0, 404);
    assert_eq!(get(&format!("{hub}/nothing"), &[]).await.0, 404);
}

#[actix_web::test]
async fn pages_are_closed_to_foreign_pages_and_names_and_say_no_secret_without_the_token() {
    let (bell, hub) = served(Guard::default());
    let pages = [format!("{hub}/"), format!("{hub}/docs/"), format!("{bell}/__admin/docs/readme")];
    for url in &pages {
        for foreign in [
            [("origin", "http://evil.example"), HTML],
            [("host", "evil.example"), HTML],
            [("sec-fetch-site", "cross-site"), HTML],
        ] {
            assert_eq!(get(url, &foreign).await.0, 403, "{url} {foreign:?}");
        }
    }
    let token = Some("s3cret".to_owned());
    let (bell, hub) = served(Guard { token, ..Guard::default() });
    assert_eq!(get(&format!("{hub}/"), &[HTML]).await.0, 401);
    assert_eq!(get(&format!("{hub}/docs/readme"), &[HTML]).await.0, 200);
    assert_eq!(get(&format!("{bell}/__admin/docs/"), &[HTML]).await.0, 200);
    assert_eq!(get(&format!("{bell}/__admin/docsx"), &[HTML]).await.0, 401);
}
