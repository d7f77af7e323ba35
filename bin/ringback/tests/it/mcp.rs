//! `ringback mcp`, spoken to as an agent speaks to it: lines of JSON-RPC.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value, json};

use crate::started::{Started, ringback};

struct Agent {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    asked: u64,
}

impl Agent {
    fn begin(flags: &[&str]) -> Self {
        let mut command = ringback(&std::env::temp_dir(), &[&["mcp"], flags].concat());
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut agent = Self { child, to, from: BufReader::new(from), asked: 0 };
        let client = json!({ "name": "test", "version": "1" });
        let begun = agent.ask(
            "initialize",
            &json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client }),
        );
        assert_eq!(begun["result"]["serverInfo"]["name"], "ringback", "{begun}");
        assert!(begun["result"]["instructions"].as_str().unwrap().contains("start_vendors"));
        agent.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        agent
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.to, "{message}").unwrap();
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let mut line = String::new();
            self.from.read_line(&mut line).unwrap();
            let answer: Value = serde_json::from_str(&line).expect("a line of JSON");
            if answer["id"] == id {
                return answer;
            }
        }
    }

    /// Calls a tool; returns whether it was refused, and what it says.
    fn call(&mut self, tool: &str, arguments: &Value) -> (bool, String) {
        let answer = self.ask("tools/call", &json!({ "name": tool, "arguments": arguments }));
        let result = &answer["result"];
        let text = result["content"][0]["text"].as_str();
        let text = text.map_or_else(|| answer["error"].to_string(), str::to_owned);
        (result["isError"] == true || !answer["error"].is_null(), text)
    }

    fn text(&mut self, tool: &str, arguments: &Value) -> String {
        let (refused, text) = self.call(tool, arguments);
        assert!(!refused, "{tool} {arguments}: {text}");
        text
    }

    fn json(&mut self, tool: &str, arguments: &Value) -> Value {
        serde_json::from_str(&self.text(tool, arguments)).unwrap()
    }

    fn refused(&mut self, tool: &str, arguments: &Value) -> String {
        let (refused, text) = self.call(tool, arguments);
        assert!(refused, "{tool} {arguments}: {text}");
        text
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_agent_plays_a_busy_customer_and_writes_it_down() {
    let mut agent = Agent::begin(&[]);
    let started = agent.json("start_vendors", &json!({ "vendors": ["mango", "voip24h"] }));
    assert_eq!(started["vendors"][0]["name"], "mango");
    assert_eq!(started["clock"]["frozen"], true);
    let account = agent.json("open_account", &json!({ "vendor": "voip24h", "account": "crm" }));
    assert_eq!(account["credentials"]["partnerSecret"], "crm");

    let whose = json!({ "vendor": "voip24h", "account": "crm" });
    let with = |more: Value| {
        let mut all = whose.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    agent.json("set_rule", &with(json!({ "to": "0912*", "outcome": "busy" })));
    let body = json!({
        "requestType": "makeDial", "partnerSecret": "crm",
        "data": { "extension": "101", "phone": "0912345678" }
    });
    let request = json!({ "vendor": "voip24h", "path": "/api/v1/partner/voip24h", "body": body });
    assert_eq!(agent.json("request_vendor", &request)["body"]["respMsg"], "Success");
    let by_hand = json!({ "from": "0987654321", "to": "102", "outcome": "manual" });
    let call = agent.json("place_call", &with(by_hand))["id"].as_str().unwrap().to_owned();
    agent.json("drive_call", &json!({ "call": call, "verb": "answer", "leg": "b" }));
    let moved = agent.json("move_clock", &with(json!({ "seconds": 30 })));
    assert!(moved["event_count"].is_u64(), "{moved}");
    agent.json("drive_call", &json!({ "call": call, "verb": "hang_up" }));

    let busy = json!({ "event": "call_ended", "cause": "USER_BUSY" });
    agent.json("verify", &with(json!({ "match": busy, "times": 1 })));
    agent.json("verify", &with(json!({ "match": busy, "wait": 1 })));
    let calls = agent.json("list_calls", &with(json!({ "to": "0912*" })));
    assert_eq!(calls["calls"][0]["cause"], "USER_BUSY");
    let requests = agent.json("list_requests", &with(json!({ "operation": "partner" })));
    assert_eq!(requests["total"], 1);
    let drawn = agent.text("show_call", &json!({ "call": call, "drawn": true }));
    assert!(drawn.starts_with("sequenceDiagram"), "{drawn}");

    let test = with(json!({ "language": "python", "name": "A busy customer" }));
    assert_eq!(
        agent.text("make_test", &test),
        r#"def test_a_busy_customer(voip24h):
    voip24h.when("0912*").is_busy()
    # here your code sends POST /api/v1/partner/voip24h (partner)
    call_1 = voip24h.dial("0987654321", "102", behaviour={"outcome": "manual"})
    call_1.callee.answer()
    voip24h.advance(seconds=30)
    call_1.do("hang_up")
    voip24h.verify({"cause": "USER_BUSY", "event": "call_ended"}, times=1)
    voip24h.wait({"cause": "USER_BUSY", "event": "call_ended"}, timeout=1)
    call_2 = voip24h.calls(from_="101", to="0912345678")[0]

    assert call_2.cause == "USER_BUSY"
    assert call_1.cause == "NORMAL_CLEARING"
    voip24h.verify({"kind": "request", "operation": "partner"}, times=1)
"#
    );
}

#[test]
fn what_does_not_hold_is_told_with_what_came_nearest() {
    let mut agent = Agent::begin(&[]);
    agent.json("start_vendors", &json!({ "vendors": ["mango"] }));
    let inbox = json!({ "vendor": "mango", "name": "crm", "plan": [500] });
    assert_eq!(agent.json("set_inbox", &inbox)["url"], "inbox:crm");
    let call = json!({ "vendor": "mango", "from": "79161234567", "to": "101", "outcome": "busy" });
    agent.json("place_call", &call);
    agent.json("move_clock", &json!({ "until_idle": true }));
    let received = agent.json("read_inbox", &json!({ "name": "crm" }));
    assert_eq!(received["messages"][0]["valid"], true, "{received}");
    let failed = agent.json("list_webhooks", &json!({ "state": "failed" }));
    assert_eq!(failed["total"], 1, "{failed}");

    let wanted = json!({ "event": "call_ended", "cause": "NO_ANSWER" });
    let said = agent.refused("verify", &json!({ "match": wanted }));
    let nearest = r#"  NOT /match/cause: wanted "NO_ANSWER", there is "USER_BUSY""#;
    assert!(said.contains(nearest), "{said}");
    let slip = json!({ "vendor": "mango", "match": { "opration": "callback" } });
    assert!(agent.refused("verify", &slip).contains("hint: did you mean operation?"));
}

#[test]
fn what_is_meant_is_told_where_it_is_not_understood() {
    let mut agent = Agent::begin(&[]);
    let list = agent.ask("tools/list", &json!({}));
    let tools = list["result"]["tools"].as_array().unwrap();
    assert_eq!(tools.len(), 18);
    for tool in tools {
        assert!(tool["description"].as_str().unwrap().len() > 40, "{tool}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
    }
    let none = agent.refused("list_calls", &json!({}));
    assert_eq!(none, "no vendor runs: start_vendors starts them");
    let slip = agent.refused("start_vendors", &json!({ "vendors": ["mnago"] }));
    assert_eq!(slip, "no vendor mnago; did you mean mango?");
    let settings =
        json!({ "vendors": ["mango"], "settings": { "mango": { "webhook_retris": 1 } } });
    assert!(agent.refused("start_vendors", &settings).contains("webhook_retries"));
    assert!(agent.refused("start_vendors", &json!({ "vendor": ["mango"] })).contains("vendors"));
    agent.json("start_vendors", &json!({}));
    let cause = json!({ "vendor": "mango", "outcome": "fail" });
    assert_eq!(agent.refused("set_rule", &cause), "the outcome fail needs a cause");
    let head = json!({ "vendor": "mango", "path": "/a\r\nx: y" });
    assert!(agent.refused("request_vendor", &head).contains("control characters"));
    let chaos = json!({ "method": "put", "path": "/mango/chaos", "body": { "drop": 2 } });
    assert!(agent.refused("control_api", &chaos).contains("at /drop: has to be a share"));
    for path in ["/events?since=0", "/mango/events", "/__admin/events/"] {
        let stream = json!({ "method": "get", "path": path });
        assert!(agent.refused("control_api", &stream).contains("is a stream"), "{path}");
    }

    assert!(agent.text("read_docs", &json!({})).contains("vendors/mango"));
    let part = json!({ "page": "control-api", "heading": "Chaos" });
    let part = agent.text("read_docs", &part);
    assert!(part.starts_with("## Chaos\n") && !part.contains("## Watching"), "{part}");
    assert!(
        agent.refused("read_docs", &json!({ "page": "vendors/mnago" })).contains("vendors/mango")
    );
}

#[test]
fn a_ringback_that_runs_is_worked_with() {
    let running = Started::with(&["--vendor", "mango=0", "--hub", "0", "--freeze"]);
    let mut agent = Agent::begin(&["--url", &running.url("hub")]);
    let call = json!({ "vendor": "mango", "from": "79161234567", "to": "101" });
    let id = agent.json("place_call", &call)["id"].clone();
    let shown = agent.json("show_call", &json!({ "call": id }));
    assert_eq!(shown["vendor"], "mango");
    let said = agent.refused("start_vendors", &json!({}));
    assert!(said.contains("a Ringback that runs already"), "{said}");
}
