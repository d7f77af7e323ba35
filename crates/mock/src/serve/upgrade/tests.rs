use proptest::prelude::*;

use super::*;

/// Passes bytes in pieces and returns what comes out.
fn passed(bytes: &[u8], piece: usize) -> (String, Filter) {
    let mut filter = Filter::default();
    let mut out = Vec::new();
    for piece in bytes.chunks(piece.max(1)) {
        match filter.pass(piece) {
            Some(changed) => out.extend(changed),
            None => out.extend_from_slice(piece),
        }
    }
    out.extend(filter.end());
    (String::from_utf8_lossy(&out).into_owned(), filter)
}

/// Checks it whole and split at every byte.
fn becomes(bytes: &str, wanted: &str) {
    for piece in [bytes.len(), 1, 2, 3, 7] {
        assert_eq!(passed(bytes.as_bytes(), piece).0, wanted, "in pieces of {piece}");
    }
}

#[test]
fn an_offer_is_taken_out_of_a_head_and_nothing_else() {
    becomes(
        "POST /x HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: 2\r\nHost: a\r\n\
         HTTP2-Settings: AAEAAEAA\r\nUpgrade: h2c\r\n\r\n{}",
        "POST /x HTTP/1.1\r\nContent-Length: 2\r\nHost: a\r\nHTTP2-Settings: AAEAAEAA\r\nUpgrade: h2c\
         \r\n\r\n{}",
    );
    becomes(
        "GET / HTTP/1.1\r\nhost: a\r\nUPGRADE:WebSocket\r\nconnection:keep-alive , upgrade\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\nconnection:keep-alive\r\n\r\n",
    );
    becomes("GET / HTTP/1.1\nConnection: upgrade\nA: b\n\n", "GET / HTTP/1.1\nA: b\n\n");
    // What is left of a list without blanks is no longer than it was.
    let listed = "GET / HTTP/1.1\nConnection: a,,b,upgrade\n\n";
    becomes(listed, "GET / HTTP/1.1\nConnection: a,,b\n\n");
    let plain = "GET / HTTP/1.1\r\nConnection: close\r\nUpgrade-Insecure-Requests: 1\r\n\
                 Connections: upgrade\r\nX: Connection: upgrade\r\nUpgrade: websocket, h2c\r\n\r\n";
    becomes(plain, plain);
}

#[test]
fn bodies_keep_lines_that_look_like_offers_and_what_follows_them_is_a_head_again() {
    let offer = "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    let length = offer.len();
    let head = format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n");
    let chunked = format!(
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
         {length:x};x=\"y\"\r\n{offer}\r\n0\r\nConnection: upgrade\r\n\r\n"
    );
    let get = "GET / HTTP/1.1\r\nHost: a\r\n";
    becomes(
        &format!("{head}{offer}{offer}{chunked}{get}{offer}\r\n{get}{offer}"),
        &format!("{head}\r\n{offer}{chunked}{get}\r\n\r\n{get}\r\n"),
    );
    let (_, filter) = passed(format!("{head}\r\n{offer}{chunked}{get}\r\n").as_bytes(), 5);
    assert_eq!((filter.requests(), filter.stage()), (3, Stage::Idle));
}

#[test]
fn an_announced_body_is_followed_wherever_the_client_waits_for_leave_to_send_it() {
    let mut filter = Filter::default();
    let head = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 22\r\n\r\n";
    assert_eq!(filter.pass(head), None);
    assert_eq!((filter.requests(), filter.stage()), (0, Stage::Body));
    assert_eq!(filter.pass(b"Connection: upgrade\r\n\r"), None);
    assert_eq!((filter.requests(), filter.stage()), (1, Stage::Idle));
}

#[test]
fn what_the_library_refuses_passes_as_it_is_from_there_on() {
    let offer = "GET / HTTP/1.1\r\nConnection: upgrade\r\n\r\n";
    for head in [
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
    ] {
        let whole = format!("{head}{offer}");
        becomes(&whole, &whole);
    }
}

#[test]
fn an_endless_line_is_held_only_so_far() {
    let mut filter = Filter::default();
    let line = format!("GET / HTTP/1.1\r\nConnection: {}", "a, ".repeat(LONGEST));
    let out = filter.pass(line.as_bytes()).unwrap();
    assert_eq!(out, line.as_bytes());
    assert_eq!(filter.held.capacity(), 0);
    let mut filter = Filter::default();
    let line = format!("GET / HTTP/1.1\r\nCookie: {}", "a".repeat(LONGEST * 3));
    assert_eq!(filter.pass(line.as_bytes()), None);
}

/// A line of a head, with what is to become of it.
fn line() -> impl Strategy<Value = (String, String)> {
    let same = |line: String| (line.clone(), line);
    prop_oneof![
        "[A-Ta-t][a-z-]{0,11}: ?[ -~]{0,20}"
            .prop_filter("of those that are looked at", |line| {
                !WATCHED.iter().any(|name| {
                    line.as_bytes()
                        .get(..name.len())
                        .is_some_and(|start| start.eq_ignore_ascii_case(name))
                })
            })
            .prop_map(same),
        Just(same("Connection: keep-alive".to_owned())),
        Just(same("Upgrade: TLS/1.2".to_owned())),
        Just(("CONNECTION: upgrade".to_owned(), String::new())),
        Just(("Connection:close,Upgrade".to_owned(), "Connection:close".to_owned())),
        Just(("uPgrade:  websocket ".to_owned(), String::new())),
    ]
}

/// A request, with what is to become of it.
fn request() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let body = prop_oneof![
        Just(Vec::new()),
        Just(b"Upgrade: websocket\r\nConnection: upgrade\r\n\r\n".to_vec()),
        prop::collection::vec(any::<u8>(), 0..60),
    ];
    let parts = (prop::collection::vec(line(), 0..6), body, 0..3_u8, 1_usize..20, any::<bool>());
    parts.prop_map(|(lines, body, framing, chunk, blank)| {
        let (mut sent, mut wanted) = (Vec::new(), Vec::new());
        let mut both = |sends: &[u8], wants: &[u8]| {
            sent.extend_from_slice(sends);
            wanted.extend_from_slice(wants);
        };
        if blank {
            both(b"\r\n", b"\r\n");
        }
        both(b"POST /x HTTP/1.1\r\n", b"POST /x HTTP/1.1\r\n");
        let framing = match framing {
            0 => None,
            1 => Some(format!("content-Length: {}", body.len())),
            _ => Some("Transfer-encoding: chunked".to_owned()),
        };
        let framed = framing.clone().map(|line| (line.clone(), line));
        for (sends, wants) in framed.into_iter().chain(lines) {
            both(format!("{sends}\r\n").as_bytes(), b"");
            if !wants.is_empty() {
                both(b"", format!("{wants}\r\n").as_bytes());
            }
        }
        both(b"\r\n", b"\r\n");
        match framing {
            None => {}
            Some(line) if line.starts_with('c') => both(&body, &body),
            Some(_) => {
                for part in body.chunks(chunk) {
                    let size = format!("{:X}\r\n", part.len());
                    let whole = [size.as_bytes(), part, b"\r\n"].concat();
                    both(&whole, &whole);
                }
                both(b"0\r\n\r\n", b"0\r\n\r\n");
            }
        }
        (sent, wanted)
    })
}

proptest! {
    #[test]
    fn pipelined_requests_lose_their_offers_and_nothing_else_wherever_they_are_split(
        requests in prop::collection::vec(request(), 1..5),
        splits in prop::collection::vec(1_usize..40, 1..200),
    ) {
        let (sent, wanted): (Vec<_>, Vec<_>) = requests.into_iter().unzip();
        let (count, sent, wanted) = (sent.len() as u64, sent.concat(), wanted.concat());
        let mut filter = Filter::default();
        let (mut rest, mut out) = (sent.as_slice(), Vec::new());
        for split in splits.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at((*split).min(rest.len()));
            match filter.pass(piece) {
                Some(changed) => out.extend(changed),
                None => out.extend_from_slice(piece),
            }
            rest = after;
        }
        prop_assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(&wanted));
        prop_assert_eq!(filter.requests(), count);
        prop_assert_eq!(filter.stage(), Stage::Idle);
    }

    #[test]
    fn anything_at_all_is_taken_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let (whole, _) = passed(&bytes, bytes.len());
        prop_assert_eq!(whole, passed(&bytes, 1).0);
    }
}
