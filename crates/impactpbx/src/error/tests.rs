use ringback_mock::{ExecuteError, HttpRefusal};

use super::Error;

#[test]
fn an_error_has_three_keys_in_the_order_of_the_document() {
    let (status, body) = Error::NotFound.on_the_wire();
    assert_eq!(status, 404);
    assert_eq!(body, r#"{"statusCode":404,"error":"Not Found","message":"Not Found"}"#);
}

#[test]
fn a_failure_of_the_engine_says_no_more_than_the_original() {
    let (status, body) = Error::from(ExecuteError::AccountGone).on_the_wire();
    assert_eq!(status, 500);
    let wanted = r#"{"statusCode":500,"error":"Internal Server Error","message":"An internal server error occurred"}"#;
    assert_eq!(body, wanted);
}

#[test]
fn a_wrong_method_is_not_found() {
    let refusal = HttpRefusal::MethodNotAllowed { allow: "GET".into() };
    assert_eq!(Error::from(refusal).on_the_wire().0, 404);
    assert_eq!(Error::from(HttpRefusal::BodyBroken).on_the_wire().0, 400);
    assert_eq!(Error::from(HttpRefusal::UrlTooLong).on_the_wire().0, 414);
}
