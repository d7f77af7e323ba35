//! Joins ES modules into one, so that a browser asks once and one compression has seen all words.
//!
//! It knows what the console's own modules do and refuses everything else: imports stand at the top, by their
//! names; `export` stands at the beginning of a line, before what is declared. Each module stays a scope of its own.

use std::{collections::BTreeMap, fmt::Write as _};

/// One module, read.
#[derive(Debug, Default)]
struct Module {
    /// What is imported, from which module.
    imports: Vec<(String, String)>,
    /// The modules that are loaded only when they are needed.
    later: Vec<String>,
    exports: Vec<String>,
    body: String,
}

/// Returns one module that does what `entry` does, with all that it imports. It exports every module by its name.
pub(crate) fn join(sources: &BTreeMap<String, String>, entry: &str) -> Result<String, String> {
    let mut order = Vec::new();
    visit(sources, entry, &mut order, &mut Vec::new())?;
    let mut joined = String::new();
    for (path, module) in &order {
        // Memory takes every text.
        let _ = writeln!(joined, "const {} = (() => {{", scope(path));
        for (names, from) in &module.imports {
            let _ =
                writeln!(joined, "const {{{}}} = {};", names.replace(" as ", ": "), scope(from));
        }
        let _ = writeln!(
            joined,
            "{}\nreturn {{ {} }};\n}})();",
            module.body,
            module.exports.join(", ")
        );
    }
    let names = order.iter().map(|(path, _)| format!("{} as {}", scope(path), name(path)));
    let _ = writeln!(joined, "export {{ {} }};", names.collect::<Vec<_>>().join(", "));
    Ok(joined)
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
    let module = read(path, source)?;
    above.push(path.to_owned());
    for from in module.imports.iter().map(|(_, from)| from).chain(&module.later) {
        visit(sources, from, order, above)?;
    }
    above.pop();
    order.push((path.to_owned(), module));
    Ok(())
}

fn read(path: &str, source: &str) -> Result<Module, String> {
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
        let declared = line.strip_prefix("export ");
        if let Some(declared) = declared {
            module.exports.push(declares(path, declared)?);
        }
        module.body.push_str(declared.unwrap_or(line));
        module.body.push('\n');
    }
    while let Some((before, after)) = module.body.split_once("import('") {
        let (from, after) =
            after.split_once("')").ok_or_else(|| format!("{path}: an import has no end"))?;
        let from = resolve(path, from);
        module.body = format!("{before}Promise.resolve({}){after}", scope(&from));
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

/// Returns the name that an exported declaration declares.
fn declares(path: &str, declaration: &str) -> Result<String, String> {
    let words = ["const ", "function ", "async function ", "class "];
    let named = words.iter().find_map(|word| declaration.strip_prefix(word));
    let end =
        |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let name = named.and_then(|text| text.get(..end(text))).filter(|name| !name.is_empty());
    // A `let` would change for others as well.
    name.map(str::to_owned).ok_or_else(|| format!("{path}: cannot export {declaration:.40}"))
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

fn name(path: &str) -> String {
    path.trim_end_matches(".js").replace('/', "_")
}

fn scope(path: &str) -> String {
    format!("${}", name(path))
}
