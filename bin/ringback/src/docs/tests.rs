use std::collections::BTreeSet;
use std::path::Path;

use super::{DOCUMENTS, INDEX, headings, link, page, part};

#[test]
fn every_page_of_the_docs_comes_along() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let mut wanted = BTreeSet::from(["README.md".to_owned()]);
    for folder in ["docs", "docs/vendors"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".md") {
                wanted.insert(format!("{folder}/{name}"));
            }
        }
    }
    let found: BTreeSet<String> = DOCUMENTS.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(found, wanted);
}

#[test]
fn every_link_between_pages_leads_to_a_heading_that_is_there() {
    let pages: Vec<_> = DOCUMENTS.iter().map(|(path, text)| page(path, text)).collect();
    let mut checked = 0;
    for page in &pages {
        let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (at, _) in page.html.match_indices("href=\"") {
            let to = page.html[at + 6..].split('"').next().unwrap();
            if to.starts_with("http") {
                continue;
            }
            let (to, anchor) = to.split_once('#').unwrap_or((to, ""));
            let target = match (to.strip_prefix("../"), folder) {
                (Some(to), "vendors") => to.to_owned(),
                (None, _) if to.is_empty() => page.path.clone(),
                (None, "") => to.to_owned(),
                (_, _) => panic!("{}: {to}", page.path),
            };
            let found = pages.iter().find(|page| page.path == target);
            let found = found.unwrap_or_else(|| panic!("{}: {to}", page.path));
            let named = format!(" id=\"{anchor}\"");
            assert!(anchor.is_empty() || found.html.contains(&named), "{}: #{anchor}", page.path);
            checked += 1;
        }
    }
    assert!(checked >= 8, "{checked} links");
}

#[test]
fn every_page_is_told_to_programs_and_nothing_else_is() {
    let told: BTreeSet<&str> = INDEX
        .match_indices("](/docs/")
        .map(|(at, begin)| INDEX[at + begin.len()..].split(".md)").next().unwrap())
        .collect();
    let pages: Vec<_> = DOCUMENTS.iter().map(|(path, text)| page(path, text)).collect();
    let there: BTreeSet<&str> = pages.iter().map(|page| page.path.as_str()).collect();
    assert_eq!(told, there, "docs/llms.txt lists every page");
}

#[test]
fn a_part_of_a_page_ends_where_the_next_begins() {
    let text = "# A\n\n## B\n\nb\n\n### C\n\n```\n# no heading\n```\n\n## D\n";
    assert_eq!(part(text, "b").unwrap(), "## B\n\nb\n\n### C\n\n```\n# no heading\n```\n\n");
    assert_eq!(part(text, "E"), None);
    assert_eq!(headings(text).map(|(_, name)| name).collect::<String>(), "ABCD");
}

#[test]
fn nothing_in_a_page_is_fetched_or_run() {
    for (path, text) in DOCUMENTS {
        let page = page(path, text);
        assert!(!page.title.is_empty());
        for never in ["<script", "<img", "<iframe", "<style", " style=", " src=", " onclick="] {
            assert!(!page.html.contains(never), "{path}: {never}");
        }
    }
}

#[test]
fn a_page_is_what_its_markdown_says() {
    let text =
        "# A `b` c\n\n## A\n\n[x](b.md#a) [gone](../x.rs) <b>raw</b>\n\n## A\n\n|a|\n|-|\n|1|\n";
    let page = page("docs/GLOSSARY.md", text);
    assert_eq!((page.path.as_str(), page.title.as_str()), ("glossary", "A b c"));
    let wanted = "<h1 id=\"a-b-c\">A <code>b</code> c</h1>\n<h2 id=\"a\">A</h2>\n\
                  <p>x gone &lt;b&gt;raw&lt;/b&gt;</p>\n<h2 id=\"a-1\">A</h2>\n";
    assert!(page.html.starts_with(wanted), "{}", page.html);
    assert!(page.html.contains("<div class=\"table\"><table>"), "{}", page.html);
}

#[test]
fn links_lead_from_page_to_page() {
    let leads = |from: &str, address: &str, to: &str| link(from, address, to);
    let (root, glossary) = ("README.md", "docs/GLOSSARY.md");
    assert_eq!(leads(root, "readme", "docs/vendors/scfm.md").unwrap(), "vendors/scfm");
    assert_eq!(leads(root, "readme", "docs/control-api.md#rules").unwrap(), "control-api#rules");
    assert_eq!(leads(glossary, "glossary", "../README.md").unwrap(), "readme");
    assert_eq!(leads(glossary, "glossary", "#a").unwrap(), "#a");
    let vendor = "docs/vendors/scfm.md";
    assert_eq!(leads(vendor, "vendors/scfm", "../GLOSSARY.md").unwrap(), "../glossary");
    assert_eq!(leads(vendor, "vendors/scfm", "mango.md").unwrap(), "../vendors/mango");
    assert_eq!(leads(vendor, "vendors/scfm", "../../crates/scfm/src/lib.rs"), None);
    assert_eq!(leads(vendor, "vendors/scfm", "javascript:x"), None);
}
