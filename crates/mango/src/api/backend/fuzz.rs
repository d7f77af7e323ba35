//! Fuzz targets: query strings of the flat face.

use super::{operations::OPERATIONS, query::Query};

#[test]
fn queries() {
    ringback_fuzz::target!(|input| {
        let Ok(query) = str::from_utf8(input) else { return };
        for operation in OPERATIONS {
            match Query::of(query).read(operation.params) {
                Ok(_) => {}
                Err(invalid) => {
                    let told = serde_json::to_value(&invalid).unwrap();
                    assert!(told["detail"].as_array().is_some_and(|faults| !faults.is_empty()));
                }
            }
        }
    });
}
