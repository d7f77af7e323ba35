//! A receiver of webhooks that counts them by their ids.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// How often each delivery came.
type Counts = Arc<Mutex<BTreeMap<String, u32>>>;

pub(crate) struct Receiver {
    pub(crate) url: String,
    counts: Counts,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let counts = Counts::default();
        let shared = Arc::clone(&counts);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let counts = Arc::clone(&shared);
                // A sender that ends in the middle is none of its business.
                std::thread::spawn(move || serve(stream.ok()?, &counts));
            }
        });
        Self { url, counts }
    }

    pub(crate) fn counts(&self) -> BTreeMap<String, u32> {
        self.counts.lock().unwrap().clone()
    }
}

fn serve(stream: TcpStream, counts: &Counts) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut size, mut delivery, mut line) = (0, None, String::new());
        stream.read_line(&mut line).ok().filter(|read| *read > 0)?;
        loop {
            line.clear();
            stream.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => size = value.trim().parse().ok()?,
                "ringback-delivery" => delivery = Some(value.trim().to_owned()),
                _ => {}
            }
        }
        stream.read_exact(&mut vec![0; size]).ok()?;
        let delivery = delivery.unwrap_or_else(|| "without an id".to_owned());
        *counts.lock().unwrap().entry(delivery).or_default() += 1;
        stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").ok()?;
    }
}
