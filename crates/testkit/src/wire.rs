//! A client that sends whatever it is given: what no HTTP library would let through.

use std::io::{BufRead as _, BufReader, Error, Read as _, Result, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The most bytes of an answer that are read: a recording may be a day long.
const READ: usize = 1 << 20;

/// A connection that is kept as long as the server keeps it.
pub(crate) struct Wire {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

impl Wire {
    pub(crate) fn to(address: SocketAddr) -> Self {
        Self { address, stream: None }
    }

    /// Sends a request as it is and returns the status of the answer.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Result<u16> {
        for _ in 0..2 {
            let mut stream = match self.stream.take() {
                Some(stream) => stream,
                None => self.connect()?,
            };
            // A connection that the server has closed meanwhile is opened once more.
            let mut line = String::new();
            let sent = stream.get_mut().write_all(request);
            if sent.and_then(|()| stream.read_line(&mut line)).unwrap_or(0) == 0 {
                continue;
            }
            let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
            let status = status.ok_or_else(|| Error::other(line))?;
            if pass_by(&mut stream, request.starts_with(b"HEAD "))? {
                self.stream = Some(stream);
            }
            return Ok(status);
        }
        Err(Error::other("the server closes every connection"))
    }

    fn connect(&self) -> Result<BufReader<TcpStream>> {
        let stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.set_nodelay(true)?;
        Ok(BufReader::new(stream))
    }
}

/// Reads headers and body, and returns whether another answer can come after them.
fn pass_by(stream: &mut BufReader<TcpStream>, is_head: bool) -> Result<bool> {
    let (mut length, mut goes_on) = (0, true);
    loop {
        let mut header = String::new();
        stream.read_line(&mut header)?;
        let header = header.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(found) = header.strip_prefix("content-length: ") {
            length = found.parse().unwrap_or(0);
        }
        goes_on &= header != "connection: close" && !header.starts_with("transfer-encoding:");
    }
    if is_head {
        length = 0;
    }
    stream.read_exact(&mut vec![0; length.min(READ)])?;
    Ok(goes_on && length <= READ)
}
