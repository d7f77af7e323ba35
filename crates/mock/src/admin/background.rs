//! What a world does by itself: background traffic, and records that are late or wrong.

use ringback_exchange::{RecordFault, TrafficSettings};
use serde_json::{Map, Value, json};

use super::{
    Answer, Ask, Problem, ok, plain, read,
    world::{do_it, list, no_content, one, only},
};
use crate::mount::View;

/// What the exchange counts, and whose it is: left alone in what comes back.
const SHOWN: [&str; 4] = ["vendor", "account", "placed", "dropped"];

fn without(mut fields: Map<String, Value>, shown: &[&str]) -> Value {
    for name in shown {
        fields.remove(*name);
    }
    Value::Object(fields)
}

/// Answers for one account, or lists for all that are asked for.
fn show(ask: &Ask, name: &str, view: View<'_>) -> Answer {
    match ask.mounts.len() == 1 && !ask.names_all_accounts() {
        true => ok(&one(ask, name, view)?),
        false => list(ask, name, view),
    }
}

/// `GET traffic`: the calls that come by themselves.
pub(super) async fn traffic(ask: Ask) -> Answer {
    show(&ask, "traffic", View::Traffic)
}

/// `PUT traffic` `{"calls_per_hour": 120, "curve": "office", "inbound": 0.5}`
pub(super) async fn set_traffic(mut ask: Ask) -> Answer {
    let traffic = without(ask.object()?, &SHOWN);
    read::strictly::<TrafficSettings>(&traffic, "")?;
    do_it(&ask, "set_traffic", only("traffic", traffic)).await?;
    ok(&one(&ask, "traffic", View::Traffic)?)
}

/// `DELETE traffic`: no more calls come by themselves; those that are live go on.
pub(super) async fn stop_traffic(ask: Ask) -> Answer {
    do_it(&ask, "set_traffic", only("traffic", Value::Null)).await?;
    no_content()
}

/// `GET record_faults`: the rules about records.
pub(super) async fn record_faults(ask: Ask) -> Answer {
    show(&ask, "record_faults", View::RecordFaults)
}

/// `PUT record_faults` with one rule, or `{"rules": […]}` with several, of which the first that is about
/// a call decides.
pub(super) async fn set_record_faults(mut ask: Ask) -> Answer {
    let body = ask.object()?;
    let rules = match body.get("rules") {
        None => vec![(String::new(), Value::Object(body))],
        Some(Value::Array(rules)) => {
            let known = ["rules", "faulty_records", "vendor", "account"];
            if let Some(key) = body.keys().find(|key| !known.contains(&key.as_str())) {
                return Err(Problem::unknown("key", key, &known).pointing(&format!("/{key}")));
            }
            let place = |(place, rule): (usize, &Value)| (format!("/rules/{place}"), rule.clone());
            rules.iter().enumerate().map(place).collect()
        }
        Some(_) => return Err(Problem::at("/rules", "has to be a list of rules")),
    };
    let read = |(at, rule): (String, Value)| {
        let rule = match rule {
            Value::Object(rule) => without(rule, &["vendor", "account", "hits"]),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => {
                return Err(Problem::at(&at, "has to be an object"));
            }
        };
        let read: RecordFault = read::strictly(&rule, &at)?;
        plain::faults(&read, &at)?;
        let faults = [&read.late, &read.doubled].into_iter().flatten().count()
            + usize::from(read.wrong_duration.is_some())
            + usize::from(read.out_of_order.is_some())
            + usize::from(read.recording.is_some());
        match faults {
            0 => {
                let hint = "late, doubled, wrong_duration, out_of_order or recording".to_owned();
                let what = "says of nothing that it is wrong";
                Err(match at.as_str() {
                    "" => Problem::malformed(format!("the rule {what}")).hint(hint),
                    at => Problem::at(at, what).hint(hint),
                })
            }
            _ => Ok(rule),
        }
    };
    let rules: Vec<Value> = rules.into_iter().map(read).collect::<Result<_, _>>()?;
    do_it(&ask, "set_record_faults", only("rules", rules.into())).await?;
    ok(&one(&ask, "record_faults", View::RecordFaults)?)
}

/// `DELETE record_faults`: everything is put right at once.
pub(super) async fn heal_records(ask: Ask) -> Answer {
    do_it(&ask, "set_record_faults", only("rules", json!([]))).await?;
    no_content()
}
