//! Fuzz targets: what agents ask the tools for.

use std::cell::RefCell;
use std::time::Duration;

use rmcp::ServiceExt as _;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, Lines, ReadHalf},
    io::{WriteHalf, duplex, split},
    runtime::Runtime,
    time::timeout,
};

use super::{
    args::StartVendors,
    home::{Home, Place},
    tools::Tools,
};

/// The most calls of one input.
const MOST: usize = 10;

/// The longest jump of a clock, in seconds.
const JUMP: f64 = 172_800.0;

/// Two vendors that run for all inputs of a test, each of which finds them as they were in the beginning.
struct World {
    runtime: Runtime,
    url: String,
    /// Keeps them alive.
    home: Home,
}

thread_local! {
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

/// An agent that has said who it is.
struct Agent {
    to: WriteHalf<DuplexStream>,
    from: Lines<BufReader<ReadHalf<DuplexStream>>>,
    asked: u64,
}

impl Agent {
    async fn begin(home: Home) -> Self {
        let (ours, theirs) = duplex(1 << 16);
        let (read, write) = split(theirs);
        tokio::spawn(async move {
            let service = Tools::new(home).serve((read, write)).await.expect("a session");
            service.waiting().await
        });
        let (from, to) = split(ours);
        let mut agent = Self { to, from: BufReader::new(from).lines(), asked: 0 };
        let client = json!({ "name": "test", "version": "1" });
        let who =
            json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client });
        agent.ask("initialize", &who).await;
        agent.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        agent
    }

    async fn send(&mut self, message: &Value) {
        self.to.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    async fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
        loop {
            let line = self.from.next_line().await.unwrap().expect("an answer");
            let answer: Value = serde_json::from_str(&line).unwrap();
            if answer["id"] == id {
                return answer;
            }
        }
    }
}

impl World {
    fn new() -> Self {
        let home = Home::default();
        let vendors = vec!["mango".to_owned(), "voip24h".to_owned()];
        let (seed, settings) = (7, serde_json::Map::new());
        home.start(&StartVendors { vendors, seed, running_clock: false, settings }).unwrap();
        let url = home.place().unwrap().url().to_owned();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, url, home }
    }

    fn play(&self, calls: Vec<(&str, Value)>) {
        self.runtime.block_on(async {
            let mut agent = Agent::begin(Home::running(&self.url, None).unwrap()).await;
            for (tool, arguments) in calls {
                let asked = json!({ "name": tool, "arguments": arguments });
                let answer = agent.ask("tools/call", &asked);
                let answer = timeout(Duration::from_secs(8), answer).await.expect("an answer");
                check(&asked, &answer);
            }
        });
        let place: &Place = &self.home.place().unwrap();
        for (method, path, body) in [
            ("PUT", "/clock", Some(json!({ "frozen": true, "rate": 1 }))),
            ("POST", "/reset", None),
        ] {
            place.control(method, path, body.as_ref()).unwrap();
        }
    }
}

/// Checks what a tool says.
fn check(asked: &Value, answer: &Value) {
    let Some(result) = answer.get("result") else {
        // Arguments of another form; anything else would be a fault of the server.
        assert_eq!(answer["error"]["code"], -32602, "{asked}: {answer}");
        return;
    };
    let text = result["content"][0]["text"].as_str().expect("a text");
    assert!(!text.is_empty(), "{asked}");
    match (result["isError"] == true, asked["name"].as_str()) {
        (true, _) => assert!(!text.starts_with('5'), "{asked}: {text}"),
        (false, Some("make_test")) => {
            assert!(is_whole(text), "{asked}: {text}");
        }
        _ => {}
    }
}

/// Returns whether what is opened in a source is closed, no text goes over the end of its line, and every name
/// is given once.
fn is_whole(source: &str) -> bool {
    let mut open = Vec::new();
    let given = source.lines().filter_map(|line| line.trim().strip_prefix("const "));
    let mut given: Vec<_> = given.filter_map(|line| line.split_once(" =")).collect();
    given.sort_unstable();
    if given.windows(2).any(|two| two[0].0 == two[1].0) {
        return false;
    }
    for line in source.lines() {
        let mut letters = line.char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => loop {
                    match letters.next() {
                        Some((_, '"')) => break,
                        Some((_, '\\')) => drop(letters.next()),
                        Some(_) => {}
                        None => return false,
                    }
                },
                '#' => break,
                '/' if line[at..].starts_with("//") => break,
                '(' | '[' | '{' => open.push(letter),
                ')' | ']' | '}' => {
                    let pair = [open.pop().unwrap_or(' '), letter];
                    if ![['(', ')'], ['[', ']'], ['{', '}']].contains(&pair) {
                        return false;
                    }
                }
                _ => {}
            }
        }
    }
    open.is_empty()
}

/// Reads the name of a tool and its arguments; what would take long or go to others is left out.
fn call(line: &str) -> Option<(&str, Value)> {
    let (tool, arguments) = line.split_once(' ').unwrap_or((line, "{}"));
    let mut arguments: Value = serde_json::from_str(arguments).ok()?;
    let far = |name: &str| arguments.get(name).and_then(Value::as_f64).is_some_and(|it| it > JUMP);
    let later = |name: &str| {
        let text = arguments.get(name).and_then(Value::as_str).unwrap_or_default();
        !text.starts_with("2026-01-0")
    };
    let goes = match tool {
        "move_clock" => {
            !far("seconds") && !far("max") && (arguments.get("to").is_none() || !later("to"))
        }
        // A stub may take its time, and others are no business of a test.
        "control_api" => {
            let long = ["clock", "wait", "mappings", "settings", "webhook", "control"];
            let path = arguments.get("path").and_then(Value::as_str).unwrap_or_default();
            !long.iter().any(|long| path.contains(long) || path.contains('%'))
        }
        "start_vendors" => false,
        _ => true,
    };
    if tool == "verify" && arguments.get("wait").and_then(Value::as_f64).is_some_and(|it| it > 0.01)
    {
        arguments["wait"] = 0.01.into();
    }
    (goes && !line.contains("://")).then_some((tool, arguments))
}

/// Lines of a tool and its arguments, and then a test made of what was done in each language.
#[test]
fn tool_calls() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        let mut calls: Vec<(&str, Value)> = text.lines().filter_map(call).take(MOST).collect();
        if calls.is_empty() {
            return;
        }
        for (vendor, language) in
            [("mango", "python"), ("voip24h", "typescript"), ("mango", "javascript")]
        {
            let made = json!({ "vendor": vendor, "language": language, "name": text });
            calls.push(("make_test", made));
        }
        WORLD.with_borrow_mut(|world| world.get_or_insert_with(World::new).play(calls));
    });
}
