//! Joins ES modules into one, so that a browser asks once and one compression has seen all words.
//!
//! It knows what the console's own modules do and refuses everything else: imports stand at the top, by their
//! names; `export` stands at the beginning of a line, before what is declared. Those that the entry needs at once
//! become one scope, where a name stands for one thing; each that is loaded later keeps a scope of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

/// One module, read.
#[derive(Debug, Default)]
struct Module {
    /// What is imported, from which module.
    imports: Vec<(String, String)>,
    /// The modules that are loaded only when they are needed.
    later: Vec<String>,
    exports: Vec<String>,
    /// What is declared at the beginning of a line; of several in one line the first.
    declared: Vec<String>,
    body: String,
}

/// Returns one module that does what `entry` does, with all that it imports.
pub(crate) fn join(sources: &BTreeMap<String, String>, entry: &str) -> Result<String, String> {
    let mut order = Vec::new();
    visit(sources, entry, &mut order, &mut Vec::new())?;
    let common = common(&order, entry)?;
    // Memory takes every text.
    let mut joined = String::new();
    for (path, module) in &order {
        let exports = module.exports.join(", ");
        if common.contains(path.as_str()) {
            joined.push_str(&module.body);
            if path == entry && !exports.is_empty() {
                let _ = writeln!(joined, "export {{ {exports} }};");
            }
            continue;
        }
        let _ = writeln!(joined, "const {} = (() => {{", scope(sources, path));
        for (names, from) in &module.imports {
            if !common.contains(from.as_str()) {
                let names = names.replace(" as ", ": ");
                let _ = writeln!(joined, "const {{{names}}} = {};", scope(sources, from));
            }
        }
        let _ = writeln!(joined, "{}return {{ {exports} }};\n}})();", module.body);
    }
    Ok(joined)
}

/// Returns the modules that the entry needs at once, itself among them.
fn common<'a>(order: &'a [(String, Module)], entry: &'a str) -> Result<BTreeSet<&'a str>, String> {
    let mut common = BTreeSet::from([entry]);
    // Each stands behind all that it imports.
    for (path, module) in order.iter().rev() {
        if common.contains(path.as_str()) {
            common.extend(module.imports.iter().map(|(_, from)| from.as_str()));
        }
    }
    let mut owners = BTreeMap::new();
    for (path, module) in order.iter().filter(|(path, _)| common.contains(path.as_str())) {
        for name in &module.declared {
            if let Some(other) = owners.insert(name, path) {
                return Err(format!("both {other} and {path} have a {name}"));
            }
        }
    }
    for (path, module) in order {
        for (names, from) in &module.imports {
            if names.contains(" as ") && common.contains(from.as_str()) {
                return Err(format!("{path}: another name than that of {from}: {names}"));
            }
        }
    }
    Ok(common)
}

fn visit(
    sources: &BTreeMap<String, String>,
    path: &str,
    order: &mut Vec<(String, Module)>,
    above: &mut Vec<String>,
) -> Result<(), String> {
    if order.iter().any(|(known, _)| known == path) {
        return Ok(());
    }
    if above.iter().any(|known| known == path) {
        return Err(format!("{path} imports itself, by way of {}", above.join(", ")));
    }
    let source = sources.get(path).ok_or_else(|| format!("there is no {path}"))?;
    let module = read(sources, path, source)?;
    above.push(path.to_owned());
    for from in module.imports.iter().map(|(_, from)| from).chain(&module.later) {
        visit(sources, from, order, above)?;
    }
    above.pop();
    order.push((path.to_owned(), module));
    Ok(())
}

fn read(sources: &BTreeMap<String, String>, path: &str, source: &str) -> Result<Module, String> {
    let mut module = Module::default();
    let mut rest = source;
    loop {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        if line.starts_with("import ") {
            let (statement, after) =
                rest.split_once(";\n").ok_or_else(|| format!("{path}: an import has no end"))?;
            module.imports.push(import(path, statement)?);
            rest = after;
        } else if line.is_empty() && !after.is_empty() || line.starts_with("//") {
            rest = after;
        } else {
            break;
        }
    }
    for line in rest.lines() {
        let shared = line.strip_prefix("export ");
        let name = declares(shared.unwrap_or(line));
        if let Some(shared) = shared {
            // A `let` would change for others as well.
            let name = name.clone().filter(|_| !shared.starts_with("let "));
            let refused = || format!("{path}: cannot share {line:.40}");
            module.exports.push(name.ok_or_else(refused)?);
        }
        module.declared.extend(name);
        module.body.push_str(shared.unwrap_or(line));
        module.body.push('\n');
    }
    while let Some((before, after)) = module.body.split_once("import('") {
        let (from, after) =
            after.split_once("')").ok_or_else(|| format!("{path}: an import has no end"))?;
        let from = resolve(path, from);
        module.body = format!("{before}Promise.resolve({}){after}", scope(sources, &from));
        module.later.push(from);
    }
    if module.body.contains("import(") {
        return Err(format!("{path}: import() takes a text between apostrophes"));
    }
    Ok(module)
}

/// Reads `import { a, b as c } from './d.js'`.
fn import(path: &str, statement: &str) -> Result<(String, String), String> {
    let read = || {
        let (names, from) = statement.strip_prefix("import {")?.split_once("} from '")?;
        let from = from.strip_suffix('\'').filter(|from| from.starts_with('.'))?;
        Some((names.split_whitespace().collect::<Vec<_>>().join(" "), resolve(path, from)))
    };
    read().ok_or_else(|| format!("{path}: names are imported from files alone: {statement}"))
}

/// Returns the name that a declaration begins with.
fn declares(declaration: &str) -> Option<String> {
    let words = ["const ", "let ", "function ", "async function ", "class "];
    let text = words.iter().find_map(|word| declaration.strip_prefix(word))?;
    let is_over = |c: char| !c.is_alphanumeric() && c != '_';
    let name = text.split(is_over).next().filter(|name| !name.is_empty());
    name.map(str::to_owned)
}

/// Returns where a path leads that is relative to a module.
fn resolve(module: &str, path: &str) -> String {
    let mut parts: Vec<&str> = module.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Returns a short name for the scope of a module.
fn scope(sources: &BTreeMap<String, String>, path: &str) -> String {
    let place = sources.keys().position(|known| known == path);
    format!("${}", place.unwrap_or(sources.len()))
}
