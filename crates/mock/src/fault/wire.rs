//! What a request's answer tells the connection that sends it.

use std::cell::RefCell;
use std::rc::Rc;

use super::Order;

/// The header of the answer in whose stead an order is carried out. It never leaves the process.
pub(crate) const MARKER: &str = "ringback-wire-order";

/// The line of that header, as the HTTP library writes it.
const LINE: &[u8] = b"\r\nringback-wire-order: ";

/// Where in what is about to be sent the answer stands that is not to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marked {
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// The order that a connection has been given, if any.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wire(Rc<RefCell<Option<Order>>>);

impl Wire {
    /// Gives an order. It is carried out where the answer with the [`MARKER`] would be sent: answers
    /// of earlier requests may still wait before it.
    pub(crate) fn set(&self, order: Order) {
        *self.0.borrow_mut() = Some(order);
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.borrow().is_some()
    }

    pub(crate) fn take(&self) -> Option<Order> {
        self.0.borrow_mut().take()
    }
}

/// Finds the marked answer in what is about to be sent.
pub(crate) fn find(bytes: &[u8]) -> Option<Marked> {
    let line = memchr::memmem::find(bytes, LINE)?;
    let before = bytes.get(..line)?;
    let from = memchr::memmem::rfind(before, b"HTTP/1.")?;
    let rest = bytes.get(line..)?;
    let end = memchr::memmem::find(rest, b"\r\n\r\n")?;
    Some(Marked { from, to: line + end + 4 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_answer_is_found_behind_others() {
        let earlier = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        let marked = format!("HTTP/1.1 204 No Content\r\n{MARKER}: 1\r\ndate: now\r\n\r\n");
        let all = format!("{earlier}{marked}");
        let found = find(all.as_bytes());
        assert_eq!(found, Some(Marked { from: earlier.len(), to: all.len() }));
        assert_eq!(find(marked.as_bytes()), Some(Marked { from: 0, to: marked.len() }));
        assert_eq!(find(earlier.as_bytes()), None);
    }
}
