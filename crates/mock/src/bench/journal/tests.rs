use super::fuzz::{Sent, entry, words};

fn curl(request: &str) -> String {
    entry(request.as_bytes()).unwrap().curl(true).unwrap()
}

#[test]
fn a_method_that_a_shell_would_run_is_quoted_in_the_line_of_curl() {
    let line = curl("X`id`|*~ /a");
    assert_eq!(line, "curl -s -X 'X`id`|*~' 'http://localhost/a'");
    assert_eq!(words("a 'b c'\\''d' e"), ["a", "b c'd", "e"]);
}

#[test]
fn what_curl_would_take_for_a_pattern_or_a_way_up_is_sent_as_it_came() {
    assert_eq!(curl("GET /a?b[1-3]={c,d}"), "curl -s -g 'http://localhost/a?b[1-3]={c,d}'");
    assert_eq!(curl("GET /a/../b"), "curl -s --path-as-is 'http://localhost/a/../b'");
    assert_eq!(curl("GET /a/%2E./b"), "curl -s --path-as-is 'http://localhost/a/%2E./b'");
}

#[test]
fn a_header_without_a_value_is_sent_and_one_that_was_not_there_is_not() {
    let line = curl("POST /a\nx-empty:\nhost: pbx:80\n\nbody");
    let rest = "'http://pbx:80/a' -H 'x-empty;' -H 'content-type:' --data-raw 'body'";
    assert_eq!(line, format!("curl -s {rest}"));
    let sent = Sent::of(&line);
    assert_eq!(sent.headers, [("x-empty".to_owned(), String::new())]);
    assert_eq!(sent.body, b"body");
}

#[test]
fn a_host_that_is_none_stands_in_its_header_and_not_in_the_address() {
    for host in ["a b", "user@pbx", "pbx/path", "pbx?a=", "''", "pbx:99999"] {
        let sent = Sent::of(&curl(&format!("GET /a\nhost: {host}")));
        assert!(sent.url.ends_with("://localhost/a"), "{host}: {}", sent.url);
        assert_eq!(sent.headers, [("host".to_owned(), host.to_owned())]);
    }
    assert!(curl("GET /a\nhost: [::1]:80").contains("//[::1]:80/a'"));
}

#[test]
fn head_with_a_body_has_no_line_of_curl() {
    let entry = entry(b"HEAD /a\n\nbody").unwrap();
    assert_eq!(entry.curl(true), Err("curl sends no body with HEAD"));
    assert_eq!(curl("HEAD /a"), "curl -s --head 'http://localhost/a'");
}
