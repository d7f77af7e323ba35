//! The pages of the hub, as a browser gets them.

use awc::{Client, http::header};
use serde_json::Value;

use crate::{
    readme::{assignment, curl, value},
    started::Started,
};

const ALL: &str = "impactpbx=0,mango=0,scfm=0,tel4vn=0,voip24h=0";

async fn get(url: &str, accept: &str) -> (u16, String) {
    let request = Client::default().get(url).insert_header((header::ACCEPT, accept));
    let mut answer = request.send().await.expect("an answer");
    let body = answer.body().limit(10 << 20).await.unwrap();
    (answer.status().as_u16(), String::from_utf8(body.to_vec()).unwrap())
}

fn text(of: &Value) -> &str {
    of.as_str().unwrap_or_else(|| panic!("{of} is no text"))
}

#[actix_web::test]
async fn the_front_page_and_the_table_at_the_start_lead_to_pages_that_are_there() {
    let ringback = Started::with(&["--vendor", ALL, "--hub", "0", "--seed", "42"]);
    let hub = ringback.url("hub");
    let (status, front) = get(&format!("{hub}/"), "text/html,*/*;q=0.8").await;
    assert!(status == 200 && front.contains("/__admin/ui/main.js"), "{status}: {front}");
    for name in ["hub", "impactpbx", "mango", "scfm", "tel4vn", "voip24h"] {
        for path in ["", "/main.js", "/console.css"] {
            let (status, file) =
                get(&format!("{}/__admin/ui{path}", ringback.url(name)), "*/*").await;
            assert!(status == 200 && !file.is_empty(), "{name}{path}: {status}");
        }
    }
    let (_, index) = get(&format!("{hub}/"), "*/*").await;
    for name in ["impactpbx", "mango", "scfm", "tel4vn", "voip24h"] {
        assert!(index.contains(&ringback.url(name)), "{index}");
    }
    assert!(index.contains("mangomocksalt000000000000000000s"), "{index}");
    let lines = ringback.table["listening"].as_array().unwrap();
    for docs in lines.iter().map(|line| text(&line["docs"])) {
        assert!(docs.starts_with(&format!("{hub}/docs/")), "{docs}");
        let (status, page) = get(docs, "text/html").await;
        assert!(status == 200 && page.contains("<h1 id="), "{docs}: {status}");
    }
}

#[actix_web::test]
async fn without_a_hub_the_pages_are_on_each_port() {
    let ringback = Started::with(&["--vendor", "scfm=0", "--no-hub"]);
    let docs = text(&ringback.table["listening"][0]["docs"]);
    assert_eq!(docs, format!("{}/__admin/docs/vendors/scfm", ringback.url("scfm")));
    assert_eq!(get(docs, "text/html").await.0, 200);
}

#[actix_web::test]
async fn every_line_of_curl_on_the_front_page_works_as_it_stands() {
    let ringback = Started::with(&["--vendor", ALL, "--hub", "0", "--seed", "42"]);
    let (_, index) = get(&format!("{}/", ringback.url("hub")), "application/json").await;
    let index: Value = serde_json::from_str(&index).unwrap();
    let mut kept = None;
    for vendor in index["vendors"].as_array().unwrap() {
        let examples = vendor["examples"].as_array().unwrap();
        assert_eq!(examples.len(), 3, "{vendor}");
        for line in examples.iter().map(text) {
            if let Some((_, request, key)) = assignment(line) {
                let found = curl(&ringback, request).await;
                kept = Some(value(&found, key).unwrap_or_else(|| panic!("{found}")).to_owned());
                continue;
            }
            let line = line.replace("$TOKEN", kept.as_deref().unwrap_or_default());
            let found = curl(&ringback, &line).await;
            let is_refusal = ["error", "\"status\":4", "Unauthorized", "respCode\":1", "<html"];
            let refusal = is_refusal.iter().find(|word| found.contains(*word));
            assert!(!found.is_empty() && refusal.is_none(), "$ {line}\n{found}");
        }
    }
}

#[actix_web::test]
async fn the_program_says_what_is_in_effect_and_what_it_logged() {
    let ringback = Started::with(&["--vendor", "voip24h=0", "--hub", "0", "--seed", "42"]);
    let hub = ringback.url("hub");
    let (status, config) = get(&format!("{hub}/__admin/config.toml"), "*/*").await;
    assert!(status == 200 && config.contains("seed = 42"), "{status}: {config}");
    let said = config.lines().find(|line| line.starts_with("seed = 42")).unwrap();
    assert!(said.ends_with("# --seed"), "{said}");
    assert_eq!(get(&format!("{hub}/__admin/output"), "*/*").await.0, 200);
}

#[actix_web::test]
async fn a_control_token_is_no_matter_for_the_page_and_is_for_what_it_asks() {
    let flags = ["--vendor", "voip24h=0", "--hub", "0", "--control-token", "s3cret"];
    let ringback = Started::with(&flags);
    let hub = ringback.url("hub");
    assert_eq!(get(&format!("{hub}/"), "text/html").await.0, 200);
    for path in ["/", "/__admin", "/__admin/events", "/__admin/config.toml"] {
        assert_eq!(get(&format!("{hub}{path}"), "*/*").await.0, 401, "{path}");
    }
}
