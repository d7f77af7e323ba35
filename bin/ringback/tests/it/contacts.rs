//! `--contacts`: made-up ones, those of a list, and lists that are broken.

use awc::Client;
use serde_json::{Value, json};

use crate::started::{Started, folder, mistake, ringback};

/// Contacts 1 to 47 are there without being asked for.
const FRESH: usize = 47;

/// How many contacts of an instance a filter finds, and the first of them.
async fn contacts(url: &str, filter: &str) -> (usize, Value) {
    let url = format!("{url}/api/contacts?{filter}");
    let mut answer = Client::default().get(url).send().await.expect("an answer");
    let total = answer.headers().get("total").expect("a total").to_str().unwrap().parse().unwrap();
    let list: Value = answer.json().limit(1 << 20).await.unwrap();
    (total, list[0].clone())
}

fn file(folder_name: &str, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = folder(folder_name).join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_number_makes_so_many_contacts_up_in_every_instance() {
    let vendors = ["--vendor", "scfm=0,scfm=0,voip24h=0", "--no-hub", "--seed", "7"];
    let started = Started::with(&[&vendors[..], &["--contacts", "12000"]].concat());
    let (total, first) = contacts(&started.url("scfm"), "q[metadata][district]&per_page=1").await;
    assert_eq!((total, &first["id"]), (0, &Value::Null), "each has a district");
    let mut firsts = Vec::new();
    for name in ["scfm", "scfm-2"] {
        let (total, _) = contacts(&started.url(name), "per_page=1").await;
        assert_eq!(total, FRESH + 12_000);
        firsts.push(contacts(&started.url(name), "page=2&per_page=47").await.1);
    }
    assert_eq!(firsts[0]["id"], FRESH + 1);
    assert_ne!(firsts[0]["metadata"], firsts[1]["metadata"], "each instance draws its own");
}

#[actix_web::test]
async fn a_csv_file_is_imported_and_nothing_is_said_where_no_terminal_is() {
    let text =
        "msisdn,name,district\r\n+85510202101,\"Sok, Dara\",Kampot\r\n\r\n0085510202102,,Kep\r\n";
    let path = file("contacts", "contacts.csv", text);
    let started = Started::with(&["--vendor", "scfm=0", "--no-hub", "--contacts", &path]);
    let url = started.url("scfm");
    assert_eq!(contacts(&url, "").await.0, FRESH + 2);
    let (total, found) = contacts(&url, "msisdn=85510202101").await;
    assert_eq!((total, &found["id"]), (1, &json!(FRESH + 1)));
    assert_eq!(found["metadata"], json!({ "name": "Sok, Dara", "district": "Kampot" }));
    #[cfg(unix)]
    {
        let (_, said) = started.end_by("-TERM");
        assert!(!said.contains("contacts"), "{said}");
    }
}

#[actix_web::test]
async fn the_flag_has_a_variable_and_a_key() {
    let folder = folder("contacts-key");
    let flags = ["--log-format", "json", "--vendor", "scfm=0", "--no-hub"];
    std::fs::write(folder.join("ringback.toml"), "contacts = 3\n").unwrap();
    std::fs::write(folder.join("list.csv"), "85510202101\n").unwrap();
    for (variable, wanted) in [(None, 3), (Some("5"), 5), (Some("list.csv"), 1)] {
        let mut command = ringback(&folder, &flags);
        if let Some(value) = variable {
            command.env("RINGBACK_CONTACTS", value);
        }
        let started = Started::of(command);
        assert_eq!(contacts(&started.url("scfm"), "").await.0, FRESH + wanted, "{variable:?}");
    }
}

#[test]
fn a_broken_list_is_told_by_its_line_and_nothing_starts() {
    let cases: [(&str, &[u8], &str); 6] = [
        ("number.csv", b"85510202101\n\n85510202102,{}\n12x\n", "line 4: msisdn \"12x\""),
        ("columns.csv", b"msisdn,a\r\n85510202101,b\r\n85510202102\r\n", "line 3: 1 columns"),
        ("twice.csv", b"85510202101\n85510202102\n0085510202101\n", "line 3: +85510202101 is"),
        ("quote.csv", b"85510202101,\"{}\"\n85510202102,\"{}\n", "line 2: a quotation mark"),
        ("bytes.csv", b"85510202101\n85510202102,\xff\n", "line 2: not in UTF-8"),
        ("brace.csv", b"85510202101,{\n", "line 1: metadata is no JSON object"),
    ];
    for (name, text, part) in cases {
        let path = file("contacts-broken", name, text);
        let said = mistake(&["--vendor", "scfm=0", "--no-hub", "--contacts", &path]);
        assert!(said.contains(&format!("--contacts {path}: {part}")), "{said}");
    }
    let taken =
        file("contacts-broken", "fresh.json", r#"{"contacts":[{"msisdn":"+85510202102"}]}"#);
    let fixtures = folder("contacts-taken");
    std::fs::create_dir_all(fixtures.join("scfm")).unwrap();
    std::fs::copy(taken, fixtures.join("scfm/fresh.json")).unwrap();
    let path = file("contacts-taken", "list.csv", "85510202101\n85510202102\n");
    let flags = ["--vendor", "scfm=0", "--no-hub", "--contacts", &path];
    let fixtures = ["--fixtures", fixtures.to_str().unwrap()];
    let said = mistake(&[&flags[..], &fixtures].concat());
    assert!(said.contains("line 2: +85510202102 is a contact's number already"), "{said}");
}

#[test]
fn contacts_that_are_nowhere_or_for_nobody_are_refused() {
    for (flags, part) in [
        (["--vendor", "scfm=0", "--contacts", "/nowhere.csv"], "--contacts /nowhere.csv: No such"),
        (["--vendor", "scfm=0", "--contacts", "9999999999"], "4294967295 is the most"),
        (["--vendor", "voip24h=0", "--contacts", "5"], "no vendor that is started has contacts"),
    ] {
        let said = mistake(&flags);
        assert!(said.contains(part), "{flags:?}: {said}");
    }
}
