//! What is refused at the start, and who is let in.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use async_nats::jetstream::stream::Config;
use ringback_jetstream::{Cluster, Options};

use crate::nodes::Nodes;
use crate::{ONE, STREAM, stage};

fn refusal(options: &Options) -> String {
    let Err(error) = Cluster::connect(options) else { panic!("connected") };
    error.to_string()
}

#[test]
fn a_server_that_is_too_old_is_refused_by_one_line() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let info = r#"INFO {"server_id":"X","server_name":"old","version":"2.9.10","go":"","host":"","port":0,"headers":true,"max_payload":1048576,"proto":1,"client_id":1}"#;
        write!(stream, "{info}\r\n").unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        while let Some(Ok(line)) = lines.next() {
            if line == "PING" {
                write!(stream, "PONG\r\n").unwrap();
            }
        }
    });
    let address = format!("nats://127.0.0.1:{port}");
    assert_eq!(
        refusal(&Options::new(&address, "test").unwrap()),
        format!("the NATS server at 127.0.0.1:{port} is version 2.9.10; 2.12 or newer is needed")
    );
}

#[test]
fn a_login_is_taken_from_the_address_and_a_wrong_one_refused() {
    let turn = ONE.lock();
    let more = "authorization { user: ringback, password: \"s3cret%\" }";
    let Some(nodes) = Nodes::start(1, more) else { return };
    let port = nodes.0[0].port;
    let options =
        |login: &str| Options::new(&format!("nats://{login}127.0.0.1:{port}"), "test").unwrap();
    for login in ["", "ringback:wrong@"] {
        let message = refusal(&options(login));
        assert!(message.contains("authorization violation"), "{message}");
        assert!(!message.contains("wrong"), "{message}");
    }
    Cluster::connect(&options("ringback:s3cret%25@")).unwrap().log("toy").unwrap();
    drop(turn);
}

#[test]
fn files_that_are_not_there_are_named() {
    let mut options = Options::new("nats://127.0.0.1:1", "test").unwrap();
    options.credentials = Some("/nowhere/x.creds".into());
    assert!(refusal(&options).starts_with("/nowhere/x.creds: "));
    options.credentials = None;
    options.ca = Some("/nowhere/ca.pem".into());
    assert!(refusal(&options).starts_with("/nowhere/ca.pem: "));
}

#[tokio::test]
async fn a_stream_that_forgets_and_a_name_that_is_none_are_refused() {
    let Some(stage) = stage(1) else { return };
    let config = Config {
        name: STREAM.into(),
        subjects: vec!["ringback.test.toy".into()],
        max_age: std::time::Duration::from_secs(60),
        ..Config::default()
    };
    stage.stranger().await.create_stream(config).await.unwrap();
    let cluster = Cluster::connect(&stage.options()).unwrap();
    let message = cluster.log("toy").err().unwrap().to_string();
    assert_eq!(
        message,
        "the stream ringback_test_toy cannot be used: \
         it forgets records by age, by size or when they are read"
    );
    assert!(cluster.log("a.b").err().unwrap().to_string().contains("\"a.b\""));
    assert!(cluster.log("other").is_ok());
}
