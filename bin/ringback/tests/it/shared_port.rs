//! All vendors on one port answer as each does on its own.

use std::path::Path;
use std::sync::Arc;

use ringback_impactpbx::ImpactPbx;
use ringback_mango::Mango;
use ringback_mock::{Builder, Mount, Vendor};
use ringback_scfm::Scfm;
use ringback_tel4vn::Tel4vn;
use ringback_testkit::golden;
use ringback_voip24h::Voip24h;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");

/// Instances of every vendor but one.
fn others(except: &str) -> Vec<Arc<dyn Mount>> {
    fn add<V: Vendor>(others: &mut Vec<Arc<dyn Mount>>, except: &str) {
        if V::NAME != except {
            others.push(Arc::new(Builder::<V>::default().frozen_clock().build().unwrap()));
        }
    }
    let mut others = Vec::new();
    add::<ImpactPbx>(&mut others, except);
    add::<Mango>(&mut others, except);
    add::<Scfm>(&mut others, except);
    add::<Tel4vn>(&mut others, except);
    add::<Voip24h>(&mut others, except);
    others
}

async fn run<V: Vendor>() -> usize {
    golden::run_beside::<V>(Path::new(FIXTURES), &others(V::NAME)).await
}

#[actix_web::test]
async fn impactpbx_answers_the_same_beside_the_others() {
    assert!(run::<ImpactPbx>().await > 40);
}

#[actix_web::test]
async fn mango_answers_the_same_beside_the_others() {
    assert!(run::<Mango>().await > 100);
}

#[actix_web::test]
async fn scfm_answers_the_same_beside_the_others() {
    assert!(run::<Scfm>().await > 100);
}

#[actix_web::test]
async fn tel4vn_answers_the_same_beside_the_others() {
    assert!(run::<Tel4vn>().await > 100);
}

#[actix_web::test]
async fn voip24h_answers_the_same_beside_the_others() {
    assert!(run::<Voip24h>().await > 60);
}
