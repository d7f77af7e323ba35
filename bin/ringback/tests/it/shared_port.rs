//! All vendors on one port answer as each does on its own.

use std::path::Path;
use std::sync::Arc;

use actix_web::http::{Method, Uri};
use ringback_impactpbx::ImpactPbx;
use ringback_mango::Mango;
use ringback_mock::{Builder, Mount, Router, Table, Vendor};
use ringback_scfm::Scfm;
use ringback_tel4vn::Tel4vn;
use ringback_testkit::{Api, golden};
use ringback_voip24h::Voip24h;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

/// What of a vendor this is about, its type forgotten.
struct Known {
    name: &'static str,
    table: fn() -> Table,
    mount: fn() -> Arc<dyn Mount>,
}

impl Known {
    const fn of<V: Vendor>() -> Self {
        Self {
            name: V::NAME,
            table: || Table::new(V::ENDPOINTS, V::respell),
            mount: || Arc::new(Builder::<V>::default().frozen_clock().build().unwrap()),
        }
    }
}

const VENDORS: &[Known] = &[
    Known::of::<ImpactPbx>(),
    Known::of::<Mango>(),
    Known::of::<Scfm>(),
    Known::of::<Tel4vn>(),
    Known::of::<Voip24h>(),
];

/// Checks that the port hands every golden request of a vendor to it, wherever it stands there, and
/// that those in the folder of an operation reach an endpoint of that operation, if any.
fn all_reach<V: Vendor>() {
    let others = || VENDORS.iter().filter(|vendor| vendor.name != V::NAME);
    let own = || Table::new(V::ENDPOINTS, V::respell);
    let tables = || others().map(|vendor| (vendor.table)());
    let last = Router::new(tables().chain([own()]).collect(), true);
    let first = Router::new([own()].into_iter().chain(tables()).collect(), true);
    let table = own();
    for (file, request) in golden::requests::<V>(Path::new(FIXTURES)) {
        let method = Method::from_bytes(request.method.as_bytes()).unwrap();
        let uri: Uri = request.target().parse().unwrap();
        let case = file.display();
        assert_eq!(last.place(&method, &uri), Some(others().count()), "{case}");
        assert_eq!(first.place(&method, &uri), Some(0), "{case}");
        let Some(place) = table.endpoint(method.as_str(), uri.path()) else { continue };
        let folder = file.parent().unwrap().file_name().unwrap();
        if V::ENDPOINTS.iter().any(|endpoint| folder == endpoint.operation) {
            assert_eq!(folder, V::ENDPOINTS[place].operation, "{case}");
        }
    }
}

#[test]
fn every_golden_request_reaches_its_vendor_on_the_port_of_all() {
    all_reach::<ImpactPbx>();
    all_reach::<Mango>();
    all_reach::<Scfm>();
    all_reach::<Tel4vn>();
    all_reach::<Voip24h>();
}

async fn run<V: Vendor>() -> usize {
    let others = VENDORS.iter().filter(|vendor| vendor.name != V::NAME);
    let others: Vec<_> = others.map(|vendor| (vendor.mount)()).collect();
    golden::run_beside::<V>(Path::new(FIXTURES), &others).await
}

#[actix_web::test]
async fn one_case_of_every_operation_is_answered_the_same_beside_the_others() {
    assert!(run::<ImpactPbx>().await > 4);
    assert!(run::<Mango>().await > 100);
    assert!(run::<Scfm>().await > 50);
    assert!(run::<Tel4vn>().await > 40);
    assert!(run::<Voip24h>().await > 5);
}

#[actix_web::test]
async fn the_extensions_of_two_vendors_are_each_answered_in_its_own_form() {
    let voip: Arc<dyn Mount> = Arc::new(Voip24h::builder().frozen_clock().build().unwrap());
    let api = Api::beside(Tel4vn::builder().frozen_clock(), vec![voip]);
    let keys = serde_json::json!({
        "apiKey": "9b1f0c7e5d3a48268f104ce2b7a6d9581c3e5f70",
        "apiSecret": "4e2a6c8091b3d5f70718293a4b5c6d7e8f9012ab",
    });
    let token = api.post("/v3/authentication", &keys).await.json["data"]["token"].clone();
    let bearer = format!("Bearer {}", token.as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    let list = api.request("GET", "/v3/extension/list", &headers, "").await;
    assert_eq!((list.status, &list.json["totalData"]), (200, &8.into()));
    let key = serde_json::json!({ "api_key": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeee" });
    let token = api.post("/v1/auth/token", &key).await.json["data"]["token"].clone();
    let bearer = format!("Bearer {}", token.as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    let one = api.request("GET", "/v3/extension/101", &headers, "").await;
    assert_eq!((one.status, &one.json["extension"]), (200, &"101".into()), "{}", one.text());
}
