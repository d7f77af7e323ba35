//! `config init` and `config show`: files that could be read again.

use std::fmt::Write as _;

use clap::{ArgMatches, Args as _, Command};
use serde_json::{Map, Value, json};

use super::{
    HUB,
    cluster::DEPLOYMENT,
    layers::{self, Layers, Origin},
    sections::Sections,
};
use crate::{Fault, cli::Flags, table, vendors};

/// What a key could be, for the file that explains it.
const EXAMPLES: [(&str, &str); 35] = [
    ("vendor", r#"["mango", "scfm=3001"]"#),
    ("bind", r#""127.0.0.1""#),
    ("hub", "4010"),
    ("no-hub", "false"),
    ("workers", "2"),
    ("ready-file", r#""ringback-ready.json""#),
    ("seed", "42"),
    ("scenario", r#""scenario.toml""#),
    ("history", "1000"),
    ("traffic", "{ mango = 120 }"),
    ("contacts", "1000"),
    ("accounts", r#""open""#),
    ("fixtures", r#""fixtures""#),
    ("data-dir", r#""data""#),
    ("record", "false"),
    ("accept-new-rules", "false"),
    ("rate", "60"),
    ("clock", r#""per-vendor""#),
    ("freeze", "2026-01-05T09:00:00Z"),
    ("cluster", r#"["nats://a:4222", "nats://b:4222", "nats://c:4222"]"#),
    ("deployment", r#""staging""#),
    ("reads", r#""local""#),
    ("nats-creds", r#""ringback.creds""#),
    ("nats-ca", r#""ca.pem""#),
    ("nats-replicas", "3"),
    ("webhook", r#"{ mango = "http://localhost:9000/hook" }"#),
    ("allow-public-webhooks", "false"),
    ("public-url", r#""https://pbx.example.com""#),
    ("trusted-proxies", r#"["10.0.0.0/8"]"#),
    ("control-token", r#""a secret""#),
    ("allow-host", r#"["ringback.test"]"#),
    ("tls", "true"),
    ("tls-cert", r#""cert.pem""#),
    ("tls-key", r#""key.pem""#),
    ("journal", "10000"),
];

/// A secret as it is shown.
const MASKED: &str = "********";

/// Prints a file with everything that can be set, all of it in comments.
pub(crate) fn print_init() -> Result<(), Fault> {
    let mut page = "# Ringback's configuration. Flags and variables go before it.\n\
                    # Take away the # of what you want to set.\n"
        .to_owned();
    let mut heading = String::new();
    for arg in Flags::augment_args(Command::new("ringback")).get_arguments() {
        let key = arg.get_id().as_str().replace('_', "-");
        let example = EXAMPLES.iter().find(|(name, _)| *name == key);
        let example = match (key.as_str(), example) {
            ("set" | "config", _) => continue,
            ("log", _) => "\"bodies\"",
            ("log-format", _) => "\"text\"",
            (_, Some((_, example))) => example,
            (_, None) => "…",
        };
        let under = arg.get_help_heading().unwrap_or_default();
        if under != heading {
            heading = under.to_owned();
            _ = writeln!(page, "\n## {heading}");
        }
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        _ = writeln!(page, "\n# {help}\n# --{key}, {}", layers::variable(&key));
        _ = writeln!(page, "#{key} = {example}");
    }
    for known in vendors::ALL {
        _ = writeln!(page, "\n## {}: /docs/vendors/{} on the hub\n", known.title, known.name);
        _ = writeln!(page, "#[{}]", known.name);
        let settings = (known.settings)(&json!({})).map_err(Fault::new)?;
        for (key, value) in leaves(&settings) {
            match value.is_null() {
                true => _ = writeln!(page, "# {key} is not set"),
                false => _ = writeln!(page, "#{key} = {}", toml(&value)),
            }
        }
        for (variable, setting) in known.environment {
            _ = writeln!(page, "# {setting} takes the value of {variable}");
        }
    }
    table::print(page.as_bytes())
}

/// Prints what would be in effect, and where each value comes from.
pub(crate) fn print_show(flags: Flags, matches: &ArgMatches) -> Result<(), Fault> {
    let layers = Layers::new(flags, matches)?;
    let sections = Sections::new(&layers)?;
    table::print(show(&layers, &sections)?.as_bytes())
}

/// Writes what is in effect as a file that could be read again, and where each value comes from.
pub(super) fn show(layers: &Layers, sections: &Sections) -> Result<String, Fault> {
    let mut lines = Vec::new();
    for arg in Flags::augment_args(Command::new("ringback")).get_arguments() {
        let key = arg.get_id().as_str().replace('_', "-");
        if matches!(key.as_str(), "set" | "config") {
            continue;
        }
        let value = match (key.as_str(), layers.value(&key)) {
            ("control-token", Some(_)) => Some(MASKED.into()),
            ("cluster", Some(servers)) => Some(without_logins(servers)),
            (_, Some(value)) => Some(value.clone()),
            (_, None) => default(&key),
        };
        let origin = layers.origin(&key);
        lines.push((key.clone(), value, told(layers, origin, &key)));
    }
    let mut page = String::new();
    write_lines(&mut page, lines);
    for known in vendors::ALL {
        let settings = sections.check(known, layers)?;
        let mut lines = Vec::new();
        for (key, value) in leaves(&settings) {
            let origin = sections.origin(&format!("{}.{key}", known.name));
            let value = match is_secret(&key) && value.is_string() && origin != Origin::Default {
                true => MASKED.into(),
                false => value,
            };
            lines.push((
                key,
                Some(value).filter(|value| !value.is_null()),
                told(layers, origin, "set"),
            ));
        }
        _ = writeln!(page, "\n[{}]", known.name);
        write_lines(&mut page, lines);
    }
    Ok(page)
}

/// Returns addresses without what they say about who is connecting.
fn without_logins(servers: &Value) -> Value {
    let servers = servers.as_array().into_iter().flatten().filter_map(Value::as_str);
    servers.map(ringback_jetstream::without_login).collect()
}

/// Returns whether a setting of this name may be something real that is not to be seen.
fn is_secret(key: &str) -> bool {
    ["password", "token", "secret", "salt", "key"].iter().any(|word| key.ends_with(word))
}

/// Returns what holds where nobody says anything; nothing if that is decided at each start.
fn default(key: &str) -> Option<Value> {
    Some(match key {
        "vendor" => {
            vendors::ALL.iter().map(|known| format!("{}={}", known.name, known.port)).collect()
        }
        "bind" => "127.0.0.1".into(),
        "hub" => HUB.into(),
        "no-hub" | "record" | "accept-new-rules" | "allow-public-webhooks" | "tls" => false.into(),
        "history" => 0.into(),
        "rate" => 1.into(),
        "accounts" => "fixed".into(),
        "clock" => "shared".into(),
        "journal" => 10_000.into(),
        "deployment" => DEPLOYMENT.into(),
        "reads" => "latest".into(),
        "log-format" => "text".into(),
        _ => return None,
    })
}

fn told(layers: &Layers, origin: Origin, key: &str) -> String {
    match origin {
        Origin::Default => "default".to_owned(),
        Origin::File => layers.file().display().to_string(),
        Origin::Environment(_) | Origin::Variable | Origin::Flag => layers.place(origin, key),
    }
}

fn write_lines(page: &mut String, lines: Vec<(String, Option<Value>, String)>) {
    let lines = lines.into_iter().map(|(key, value, told)| match value {
        Some(value) => (format!("{key} = {}", toml(&value)), told),
        None => (format!("# {key} is not set"), told),
    });
    let lines: Vec<(String, String)> = lines.collect();
    let width = lines.iter().map(|(line, _)| line.chars().count()).filter(|width| *width <= 60);
    let width = width.max().unwrap_or(0);
    for (line, told) in lines {
        _ = writeln!(page, "{line:width$}  # {told}");
    }
}

/// Lists the values of a table, those of tables within it by dotted keys.
fn leaves(value: &Value) -> Vec<(String, Value)> {
    fn collect(table: &Map<String, Value>, before: &str, leaves: &mut Vec<(String, Value)>) {
        for (name, value) in table {
            let key = format!("{before}{}", bare_or_quoted(name));
            match value.as_object().filter(|table| !table.is_empty()) {
                Some(table) => collect(table, &format!("{key}."), leaves),
                None => leaves.push((key, value.clone())),
            }
        }
    }
    let mut found = Vec::new();
    if let Value::Object(table) = value {
        collect(table, "", &mut found);
    }
    found
}

fn bare_or_quoted(key: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    match !key.is_empty() && key.chars().all(is_bare) {
        true => key.to_owned(),
        false => Value::from(key).to_string(),
    }
}

/// Writes a value as TOML does, which has JSON's texts and numbers.
fn toml(value: &Value) -> String {
    match value {
        Value::Array(list) => format!("[{}]", list.iter().map(toml).collect::<Vec<_>>().join(", ")),
        Value::Object(table) if table.is_empty() => "{}".to_owned(),
        Value::Object(table) => {
            let pairs = table.iter().filter(|(_, value)| !value.is_null());
            let pairs =
                pairs.map(|(key, value)| format!("{} = {}", bare_or_quoted(key), toml(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}
