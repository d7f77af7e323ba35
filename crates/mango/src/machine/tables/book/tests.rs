use std::time::Instant;

use super::{AddressBook, Contact, ContactFields, Kept as _, OrderBy, PhoneFields, Question};

fn phone(number: &str) -> PhoneFields {
    PhoneFields {
        phone_id: None,
        phone_type: 1,
        phone: number.to_owned(),
        comment: String::new(),
        ext: None,
        is_default: false,
    }
}

fn contact(name: &str, number: &str) -> ContactFields {
    ContactFields {
        name: Some(name.to_owned()),
        phones: Some(vec![phone(number)]),
        ..ContactFields::default()
    }
}

fn book(contacts: usize) -> AddressBook {
    let mut book = AddressBook::default();
    let wanted = (0..contacts).map(|number| {
        contact(&format!("Contact {:06}", (number * 7_919) % contacts), &format!("7999{number:07}"))
    });
    let (made, skipped) = book.create::<Contact>(0, wanted.collect(), false);
    assert_eq!((made.len(), skipped.len()), (contacts, 0));
    book
}

fn question(query: &str, order: &[(OrderBy, bool)]) -> Question {
    Question { query: query.to_owned(), order: order.to_vec() }
}

#[test]
fn one_page_of_a_sorted_list_is_that_part_of_all_of_it() {
    let book = book(97);
    let order = [(OrderBy::Importance, true), (OrderBy::Name, true)];
    let whole = book.find(&question("", &order), 1, 500).found;
    assert!(whole.windows(2).all(|pair| pair[0].name > pair[1].name));
    for limit in [1, 10, 96, 97, 98] {
        let mut pages = Vec::new();
        for page in 1..=97_usize.div_ceil(limit) {
            pages.extend(book.find(&question("", &order), page, limit).found);
        }
        assert_eq!(pages, whole, "{limit} on a page");
    }
}

#[test]
fn the_list_by_name_is_the_list_sorted_by_name() {
    let mut book = book(40);
    let twins =
        vec![contact("contact 000007", "1"), contact("Äpfel", "2"), contact("Contact 000007", "3")];
    book.create::<Contact>(0, twins, true);
    for down in [false, true] {
        let indexed = book.find(&question("", &[(OrderBy::Name, down)]), 1, 500).found;
        let order = [(OrderBy::Importance, down), (OrderBy::Name, down)];
        assert_eq!(indexed, book.find(&question("", &order), 1, 500).found);
        let searched = book.find(&question("7", &[(OrderBy::Name, down)]), 1, 500).found;
        let wanted: Vec<_> = indexed.into_iter().filter(|found| searched.contains(found)).collect();
        assert_eq!(searched, wanted);
    }
}

#[test]
fn beyond_the_ends_is_the_first_or_the_last_page() {
    let book = book(25);
    let last = book.find(&question("", &[]), usize::MAX, 10);
    assert_eq!((last.page, last.from(), last.found.len(), last.pages()), (3, 20, 5, 3));
    let first = book.find(&question("", &[]), 0, 10);
    assert_eq!((first.page, first.from(), first.found.len()), (1, 0, 10));
    let none = book.find(&question("nobody", &[(OrderBy::Name, false)]), 5, 10);
    assert_eq!((none.page, none.from(), none.found.len(), none.pages()), (1, 0, 0, 0));
}

#[test]
fn a_twin_has_the_name_and_the_default_number_of_another() {
    let mut book = AddressBook::default();
    let twins = vec![
        contact("Ivy", "8 (999) 000-00-01"),
        contact("Ivy", "79990000001"),
        contact("ivy", "79990000001"),
        contact("Ivy", "79990000002"),
    ];
    let (made, skipped) = book.create::<Contact>(0, twins.clone(), false);
    assert_eq!((made.len(), skipped), (3, vec![1]));
    Contact::delete(&mut book, &made);
    let (made, skipped) = book.create::<Contact>(0, twins, true);
    assert_eq!((made.len(), skipped.len()), (4, 0));
    assert_eq!(made.first(), Some(&470_000_004), "an identity is never given again");
}

#[test]
fn a_book_survives_its_serialised_form() {
    let mut book = book(30);
    Contact::delete(&mut book, &[470_000_030]);
    let text = serde_json::to_string(&book).unwrap();
    let mut again: AddressBook = serde_json::from_str(&text).unwrap();
    assert_eq!(again, book);
    let (made, _) = again.create::<Contact>(0, vec![contact("x", "1")], false);
    assert_eq!(made, [470_000_031]);
}

#[test]
fn a_hundred_thousand_contacts_are_searched_and_paged_quickly() {
    let book = book(100_000);
    let by_name = [(OrderBy::Name, true)];
    let by_both = [(OrderBy::Importance, false), (OrderBy::Name, false)];
    for (query, order) in [
        ("", &[][..]),
        ("", &by_name),
        ("", &by_both),
        ("009999", &[]),
        ("7999", &by_name),
        ("8 (999)", &by_both),
    ] {
        let begun = Instant::now();
        let page = book.find(&question(query, order), 1_000, 50);
        let took = begun.elapsed();
        assert!(page.total > 0);
        // A bound for a build without optimisation on a busy computer; it is to catch what grows
        // faster than the book.
        assert!(took.as_millis() < 2_000, "{query:?} by {order:?} took {took:?}");
        eprintln!("{query:?} by {order:?}: {took:?}");
    }
}
