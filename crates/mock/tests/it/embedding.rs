use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use actix_web::{App, HttpResponse, test as actix_test, web};
use ringback_engine::Duration;

use crate::bell::{Bell, Ring};

#[test]
fn it_starts_and_stops_in_a_plain_test_without_any_runtime() {
    let address = {
        let bell = Bell::builder().start().unwrap();
        bell.demo().execute(Ring { lane: 1, again: true }).unwrap().unwrap();
        assert_eq!(bell.advance(Duration::seconds(10)), [], "a bell is no call");
        assert_eq!(bell.demo().read(|tower| tower.rung), Some(2));
        assert!(bell.wait_for_webhooks(std::time::Duration::ZERO), "there are none");
        let mut stream = TcpStream::connect(bell.address()).unwrap();
        stream
            .write_all(b"GET /bell/rung HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("\r\n\r\n2"), "{answer}");
        bell.address()
    };
    assert!(TcpStream::connect(address).is_err(), "it stops when it is dropped");
}

#[tokio::test]
async fn it_starts_inside_a_tokio_runtime() {
    let bell = Bell::builder().start().unwrap();
    assert!(bell.url().starts_with("http://127.0.0.1:"));
}

#[actix_web::test]
async fn it_is_mounted_inside_an_app_of_ones_own_and_leaves_the_other_paths_alone() {
    let bell = Bell::builder().build().unwrap();
    let own = web::get().to(|| async { HttpResponse::Ok().body("mine") });
    let app = App::new()
        .configure(bell.service())
        .route("/own", own)
        .default_service(web::to(|| async { HttpResponse::NotFound().body("my 404") }));
    let app = actix_test::init_service(app).await;
    let get = async |method: &str, path: &str| {
        let method = method.parse().unwrap();
        let request = actix_test::TestRequest::with_uri(path).method(method).to_request();
        let body = actix_test::call_and_read_body(&app, request).await;
        String::from_utf8(body.to_vec()).unwrap()
    };
    assert_eq!(get("GET", "/bell/rung").await, "0");
    assert_eq!(get("DELETE", "/bell/rung").await, "bell: method");
    assert_eq!(get("GET", "/own").await, "mine");
    assert_eq!(get("GET", "/bell").await, "my 404");
    assert_eq!(get("GET", "/__admin/clock").await, "my 404");
}

#[tokio::test]
async fn a_timer_of_a_running_clock_fires_by_itself() {
    let bell = ringback_mock::Builder::<Bell>::default().rate(1_000.0).start().unwrap();
    let mut changes = bell.engine().changes();
    bell.demo().execute(Ring { lane: 1, again: true }).unwrap().unwrap();
    changes.borrow_and_update();
    // Nothing else changes the tower, and reading it would itself let happen what is due.
    let fired = tokio::time::timeout(std::time::Duration::from_secs(5), changes.changed());
    fired.await.unwrap().unwrap();
    assert_eq!(bell.demo().read(|tower| tower.rung), Some(2));
}
