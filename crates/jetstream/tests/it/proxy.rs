//! A proxy between a replica and its server which loses what it is told to lose.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

use ringback_engine::ordered::Log;
use ringback_jetstream::Options;

use crate::{follow, id, replica, stage};

/// Everything goes through.
pub(crate) const OPEN: u8 = 0;
/// Acknowledgements of records are lost on their way back.
const NO_ACKNOWLEDGEMENTS: u8 = 1;
/// Nothing comes back at all.
pub(crate) const DEAF: u8 = 2;

pub(crate) struct Proxy {
    port: u16,
    mode: Arc<AtomicU8>,
    eaten: Arc<AtomicUsize>,
}

impl Proxy {
    pub(crate) fn set(&self, mode: u8) {
        self.mode.store(mode, Ordering::Relaxed);
    }

    pub(crate) fn options(&self) -> Options {
        Options::new(&format!("nats://127.0.0.1:{}", self.port), "test").unwrap()
    }
}

pub(crate) fn proxy(server: u16) -> Proxy {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mode = Arc::new(AtomicU8::new(OPEN));
    let eaten = Arc::new(AtomicUsize::new(0));
    let this = Proxy { port, mode: Arc::clone(&mode), eaten: Arc::clone(&eaten) };
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let client = client.unwrap();
            let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
            let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || {
                std::io::copy(&mut from, &mut to).ok();
                to.shutdown(Shutdown::Both).ok();
            });
            let (mode, eaten) = (Arc::clone(&mode), Arc::clone(&eaten));
            std::thread::spawn(move || {
                pass(&server, &client, &mode, &eaten);
                client.shutdown(Shutdown::Both).ok();
            });
        }
    });
    this
}

/// Passes on what the server says, message by message.
fn pass(server: &TcpStream, mut client: &TcpStream, mode: &AtomicU8, eaten: &AtomicUsize) {
    let mut server = BufReader::new(server);
    let mut line = String::new();
    while server.read_line(&mut line).is_ok_and(|read| read > 0) {
        let mut message = std::mem::take(&mut line).into_bytes();
        let head = String::from_utf8_lossy(&message).into_owned();
        if head.starts_with("MSG ") || head.starts_with("HMSG ") {
            let size: usize = head.split_whitespace().last().unwrap().parse().unwrap();
            let begin = message.len();
            message.resize(begin + size + 2, 0);
            if server.read_exact(&mut message[begin..]).is_err() {
                return;
            }
        }
        let text = String::from_utf8_lossy(&message);
        let is_acknowledgement = text.contains("{\"stream\":\"ringback_test_toy\"")
            && text.contains("\"seq\":")
            && !text.contains("\"config\"");
        let eat = match mode.load(Ordering::Relaxed) {
            NO_ACKNOWLEDGEMENTS => is_acknowledgement,
            DEAF => true,
            _ => false,
        };
        if eat {
            eaten.fetch_add(usize::from(is_acknowledgement), Ordering::Relaxed);
        } else if client.write_all(&message).is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_record_whose_acknowledgement_is_lost_is_one_record_with_one_answer() {
    let Some(stage) = stage(1) else { return };
    let proxy = proxy(stage.nodes.0[0].port);
    let options = proxy.options();
    let log = replica(&options);
    let mut follower = follow(&log, 0);
    proxy.set(NO_ACKNOWLEDGEMENTS);
    // It came round: that is the answer, and no retry is needed.
    for serial in 1..=10 {
        assert_eq!(log.submit(id(1, serial), "a".into()).await, Ok(serial));
    }
    assert_eq!(follower.until(10).await.len(), 10);
    assert!(proxy.eaten.load(Ordering::Relaxed) >= 10);

    // Nobody follows: only the acknowledgement of a retry can be the answer.
    let alone = replica(&options);
    let answer = alone.submit(id(2, 1), "b".into());
    tokio::time::sleep(Duration::from_millis(2500)).await;
    proxy.set(OPEN);
    assert_eq!(answer.await, Ok(11));
    assert_eq!(log.tip().await, Ok(11));
    assert_eq!(follower.until(11).await[10].id, id(2, 1));
}

#[tokio::test]
async fn a_retry_after_the_servers_have_forgotten_comes_round_twice_under_one_id() {
    let Some(stage) = stage(1) else { return };
    let proxy = proxy(stage.nodes.0[0].port);
    let mut options = proxy.options();
    options.duplicate_window = Duration::from_secs(1);
    let log = replica(&options);
    let mut follower = follow(&log, 0);
    log.submit(id(1, 1), "a".into()).await.unwrap();
    follower.until(1).await;

    // The server hears, and nothing comes back; so the replica tries again on another connection.
    proxy.set(DEAF);
    let answer = log.submit(id(1, 2), "b".into());
    tokio::time::sleep(Duration::from_secs(6)).await;
    proxy.set(OPEN);
    assert_eq!(answer.await, Ok(2), "the first of them");
    log.submit(id(1, 3), "c".into()).await.unwrap();
    let tip = log.tip().await.unwrap() as usize;
    let records = follower.until(tip).await;
    assert_eq!((records[1].id, records[tip - 1].id), (id(1, 2), id(1, 3)));
    // Who executes skips the second by its id. Without one this test would show nothing.
    for again in &records[2..tip - 1] {
        assert_eq!((again.id, &again.bytes), (id(1, 2), &records[1].bytes));
    }
    assert!(tip > 3, "no retry came after the window");
}
