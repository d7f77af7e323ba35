use serde_json::json;

use super::Changes;

#[test]
fn rows_that_came_went_and_changed_are_told_apart_by_their_ids() {
    let mut changes = Changes::new(10);
    let [gone, kept, old, new] =
        ["gone", "kept", "old", "new"].map(|name| json!({ "name": name, "n": 1 }));
    changes.table(
        "people",
        [(1, &gone), (2, &kept), (4, &old)],
        [(2, &kept), (3, &new), (4, &new)],
    );
    changes.table("things", [(1, &kept)], [(1, &kept)]);
    assert_eq!(
        json!(changes),
        json!({ "people": {
            "added": [{ "id": 3, "name": "new", "n": 1 }],
            "changed": [{ "id": 4, "fields": { "name": ["old", "new"] } }],
            "removed": [{ "id": 1, "name": "gone", "n": 1 }],
            "counts": { "added": 1, "changed": 1, "removed": 1 },
        } })
    );
}

#[test]
fn rows_beyond_the_limit_are_counted() {
    let mut changes = Changes::new(2);
    changes.list("numbers", &[1], &[5, 4, 3, 2, 1], |number| *number);
    let table = changes.of("numbers").unwrap();
    assert_eq!(table.added, [json!({ "id": 2, "value": 2 }), json!({ "id": 3, "value": 3 })]);
    assert_eq!((table.counts.added, table.counts.removed), (4, 0));
    assert!(changes.of("letters").is_none());
}
