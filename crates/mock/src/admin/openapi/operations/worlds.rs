//! Worlds: time, going back, rules, extensions, what happens by itself.

use serde_json::json;

use super::{About, Group, Operation};
use crate::admin::openapi::{
    answers, bodies,
    schema::{Components, object, one_of, page, refer},
};

pub(super) fn all(components: &mut Components) -> Vec<Operation> {
    let mut all = time();
    all.extend(moments());
    all.extend(surroundings(components));
    all.extend(rules());
    all.extend(background());
    all
}

const UNFINISHED: &str = "It is not there in time; with how far it has come.";

fn time() -> Vec<Operation> {
    let mut group = Group::new("Time");
    let clock = || refer("Clocks");
    let note = "With an account about its own time alone.";
    group
        .add("GET", "/__admin/clock", "show_clock", "Show the clock")
        .text(note)
        .ok("The clock.", clock());
    group
        .add("PUT", "/__admin/clock", "set_clock", "Set the clock")
        .text("Sets what is given; time does not go back.")
        .may_read(bodies::clock())
        .ok("The clock now.", clock())
        .answers(408, UNFINISHED, refer("Unfinished"))
        .refuses(&[409]);
    group
        .add("POST", "/__admin/clock/freeze", "freeze_clock", "Stop the clock")
        .text(note)
        .ok("The clock now.", clock());
    group
        .add("POST", "/__admin/clock/release", "release_clock", "Let the clock run on")
        .text(note)
        .ok("The clock now.", clock());
    let rate = object([(
        "rate",
        json!({ "type": "number", "minimum": 0.000_001, "maximum": 1_000_000 }),
        "Simulated seconds per second.",
    )]);
    group
        .add("POST", "/__admin/clock/rate", "set_rate", "Hurry the clock, or slow it")
        .text("Of the process, never of one account.")
        .reads(rate)
        .ok("The clock now.", clock());
    group
        .add("POST", "/__admin/clock/advance", "advance", "Jump forward")
        .text(
            "Answers when everything due has happened and every webhook that became due has had its \
             attempts.",
        )
        .reads(bodies::advance())
        .ok("What happened meanwhile.", answers::advanced())
        .answers(408, UNFINISHED, refer("Unfinished"))
        .refuses(&[409]);
    group
        .add("POST", "/__admin/reset", "reset", "Make worlds anew")
        .text("All that the request is about, or with an account that account alone.")
        .ok("Done.", super::process::reset());
    group.finish()
}

fn moments() -> Vec<Operation> {
    let mut group = Group::new("Going back");
    let one = |name| answers::one_or_list("checkpoints", name);
    let list = page("checkpoints", refer("Checkpoint"), []);
    group
        .add("GET", "/__admin/checkpoints", "list_checkpoints", "List checkpoints")
        .about(About::Several)
        .ok("The earliest first.", list);
    group
        .add("POST", "/__admin/checkpoints", "save_checkpoint", "Save a checkpoint")
        .about(About::Several)
        .reads(bodies::named_body("What it is to be called."))
        .answers(201, "The checkpoint, or those of several accounts.", one("Checkpoint"))
        .refuses(&[409]);
    group
        .add("GET", "/__admin/checkpoints/{name}", "show_checkpoint", "Show a checkpoint")
        .about(About::Several)
        .ok("The checkpoint, or those of several accounts.", one("Checkpoint"));
    group
        .add("DELETE", "/__admin/checkpoints/{name}", "remove_checkpoint", "Remove a checkpoint")
        .about(About::Several)
        .gone("It is gone.");
    group
        .add("POST", "/__admin/checkpoints/{name}/rewind", "rewind", "Go back to a checkpoint")
        .about(About::Several)
        .text("The world and the account's own time; nobody else's time moves.")
        .ok("The checkpoint with the clock of its account.", one("Rewound"))
        .refuses(&[409]);
    group
        .add("GET", "/__admin/changes", "list_changes", "List what changed since a checkpoint")
        .ok("By table.", refer("Changes"));
    let list = page("snapshots", refer("Snapshot"), []);
    group
        .add("GET", "/__admin/snapshots", "list_snapshots", "List snapshots")
        .about(About::NoAccount)
        .ok("Those that are kept.", list);
    let bytes = one_of([bodies::named_body("What it is to be called."), refer("SnapshotBytes")]);
    group
        .add("POST", "/__admin/snapshots", "take_snapshot", "Take a snapshot, or keep one")
        .text(
            "Takes one of all accounts with the clock, or with `account` of one. With `name` in the \
             query it keeps the bytes that are the body: 64 MiB at most.",
        )
        .reads(bytes)
        .answers(201, "The snapshot.", refer("Snapshot"))
        .refuses(&[409]);
    group
        .add("GET", "/__admin/snapshots/{name}", "show_snapshot", "Download a snapshot")
        .about(About::NoAccount)
        .ok("Its bytes.", refer("SnapshotBytes"))
        .refuses(&[404]);
    group
        .add("DELETE", "/__admin/snapshots/{name}", "remove_snapshot", "Remove a snapshot")
        .about(About::NoAccount)
        .gone("It is gone.")
        .refuses(&[404]);
    let restored = object([
        ("restored", json!({ "type": "string" }), "Its name."),
        ("clock", refer("Clocks"), "The clock now."),
    ]);
    group
        .add("POST", "/__admin/snapshots/{name}/restore", "restore", "Restore a snapshot")
        .text("All accounts as they were, or with `account` the world of one account in that one.")
        .ok("Done.", restored)
        .refuses(&[409]);
    group.finish()
}

fn surroundings(components: &mut Components) -> Vec<Operation> {
    let mut group = Group::new("Extensions and services");
    let extension = bodies::control(components, "set_extension", &["number"]);
    let (one, service) = (|| refer("ShownExtension"), || refer("ShownService"));
    group
        .add("GET", "/__admin/extensions", "list_extensions", "List extensions")
        .about(About::Several)
        .ok("The phones of the exchange.", page("extensions", one(), []));
    group
        .add("GET", "/__admin/extensions/{number}", "show_extension", "Show an extension")
        .ok("The extension.", one());
    group
        .add("PUT", "/__admin/extensions/{number}", "set_extension", "Make or change an extension")
        .may_read(extension.clone())
        .ok("It was there, and is as said.", one())
        .answers(201, "It was made.", one())
        .refuses(&[409]);
    group
        .add("PATCH", "/__admin/extensions/{number}", "change_extension", "Change an extension")
        .may_read(extension)
        .ok("As it is now.", one())
        .refuses(&[409]);
    group
        .add("DELETE", "/__admin/extensions/{number}", "remove_extension", "Remove an extension")
        .gone("It is gone.")
        .refuses(&[409]);
    group
        .add("GET", "/__admin/services", "list_services", "List services")
        .about(About::Several)
        .ok("Ring groups, queues and menus.", page("services", service(), []));
    group
        .add("GET", "/__admin/services/{number}", "show_service", "Show a service")
        .ok("The service.", service());
    group
        .add("PUT", "/__admin/services/{number}", "set_service", "Make or replace a service")
        .reads(refer("NewService"))
        .ok("It was there, and is as said.", service())
        .answers(201, "It was made.", service())
        .refuses(&[409]);
    group
        .add("DELETE", "/__admin/services/{number}", "remove_service", "Remove a service")
        .gone("It is gone.")
        .refuses(&[409]);
    group.finish()
}

fn rules() -> Vec<Operation> {
    let mut group = Group::new("Rules");
    let one = || refer("ShownRule");
    group
        .add("GET", "/__admin/behaviours", "list_rules", "List rules")
        .about(About::Several)
        .ok("The first match wins.", bodies::rule_list());
    group
        .add("POST", "/__admin/behaviours", "add_rule", "Add a rule")
        .text("It comes before all others.")
        .reads(refer("NewRule"))
        .answers(201, "The rule.", one())
        .refuses(&[409]);
    group
        .add("PUT", "/__admin/behaviours", "set_rules", "Replace all rules")
        .reads(bodies::rules())
        .ok("All of them.", bodies::rule_list())
        .refuses(&[409]);
    group
        .add("DELETE", "/__admin/behaviours", "clear_rules", "Remove all rules")
        .gone("They are gone.");
    group.add("GET", "/__admin/behaviours/{id}", "show_rule", "Show a rule").ok("The rule.", one());
    group
        .add("PUT", "/__admin/behaviours/{id}", "replace_rule", "Replace a rule in its place")
        .reads(refer("Rule"))
        .ok("The rule.", one());
    group
        .add("DELETE", "/__admin/behaviours/{id}", "remove_rule", "Remove a rule")
        .gone("It is gone.");
    group.finish()
}

fn background() -> Vec<Operation> {
    let mut group = Group::new("Background");
    let traffic = answers::one_or_list("traffic", "Traffic");
    group
        .add("GET", "/__admin/traffic", "show_traffic", "Show background traffic")
        .about(About::Several)
        .ok("What is set, and how many calls there were.", traffic);
    group
        .add("PUT", "/__admin/traffic", "set_traffic", "Let calls come by themselves")
        .reads(refer("NewTraffic"))
        .ok("What is set.", refer("Traffic"))
        .refuses(&[409]);
    group
        .add("DELETE", "/__admin/traffic", "stop_traffic", "Let no more calls come")
        .gone("Those that are live go on.");
    let faults = answers::one_or_list("record_faults", "RecordFaults");
    group
        .add("GET", "/__admin/record_faults", "show_record_faults", "Show faults of records")
        .about(About::Several)
        .ok("The rules.", faults);
    group
        .add("PUT", "/__admin/record_faults", "set_record_faults", "Make records late or wrong")
        .reads(refer("NewRecordFaults"))
        .ok("The rules.", refer("RecordFaults"))
        .refuses(&[409]);
    group
        .add("DELETE", "/__admin/record_faults", "heal_records", "Put all records right")
        .gone("Everything is right at once.");
    group.finish()
}
