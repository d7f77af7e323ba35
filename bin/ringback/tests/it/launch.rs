use std::net::TcpListener;

use awc::Client;
use serde_json::{Value, json};

use crate::started::{Started, folder, mistake, ringback};

const PARTNER: &str = "/api/v1/partner/voip24h";

async fn get(url: &str) -> Value {
    let mut answer = Client::default().get(url).send().await.expect("an answer");
    serde_json::from_slice(&answer.body().await.unwrap()).unwrap_or_default()
}

async fn users_calls(url: &str, secret: &str) -> Value {
    let data = json!({ "user": "137" });
    let request = json!({ "requestType": "getUser", "partnerSecret": secret, "data": data });
    let client = Client::default();
    let mut answer = client.post(format!("{url}{PARTNER}")).send_json(&request).await.unwrap();
    answer.json().await.unwrap()
}

#[actix_web::test]
async fn both_vendors_answer_on_one_port_and_the_hub_speaks_for_both() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (voip, impact) = (format!("voip24h={port}"), format!("impactpbx={port}"));
    let ringback = Started::with(&["--vendor", &voip, "--vendor", &impact, "--hub", "0"]);
    let url = ringback.url("voip24h");
    assert_eq!(ringback.url("impactpbx"), url);
    assert_eq!(users_calls(&url, "rdn7mllWMqND7S5DnZF8").await["respCode"], 0);
    assert_eq!(get(&format!("{url}/get_cdr")).await["total"], 5);

    // Each keeps its own words for what it does not know.
    assert_eq!(get(&format!("{url}/api/v1/other")).await["respMsg"], "Not Found");
    assert_eq!(get(&format!("{url}{PARTNER}")).await["respMsg"], "Method Not Allowed");

    let health = get(&format!("{}/__admin/health", ringback.url("hub"))).await;
    assert_eq!(health["vendors"].as_array().unwrap().len(), 2);
    let calls = get(&format!("{}/__admin/voip24h/calls", ringback.url("hub"))).await;
    assert_eq!(calls["calls"].as_array().unwrap().len(), 4);
    let calls = get(&format!("{}/__admin/calls", ringback.url("hub"))).await;
    let calls = calls["calls"].as_array().unwrap();
    let of = |vendor: &str| calls.iter().filter(|call| call["vendor"] == vendor).count();
    assert_eq!((of("voip24h"), of("impactpbx"), calls.len()), (4, 5, 9));
    // All of them go by one clock.
    let clock = get(&format!("{url}/__admin/clock")).await;
    assert_eq!((&clock["frozen"], &clock["offset"]), (&json!(false), &json!(0.0)));
}

#[actix_web::test]
async fn vendors_have_one_clock_or_on_request_each_its_own() {
    for (clocks, moves) in [("shared", true), ("per-vendor", false)] {
        let flags = ["--vendor", "voip24h=0,impactpbx=0", "--hub", "0", "--freeze", "--clock"];
        let ringback = Started::with(&[&flags[..], &[clocks]].concat());
        let client = Client::default();
        let advance = client.post(format!("{}/__admin/clock/advance", ringback.url("voip24h")));
        let mut answer = advance.send_json(&json!({ "seconds": 60 })).await.unwrap();
        assert_eq!(answer.json::<Value>().await.unwrap()["to"], "2026-01-05T09:01:00.000000Z");
        let now = async |name: &str| get(&format!("{}/__admin/clock", ringback.url(name))).await;
        let (voip, impact, hub) = (now("voip24h").await, now("impactpbx").await, now("hub").await);
        assert_eq!(voip["now"], "2026-01-05T09:01:00.000000Z", "{clocks}");
        assert_eq!(impact == voip, moves, "{clocks}: {impact}");
        match moves {
            true => assert_eq!(hub, voip),
            false => assert_eq!(hub["vendors"]["impactpbx"], impact),
        }
    }
}

#[test]
fn a_mistake_is_one_line_that_says_which_and_what_to_do() {
    for (flags, part) in [
        (["--vendor", "voip25h"], "\"voip25h\"; did you mean voip24h?"),
        (["--vendor", "twilio"], "known are impactpbx, mango, scfm, tel4vn, voip24h"),
        (["--vendor", "voip24h=x"], "no port"),
        (["--vendor", "voip24h,voip24h"], "already"),
        (["--webhook", "impactpbx"], "NAME=URL"),
        (["--webhook", "nobody=http://x"], "unknown vendor"),
        (["--webhook", "mnago=http://x"], "did you mean mango?"),
        (["--webhook", "impactpbx=javascript:alert(1)"], "javascript:alert(1)"),
        (["--webhook", "impactpbx=http://x:99999/"], "port"),
        (["--webhook", "impactpbx=http://8.8.8.8/"], "8.8.8.8 is a public address"),
        (["--webhook", "impactpbx=http://169.254.169.254/"], "link-local"),
        (["--webhook", "impactpbx=ftp://x"], "ftp://x"),
        (["--webhook", "impactpbx=http://8.8.8.8/x"], "--allow-public-webhooks"),
        (["--webhook", "impactpbx=http://[fd00:ec2::254]"], "metadata service"),
        (["--webhook", "impactpbx=http://127.0.0.1:99999/x"], "no valid port"),
        (["--set", "impactpbx.webhook_url=http://8.8.8.8/x"], "--allow-public-webhooks"),
        (["--bind", "0.0.0.0"], "--control-token"),
        (["--rate", "0"], "--rate 0"),
        (["--freeze=yesterday", "--no-hub"], "2026-01-05T09:00:00Z"),
        (["--scenario", "/nowhere.toml"], "--scenario /nowhere.toml"),
        (["--public-url", "not a url"], "--public-url"),
        (["--public-url", "javascript:x"], "--public-url \"javascript:x\""),
        (["--public-url", "http://x/?y"], "--public-url"),
        (["--workers", "0"], "--workers 0: from 1 to 256"),
        (["--workers", "100000"], "--workers 100000: from 1 to 256"),
        (["--workers", "-1"], "'-1' for '--workers"),
        (["--rate", "nan"], "'nan' for '--rate"),
        (["--rate", "-5"], "--rate -5"),
        (["--sed", "3"], "'--sed' found; a similar argument exists: '--seed'"),
        (["--seed", "x"], "'x' for '--seed"),
        (["--accounts", "opne"], "'open'"),
        (["--hub", "8000"], "--hub 8000: voip24h is on that port"),
        (["--set", "impactpbx=1"], "NAME.KEY=VALUE"),
        (["--set", "nobody.x=1"], "known are"),
        (["--set", "mnago.x=1"], "did you mean mango?"),
        (["--set", "impactpbx.tenant=1"], "impactpbx.tenant=1: tenant = "),
        (
            ["--set", "scfm.dialling.capacty=1"],
            "unknown key dialling.capacty; did you mean capacity?",
        ),
        (["--set", "scfm.provider.refused=2"], "provider.refused = 2: 2 is not a share"),
        (["--set", "mango.webhook_retries=5"], "webhook_retries = 5: expected a list"),
        (["--set", "impactpbx.generation=2019"], "possible are ringback, 2020, 2021"),
        (["--fixtures", "/nowhere"], "no such folder"),
        (["--config", "/nowhere.toml"], "/nowhere.toml"),
        (["--tls-cert", "/nowhere.pem"], "--tls-key"),
    ] {
        let said = mistake(&flags);
        assert!(said.contains(part), "{flags:?}: {said}");
    }
}

#[test]
fn a_broken_file_is_named_with_its_fault() {
    let folder = folder("broken");
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    for (name, text, part) in [
        ("a.toml", "rate = \"fast\"", "a.toml: rate = \"fast\": expected a number"),
        ("b.toml", "sead = 3", "b.toml: unknown key sead; did you mean seed?"),
        ("c.toml", "[mango]\nx = 1", "c.toml: [mango]: unknown key x; known are api_key"),
        ("d.toml", "[mnago]\nx = 1", "unknown key mnago; did you mean mango?"),
        ("e.toml", "seed = 1\n= 1", "e.toml: line 2"),
        ("f.toml", "mango = 1", "f.toml: mango has to be a section"),
        ("g.toml", "no-hub = true\nno_hub = true", "no-hub is there twice"),
        ("h.toml", "workers = 0", "h.toml: workers 0: from 1"),
        ("i.toml", "vendor = [\"mnago\"]", "i.toml: vendor mnago: unknown vendor"),
        ("j.toml", "webhook = 5", "j.toml: webhook = 5: "),
        ("k.toml", "[webhook]\nmango = 5", "k.toml: webhook = {\"mango\":5}: "),
        ("l.toml", "[webhook]\nvoip24h = \"ftp://localhost\"", "ftp://localhost"),
    ] {
        let said = mistake(&["--config", &file(name, text)]);
        assert!(said.contains(part), "{name}: {said}");
    }
    for (name, text, part) in [
        ("s.toml", "[[rules]]\nto = \"1\"\noutcome = \"bussy\"", "did you mean busy?"),
        (
            "t.json",
            "{\"rules\": [{\"to\": \"1\", \"otcome\": \"busy\"}]}",
            "unknown key rules[0].otcome; did you mean outcome?",
        ),
        ("u.json", "{", "u.json"),
        ("v.json", "{\"rule\": []}", "unknown key rule; did you mean rules?"),
        ("w.json", "{\"rules\": {}}", "rules = {}: expected a list"),
        ("x.json", "{\"voip24h\": {\"rulez\": []}}", "voip24h: unknown key rulez"),
        ("y.json", "{\"voip24\": {\"rules\": []}}", "unknown key voip24; did you mean voip24h?"),
        ("z.json", "[]", "z.json: there has to be a JSON object"),
        ("s.json", "{\"service\": []}", "unknown key service; did you mean services?"),
        ("sn.json", "{\"services\": [{\"number\": \"5\"}]}", "services[0]: kind is missing"),
        (
            "sk.toml",
            "[[mango.services]]\nnumber = \"5\"\nkind = { ring_group = { member = [] } }",
            "mango: unknown key services[0].kind.ring_group.member; did you mean members?",
        ),
    ] {
        let said = mistake(&["--scenario", &file(name, text)]);
        assert!(said.contains(part), "{name}: {said}");
    }
    let fresh = file("fixtures/voip24h/fresh.json", "{\"partner_secrets\": 5}");
    let fixtures = fresh.strip_suffix("/voip24h/fresh.json").unwrap();
    let said = mistake(&["--fixtures", fixtures]);
    assert!(said.contains("voip24h: fresh.json"), "{said}");
    let (cert, key) = (file("c.pem", "x"), file("k.pem", "y"));
    let said = mistake(&["--tls-cert", &cert, "--tls-key", &key]);
    assert!(said.contains("c.pem"), "{said}");
}

#[actix_web::test]
async fn a_flag_beats_a_variable_and_a_variable_beats_the_file() {
    let folder = folder("precedence");
    let text = "vendor = [\"voip24h=0\"]\nno-hub = true\nseed = 1\naccounts = \"open\"\n";
    std::fs::write(folder.join("ringback.toml"), text).unwrap();
    let seed = |flags: &[&str], variable: Option<&str>| {
        let mut command = ringback(&folder, &[&["--log-format", "json"], flags].concat());
        if let Some(value) = variable {
            command.env("RINGBACK_SEED", value);
        }
        Started::of(command)
    };
    assert_eq!(seed(&[], None).table["seed"], 1);
    assert_eq!(seed(&[], Some("2")).table["seed"], 2);
    let started = seed(&["--seed", "3"], Some("2"));
    assert_eq!(started.table["seed"], 3);
    let calls = users_calls(&started.url("voip24h"), "a secret of mine").await;
    assert_eq!(calls["data"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn a_scenario_decides_and_two_instances_of_a_vendor_are_two_exchanges() {
    let folder = folder("scenario");
    let path = folder.join("scenario.toml");
    let text = "[[rules]]\nto = \"0912*\"\noutcome = \"busy\"\n\n[[voip24h.extensions]]\nnumber = \"106\"\n";
    std::fs::write(&path, text).unwrap();
    let scenario = path.to_str().unwrap();
    let flags =
        ["--scenario", scenario, "--vendor", "voip24h=0,voip24h=0", "--hub", "0", "--freeze"];
    let started = Started::with(&flags);
    let url = started.url("voip24h");
    let dial = json!({
        "requestType": "makeDial",
        "partnerSecret": "rdn7mllWMqND7S5DnZF8",
        "data": { "extension": "106", "phone": "0912345678" },
    });
    let client = Client::default();
    let mut answer = client.post(format!("{url}{PARTNER}")).send_json(&dial).await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["respCode"], 0);
    let advance = client.post(format!("{}/__admin/clock/advance", started.url("hub")));
    advance.send_json(&json!({ "seconds": 60 })).await.unwrap();
    let call = &get(&format!("{url}/__admin/calls")).await["calls"][0];
    assert_eq!(call["cause"], "USER_BUSY");
    let other = get(&format!("{}/__admin/calls", started.url("voip24h-2"))).await;
    assert_eq!(other["calls"].as_array().unwrap().len(), 4);
    assert_eq!(
        get(&format!("{}/__admin/voip24h-2/clock", started.url("hub"))).await["frozen"],
        true
    );
}

#[test]
fn empty_variables_say_nothing_and_switches_take_what_people_write() {
    let mut command = ringback(&std::env::temp_dir(), &["--log-format", "json", "--freeze"]);
    command
        .env("RINGBACK_SEED", "")
        .env("RINGBACK_WEBHOOK", "")
        .env("RINGBACK_VENDOR", "voip24h=0");
    command.env("RINGBACK_NO_HUB", "1").env("RINGBACK_TLS", "no").env("RINGBACK_RATE", "5");
    let started = Started::of(command);
    assert_eq!(started.table["listening"].as_array().unwrap().len(), 1);
    assert!(started.url("voip24h").starts_with("http://"));

    let folder = folder("frozen");
    let text = "vendor = [\"voip24h=0\"]\nno-hub = true\nfreeze = true\nlog-format = \"json\"\n";
    std::fs::write(folder.join("ringback.toml"), text).unwrap();
    Started::of(ringback(&folder, &[]));
}

#[actix_web::test]
async fn a_vendors_own_settings_are_set_by_flag_and_variable() {
    let tenant = "3f0c9a52-0a4e-4d0e-9b55-5a2c1d7be901";
    let said = format!("impactpbx.tenant={tenant}");
    let flags = ["--log-format", "json", "--vendor", "impactpbx=0", "--no-hub", "--set", &said];
    let mut command = ringback(&std::env::temp_dir(), &flags);
    assert!(Started::of(command).table.to_string().contains(tenant));
    command = ringback(&std::env::temp_dir(), flags.split_at(5).0);
    command.env("RINGBACK_SET", format!("{said},impactpbx.domain=pbx.example"));
    let started = Started::of(command);
    assert!(started.table.to_string().contains(tenant));
    let cdrs = get(&format!("{}/get_cdr", started.url("impactpbx"))).await;
    assert_eq!(cdrs["data"][0]["domain_name"], "pbx.example");
}
