//! Whatever is done to an exchange, at whatever time, some things always hold.

use proptest::{prelude::*, test_runner::Config};

use super::*;
use crate::{HangupCause, Outcome, Rule, Shape};

const NUMBERS: [&str; 18] = [
    "200",
    "201",
    "300",
    "400",
    "101",
    "102",
    "103",
    "104",
    "105",
    "106",
    "0901234567",
    "0901234568",
    "0987699486",
    "0987699480",
    "0987699487",
    "0987699603",
    "0987699200",
    "0987699404",
];

#[derive(Debug, Clone)]
enum Deed {
    Dial { from: usize, to: usize, click: bool, given: Option<Behaviour> },
    Control(Control),
}

fn number() -> impl Strategy<Value = Number> {
    prop::sample::select(&NUMBERS[..]).prop_map(Number::from)
}

fn behaviour() -> impl Strategy<Value = Behaviour> {
    let outcome = prop_oneof![
        4 => Just(Outcome::Answer),
        1 => Just(Outcome::Busy),
        1 => Just(Outcome::NoAnswer),
        1 => Just(Outcome::Reject),
        1 => Just(Outcome::Cancel),
        2 => Just(Outcome::Manual),
        1 => Just(Outcome::Fail(HangupCause::SubscriberAbsent)),
    ];
    let length = || {
        prop_oneof![
            Just(Distribution::ZERO),
            (0.0..20.0).prop_map(Distribution::Fixed),
            (0.0..10.0, 0.0..30.0).prop_map(|(low, high)| Shape::Uniform(low, high).into()),
            (0.1..20.0, 0.0..1.0).prop_map(|(mid, sigma)| Shape::Lognormal(mid, sigma).into()),
        ]
    };
    let side = prop::option::of(side());
    let talk = prop::option::of(length());
    (outcome, length(), length(), talk, side).prop_map(|(outcome, setup, ring, talk, hangs_up)| {
        Behaviour { outcome, setup, ring, talk, hangs_up }
    })
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::A), Just(Side::B)]
}

fn service() -> impl Strategy<Value = Service> {
    let length = || (0.0..40.0).prop_map(Distribution::Fixed);
    let group = || {
        (prop::collection::vec(number(), 0..4), any::<bool>(), length()).prop_map(
            |(members, in_turn, ring)| Group {
                members,
                strategy: if in_turn { RingStrategy::InTurn } else { RingStrategy::AtOnce },
                ring,
            },
        )
    };
    let keys = prop::collection::btree_map("[0-9]", number(), 0..4);
    let menu = (length(), keys, prop::option::of(number()));
    let menu = menu.prop_map(|(greeting, keys, otherwise)| Menu { greeting, keys, otherwise });
    let kind = prop_oneof![
        group().prop_map(ServiceKind::RingGroup),
        (group(), length()).prop_map(|(group, wait)| ServiceKind::Queue(Queue { group, wait })),
        menu.prop_map(ServiceKind::Menu),
    ];
    let number = prop::sample::select(&NUMBERS[..4]).prop_map(Number::from);
    (number, kind).prop_map(|(number, kind)| Service { number, kind })
}

fn control() -> impl Strategy<Value = Control> {
    let call = || (1..14_u64).prop_map(CallId);
    let name = || prop_oneof![3 => side().prop_map(LegName::Side), 1 => (0..5_u16).prop_map(|leg| LegName::Leg(LegId(leg)))];
    let maybe = || prop::option::weighted(0.3, name());
    let part = prop_oneof![
        Just(Supervision::Listen),
        Just(Supervision::Whisper),
        Just(Supervision::Barge)
    ];
    let pattern = prop::sample::select(&["*", "10?", "09*", "*3", "105"][..]);
    let times = prop::option::of(0..4_u32);
    let rule = (behaviour(), pattern, times)
        .prop_map(|(behaviour, to, times)| Rule { times, ..Rule::to(to, behaviour) });
    let yes = || prop::option::of(prop::bool::weighted(0.7));
    prop_oneof![
        3 => (call(), maybe()).prop_map(|(call, leg)| Control::Answer { call, leg }),
        1 => (call(), maybe()).prop_map(|(call, leg)| Control::Reject { call, leg }),
        2 => (call(), maybe()).prop_map(|(call, leg)| Control::TakeOver { call, leg }),
        1 => (call(), maybe()).prop_map(|(call, leg)| Control::HangUp { call, leg }),
        1 => (call(), name()).prop_map(|(call, leg)| Control::Hold { call, leg }),
        1 => (call(), name()).prop_map(|(call, leg)| Control::Resume { call, leg }),
        1 => (call(), name(), "[0-9#x]{0,3}")
            .prop_map(|(call, leg, digits)| Control::Press { call, leg, digits }),
        1 => call().prop_map(|call| Control::StartRecording { call }),
        1 => call().prop_map(|call| Control::StopRecording { call }),
        4 => (call(), side(), number())
            .prop_map(|(call, moved, to)| Control::Transfer { call, moved, to, or_return: false }),
        2 => (call(), side(), number())
            .prop_map(|(call, moved, to)| Control::Transfer { call, moved, to, or_return: true }),
        2 => (call(), number()).prop_map(|(call, to)| Control::Route { call, to }),
        4 => (call(), side(), number())
            .prop_map(|(call, by, to)| Control::Consult { call, by, to }),
        1 => call().prop_map(|call| Control::Complete { call }),
        1 => call().prop_map(|call| Control::CancelConsultation { call }),
        1 => service().prop_map(|service| Control::SetService { service }),
        1 => number().prop_map(|number| Control::RemoveService { number }),
        2 => (call(), side(), prop::option::of(0..20_u32))
            .prop_map(|(call, cut, seconds)| Control::Park { call, cut, seconds }),
        3 => (call(), number(), part).prop_map(|(call, extension, supervision)| {
            Control::Supervise { call, extension, supervision }
        }),
        1 => (number(), yes(), yes(), prop::option::of(prop::option::of(behaviour()))).prop_map(
            |(number, registered, do_not_disturb, habit)| Control::SetExtension {
                number, registered, do_not_disturb: do_not_disturb.map(|on| !on), habit
            }
        ),
        1 => number().prop_map(|number| Control::RemoveExtension { number }),
        1 => rule.prop_map(|rule| Control::AddRule { rule }),
        1 => Just(Control::SetRules { rules: Vec::new() }),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    let places = 0..NUMBERS.len();
    let dial = (places.clone(), places, any::<bool>(), prop::option::weighted(0.3, behaviour()));
    prop_oneof![
        1 => dial.prop_map(|(from, to, click, given)| Deed::Dial { from, to, click, given }),
        2 => control().prop_map(Deed::Control),
    ]
}

/// How long nothing is done before each deed: mostly moments, in microseconds.
fn wait() -> impl Strategy<Value = u64> {
    prop_oneof![2 => Just(0), 4 => 0..3_000_000_u64, 1 => 0..60_000_000_u64]
}

fn act(desk: &mut Desk, deed: &Deed) {
    match deed {
        Deed::Dial { from, to, click, given } => {
            let origin = if *click { Origin::Click } else { Origin::Phone };
            desk.place(NUMBERS[*from], NUMBERS[*to], origin, *given);
        }
        // A refusal that changes anything fails in here.
        Deed::Control(control) => drop(desk.tries(control.clone())),
    }
}

/// As many cases as `PROPTEST_CASES` says, or else 200.
fn config() -> Config {
    let config = Config { failure_persistence: None, ..Config::default() };
    let is_said = std::env::var_os("PROPTEST_CASES").is_some();
    Config { cases: if is_said { config.cases } else { 200 }, ..config }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn pieces_of_time_and_snapshots_make_no_difference(
        deeds in prop::collection::vec((wait(), deed()), 1..50),
        pieces in 1..7_u32,
        snapshot_at in 0..50_usize,
        at_the_end_of_time in prop::bool::weighted(0.1),
    ) {
        let start = || {
            let mut desk = Desk::with_services();
            if at_the_end_of_time {
                desk.now = datetime!(9999-12-31 23:59:30 UTC);
            }
            desk
        };
        let (mut whole, mut pieced, mut restored) = (start(), start(), start());
        let last = (60_000_000_000, Deed::Control(Control::HangUp { call: CallId(1), leg: None }));
        for (index, (wait, deed)) in deeds.iter().chain([&last]).enumerate() {
            let then = whole.now.saturating_add(Duration::microseconds(i64::try_from(*wait).unwrap()));
            let then = then.min(datetime!(9999-12-31 23:59:59.999_999 UTC));
            let piece = (then - whole.now) / pieces;
            for _ in 0..pieces {
                let length = Duration::microseconds(i64::try_from(piece.whole_microseconds()).unwrap());
                pieced.pass(length);
            }
            if index == snapshot_at {
                restored.exchange = serde_json::from_str(&bytes(&restored.exchange)).unwrap();
            }
            for desk in [&mut whole, &mut pieced, &mut restored] {
                desk.now = then;
                desk.settle();
                act(desk, deed);
            }
            prop_assert_eq!(&whole.exchange, &pieced.exchange);
            prop_assert_eq!(&whole.exchange, &restored.exchange);
        }
        prop_assert_eq!(bytes(&whole.exchange), bytes(&pieced.exchange));
        prop_assert_eq!(bytes(&whole.exchange), bytes(&restored.exchange));
        prop_assert_eq!(&whole.events, &pieced.events);
        prop_assert_eq!(&whole.events, &restored.events);
        prop_assert!(whole.events.is_sorted_by_key(|event| event.at));
        // Every call that was placed is either live or in the history, once.
        let placed = whole.events.iter().filter(|event| event.kind == EventKind::CallCreated);
        prop_assert_eq!(placed.count(), whole.exchange.live() + whole.exchange.history().len());
        prop_assert!(whole.exchange.recent().count() <= Exchange::<()>::RECENT);
    }
}
