use serde_json::json;
use time::macros::datetime;

use super::*;

fn render(text: &str) -> String {
    let request = json!({
        "url": "/calls/7?from=101&from=102", "path": "/calls/7", "method": "POST",
        "pathSegments": ["calls", "7"], "pathParams": {"id": "7"},
        "query": {"from": "101"}, "queryAll": {"from": ["101", "102"]},
        "headers": {"x-id": "abc"}, "headersAll": {"x-id": ["abc", "def"]},
        "cookies": {"session": "s1"}, "cookiesAll": {"session": ["s1"]},
        "body": r#"{"to":{"number":"7999"},"list":[{"n":1},{"n":2}]}"#,
    });
    let model = model(request, &json!({"greeting": "hello"}));
    let template = Template::read(text, "/response/body").unwrap();
    template.render(&model, datetime!(2026-01-05 09:00 UTC), 7).unwrap_or_else(|error| error)
}

#[test]
fn a_request_is_shown_as_wiremock_does() {
    for (text, wanted) in [
        (
            "{{request.method}} {{request.path}} {{request.url}}",
            "POST /calls/7 /calls/7?from=101&from=102",
        ),
        ("{{request.path.[1]}} {{request.pathSegments.[0]}} {{request.path.id}}", "7 calls 7"),
        ("{{request.query.from}} {{request.query.from.[1]}}", "101 102"),
        ("{{request.headers.X-Id}} {{request.headers.X-ID.[1]}}", "abc def"),
        ("{{request.cookies.session}}", "s1"),
        ("{{parameters.greeting}}", "hello"),
        ("{{request.nothing}}|", "|"),
        ("{\"a\": {\"b\": \"{{request.method}}\"}}", "{\"a\": {\"b\": \"POST\"}}"),
    ] {
        assert_eq!(render(text), wanted, "{text}");
    }
}

#[test]
fn helpers_give_what_they_say() {
    for (text, wanted) in [
        ("{{jsonPath request.body '$.to.number'}}", "7999"),
        ("{{jsonPath request.body '$.to'}}", r#"{"number":"7999"}"#),
        ("{{jsonPath request.body '$.no' default='none'}}", "none"),
        (
            "{{#each (jsonPath request.body '$.list') as |it|}}{{it.n}}{{#unless @last}},{{/unless}}{{/each}}",
            "1,2",
        ),
        ("{{#each (range 1 3)}}{{this}}{{/each}}", "123"),
        ("{{#each request.queryAll.from}}{{@index}}={{this}};{{/each}}", "0=101;1=102;"),
        ("{{now}}", "2026-01-05T09:00:00Z"),
        ("{{now offset='3 days' format='yyyy-MM-dd'}}", "2026-01-08"),
        ("{{now format='epoch'}}", "1767603600000"),
        ("{{date (parseDate '2026-02-03T04:05:06Z') offset='1 hours' format='HH:mm'}}", "05:05"),
        ("{{math 1 '+' 2}} {{math 7 '/' 2}}", "3 3.5"),
        ("{{trim '  a '}}|{{#trim}} b {{/trim}}|", "a|b|"),
        ("{{upper 'a'}}{{lower 'B'}}{{capitalizeFirst 'cd e'}}", "AbCd e"),
        ("{{base64 'ab'}} {{base64 'YWI=' decode=true}}", "YWI= ab"),
        ("{{urlEncode 'a b&c'}} {{urlEncode 'a+b%26c' decode=true}}", "a+b%26c a b&c"),
        ("{{#if (eq request.method 'POST')}}yes{{else}}no{{/if}}", "yes"),
        ("{{#eq request.method 'GET'}}yes{{else}}no{{/eq}}", "no"),
        ("{{#assign 'x'}}v{{/assign}}{{x}}", "v"),
        ("{{#parseJson 'p'}}{\"a\":5}{{/parseJson}}{{p.a}}", "5"),
        ("{{val request.query.no or='other'}}", "other"),
        ("{{regexExtract request.url '[0-9]+'}}", "7"),
        ("{{size request.queryAll.from}}", "2"),
        ("{{join (array 'a' 'b') '-'}}", "a-b"),
        ("{{lookup request.query 'from'}}", "101"),
        ("{{toJson request.query}}", r#"{"from":"101"}"#),
        ("{{jsonPath 'no JSON' '$.a'}}", "[ERROR: the text holds no JSON]"),
        ("{{substring 'abcdef' 1 3}} {{replace 'aXb' 'X' '-'}}", "bc a-b"),
    ] {
        assert_eq!(render(text), wanted, "{text}");
    }
}

#[test]
fn what_is_random_is_the_same_for_the_same_draw() {
    let text = "{{randomValue type='UUID'}} {{randomValue length=8 type='NUMERIC'}} {{randomInt lower=1 upper=6}} {{pickRandom 'a' 'b'}}";
    let made = render(text);
    assert_eq!(made, render(text));
    let parts: Vec<&str> = made.split(' ').collect();
    assert_eq!((parts[0].len(), parts[1].len()), (36, 8), "{made}");
    assert!(parts[1].bytes().all(|byte| byte.is_ascii_digit()), "{made}");
}

#[test]
fn a_template_is_bounded_in_size_and_work() {
    let long = "{{#each (range 1 9999)}}{{#each (range 1 9999)}}{{/each}}{{/each}}";
    assert!(render(long).contains("too much work"), "{}", render(long));
    let large = "{{#each (range 1 9999)}}".to_owned() + &"x".repeat(200) + "{{/each}}";
    assert!(render(&large).contains("too much text"));
}

#[test]
fn what_cannot_be_rendered_is_refused_when_it_is_set() {
    for (text, why) in [
        ("{{#if a}}".to_owned(), "template"),
        ("{{> part}}".to_owned(), "partials"),
        ("{{xPath request.body '/a'}}".to_owned(), "unknown helper"),
        ("{{trim (systemValue 'X')}}".to_owned(), "unknown helper"),
        ("(".repeat(100), "brackets"),
        ("{{#if a}}".repeat(20) + &"{{/if}}".repeat(20), "blocks"),
        ("{{#if a}}".to_owned() + &"{{else if b}}".repeat(200) + "{{/if}}", "else"),
        ("x".repeat(LENGTH + 1), "longer"),
    ] {
        let refused = Template::read(&text, "/body").unwrap_err();
        assert!(refused.detail.contains(why), "{refused}");
    }
}
