//! How quickly one receiver that keeps up gets webhooks, and what the API notices of those that wait.
//!
//! `cargo run --release -p ringback-mock --example webhooks -- 20000 80000`: each argument is how
//! many webhooks are put into the outbox at once, each in a lane of its own.

#![expect(clippy::unwrap_used, reason = "a measuring tool that cannot go on stops")]
#![expect(clippy::print_stdout, reason = "its figures are its output")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ringback_mock::Outbox;

#[path = "../tests/it/bell.rs"]
mod bell;
use bell::{Bell, Ring};

fn main() {
    for waiting in std::env::args().skip(1).map(|argument| argument.parse().unwrap()) {
        keeps_up(waiting);
        hangs(waiting);
    }
}

/// Delivers to a receiver that answers at once, and tells the rate.
fn keeps_up(waiting: usize) {
    let (url, received) = receiver(true);
    let bell = Bell::builder().webhook(url).start().unwrap();
    let put = ring(&bell, 0, waiting);
    let from = Instant::now();
    let before = received.load(Ordering::Relaxed);
    let asked = ask(&bell, || received.load(Ordering::Relaxed) >= waiting);
    let rate = (received.load(Ordering::Relaxed) - before) as f64 / from.elapsed().as_secs_f64();
    let left = waiting - received.load(Ordering::Relaxed);
    println!("{waiting} at once: put in {put:?}, {rate:.0} a second, {left} left; {asked}");
}

/// Leaves webhooks waiting for a receiver that never answers, and tells what others notice.
fn hangs(waiting: usize) {
    let (hangs, _) = receiver(false);
    let bell = Bell::builder().webhook(hangs).start().unwrap();
    let put = ring(&bell, 0, waiting);
    let until = Instant::now() + Duration::from_secs(5);
    let asked = ask(&bell, || Instant::now() > until);
    println!("{waiting} for one that hangs: put in {put:?}; {asked}");
}

fn ring(bell: &ringback_mock::Running<Bell>, from: u64, count: usize) -> Duration {
    assert!(count <= Outbox::PENDING);
    let began = Instant::now();
    let demo = bell.demo();
    for lane in (100 + from..).take(count) {
        demo.execute(Ring { lane, again: false }).unwrap().unwrap();
    }
    began.elapsed()
}

/// Asks the API every three milliseconds until `done` or a minute is over; returns its percentiles.
fn ask(bell: &ringback_mock::Running<Bell>, done: impl Fn() -> bool) -> String {
    let mut stream = TcpStream::connect(bell.address()).unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut took, mut answer) = (Vec::new(), [0; 4096]);
    let until = Instant::now() + Duration::from_secs(60);
    while !done() && Instant::now() < until {
        let began = Instant::now();
        stream
            .write_all(
                b"POST /bell/ring HTTP/1.1\r\nhost: x\r\ncontent-length: 11\r\n\r\n{\"lane\":13}",
            )
            .unwrap();
        assert!(stream.read(&mut answer).unwrap() > 0);
        took.push(began.elapsed());
        std::thread::sleep(Duration::from_millis(3));
    }
    took.sort();
    let at = |share: usize| took.get(took.len() * share / 100).copied().unwrap_or_default();
    format!("API p50 {:?}, p99 {:?}, of {}", at(50), at(99), took.len())
}

fn receiver(answers: bool) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/webhook", listener.local_addr().unwrap());
    let received = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&received);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let count = Arc::clone(&count);
            std::thread::spawn(move || {
                stream.set_nodelay(true).unwrap();
                let mut buffer = [0; 65_536];
                // One request fits a read: bodies are short, and the next waits for the answer.
                while stream.read(&mut buffer).is_ok_and(|read| read > 0) {
                    if answers {
                        count.fetch_add(1, Ordering::Relaxed);
                        if stream.write_all(b"HTTP/1.1 204 -\r\n\r\n").is_err() {
                            return;
                        }
                    }
                }
            });
        }
    });
    (url, received)
}
