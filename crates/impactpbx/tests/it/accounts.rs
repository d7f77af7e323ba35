//! Accounts of a vendor that knows no credentials: by a header, or in front of the path.

use ringback_impactpbx::ImpactPbx;
use ringback_testkit::Api;
use serde_json::json;

#[actix_web::test]
async fn an_account_of_any_name_is_used_by_the_credentials_that_are_answered() {
    let api = Api::<ImpactPbx>::frozen();
    for name in ["one", "a%2Fb%20c", "%D1%82%D0%B5%D1%81%D1%82", "50%25", "a%3Fb%23c"] {
        let made = api.send("PUT", &format!("/__admin/accounts/{name}"), &json!({})).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let credentials = &made.json["credentials"];
        let header = credentials["headers"]["Ringback-Account"].as_str().unwrap();
        let prefix = credentials["path_prefix"].as_str().unwrap();
        let tenant = credentials["tenant_uuid"].as_str().unwrap();

        let by_header = api.request("GET", "/get_cdr", &[("ringback-account", header)], "").await;
        assert_eq!((by_header.status, by_header.header("tenant-uuid")), (200, tenant), "{name}");
        assert_eq!(by_header.json["total"], 5);
        let by_path = api.get(&format!("{prefix}/get_cdr")).await;
        assert_eq!((by_path.status, by_path.header("tenant-uuid")), (200, tenant), "{name}");
        assert_eq!(by_path.json["total"], 10, "{name}: the same world");
        let calls = api.get(&format!("/__admin/calls?account={name}")).await.json;
        assert_eq!(calls["total"], 10, "{name}");
    }
    assert_eq!(api.get("/__admin/calls").await.json["total"], 0, "the demo account is let alone");
}

#[actix_web::test]
async fn a_name_that_is_nobody_s_is_never_the_demo_account_s() {
    for open in [false, true] {
        let builder = ImpactPbx::builder().frozen_clock();
        let api = Api::of(if open { builder.open_accounts() } else { builder });
        let long = "x".repeat(3_000);
        for name in ["nobody", "\u{442}", "%FF", "%", "", &long] {
            let found = api.request("GET", "/get_cdr", &[("ringback-account", name)], "").await;
            let wanted = if open && !name.is_empty() { 200 } else { 404 };
            assert_eq!(found.status, wanted, "{name:?}");
        }
        assert_eq!(api.get("/__admin/calls").await.json["total"], 0);
    }
}
