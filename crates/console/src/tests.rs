use actix_web::{App, http::header, test};

use super::*;
use crate::{join, pack, shorten};

/// The most bytes of all files of a release together, plain and as a browser gets them: with brotli, which browsers take
/// of the computer they run on and by TLS. Others get gzip.
const MOST: usize = 150_000;
const MOST_COMPRESSED: usize = 50_000;
const MOST_WITH_GZIP: usize = 51_200;

async fn get(path: &str, accept: &str, is_hub: bool) -> (u16, Vec<(String, String)>, String) {
    let app = App::new().configure(|config| configure(config, is_hub));
    let app = test::init_service(app).await;
    let request = test::TestRequest::get().uri(path).insert_header((header::ACCEPT, accept));
    let answer = test::call_service(&app, request.to_request()).await;
    let headers = answer.headers().iter();
    let text = |value: &header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let headers = headers.map(|(name, value)| (name.to_string(), text(value))).collect();
    let status = answer.status().as_u16();
    let body = test::read_body(answer).await;
    (status, headers, String::from_utf8(body.to_vec()).unwrap())
}

#[actix_web::test]
async fn a_browser_gets_the_page_at_the_hub_s_root_and_a_script_does_not() {
    let (status, headers, page) = get("/", "text/html,*/*;q=0.8", true).await;
    assert!(status == 200 && page.starts_with("<!doctype html>"), "{status}: {page}");
    let policy = headers.iter().find(|(name, _)| name == "content-security-policy");
    assert!(policy.is_some_and(|(_, policy)| policy.starts_with("default-src 'self';")));
    for (path, accept, is_hub) in
        [("/", "*/*", true), ("/", "text/html;q=0", true), ("/", "text/html", false)]
    {
        assert_eq!(get(path, accept, is_hub).await.0, 404, "{path} {accept} {is_hub}");
    }
    assert_eq!(get(PATH, "*/*", false).await.2, page);
}

#[actix_web::test]
async fn every_file_that_the_files_name_is_there_and_nothing_comes_from_elsewhere() {
    for path in files::paths().filter(|path| kind(path) != UNKNOWN) {
        let text = files::get(&path).unwrap().bytes;
        let text = std::str::from_utf8(&text).unwrap();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for quoted in text.split(['"', '\'', '`']).filter(|quoted| !quoted.contains("${")) {
            let named = match (quoted.strip_prefix("./"), quoted.strip_prefix("../")) {
                (Some(name), _) if name.ends_with(".js") => format!("{folder}/{name}"),
                (_, Some(name)) if name.ends_with(".js") => name.to_owned(),
                _ => match quoted.strip_prefix("/__admin/ui/") {
                    Some(name) if name.contains('.') => name.to_owned(),
                    _ => continue,
                },
            };
            let named = named.trim_start_matches('/');
            let (status, headers, _) = get(&format!("{PATH}/{named}"), "*/*", false).await;
            assert_eq!(status, 200, "{path}: {named}");
            assert!(headers.iter().any(|(name, _)| name == "etag"));
        }
        let fetched =
            ["src=\"http", "href=\"http", "url(http", "@import", "from 'http", "innerHTML"];
        let found: Vec<_> = fetched.iter().filter(|word| text.contains(*word)).collect();
        assert!(found.is_empty(), "{path}: {found:?}");
    }
}

#[actix_web::test]
async fn what_a_browser_has_is_not_sent_again() {
    let app = test::init_service(App::new().configure(|config| configure(config, false))).await;
    let ask = |tag: &str| {
        test::TestRequest::get().uri(PATH).insert_header((header::IF_NONE_MATCH, tag)).to_request()
    };
    let first = test::call_service(&app, ask("\"other\"")).await;
    let tag = first.headers().get(header::ETAG).unwrap().to_str().unwrap().to_owned();
    assert_eq!(first.status(), 200);
    assert_eq!(test::call_service(&app, ask(&format!("\"x\", {tag}"))).await.status(), 304);
}

#[core::prelude::v1::test]
fn all_files_of_a_release_are_small_together() {
    let files = pack::pack("static".as_ref()).unwrap();
    let total = |bytes: fn(&pack::Packed) -> usize| files.values().map(bytes).sum::<usize>();
    let plain = total(|file| file.plain.len());
    let (brotli, gzip) = (total(|file| file.brotli.len()), total(|file| file.gzip.len()));
    println!("{plain} bytes; {brotli} with brotli, {gzip} with gzip");
    for (bytes, least, most) in
        [(plain, 50_000, MOST), (brotli, 20_000, MOST_COMPRESSED), (gzip, brotli, MOST_WITH_GZIP)]
    {
        assert!(bytes > least && bytes <= most, "{plain} bytes; {brotli} and {gzip} compressed");
    }
}

#[core::prelude::v1::test]
fn packing_changes_nothing_that_a_text_says() {
    let script = pack::pack("static".as_ref()).unwrap().remove("main.js").unwrap().plain;
    let script = String::from_utf8(script).unwrap();
    let source = std::fs::read_to_string("static/maketest.js").unwrap();
    // The texts of many lines, which are what a generated test begins with.
    let texts = source.split("head: m => `").skip(1);
    let long: Vec<_> = texts.filter_map(|rest| rest.split("\n`,\n").next()).collect();
    assert!(long.len() == 3 && long.iter().all(|text| text.lines().count() > 10));
    for text in long {
        assert!(script.contains(text), "{text}");
    }
    let comment = source.lines().next().unwrap();
    assert!(comment.starts_with("// ") && !script.contains(comment) && !script.contains("/**"));
}

#[core::prelude::v1::test]
fn what_is_shortened_does_the_same() {
    for (source, wanted) in [
        (
            "const a = 1;\nfunction b() { return 'const c;}'; }\n",
            "let a=1;function b(){return'const c;}'}",
        ),
        ("if (x) { while (y(1)) ; }", "if(x){while(y(1));}"),
        ("if (x) { y((1), 2); }", "if(x){y((1),2)}"),
        ("const t = `const ${a ? `;}` : b};`;", "let t=`const ${a ? `;}` : b};`;"),
        ("for (const [a] of b) { c(a); }", "for(let[a]of b){c(a)}"),
    ] {
        assert_eq!(shorten::script(source).unwrap(), wanted);
    }
    let style = ":root { --ink: #000; --ink-bg: #fff; }\np { color: var(--ink); background: var(--ink-bg); margin: -1px; color: var(--ink); }";
    let short =
        ":root{--a:#000;--b:#fff}p{color:var(--a);background:var(--b);margin:-1px;color:var(--a)}";
    assert_eq!(shorten::style(style, &["let a"]).unwrap().trim(), short);
    assert!(shorten::style(style, &["el.style.setProperty('--ink', x)"]).is_err());
}

#[core::prelude::v1::test]
fn modules_are_joined_in_the_order_in_which_they_need_each_other() {
    let sources = |files: &[(&str, &str)]| {
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    };
    let main = "// Head.\nimport { a } from './lib/x.js';\n\nexport const e = a;\n";
    let joined = join::join(
        &sources(&[
            ("main.js", &format!("{main}const late = () => import('./late.js');\n")),
            ("lib/x.js", "import { d } from '../d.js';\nexport const a = d;\n"),
            ("d.js", "export const d = `\nimport x\n`;\n"),
            (
                "late.js",
                "import {\n  a,\n} from './lib/x.js';\nimport { b as c } from './b.js';\nexport class Late {}\n",
            ),
            ("b.js", "export async function b() {}\nlet d = 1;\n"),
        ]),
        "main.js",
    );
    let wanted = "const d = `\nimport x\n`;\nconst a = d;\n\
        const $0 = (() => {\nasync function b() {}\nlet d = 1;\nreturn { b };\n})();\n\
        const $2 = (() => {\nconst {b: c} = $0;\nclass Late {}\nreturn { Late };\n})();\n\
        const e = a;\nconst late = () => Promise.resolve($2);\nexport { e };\n";
    assert_eq!(joined.unwrap(), wanted);
    for (wrong, why) in [
        ("import * as x from './d.js';\n", "names are imported from files alone"),
        ("import { x } from 'd';\n", "names are imported from files alone"),
        ("import { x } from './y.js';\n", "there is no y.js"),
        ("import { x } from './main.js';\n", "main.js imports itself"),
        ("export let x = 1;\n", "cannot share"),
        ("export default 1;\n", "cannot share"),
        ("import { x } from './d.js';\nconst d = x;\n", "both d.js and main.js have a d"),
        ("import { d as x } from './d.js';\n", "another name than that of d.js"),
        ("const x = (y) => import(y);\n", "import() takes a text"),
    ] {
        let refused =
            join::join(&sources(&[("main.js", wrong), ("d.js", "const d = 1;\n")]), "main.js")
                .unwrap_err();
        assert!(refused.contains(why), "{wrong}: {refused}");
    }
}

#[actix_web::test]
async fn a_client_gets_the_form_that_it_takes() {
    let app = test::init_service(App::new().configure(|config| configure(config, false))).await;
    let mut tags = std::collections::BTreeSet::new();
    for (accept, wanted) in [
        (None, None),
        (Some("identity"), None),
        (Some("gzip, deflate, br, zstd"), Some("br")),
        (Some("gzip, br;q=0"), Some("gzip")),
        (Some("gzip;q=0"), None),
    ] {
        let mut request = test::TestRequest::get().uri("/__admin/ui/main.js");
        if let Some(accept) = accept {
            request = request.insert_header((header::ACCEPT_ENCODING, accept));
        }
        let answer = test::call_service(&app, request.to_request()).await;
        let header =
            |name| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(answer.status(), 200);
        assert_eq!(header(header::VARY).as_deref(), Some("accept, accept-encoding"));
        assert_eq!(header(header::CONTENT_TYPE).as_deref(), Some("text/javascript; charset=utf-8"));
        // The sources are not compressed.
        let wanted = wanted.filter(|_| cfg!(packed));
        assert_eq!(header(header::CONTENT_ENCODING).as_deref(), wanted, "{accept:?}");
        tags.insert(header(header::ETAG).unwrap());
    }
    assert_eq!(tags.len(), if cfg!(packed) { 3 } else { 1 }, "{tags:?}");
    for path in ["main.js.br", "main.js.gz", "../Cargo.toml"] {
        let request = test::TestRequest::get().uri(&format!("/__admin/ui/{path}")).to_request();
        assert_eq!(test::call_service(&app, request).await.status(), 404, "{path}");
    }
}
