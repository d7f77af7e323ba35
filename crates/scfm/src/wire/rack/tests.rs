use super::*;

fn read(text: &str) -> Result<String, Malformed> {
    Ok(Json::Object(nested(&query(text)?)?).to_string())
}

#[test]
fn brackets_nest_as_the_table_of_the_spec_says() {
    let cases = [
        ("metadata[a][b][c]=x", r#"{"metadata":{"a":{"b":{"c":"x"}}}}"#),
        ("metadata[l][]=1&metadata[l][]=2", r#"{"metadata":{"l":["1","2"]}}"#),
        (
            "metadata[h][][x]=1&metadata[h][][y]=2&metadata[h][][x]=3",
            r#"{"metadata":{"h":[{"x":"1","y":"2"},{"x":"3"}]}}"#,
        ),
        ("metadata[k]", r#"{"metadata":{"k":null}}"#),
        ("metadata[k]=", r#"{"metadata":{"k":""}}"#),
        ("metadata[k]=1&metadata[k]=2", r#"{"metadata":{"k":"2"}}"#),
        ("metadata%5Ba%5D=1", r#"{"metadata":{"a":"1"}}"#),
        ("metadata[a]=a+b%20c", r#"{"metadata":{"a":"a b c"}}"#),
        ("a=1;b=2&  c=3", r#"{"a":"1","b":"2","c":"3"}"#),
        (
            "a[][b][c]=1&a[][b][d]=2&a[][b][c]=3",
            r#"{"a":[{"b":{"c":"1","d":"2"}},{"b":{"c":"3"}}]}"#,
        ),
        ("a[][]=1", r#"{"a":[["1"]]}"#),
        ("[]=1&=2&&a=3", r#"{"a":"3"}"#),
        ("a[=1", r#"{"a[":"1"}"#),
        ("a]b=1", r#"{"a":{"b":"1"}}"#),
        ("a&a[]=1", r#"{"a":["1"]}"#),
        ("a[b]=1&a=2", r#"{"a":"2"}"#),
        ("a=%E1%9E%80", "{\"a\":\"\u{1780}\"}"),
    ];
    for (sent, parsed) in cases {
        assert_eq!(read(sent).as_deref(), Ok(parsed), "{sent}");
    }
}

#[test]
fn what_contradicts_itself_or_is_no_text_is_refused() {
    assert_eq!(read("metadata[a]=1&metadata[a][b]=2"), Err(Malformed::Shape));
    assert_eq!(read("a[]=1&a[b]=2"), Err(Malformed::Shape));
    assert_eq!(read("a[b]=2&a[]=1"), Err(Malformed::Shape));
    assert_eq!(read("a=%ff"), Err(Malformed::Encoding));
    assert_eq!(read("a=%zz"), Err(Malformed::Encoding));
    assert_eq!(read("a=%4"), Err(Malformed::Encoding));
}

#[test]
fn a_hundred_names_nest_and_one_more_does_not() {
    let deep = |brackets: usize| format!("a{}=1", "[b]".repeat(brackets));
    assert!(read(&deep(99)).is_ok());
    assert_eq!(read(&deep(100)), Err(Malformed::Depth));
}

#[test]
fn a_form_body_is_not_split_at_semicolons() {
    let parsed = nested(&form(b"a=1;b=2").unwrap()).unwrap();
    assert_eq!(Json::Object(parsed).to_string(), r#"{"a":"1;b=2"}"#);
}
