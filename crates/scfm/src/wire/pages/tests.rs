use super::*;
use crate::wire::rack;

fn query(text: &str) -> Object {
    rack::nested(&rack::query(text).unwrap()).unwrap()
}

#[test]
fn leading_digits_count_and_nothing_else_does() {
    let cases = [
        ("", (1, 25)),
        ("page=2.5&per_page=10", (2, 10)),
        ("page=0&per_page=0", (1, 25)),
        ("page=-3&per_page=-1", (1, 25)),
        ("page=x&per_page=x", (1, 25)),
        ("page[]=2&per_page[a]=3", (1, 25)),
        ("page=7abc&per_page=1000", (7, 1000)),
        ("page=99999999999999999999999", (u64::MAX, 25)),
    ];
    for (text, (number, per_page)) in cases {
        assert_eq!(Page::of(&query(text)), Page { number, per_page }, "{text}");
    }
}

#[test]
fn links_are_those_of_the_sample() {
    let sent = query("per_page=10&metadata[city]=Kep&page=2");
    let links = Page::of(&sent).links("http://host/api/contacts", &sent, 30).unwrap();
    let link = |page, rel| {
        format!(
            "<http://host/api/contacts?metadata%5Bcity%5D=Kep&page={page}&per_page=10>; rel=\"{rel}\""
        )
    };
    let wanted = [link(1, "first"), link(1, "prev"), link(3, "last"), link(3, "next")];
    assert_eq!(links, wanted.join(", "));
}

#[test]
fn there_are_links_only_where_there_are_pages() {
    let rels = |text: &str, total| {
        let sent = query(text);
        let links = Page::of(&sent).links("u", &sent, total).unwrap_or_default();
        links
            .split("rel=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(rels("", 25).is_empty());
    assert!(rels("", 0).is_empty());
    assert_eq!(rels("", 26), ["last", "next"]);
    assert_eq!(rels("page=2", 26), ["first", "prev"]);
    assert_eq!(rels("page=9", 26), ["first", "prev"]);
    let sent = query("page=9&a&l[]=1&l[]=2&b=x y~*");
    let links = Page::of(&sent).links("u", &sent, 26).unwrap();
    assert!(links.contains("<u?a=&b=x+y~%2A&l%5B%5D=1&l%5B%5D=2&page=8>; rel=\"prev\""), "{links}");
}
