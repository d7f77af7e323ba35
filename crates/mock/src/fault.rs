//! Faults on the wire: what a connection does to its client instead of answering well.

mod order;
mod wire;

use std::time::Duration;

use actix_web::http::StatusCode;
use bytes::Bytes;

pub(crate) use order::{Head, Order, Step};
pub(crate) use wire::{MARKER, Wire, find};

/// What goes wrong on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection is reset before anything is answered.
    ConnectionResetByPeer,
    /// The connection is reset in the middle of the body.
    ConnectionResetMidBody,
    /// The connection is closed before anything is answered.
    EmptyResponse,
    /// A good head, then bytes that are no chunk, and the end.
    MalformedResponseChunk,
    /// Bytes that are no HTTP, and the end.
    RandomDataThenClose,
    /// Nothing is answered, and the connection stays open.
    HangBeforeHeaders,
    /// The head is answered; the body never comes.
    HangAfterHeaders,
    /// The connection is closed in the middle of the body.
    TruncatedBody,
    /// `Content-Length` announces half of the body that comes.
    WrongContentLength,
    /// Nothing says how long the body is: it goes on until the connection is closed.
    MissingContentLength,
    /// The body comes in ten pieces within ten seconds.
    SlowBody,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::ConnectionResetByPeer,
        Self::ConnectionResetMidBody,
        Self::EmptyResponse,
        Self::MalformedResponseChunk,
        Self::RandomDataThenClose,
        Self::HangBeforeHeaders,
        Self::HangAfterHeaders,
        Self::TruncatedBody,
        Self::WrongContentLength,
        Self::MissingContentLength,
        Self::SlowBody,
    ];

    /// Returns the word for it: WireMock's, where that has one.
    pub fn word(self) -> &'static str {
        match self {
            Self::ConnectionResetByPeer => "CONNECTION_RESET_BY_PEER",
            Self::ConnectionResetMidBody => "CONNECTION_RESET_MID_BODY",
            Self::EmptyResponse => "EMPTY_RESPONSE",
            Self::MalformedResponseChunk => "MALFORMED_RESPONSE_CHUNK",
            Self::RandomDataThenClose => "RANDOM_DATA_THEN_CLOSE",
            Self::HangBeforeHeaders => "HANG_BEFORE_HEADERS",
            Self::HangAfterHeaders => "HANG_AFTER_HEADERS",
            Self::TruncatedBody => "TRUNCATED_BODY",
            Self::WrongContentLength => "WRONG_CONTENT_LENGTH",
            Self::MissingContentLength => "MISSING_CONTENT_LENGTH",
            Self::SlowBody => "SLOW_BODY",
        }
    }

    /// Finds the fault of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.word() == word)
    }

    /// Says what it does, for documents.
    pub fn note(self) -> &'static str {
        match self {
            Self::ConnectionResetByPeer => "a TCP reset instead of an answer",
            Self::ConnectionResetMidBody => "the head and half of the body, then a TCP reset",
            Self::EmptyResponse => "the connection is closed without an answer",
            Self::MalformedResponseChunk => {
                "a head that announces chunks, then bytes that are none, and the end"
            }
            Self::RandomDataThenClose => "bytes that are no HTTP, then the end",
            Self::HangBeforeHeaders => "nothing, until the client goes; an hour at most",
            Self::HangAfterHeaders => "the head, then nothing until the client goes",
            Self::TruncatedBody => "the head and half of the body, then the end",
            Self::WrongContentLength => {
                "`Content-Length` is half of what the body is, then the end"
            }
            Self::MissingContentLength => {
                "neither `Content-Length` nor chunks; the end of the connection is that of the body"
            }
            Self::SlowBody => "the body in ten pieces within ten seconds",
        }
    }

    /// Returns what the connection is to do; `None` where it answers as usual, only slowly.
    pub(crate) fn order(self, head: &Head, body: &Bytes, draw: u64) -> Option<Order> {
        // Something has to be missing of a body that is nearly empty.
        let announced = body.len().max(2);
        let half = body.slice(..body.len().min(announced / 2));
        let steps = match self {
            Self::ConnectionResetByPeer => vec![Step::Reset],
            Self::ConnectionResetMidBody => vec![
                Step::Bytes(head.with_length(announced)),
                Step::Bytes(half),
                // What a reset overtakes, the client may never see.
                Step::Wait(Duration::from_millis(50)),
                Step::Reset,
            ],
            Self::EmptyResponse => vec![Step::Close],
            Self::MalformedResponseChunk => {
                vec![Step::Bytes(head.chunked()), Step::Bytes(order::garbage(draw)), Step::Close]
            }
            Self::RandomDataThenClose => vec![Step::Bytes(order::garbage(draw)), Step::Close],
            Self::HangBeforeHeaders => vec![Step::Hang],
            Self::HangAfterHeaders => {
                vec![Step::Bytes(head.with_length(announced)), Step::Hang]
            }
            Self::TruncatedBody => {
                vec![Step::Bytes(head.with_length(announced)), Step::Bytes(half), Step::Close]
            }
            Self::WrongContentLength => vec![
                Step::Bytes(head.with_length(body.len() / 2)),
                Step::Bytes(body.clone()),
                Step::Close,
            ],
            Self::MissingContentLength => {
                vec![Step::Bytes(head.without_length()), Step::Bytes(body.clone()), Step::Close]
            }
            Self::SlowBody => return None,
        };
        Some(Order::new(steps))
    }
}

/// Returns an order that answers well, with a reason of its own behind the status.
pub(crate) fn with_reason(head: &Head, body: &Bytes, status: StatusCode) -> Order {
    let has_none = status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED;
    match has_none {
        true => Order::new(vec![Step::Bytes(head.without_length())]),
        false => Order::new(vec![
            Step::Bytes(head.with_length(body.len())),
            Step::Bytes(if head.is_for_head() { Bytes::new() } else { body.clone() }),
        ]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_word() {
        for fault in Fault::ALL {
            assert_eq!(Fault::of(fault.word()), Some(fault));
        }
        assert_eq!(Fault::of("connection_reset_by_peer"), None);
    }
}
