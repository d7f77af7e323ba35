//! Every sample of the README, the control API's page and the vendors' pages, run against the binary.
//!
//! In a `console` block a line `$ curl …` is a request and the lines after it, up to the next one,
//! are its answer; `…` in an answer stands for any text. A line `$ NAME=$(curl … | …'"key":"…)`
//! keeps what the answer has under that key, for `$NAME` in later lines. Other commands are not run.

use std::path::Path;

use awc::Client;

use crate::{
    control_document::{self, Played},
    started::Started,
};

/// The ports in the samples, and whose they are.
const PORTS: [(&str, u16); 6] = [
    ("impactpbx", 3030),
    ("mango", 8081),
    ("scfm", 3000),
    ("tel4vn", 8082),
    ("voip24h", 8000),
    ("hub", 4010),
];

struct Sample {
    command: String,
    answer: String,
}

fn samples(text: &str) -> Vec<Sample> {
    let mut samples: Vec<Sample> = Vec::new();
    let mut inside = false;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match line.strip_prefix("$ ") {
                Some(command) => {
                    let mut command = command.to_owned();
                    while let Some(begun) = command.strip_suffix('\\') {
                        command = format!("{begun}{}", lines.next().expect("the next line").trim());
                    }
                    samples.push(Sample { command, answer: String::new() });
                }
                None => {
                    let sample = samples.last_mut().expect("a command before its answer");
                    sample.answer.push_str(line.trim());
                }
            },
        }
    }
    samples
}

/// Splits a command as a shell does, as far as the samples need it.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut begun) = (Vec::new(), String::new(), None, false);
    for c in command.chars() {
        match (c, quote) {
            ('\'' | '"', None) => (quote, begun) = (Some(c), true),
            (c, Some(q)) if c == q => quote = None,
            (' ', None) => {
                if begun || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            (c, _) => word.push(c),
        }
    }
    if begun || !word.is_empty() {
        words.push(word);
    }
    words
}

pub(crate) async fn curl(ringback: &Started, command: &str) -> String {
    said(&sent(ringback, command).await)
}

/// The answer as a terminal shows it.
fn said(played: &Played) -> String {
    String::from_utf8_lossy(&played.answer).trim().to_owned()
}

async fn sent(ringback: &Started, command: &str) -> Played {
    let (mut method, mut url, mut body, mut headers) = (None, None, None, Vec::new());
    let mut globs = true;
    let mut words = words(command).into_iter().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().expect("a value");
        match word.as_str() {
            "-s" | "-k" | "-sk" => {}
            "-gs" => globs = false,
            "-X" => method = Some(value()),
            // As curl does: several become one form.
            "-d" => {
                let value = value();
                body = Some(body.map_or(value.clone(), |body: String| format!("{body}&{value}")));
            }
            "--data-urlencode" => {
                let value = value();
                let (name, value) = value.split_once('=').expect("a name");
                let field = serde_urlencoded::to_string([(name, value)]).unwrap();
                body = Some(body.map_or(field.clone(), |body: String| format!("{body}&{field}")));
            }
            "-H" => headers.push(value()),
            _ => url = Some(word),
        }
    }
    let mut url = url.expect("an address");
    let plain = !url.contains(['[', '{']);
    assert!(plain || !globs, "curl needs -g for {url}");
    for (name, port) in PORTS {
        for host in ["localhost", "127.0.0.1"] {
            for scheme in ["http://", "https://", ""] {
                let rest = url.strip_prefix(&format!("{scheme}{host}:{port}"));
                // A port that was found may begin with the digits of one in the samples.
                if let Some(path) =
                    rest.filter(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
                {
                    url = format!("{}{path}", ringback.url(name));
                }
            }
        }
    }
    let method = method.unwrap_or_else(|| if body.is_some() { "POST" } else { "GET" }.to_owned());
    let path = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let path = path.find('/').map_or("/", |at| &path[at..]).to_owned();
    let mut request = Client::default().request(method.parse().unwrap(), url).no_decompress();
    if body.is_some() {
        request = request.insert_header(("content-type", "application/x-www-form-urlencoded"));
    }
    for header in headers {
        let (name, value) = header.split_once(':').expect("a header");
        request = request.insert_header((name.trim(), value.trim()));
    }
    let body = body.unwrap_or_default();
    let answer = request.send_body(body.clone()).await.expect("an answer");
    Played::of(method, path, body, answer).await
}

/// Splits `NAME=$(curl … | …)` into the name, the request, and the key whose value is kept.
pub(crate) fn assignment(command: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = command.split_once("=$(curl ")?;
    let is_name = name.chars().all(|c| c.is_ascii_uppercase());
    let start = name.len() + "=$(".len();
    let (request, filter) = rest.strip_suffix(')')?.split_once(" | ")?;
    let (_, key) = filter.split_once('"')?;
    let (key, _) = key.split_once('"')?;
    is_name.then(|| (name, &command[start..start + "curl ".len() + request.len()], key))
}

/// Returns the text that a JSON answer has under a key.
pub(crate) fn value<'a>(answer: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = answer.split_once(&format!("\"{key}\":\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// Compares an answer with a sample in which `…` stands for any text.
fn is_like(sample: &str, answer: &str) -> bool {
    let Some((first, others)) = sample.split_once('…') else { return sample == answer };
    let (middle, last) = others.rsplit_once('…').unwrap_or(("", others));
    let within = answer.strip_prefix(first).and_then(|rest| rest.strip_suffix(last));
    let found = |rest: &'_ str, part: &str| rest.find(part).map(|at| at + part.len());
    let mut rest = match within {
        Some(rest) => rest,
        None => return false,
    };
    middle.split('…').all(|part| {
        let end = found(rest, part);
        rest = end.map_or("", |end| &rest[end..]);
        end.is_some()
    })
}

#[actix_web::test]
async fn every_sample_of_the_documents_is_answered_as_it_says() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let first = ["README.md", "docs/control-api.md", "docs/wiremock.md"];
    let mut pages: Vec<_> = first.iter().map(|page| root.join(page)).collect();
    for page in std::fs::read_dir(root.join("docs/vendors")).unwrap() {
        pages.push(page.unwrap().path());
    }
    let document = control_document::checked_in();
    let mut run = 0;
    for page in pages {
        let vendors: Vec<_> = PORTS.iter().filter(|(name, _)| *name != "hub").collect();
        let vendors: Vec<_> = vendors.iter().map(|(name, _)| format!("{name}=0")).collect();
        let flags = ["--vendor", &vendors.join(","), "--hub", "0", "--seed", "42"];
        let ringback = Started::with(&flags);
        let mut kept: Vec<(String, String)> = Vec::new();
        for Sample { command, answer } in samples(&std::fs::read_to_string(&page).unwrap()) {
            let fill = |text: String, (name, value): &(String, String)| {
                text.replace(&format!("${name}"), value)
            };
            let command = kept.iter().fold(command, fill);
            if let Some((name, request, key)) = assignment(&command) {
                let found = curl(&ringback, request).await;
                let value = value(&found, key).unwrap_or_else(|| panic!("{command}\n{found}"));
                kept.push((name.to_owned(), value.to_owned()));
                run += 1;
            }
            if command.starts_with("curl ") {
                let played = sent(&ringback, &command).await;
                let found = said(&played);
                let is_control =
                    ["/__admin", "/__inbox/"].iter().any(|it| played.url.starts_with(it));
                let faults = if is_control { played.faults(&document) } else { Vec::new() };
                assert!(faults.is_empty(), "{}\n$ {command}\n{faults:?}", page.display());
                let like = is_like(&answer, &found);
                assert!(like, "{}\n$ {command}\nwanted {answer}\nfound  {found}", page.display());
                run += 1;
            }
        }
    }
    assert!(run >= 11, "only {run} samples were found");
}
