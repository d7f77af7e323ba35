use std::net::TcpListener;
use std::sync::{Arc, mpsc};

use actix_web::rt;
use awc::Client;
use ringback_mock::{
    Mount,
    serve::{Guard, Port, Setup, serve, tls},
};
use ringback_testkit::Api;
use serde_json::json;

use crate::bell::Bell;

/// Serves a bell with some setup and returns its address.
pub(crate) fn served(setup: Setup) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mount: Arc<dyn Mount> = Arc::new(Bell::builder().build().unwrap());
    let port = Port { listener, mounts: vec![mount], hub: false };
    let (ready, is_ready) = mpsc::channel();
    std::thread::spawn(move || {
        rt::System::new().block_on(async move {
            let server = serve(vec![port], &setup).unwrap();
            ready.send(()).unwrap();
            server.await.unwrap();
        });
    });
    is_ready.recv().unwrap();
    address
}

#[actix_web::test]
async fn refusals_of_the_framework_have_the_vendors_form() {
    let api = Api::of(Bell::builder());
    assert_eq!(api.get("/nowhere").await.text(), "bell: not found");
    let wrong = api.request("DELETE", "/bell/ring", &[], "").await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, "POST"));
    let large = api.request("POST", "/bell/ring", &[], vec![b' '; 1_001]).await;
    assert_eq!((large.status, large.text()), (413, "bell: too large"));
    let long = api.get(&format!("/bell/rung?{}", "x".repeat(8_200))).await;
    assert_eq!((long.status, long.text()), (414, "bell: too long"));
    let bad = api.request("POST", "/bell/ring", &[], "{").await;
    assert_eq!(bad.text(), "bell: no ring");
}

#[actix_web::test]
async fn with_a_control_token_strangers_see_the_health_alone() {
    let guard = Guard { token: Some("s3cret".to_owned()), hosts: Vec::new() };
    let url = format!("http://{}", served(Setup { guard, ..Setup::default() }));
    let client = Client::default();
    let status = async |path: &str, token: Option<&str>| {
        let request = client.get(format!("{url}{path}"));
        let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status("/__admin/health", None).await, 200);
    assert_eq!(status("/livez", None).await, 200);
    assert_eq!(status("/bell/rung", None).await, 200);
    assert_eq!(status("/__admin/clock", None).await, 401);
    assert_eq!(status("/__admin/clock", Some("s3cres")).await, 401);
    assert_eq!(status("/__admin/bell/clock", None).await, 401);
    assert_eq!(status("/__admin/clock", Some("s3cret")).await, 200);
}

#[actix_web::test]
async fn a_port_with_a_certificate_speaks_both_https_and_http() {
    let setup = Setup { tls: Some(tls::self_signed().unwrap()), ..Setup::default() };
    let address = served(setup);
    let plain = Client::default().get(format!("http://{address}/bell/rung")).send().await.unwrap();
    assert_eq!(plain.status(), 200);
    // The client has no reason to trust the certificate, which proves that a handshake took place.
    let error = Client::default().get(format!("https://{address}/bell/rung")).send().await;
    let error = error.unwrap_err().to_string().to_lowercase();
    assert!(error.contains("certificate") || error.contains("tls"), "{error}");
}

#[actix_web::test]
async fn one_request_names_the_account_of_another_credential() {
    let api = Api::of(Bell::builder());
    let ring = json!({ "do": "ring", "lane": 1 });
    let named = api.post("/__admin/control?account=keeper", &ring).await;
    assert_eq!(named.json, json!({ "rung": 1 }));
}
