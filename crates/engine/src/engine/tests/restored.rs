use super::*;

#[test]
fn a_restored_snapshot_brings_machine_and_moment_back() {
    let engine = frozen();
    set(&engine, seconds(5));
    advance(&engine, seconds(3));
    let taken = engine.snapshot().unwrap();
    assert_eq!(taken.at(), START + seconds(3));
    let kept = Snapshot::from_bytes(&taken.to_bytes().unwrap()).unwrap();
    assert_eq!(kept, taken);

    advance(&engine, seconds(10));
    set(&engine, seconds(5));
    let mut changes = engine.changes();
    changes.borrow_and_update();
    engine.restore_blocking(&kept).unwrap();
    assert!(changes.has_changed().unwrap());
    assert_eq!(engine.clock().now(), START + seconds(3));
    assert!(engine.clock().state().frozen);
    assert_eq!(engine.snapshot().unwrap(), taken);
    assert_eq!(advance(&engine, seconds(2)).events, [1]);
}

#[test]
fn a_restored_run_goes_on_as_the_uninterrupted_one() {
    let (whole, broken) = (frozen(), frozen());
    for engine in [&whole, &broken] {
        for after in [1, 4, 9] {
            set(engine, Duration::milliseconds(after * 1_001));
        }
        advance(engine, Duration::microseconds(2_345_678));
    }
    let restored = Engine::new(Start::Frozen(START).clock(), Kitchen::open);
    let snapshot = Snapshot::from_bytes(&bytes(&broken)).unwrap();
    restored.restore_blocking(&snapshot).unwrap();
    for engine in [&whole, &restored] {
        advance(engine, seconds(3));
        set(engine, seconds(2));
        advance(engine, Duration::MINUTE);
    }
    assert_eq!(bytes(&whole), bytes(&restored));
}

#[test]
fn a_standing_clock_goes_back_to_its_start_with_a_reset() {
    let engine = frozen();
    let fresh = bytes(&engine);
    set(&engine, seconds(1));
    advance(&engine, seconds(9));
    engine.reset_blocking().unwrap();
    assert_eq!(bytes(&engine), fresh);
    assert_eq!(engine.clock().now(), START);
}

#[test]
fn a_running_clock_runs_on_through_a_reset_and_is_set_by_a_restore() {
    let engine = Engine::new(Start::Now.clock(), Kitchen::open);
    let taken = engine.snapshot().unwrap();
    advance(&engine, Duration::HOUR);
    engine.reset_blocking().unwrap();
    let opened_at = engine.read(|kitchen| kitchen.opened_at);
    assert!(opened_at >= taken.at() + Duration::HOUR);
    assert!(engine.clock().now() >= opened_at);

    engine.restore_blocking(&taken).unwrap();
    let state = engine.clock().state();
    assert!(!state.frozen);
    assert!(state.now >= taken.at() && state.now < taken.at() + Duration::MINUTE);
}

#[test]
fn foreign_and_old_snapshots_are_refused_and_change_nothing() {
    let engine = frozen();
    set(&engine, seconds(1));
    let before = bytes(&engine);

    let other = br#"{"format": 2, "at": 0, "machine": {}}"#;
    let refused = Snapshot::from_bytes(other);
    assert!(matches!(refused, Err(SnapshotError::Format(2))), "{refused:?}");
    let shaped_otherwise = br#"{"format": 7, "kitchens": []}"#;
    assert!(matches!(Snapshot::from_bytes(shaped_otherwise), Err(SnapshotError::Format(7))));
    for nothing in [&b""[..], b"{}", b"[]", b"\xff", b"{\"format\": 1}", b"{\"format\": \"1\"}"] {
        let refused = Snapshot::from_bytes(nothing);
        assert!(matches!(refused, Err(SnapshotError::Unreadable(_))), "{refused:?}");
    }
    let cut = &before[..before.len() - 2];
    assert!(matches!(Snapshot::from_bytes(cut), Err(SnapshotError::Unreadable(_))));
    let too_late = br#"{"format": 1, "at": 999999999999999999, "machine": {}}"#;
    assert!(matches!(Snapshot::from_bytes(too_late), Err(SnapshotError::Unreadable(_))));

    let foreign = Snapshot::from_bytes(br#"{"format": 1, "at": 0, "machine": {"cars": 3}}"#);
    let refused = engine.restore_blocking(&foreign.unwrap());
    assert!(matches!(refused, Err(EngineError::Snapshot(_))), "{refused:?}");
    // One that comes by another way than `from_bytes`, such as out of a log.
    let old: Snapshot = serde_json::from_slice(other).unwrap();
    let refused = engine.restore_blocking(&old);
    assert!(matches!(refused, Err(EngineError::Snapshot(SnapshotError::Format(2)))));
    assert_eq!(bytes(&engine), before);
}
