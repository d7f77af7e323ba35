use super::*;
use crate::{CallState, HangupCause, LegState, Outcome, Role};

impl Desk {
    fn habit(&mut self, numbers: &[&str], habit: Behaviour) {
        for number in numbers {
            self.exchange.extension_mut(number).unwrap().habit = Some(habit);
        }
    }

    /// Whose phones ring in a call now.
    fn ringing(&self, id: CallId) -> Vec<String> {
        let legs = self.view(id).legs;
        let rings = legs.iter().filter(|leg| leg.state == LegState::Ringing);
        rings.map(|leg| leg.party.number().to_string()).collect()
    }

    /// Each leg's number and why it ended.
    fn causes(&self, id: CallId) -> Vec<(String, HangupCause)> {
        let legs = self.view(id).legs;
        legs.iter().map(|leg| (leg.party.number().to_string(), leg.cause.unwrap())).collect()
    }
}

fn quiet() -> Behaviour {
    Behaviour::fails(Outcome::NoAnswer, Distribution::ZERO)
}

fn answers_after(ring: i32) -> Behaviour {
    Behaviour::answers(Distribution::Fixed(ring.into()), Distribution::Fixed(5.0))
}

fn named(pairs: &[(&str, HangupCause)]) -> Vec<(String, HangupCause)> {
    pairs.iter().map(|(number, cause)| ((*number).to_owned(), *cause)).collect()
}

#[test]
fn a_ring_group_rings_all_its_members_and_the_first_to_pick_up_has_the_call() {
    let mut desk = Desk::with_services();
    desk.habit(&["101"], answers_after(3));
    let id = desk.dial(MOBILE, "200");
    assert_eq!(desk.ringing(id), ["101", "102"]);
    assert_eq!(desk.view(id).state, CallState::Ringing);
    desk.pass(seconds(1));
    assert_eq!(desk.sides(id), [Some(MOBILE), Some("102")]);
    assert_eq!(desk.view(id).state, CallState::Answered);
    desk.pass(seconds(5));
    let normal = HangupCause::NormalClearing;
    let ends = [(MOBILE, normal), ("101", HangupCause::LoseRace), ("102", normal)];
    assert_eq!(desk.causes(id), named(&ends));
    let cdr = desk.cdr(id);
    assert_eq!((cdr.to.as_str(), cdr.extension.as_ref()), ("200", Some(&"102".into())));
    assert_eq!((cdr.talk_time(), cdr.duration()), (seconds(5), seconds(6)));
}

#[test]
fn a_ring_group_in_turn_rings_one_member_after_the_other_and_then_gives_up() {
    let mut desk = Desk::with_services();
    desk.habit(&["101", "102"], quiet());
    let id = desk.dial(MOBILE, "201");
    assert_eq!(desk.ringing(id), ["101"]);
    desk.pass(seconds(30));
    assert_eq!(desk.ringing(id), ["102"]);
    desk.pass(seconds(30));
    let cdr = desk.cdr(id);
    assert_eq!((cdr.cause, cdr.extension.as_ref()), (HangupCause::NoAnswer, None));
    assert_eq!(cdr.duration(), seconds(60));
}

#[test]
fn members_who_are_busy_or_logged_out_are_passed_over() {
    for (busy, cause) in [(true, HangupCause::UserBusy), (false, HangupCause::UserNotRegistered)] {
        let mut desk = Desk::with_services();
        for member in ["101", "102"] {
            desk.does(off(member, busy, busy));
        }
        let id = desk.dial(MOBILE, "200");
        assert_eq!(desk.cdr(id).cause, cause);
        desk.does(off("102", true, false));
        let id = desk.dial(MOBILE, "200");
        assert_eq!(desk.ringing(id), ["102"]);
    }
}

#[test]
fn a_caller_waits_in_a_queue_until_a_member_is_free() {
    let mut desk = Desk::with_services();
    let [first, second] = ["103", "104"].map(|member| desk.talking(member, "0911"));
    let id = desk.dial(MOBILE, "300");
    desk.pass(seconds(10));
    assert_eq!(desk.view(id).state, CallState::Waiting);
    assert_eq!(desk.exchange.call(id).unwrap().service(), Some(&"300".into()));
    desk.does(Control::HangUp { call: second, leg: None });
    desk.pass(seconds(1));
    assert_eq!(desk.ringing(id), ["104"]);
    desk.pass(seconds(1));
    assert_eq!(desk.sides(id), [Some(MOBILE), Some("104")]);
    let queue = &desk.exchange.call(id).unwrap().legs[1];
    assert_eq!(
        (queue.role, queue.cause),
        (Role::Serves(Side::B), Some(HangupCause::BlindTransfer))
    );
    assert!(desk.exchange.call(first).is_some());
    assert_eq!(desk.exchange.call(id).unwrap().legs[2].via, Some(LegId(1)));
}

#[test]
fn a_queue_rings_again_and_gives_up_when_the_caller_has_waited_long_enough() {
    let mut desk = Desk::with_services();
    desk.habit(&["103", "104"], quiet());
    let id = desk.dial(MOBILE, "300");
    desk.pass(seconds(31));
    assert_eq!(desk.view(id).state, CallState::Waiting);
    desk.pass(seconds(5));
    assert_eq!(desk.ringing(id), ["103", "104"], "again after 5 s");
    desk.pass(seconds(30));
    let cdr = desk.cdr(id);
    assert_eq!((cdr.cause, cdr.duration()), (HangupCause::NoAnswer, seconds(60)));
    assert_eq!(cdr.answered_at(), None);

    let mut desk = Desk::with_services();
    for member in ["103", "104"] {
        desk.does(off(member, false, false));
    }
    let id = desk.dial(MOBILE, "300");
    desk.pass(seconds(60));
    assert_eq!(desk.cdr(id).cause, HangupCause::UserNotRegistered, "nobody ever rang");
}

#[test]
fn a_caller_may_give_up_in_a_queue() {
    let mut desk = Desk::with_services();
    desk.habit(&["103", "104"], quiet());
    let id = desk.dial(MOBILE, "300");
    desk.pass(seconds(7));
    desk.does(Control::HangUp { call: id, leg: Some(LegName::Side(Side::A)) });
    let cdr = desk.cdr(id);
    assert_eq!((cdr.cause, cdr.hung_up_by), (HangupCause::OriginatorCancel, Some(Side::A)));
    assert!(["103", "104"].iter().all(|member| desk.exchange.available(member, None).is_ok()));
}

#[test]
fn a_menu_sends_the_caller_on_by_the_key_pressed_or_after_its_greeting() {
    for (keys, after, rung) in [
        (&["7", "1"][..], 2, &["101", "102"][..]),
        (&["2"], 1, &["103", "104"]),
        (&[], 4, &["105"]),
    ] {
        let mut desk = Desk::with_services();
        let (from, to) = (Party::Outside(MOBILE.into()), Party::Service("400".into()));
        let (line, behaviour, origin) = (None, None, Origin::Phone);
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        let id = desk.exchange.dial(
            desk.now,
            Dial { from, to, origin, line, record: true, behaviour, keys, tag: () },
        );
        desk.pass(seconds(after) - Duration::MILLISECOND);
        assert_eq!(desk.view(id).state, CallState::Waiting);
        desk.pass(Duration::MILLISECOND);
        assert_eq!(desk.ringing(id), rung);
        let menu = &desk.exchange.call(id).unwrap().legs[1];
        assert_eq!(menu.cause, Some(HangupCause::BlindTransfer));
    }
}

#[test]
fn keys_pressed_by_hand_work_in_a_menu_and_one_that_leads_nowhere_ends_the_call() {
    let mut desk = Desk::with_services();
    let id = desk.dial(MOBILE, "400");
    let leg = LegName::Side(Side::A);
    desk.does(Control::Press { call: id, leg, digits: "1".into() });
    assert_eq!(desk.ringing(id), ["101", "102"]);

    let greeting = Distribution::Fixed(2.0);
    let menu = Menu { greeting, keys: BTreeMap::new(), otherwise: None };
    desk.exchange.set_service(Service { number: "400".into(), kind: ServiceKind::Menu(menu) });
    let id = desk.dial(MOBILE, "400");
    desk.pass(seconds(2));
    let cdr = desk.cdr(id);
    assert_eq!((cdr.cause, cdr.hung_up_by), (HangupCause::NormalClearing, None));
    assert_eq!(cdr.answered_at(), None);
}

#[test]
fn a_click_call_from_a_group_rings_the_group_first() {
    let mut desk = Desk::with_services();
    let id = desk.click("200", MOBILE);
    assert_eq!(desk.ringing(id), ["101", "102"]);
    desk.pass(seconds(1));
    assert_eq!(desk.sides(id), [Some("101"), Some(MOBILE)]);
    desk.pass(seconds(2));
    assert_eq!(desk.view(id).state, CallState::Answered);
    desk.pass(seconds(5));
    assert_eq!(desk.cdr(id).extension, Some("101".into()));
}

#[test]
fn a_call_nobody_has_picked_up_can_be_routed_and_a_talking_one_cannot() {
    let mut desk = Desk::with_services();
    let id = desk.dial(MOBILE, "400");
    desk.does(Control::Route { call: id, to: "101".into() });
    assert_eq!(desk.ringing(id), ["101"]);
    desk.does(Control::Route { call: id, to: "300".into() });
    assert_eq!(desk.ringing(id), ["103", "104"]);
    let cause = |leg: usize| desk.exchange.call(id).unwrap().legs[leg].cause;
    assert_eq!(cause(1), Some(HangupCause::BlindTransfer));
    assert_eq!(cause(2), Some(HangupCause::PickedOff));
    desk.does(off("102", false, false));
    let route = |to: &str| Control::Route { call: id, to: to.into() };
    assert_eq!(desk.tries(route("102")), Err(Unavailable::NotRegistered.into()));
    desk.pass(seconds(1));
    assert_eq!(desk.tries(route("101")), Err(CallRefused::NotRinging));
}

#[test]
fn declining_at_one_phone_of_a_group_leaves_the_call_to_the_others() {
    let mut desk = Desk::with_services();
    let id = desk.dial(MOBILE, "200");
    desk.does(Control::Reject { call: id, leg: None });
    assert_eq!(desk.ringing(id), ["102"]);
    desk.does(Control::HangUp { call: id, leg: Some(LegName::Leg(LegId(2))) });
    assert_eq!(desk.cdr(id).cause, HangupCause::CallRejected);
}

#[test]
fn a_call_can_be_transferred_to_a_group_and_comes_back_if_nobody_takes_it() {
    for or_return in [true, false] {
        let mut desk = Desk::with_services();
        desk.habit(&["101", "102"], quiet());
        let id = desk.talking(MOBILE, "105");
        desk.does(Control::Transfer { call: id, moved: Side::A, to: "200".into(), or_return });
        assert_eq!(desk.ringing(id), ["101", "102"]);
        desk.pass(seconds(30));
        if or_return {
            assert_eq!(desk.ringing(id), ["105"]);
            desk.pass(seconds(1));
            assert_eq!(desk.sides(id), [Some(MOBILE), Some("105")]);
        } else {
            assert_eq!(desk.cdr(id).cause, HangupCause::NoAnswer);
        }
    }
}

#[test]
fn a_returned_call_that_is_not_taken_either_ends() {
    let mut desk = Desk::new();
    desk.habit(&["101", "102"], quiet());
    let id = desk.talking(MOBILE, "101");
    desk.does(Control::Transfer { call: id, moved: Side::A, to: "102".into(), or_return: true });
    desk.pass(seconds(31));
    let returned = EventKind::LegReturned { leg: LegId(0), to: LegId(3) };
    assert!(desk.happened(id).iter().any(|(at, what)| (*at, *what) == (30, &returned)));
    desk.pass(seconds(30));
    assert_eq!(desk.cdr(id).cause, HangupCause::NoAnswer);
}

#[test]
fn an_application_answers_at_once_and_is_never_busy() {
    let mut desk = Desk::new();
    for to in ["0911", "0912"] {
        let (from, to) = (Party::Service("999".into()), Party::Outside(to.into()));
        let (line, behaviour, keys, origin) = (None, None, Vec::new(), Origin::Phone);
        let id = desk.exchange.dial(
            desk.now,
            Dial { from, to, origin, line, record: true, behaviour, keys, tag: () },
        );
        desk.settle();
        assert_eq!(desk.sides(id)[0], Some("999"));
    }
    desk.pass(seconds(7));
    assert!(desk.exchange.history().iter().all(|cdr| cdr.talk_time() == seconds(5)));
    assert_eq!(desk.exchange.history().len(), 2);
}
