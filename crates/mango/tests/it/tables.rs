//! Random changes of the tables, compared with a model of them: what is listed is the model, what
//! is refused changes nothing, and replay gives the same bytes.

use std::collections::BTreeMap;

use proptest::{prelude::*, test_runner::TestCaseResult};
use ringback_engine::{Command as _, Duration, OffsetDateTime};
use ringback_mango::{Mango, Params, Pbx, Refused, Reply, RunOperation};
use ringback_testkit::property::{self, Live};
use serde_json::{Value, json};

/// What a customer believes to have.
#[derive(Debug, Default)]
struct Model {
    entries: BTreeMap<u64, (String, String)>,
    contacts: BTreeMap<u64, String>,
    employees: BTreeMap<u64, (String, String)>,
    groups: BTreeMap<u64, (String, Vec<u64>)>,
    deals: BTreeMap<u64, (String, String)>,
    sips: BTreeMap<u64, (u64, String)>,
    lines: BTreeMap<u64, u64>,
}

/// One change, its identifiers chosen among those there are and one that is not.
#[derive(Debug, Clone)]
struct Change {
    operation: &'static str,
    which: u8,
    name: &'static str,
    extension: &'static str,
    number: &'static str,
    word: &'static str,
    several: bool,
}

fn change() -> impl Strategy<Value = Change> {
    let operations = vec![
        "bwlists/number/add",
        "bwlists/number/delete",
        "ab/contacts/create",
        "ab/contacts/update",
        "ab/contacts/delete",
        "member/create",
        "member/update",
        "member/delete",
        "group/create",
        "group/update",
        "group/delete",
        "cc/deal/create",
        "cc/deal/update",
        "sip/create",
        "sip/update",
        "sip/delete",
        "schema/set",
    ];
    let names = vec!["Ada", "Bob", "Cleo", "Ivy Stone", " ", "Zoë \u{1f600}"];
    let extensions = vec!["101", "104", "105", "106", "200", "201", "", "x"];
    let numbers =
        vec!["79990000001", "8 (999) 000-00-02", "7495*", "100-200", "abc", "79990000003"];
    let words = vec!["black", "white", "in_work", "failed", "delete", "grey"];
    (
        prop::sample::select(operations),
        any::<u8>(),
        prop::sample::select(names),
        prop::sample::select(extensions),
        prop::sample::select(numbers),
        prop::sample::select(words),
        any::<bool>(),
    )
        .prop_map(|(operation, which, name, extension, number, word, several)| Change {
            operation,
            which,
            name,
            extension,
            number,
            word,
            several,
        })
}

/// Picks one of the identifiers, or now and then one that does not exist.
fn pick<V>(of: &BTreeMap<u64, V>, which: u8) -> u64 {
    let unknown = of.len();
    of.keys().nth(usize::from(which) % (unknown + 1)).copied().unwrap_or(1)
}

impl Change {
    fn params(&self, model: &Model) -> Value {
        let Self { which, name, extension, number, word, several, .. } = *self;
        let contact = pick(&model.contacts, which);
        let user = pick(&model.employees, which);
        match self.operation {
            "bwlists/number/add" => json!({ "number": number, "list_type": word }),
            "bwlists/number/delete" => json!({ "number_id": pick(&model.entries, which) }),
            "ab/contacts/create" => {
                let row = json!({ "name": name, "phones": [number] });
                let data =
                    if several { json!([row, row, { "name": extension }]) } else { json!([row]) };
                json!({ "data": data, "on_error": if which % 2 == 0 { "skip" } else { "duplicate" } })
            }
            "ab/contacts/update" => {
                let row = json!({ "contact_id": contact, "name": name });
                let other = json!({ "contact_id": contact + 1, "comment": word });
                json!({ "data": if several { json!([row, other]) } else { json!([row]) } })
            }
            "ab/contacts/delete" if several => json!({ "contact_ids": [contact, contact + 1] }),
            "ab/contacts/delete" => json!({ "contact_id": contact }),
            "member/create" => {
                json!({ "name": name, "access_role_id": 10451, "extension": extension })
            }
            "member/update" => json!({ "user_id": user, "extension": extension, "name": null }),
            "member/delete" => json!({ "user_id": user }),
            "group/create" => {
                json!({ "name": name, "extension": extension, "operators": [user, { "id": 400000101 }] })
            }
            "group/update" => {
                let group = json!({ "name": name, "operators": [user] });
                json!({ "group_id": pick(&model.groups, which), "group": group })
            }
            "group/delete" => json!({ "group_id": pick(&model.groups, which) }),
            "cc/deal/create" => json!({ "name": name, "status": word, "contact_id": contact }),
            "cc/deal/update" => json!({ "deal_id": pick(&model.deals, which), "status": word }),
            "sip/create" => json!({ "user_id": user, "password": "x", "login": word }),
            "sip/update" => json!({ "sip_id": pick(&model.sips, which), "login": name }),
            "sip/delete" => json!({ "sip_id": pick(&model.sips, which) }),
            _ => {
                let schema = 430000001 + u64::from(which % 3);
                json!({ "schema_id": schema, "line_id": pick(&model.lines, which) })
            }
        }
    }

    /// Does to the model what was done.
    fn learn(&self, model: &mut Model, params: &Value, answer: &Value) {
        let id = |name: &str| params[name].as_u64().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        match self.operation {
            "bwlists/number/add" => {
                // The identity is found by listing.
            }
            "bwlists/number/delete" => drop(model.entries.remove(&id("number_id"))),
            "ab/contacts/create" | "ab/contacts/update" => {
                for (id, contact) in answer["data"].as_object().unwrap() {
                    model.contacts.insert(id.parse().unwrap(), text(&contact["name"]));
                }
                if self.operation == "ab/contacts/create" {
                    let done = answer["data"].as_object().unwrap().len();
                    let left = answer["skipped"].as_array().unwrap().len();
                    assert_eq!(done + left, params["data"].as_array().unwrap().len());
                }
            }
            "ab/contacts/delete" => {
                let ids = params["contact_ids"].as_array().cloned();
                for id in ids.unwrap_or_else(|| vec![params["contact_id"].clone()]) {
                    model.contacts.remove(&id.as_u64().unwrap());
                }
            }
            "member/create" => {
                let employee = (text(&params["name"]), text(&params["extension"]));
                model.employees.insert(answer["user_id"].as_u64().unwrap(), employee);
            }
            "member/update" => {
                model.employees.get_mut(&id("user_id")).unwrap().1 = text(&params["extension"]);
            }
            "member/delete" => {
                model.employees.remove(&id("user_id"));
                model.sips.retain(|_, (user, _)| *user != id("user_id"));
                for (_, operators) in model.groups.values_mut() {
                    operators.retain(|operator| *operator != id("user_id"));
                }
            }
            "group/create" => {
                let operators = vec![params["operators"][0].as_u64().unwrap(), 400000101];
                let group = (text(&params["name"]), operators);
                model.groups.insert(answer["group_id"].as_u64().unwrap(), group);
            }
            "group/update" => {
                let operators = vec![params["group"]["operators"][0].as_u64().unwrap()];
                let group = (text(&params["group"]["name"]), operators);
                model.groups.insert(id("group_id"), group);
            }
            "group/delete" => drop(model.groups.remove(&id("group_id"))),
            "cc/deal/create" => {
                let deal = (text(&params["name"]), text(&params["status"]));
                model.deals.insert(answer["deal_id"].as_u64().unwrap(), deal);
            }
            "cc/deal/update" => {
                model.deals.get_mut(&id("deal_id")).unwrap().1 = text(&params["status"]);
            }
            "sip/create" => {
                let sip = answer["sip_id"].as_u64().unwrap();
                model.sips.insert(sip, (id("user_id"), text(&params["login"])));
            }
            "sip/update" => model.sips.get_mut(&id("sip_id")).unwrap().1 = text(&params["login"]),
            "sip/delete" => drop(model.sips.remove(&id("sip_id"))),
            _ => drop(model.lines.insert(id("line_id"), id("schema_id"))),
        }
    }
}

/// Reads the tables as a customer does.
fn listed(pbx: &Pbx, at: OffsetDateTime) -> Model {
    let mut copy = pbx.clone();
    let mut ask = |operation: &str, params: Value| match perform(&mut copy, at, operation, params) {
        Ok(Reply::Json(text)) => serde_json::from_str::<Value>(&text).unwrap(),
        other => panic!("{operation}: {other:?}"),
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let number = |value: &Value| value.as_u64().unwrap();
    let rows = |value: &Value| value.as_array().unwrap().clone();
    let mut model = Model::default();
    let lists = ask("bwlists/numbers", json!({}));
    for list in ["black", "white"] {
        for entry in rows(&lists["data"][list]["numbers"]) {
            let entry_of = (list.to_owned(), text(&entry["number"]));
            model.entries.insert(number(&entry["number_id"]), entry_of);
        }
    }
    let mut page = ask("ab/contact/init", json!({ "query": "", "limit_rows": 7 }));
    loop {
        for contact in rows(&page["data"]) {
            model
                .contacts
                .insert(text(&contact["contact_id"]).parse().unwrap(), text(&contact["name"]));
        }
        let info = &page["state"]["info"];
        if number(&info["page"]) >= number(&info["pages"]) {
            break;
        }
        let next = json!({ "cursor": page["state"]["cursor"], "mode": "next-page-1" });
        page = ask("ab/contact/cursor", next);
    }
    let fields = json!({ "ext_fields": ["general.user_id"] });
    for user in rows(&ask("config/users/request", fields)["users"]) {
        let employee = (text(&user["general"]["name"]), text(&user["telephony"]["extension"]));
        model.employees.insert(number(&user["general"]["user_id"]), employee);
    }
    for group in rows(&ask("groups", json!({ "show_users": 1 }))["groups"]) {
        let operators = rows(&group["operators"]);
        let operators = operators.iter().map(|operator| number(&operator["id"])).collect();
        model.groups.insert(number(&group["id"]), (text(&group["name"]), operators));
    }
    for status in ["in_work", "succeed", "failed", "delete"] {
        for deal in rows(&ask("cc/deal/list", json!({ "status": status }))["deals"]) {
            model
                .deals
                .insert(number(&deal["deal_id"]), (text(&deal["name"]), text(&deal["status"])));
        }
    }
    for user in rows(&ask("sips", json!({}))["data"]) {
        for sip in rows(&user["sips"]) {
            let account = (number(&user["user_id"]), text(&sip["login"]));
            model.sips.insert(number(&sip["id"]), account);
        }
    }
    for line in rows(&ask("incominglines", json!({}))["lines"]) {
        model.lines.insert(number(&line["line_id"]), number(&line["schema_id"]));
    }
    model
}

fn perform(
    pbx: &mut Pbx,
    at: OffsetDateTime,
    operation: &str,
    params: Value,
) -> Result<Reply, Refused> {
    RunOperation::new(operation, params).execute(pbx, at)
}

proptest! {
    #![proptest_config(property::cases(24))]

    #[test]
    fn the_tables_are_what_was_done_to_them(changes in prop::collection::vec(change(), 60..150)) {
        let mut live = Live::new(Mango::builder().seed(5));
        let mut model = live.read_at(listed);
        let half = changes.len() / 2;
        for (step, change) in changes.into_iter().enumerate() {
            if step == half {
                live.take_snapshot()?;
            }
            live.advance(Duration::milliseconds(700));
            let params = change.params(&model);
            let before = live.read(|pbx| serde_json::to_vec(pbx).unwrap());
            let perform = RunOperation::new(change.operation, params.clone());
            let answer = live.execute(perform);
            match answer {
                Ok(reply) => {
                    let answer = if let Reply::Json(text) = &reply {
                        serde_json::from_str(text).unwrap()
                    } else {
                        prop_assert_eq!(&reply, &Reply::Done);
                        Value::Null
                    };
                    if change.operation == "bwlists/number/add" {
                        let now = live.read_at(listed);
                        let added = now.entries.iter().next_back().unwrap();
                        let wanted = (change.word.to_owned(), change.number.to_owned());
                        prop_assert!(!model.entries.contains_key(added.0));
                        prop_assert_eq!(added.1, &wanted);
                        model.entries.insert(*added.0, wanted);
                    }
                    change.learn(&mut model, &params, &answer);
                }
                Err(refused) => {
                    let after = live.read(|pbx| serde_json::to_vec(pbx).unwrap());
                    prop_assert!(before == after, "{refused} changed something: {change:?}");
                }
            }
            let found = live.read_at(listed);
            prop_assert_eq!(format!("{found:?}"), format!("{model:?}"), "after {:?}", change);
            live.read(holds)?;
            let phones = live.read(|pbx| {
                pbx.exchange().extensions().map(|phone| phone.number.to_string()).collect::<Vec<_>>()
            });
            let mut extensions: Vec<_> =
                model.employees.values().map(|(_, extension)| extension.clone()).collect();
            extensions.sort();
            prop_assert_eq!(phones, extensions);
        }
        live.comes_of_its_log(holds)?;
    }
}

fn holds(pbx: &Pbx) -> TestCaseResult {
    pbx.exchange().verify().map_err(TestCaseError::fail)
}

#[test]
fn parameters_of_a_logged_operation_survive_the_log() {
    let params: Params = serde_json::from_value(json!({ "a": [1, "x", null] })).unwrap();
    let text = serde_json::to_string(&params).unwrap();
    assert_eq!(serde_json::from_str::<Params>(&text).unwrap(), params);
}
