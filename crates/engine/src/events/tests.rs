use super::*;

fn cursors(page: &EventPage<u64>) -> Vec<u64> {
    page.events.iter().map(|event| event.cursor).collect()
}

#[test]
fn pages_follow_each_other_without_a_gap() {
    let mut ring = Ring::new();
    (1..=5).for_each(|event| ring.push(None, event));
    let first = ring.since(0, 3);
    assert_eq!((cursors(&first), first.next, first.missed), (vec![1, 2, 3], 3, 0));
    let second = ring.since(first.next, 3);
    assert_eq!((cursors(&second), second.next, second.missed), (vec![4, 5], 5, 0));
    let none = ring.since(second.next, 3);
    assert_eq!((cursors(&none), none.next, none.missed), (vec![], 5, 0));
}

#[test]
fn what_is_no_longer_kept_is_counted() {
    let mut ring = Ring::new();
    let all = Ring::<u64>::KEPT as u64 + 10;
    (1..=all).for_each(|event| ring.push(Some(event), event));
    let page = ring.since(4, 2);
    assert_eq!((cursors(&page), page.missed), (vec![11, 12], 6));
    assert_eq!(ring.since(all + 7, 2).next, all, "a cursor from elsewhere begins at the end");
}
