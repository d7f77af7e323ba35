//! Files, variables and flags: what may be written how, and what is said about it.

use awc::Client;
use serde_json::{Value, json};

use crate::started::{Started, failure, folder, ringback, success};

async fn get(url: &str) -> Value {
    let mut answer = Client::default().get(url).send().await.expect("an answer");
    answer.json().limit(10 << 20).await.unwrap()
}

async fn post(url: &str, body: &Value) -> Value {
    let request = Client::default().post(url).timeout(std::time::Duration::from_secs(30));
    request.send_json(body).await.expect("an answer").json().limit(10 << 20).await.unwrap()
}

/// The vendors but one, each on a free port.
const ALL: &str = "impactpbx=0,mango=0,scfm=0,tel4vn=0,voip24h=0";

/// Dials a number from outside, returns whether a phone rings then, and lets the call end.
async fn rings(url: &str, number: &str, phone: &str) -> bool {
    let dial = json!({ "from": "84912345678", "to": number, "direct": true });
    let call = post(&format!("{url}/__admin/calls"), &dial).await;
    post(&format!("{url}/__admin/clock/advance"), &json!({ "seconds": 7200 })).await;
    // A number that nobody has is refused by some vendors.
    let legs = call["legs"].as_array().cloned().unwrap_or_default();
    legs.iter().any(|leg| leg["party"] == json!({ "kind": "extension", "number": phone }))
}

#[actix_web::test]
async fn services_of_a_scenario_are_there_for_all_vendors_and_for_one_in_either_form() {
    let folder = folder("services");
    let toml = "\
        [[extensions]]\nnumber = \"901\"\n\n\
        [[services]]\nnumber = \"950\"\nkind = { ring_group = { members = [\"901\"], ring = 5 } }\n\n\
        [[mango.services]]\nnumber = \"951\"\nkind = { ring_group = { members = [\"901\"] } }\n\n\
        [[mango.services]]\nnumber = \"952\"\n[mango.services.kind.menu]\ngreeting = 5\n\
        keys = { 1 = \"950\" }\n";
    let json = json!({
        "extensions": [{ "number": "901" }],
        "services": [{ "number": "950", "kind": { "ring_group": { "members": ["901"], "ring": 5 } } }],
        "mango": { "services": [
            { "number": "951", "kind": { "ring_group": { "members": ["901"] } } },
            { "number": "952", "kind": { "menu": { "greeting": 5, "keys": { "1": "950" } } } },
        ] },
    });
    std::fs::write(folder.join("s.toml"), toml).unwrap();
    std::fs::write(folder.join("s.json"), json.to_string()).unwrap();
    for name in ["s.toml", "s.json"] {
        let flags = ["--log-format", "json", "--vendor", ALL, "--no-hub", "--freeze"];
        let scenario = ["--scenario", name];
        let started = Started::of(ringback(&folder, &[&flags[..], &scenario].concat()));
        for after_reset in [false, true] {
            for vendor in ["impactpbx", "mango", "scfm", "tel4vn", "voip24h"] {
                let url = started.url(vendor);
                if after_reset {
                    post(&format!("{url}/__admin/reset"), &json!({})).await;
                }
                let about = format!("{name}: {vendor}, after a reset: {after_reset}");
                // Two of them have no extensions of their own to call services.
                if !["impactpbx", "scfm"].contains(&vendor) {
                    assert!(rings(&url, "950", "901").await, "{about}");
                    assert_eq!(rings(&url, "951", "901").await, vendor == "mango", "{about}");
                }
                for (number, is_there) in [("950", true), ("952", vendor == "mango")] {
                    let remove = json!({ "do": "remove_service", "number": number });
                    let answer = post(&format!("{url}/__admin/control"), &remove).await;
                    let wanted = if is_there { Value::Null } else { 404.into() };
                    assert_eq!(answer["status"], wanted, "{about}: {answer}");
                }
            }
        }
    }
}

#[actix_web::test]
async fn a_comma_belongs_to_the_value_of_a_flag_and_separates_in_a_variable() {
    let folder = folder("commas");
    let show = |flags: &[&str], variables: &[(&str, &str)]| {
        let mut command = ringback(&folder, &[&["config", "show"], flags].concat());
        success({
            command.envs(variables.iter().copied());
            command
        })
    };
    let retries = "webhook_retries = [5, 30]";
    let text = "application_key = \"a, b\"";
    let page = show(
        &["--set", "mango.webhook_retries=[5, 30]", "--set", "impactpbx.domain=a, b.example"],
        &[],
    );
    assert!(page.contains(retries), "{page}");
    assert!(page.contains("domain = \"a, b.example\""), "{page}");
    let page = show(&["--set", "tel4vn.hook_prefix=\"x, y\""], &[]);
    assert!(page.contains("hook_prefix = \"x, y\""), "{page}");
    let page = show(&["--set", "impactpbx.unfinished={ ring = 0.5, answered = 0.25 }"], &[]);
    assert!(page.contains("unfinished.ring = 0.5"), "{page}");
    assert!(page.contains("unfinished.answered = 0.25"), "{page}");

    let set = "mango.webhook_retries=[5, 30],impactpbx.domain=pbx.example";
    let page = show(&[], &[("RINGBACK_SET", set)]);
    assert!(page.contains(retries) && page.contains("domain = \"pbx.example\""), "{page}");
    // What a flag sets goes before what the variable sets, key by key.
    let page = show(&["--set", "impactpbx.domain=flag.example"], &[("RINGBACK_SET", set)]);
    assert!(page.contains(retries) && page.contains("domain = \"flag.example\""), "{page}");
    assert!(!page.contains(text), "{page}");
    // A text that looks like a number is a text where one is wanted.
    let page = show(&["--set", "impactpbx.domain=123", "--set", "impactpbx.generation=2020"], &[]);
    assert!(page.contains("domain = \"123\"") && page.contains("generation = \"2020\""), "{page}");
}

#[actix_web::test]
async fn a_webhook_with_a_comma_is_delivered_to_that_address() {
    for by_variable in [false, true] {
        let receiver = ringback_testkit::Receiver::start(ringback_testkit::Temper::Answers(200));
        let said = format!("mango={}?a=1,2", receiver.url());
        let flags = ["--log-format", "json", "--vendor", "mango=0", "--no-hub", "--freeze"];
        let mut command = match by_variable {
            true => ringback(&std::env::temp_dir(), &flags),
            false => ringback(&std::env::temp_dir(), &[&flags[..], &["--webhook", &said]].concat()),
        };
        if by_variable {
            command.env("RINGBACK_WEBHOOK", format!("{said},impactpbx=http://127.0.0.1:1/?b=3,4"));
        }
        let started = Started::of(command);
        assert!(rings(&started.url("mango"), "101", "101").await);
        let line = receiver.wait_for(1)[0].line.clone();
        assert!(line.contains("?a=1,2"), "{line}");
    }
}

async fn status(url: &str, user: Option<(&str, &str)>) -> u16 {
    let client = Client::default();
    let mut request = client.get(url);
    if let Some((user, password)) = user {
        request = request.basic_auth(user, password);
    }
    request.send().await.expect("an answer").status().as_u16()
}

/// field report, S1 and S2
#[actix_web::test]
async fn scfm_takes_user_and_password_from_the_variables_of_its_document() {
    let flags = ["--log-format", "json", "--vendor", "scfm=0", "--no-hub"];
    let start = |more: &[&str], variables: &[(&str, &str)]| {
        let mut command = ringback(&std::env::temp_dir(), &[&flags[..], more].concat());
        command.envs(variables.iter().copied());
        Started::of(command)
    };
    let user = ("HTTP_BASIC_AUTH_USER", "api-user");
    let password = ("HTTP_BASIC_AUTH_PASSWORD", "123");
    let started = start(&[], &[user]);
    let url = format!("{}/api/contacts", started.url("scfm"));
    assert_eq!(status(&url, None).await, 401);
    assert_eq!(status(&url, Some(("api-user", "any"))).await, 200);
    assert_eq!(status(&url, Some(("other", "any"))).await, 401);

    let started = start(&[], &[user, password]);
    for resource in ["contacts", "callouts", "callout_participations", "phone_calls"] {
        let url = format!("{}/api/{resource}", started.url("scfm"));
        assert_eq!(status(&url, None).await, 401, "{resource}");
        assert_eq!(status(&url, Some(("api-user", "any"))).await, 401, "{resource}");
        assert_eq!(status(&url, Some(("api-user", "123"))).await, 200, "{resource}");
    }

    // Settings go before them, an empty one says nothing, and a password alone asks nobody.
    let set = "scfm.http_basic_auth_user=mine";
    for (more, variables) in
        [(&["--set", set][..], &[user][..]), (&[], &[user, ("RINGBACK_SET", set)])]
    {
        let url = format!("{}/api/contacts", start(more, variables).url("scfm"));
        assert!(url.starts_with("http"));
        let started = start(more, variables);
        let url = format!("{}/api/contacts", started.url("scfm"));
        assert_eq!(status(&url, Some(("mine", "any"))).await, 200);
        assert_eq!(status(&url, Some(("api-user", "any"))).await, 401);
    }
    for variables in [&[("HTTP_BASIC_AUTH_USER", "")][..], &[password]] {
        let started = start(&[], variables);
        assert_eq!(status(&format!("{}/api/contacts", started.url("scfm")), None).await, 200);
    }
}

#[actix_web::test]
async fn the_file_takes_tables_single_texts_and_either_spelling_of_keys() {
    let folder = folder("forms");
    let text = "vendor = \"mango=0\"\nno_hub = true\nfreeze = 2026-01-05T10:00:00Z\n\
                log_format = \"json\"\n[webhook]\nmango = \"http://localhost:9/hook\"\n\
                [mango]\nwebhook_retries = [1]\n";
    std::fs::write(folder.join("ringback.toml"), text).unwrap();
    let started = Started::of(ringback(&folder, &[]));
    assert_eq!(started.table["listening"].as_array().unwrap().len(), 1);
    let url = started.url("mango");
    let webhook = get(&format!("{url}/__admin/webhook")).await;
    assert_eq!(webhook, json!({ "url": "http://localhost:9/hook" }));
    let clock = get(&format!("{url}/__admin/clock")).await;
    assert!(clock["now"].as_str().unwrap().starts_with("2026-01-05T10:00:00"), "{clock}");

    std::fs::write(folder.join("ringback.toml"), "webhook = \"mango=http://localhost:8/\"\n")
        .unwrap();
    let page = success(ringback(&folder, &["config", "show"]));
    assert!(page.contains("webhook = [\"mango=http://localhost:8/\"]"), "{page}");
}

#[test]
fn what_may_surprise_is_said_at_start() {
    let folder = folder("warnings");
    let text = "[mango]\napi_version = 1\n[webhook]\ntel4vn = \"http://localhost:9/\"\n";
    std::fs::write(folder.join("ringback.toml"), text).unwrap();
    std::fs::write(folder.join("s.toml"), "[[tel4vn.rules]]\noutcome = \"busy\"\n").unwrap();
    let variables = [
        ("RINGBACK_SEDE", "3"),
        ("RINGBACK_PORT", "tcp://10.0.0.1:4010"),
        ("RINGBACK_SET", "tel4vn.park_seconds=3"),
    ];
    let flags = ["--log-format", "json", "--vendor", "scfm=0,voip24h=0", "--no-hub"];
    let more = ["--history", "5", "--scenario", "s.toml"];
    let parts = [
        "unknown variables: RINGBACK_PORT, RINGBACK_SEDE (did you mean RINGBACK_SEED?)",
        "ringback.toml: [mango]: mango is not started",
        "ringback.toml: webhook: tel4vn is not started",
        "RINGBACK_SET tel4vn.park_seconds=3: tel4vn is not started",
        "--scenario: tel4vn is not started",
        "--history: scfm begins without finished calls",
    ];
    let mut command = ringback(&folder, &[&flags[..], &more].concat());
    command.envs(variables);
    #[cfg(unix)]
    {
        let (status, said) = Started::of(command).end_by("-TERM");
        assert_eq!(status, Some(0));
        for part in parts {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    let mut check = ringback(&folder, &[&["config", "check"], &flags[..], &more].concat());
    check.envs(variables);
    let page = success(check);
    for part in parts {
        assert!(page.contains(&format!("warning: {part}")), "{part}: {page}");
    }

    // A vendor may have a setting of its own for where its webhooks go.
    let public = ["--vendor", "impactpbx=0", "--set", "impactpbx.webhook_url=http://8.8.8.8/x"];
    let check = ringback(&std::env::temp_dir(), &[&["config", "check"], &public[..]].concat());
    let said = failure(check, 1);
    assert!(said.contains("impactpbx: webhook: 8.8.8.8 is a public address"), "{said}");

    // A flag is about this run: there it is a mistake.
    for (flag, value) in
        [("--set", "tel4vn.park_seconds=3"), ("--webhook", "impactpbx=http://localhost:9/")]
    {
        let command = ringback(&folder, &[&flags[..], &[flag, value]].concat());
        let said = failure(command, 2);
        assert!(said.contains("is not started"), "{said}");
    }
    let only = ["--vendor", "scfm=0", "--no-hub", "--history", "5"];
    assert!(failure(ringback(&std::env::temp_dir(), &only), 2).contains("--history"));
}

#[test]
fn a_wrong_variable_is_named() {
    for (name, value, part) in [
        ("RINGBACK_SEED", "x", "(the variable RINGBACK_SEED)"),
        ("RINGBACK_WORKERS", "0", "RINGBACK_WORKERS 0: from 1"),
        ("RINGBACK_VENDOR", "mnago", "RINGBACK_VENDOR mnago: unknown vendor"),
        ("RINGBACK_FREEZE", "soon", "RINGBACK_FREEZE soon: write a moment"),
        ("RINGBACK_SET", "mango.x=1", "RINGBACK_SET mango.x=1: unknown key x"),
        ("RINGBACK_WEBHOOK", "mango=ftp://x", "RINGBACK_WEBHOOK mango: "),
        ("RINGBACK_CONFIG", "nowhere.toml", "nowhere.toml"),
    ] {
        let mut command = ringback(&std::env::temp_dir(), &[]);
        command.env(name, value);
        let said = failure(command, 2);
        assert!(said.contains(part), "{name}: {said}");
    }
}

#[test]
fn the_file_that_init_prints_is_a_configuration_and_show_tells_origins() {
    let folder = folder("init");
    let init = success(ringback(&folder, &["config", "init"]));
    std::fs::write(folder.join("ringback.toml"), &init).unwrap();
    assert!(success(ringback(&folder, &["config", "check"])).contains("fine: 5 would start"));

    // With everything uncommented it is one still, once the files that it names are there.
    let whole: String = init
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(['#', ' ']) => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        // What is kept is kept in a folder or in a cluster.
        .filter(|line| !line.starts_with("cluster = "))
        .collect();
    std::fs::create_dir_all(folder.join("fixtures")).unwrap();
    std::fs::write(folder.join("scenario.toml"), "").unwrap();
    std::fs::write(folder.join("ringback.toml"), whole).unwrap();
    let mut check = ringback(&folder, &["config", "check"]);
    let checked = success({
        check.env("RINGBACK_CONTACTS", "1");
        check
    });
    assert!(checked.contains("fine: 2 would start"), "{checked}");

    let mut show = ringback(&folder, &["config", "show", "--rate", "5"]);
    show.env("RINGBACK_SEED", "9").env("HTTP_BASIC_AUTH_USER", "somebody");
    show.env("RINGBACK_SET", "mango.api_salt=hidden");
    let page = success(show);
    let line = |key: &str| {
        let mut lines = page.lines().filter(|line| line.starts_with(&format!("{key} = ")));
        lines.next().unwrap_or_else(|| panic!("{key}: {page}")).to_owned()
    };
    for (key, value, origin) in [
        ("rate", "5.0", "--rate"),
        ("seed", "9", "RINGBACK_SEED"),
        ("hub", "4010", "ringback.toml"),
        ("control-token", "\"********\"", "ringback.toml"),
        ("http_basic_auth_user", "\"somebody\"", "HTTP_BASIC_AUTH_USER"),
        ("api_salt", "\"********\"", "RINGBACK_SET"),
        ("dialling.capacity", "1000", "ringback.toml"),
    ] {
        let line = line(key);
        assert!(line.starts_with(&format!("{key} = {value} ")), "{line}");
        assert!(line.contains(&format!("# {origin}")), "{line}");
    }
    // What it prints can be read again.
    std::fs::write(folder.join("shown.toml"), &page).unwrap();
    success(ringback(&folder, &["config", "check", "--config", "shown.toml"]));

    std::fs::write(folder.join("ringback.toml"), "sead = 1").unwrap();
    let said = failure(ringback(&folder, &["config", "check"]), 1);
    assert!(said.contains("did you mean seed?"), "{said}");
}
