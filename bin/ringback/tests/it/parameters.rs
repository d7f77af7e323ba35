//! `docs/parameters.md`: what every endpoint of every vendor takes.

use std::fmt::Write as _;
use std::path::Path;

use ringback_impactpbx::ImpactPbx;
use ringback_mango::Mango;
use ringback_mock::{Endpoint, Kind, Param, Place, Vendor};
use ringback_scfm::Scfm;
use ringback_tel4vn::Tel4vn;
use ringback_voip24h::Voip24h;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

const HEAD: &str = "# Parameters\n\nMade by a test from the vendors' tables of endpoints. Whatever else a request \
                    gives is ignored, unless the vendor's page says otherwise. A number is as good as the text of \
                    it, and null is not there.\n\n`from.number` stands within `from`, `tasks[].number` within every \
                    item of `tasks`; in a query or a form they are written `from[number]`. A star marks what is \
                    required. A `HEAD` takes what the `GET` of its path does.\n";

fn write<V: Vendor>(page: &mut String) {
    writeln!(page, "\n## {}", V::TITLE).unwrap();
    let mut nothing: Vec<String> = Vec::new();
    let mut written: Vec<&[Param]> = Vec::new();
    for endpoint in of::<V>() {
        let Endpoint { accepts, variants, .. } = *endpoint;
        if accepts.is_empty() && variants.is_empty() {
            nothing.push(route(endpoint));
            continue;
        }
        if written.contains(&accepts) {
            continue;
        }
        written.push(accepts);
        let same = of::<V>().filter(|other| other.accepts == accepts);
        let routes: Vec<String> = same.map(route).collect();
        writeln!(page, "\n{}\n", routes.join(", ")).unwrap();
        table(page, accepts);
        for variant in variants {
            writeln!(page, "\nwith `{}` of `{}`, moreover:\n", variant.param, variant.value)
                .unwrap();
            table(page, variant.accepts);
        }
    }
    if !nothing.is_empty() {
        writeln!(page, "\nNothing is described for {}.", nothing.join(", ")).unwrap();
    }
}

/// Every endpoint but the twins of others.
fn of<V: Vendor>() -> impl Iterator<Item = &'static Endpoint> {
    V::ENDPOINTS.iter().filter(|endpoint| endpoint.method != "HEAD")
}

fn route(endpoint: &Endpoint) -> String {
    format!("`{} {}`", endpoint.method, endpoint.path)
}

fn table(page: &mut String, params: &[Param]) {
    page.push_str("| name | in | what | note |\n| --- | --- | --- | --- |\n");
    for param in params {
        let star = if param.required { "*" } else { "" };
        let name =
            if param.name.is_empty() { String::new() } else { format!("`{}`{star}", param.name) };
        let place = match param.place {
            Place::Path => "path".to_owned(),
            Place::Query => "query".to_owned(),
            Place::Header => "header".to_owned(),
            Place::Form => "form".to_owned(),
            Place::Json => "JSON".to_owned(),
            Place::Within(field) => format!("JSON in `{field}`"),
            Place::Anywhere => "anywhere".to_owned(),
            Place::Body => "the body".to_owned(),
        };
        let instead = param.instead.map(|name| format!("unless there is `{name}`"));
        let default = param.default.map(|default| format!("default: {default}"));
        let note = Some(param.note.to_owned()).filter(|note| !note.is_empty());
        let notes: Vec<String> = [instead, default, note].into_iter().flatten().collect();
        let (kind, notes) = (kind(param.kind), notes.join("; ").replace('|', "\\|"));
        writeln!(page, "| {name} | {place} | {kind} | {notes} |").unwrap();
    }
}

fn kind(of: Kind) -> String {
    match of {
        Kind::Any => "anything".to_owned(),
        Kind::Text => "text".to_owned(),
        Kind::Integer => "whole number".to_owned(),
        Kind::Number => "number".to_owned(),
        Kind::Flag => "yes or no".to_owned(),
        Kind::Moment("") => "moment".to_owned(),
        Kind::Moment(pattern) => format!("moment: {pattern}"),
        Kind::Date(pattern) => format!("day: {pattern}"),
        Kind::OneOf(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            words.join(", ")
        }
        Kind::List(items) => format!("list of {}", kind(*items)),
        Kind::Object => "object".to_owned(),
        Kind::File => "file".to_owned(),
    }
}

/// With `UPDATE_GOLDENS` in the environment the page is written anew.
#[test]
fn the_page_of_parameters_is_up_to_date() {
    let mut page = HEAD.to_owned();
    write::<ImpactPbx>(&mut page);
    write::<Mango>(&mut page);
    write::<Scfm>(&mut page);
    write::<Tel4vn>(&mut page);
    write::<Voip24h>(&mut page);
    let path = Path::new(ROOT).join("docs/parameters.md");
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, page, "run it with UPDATE_GOLDENS=1");
}
