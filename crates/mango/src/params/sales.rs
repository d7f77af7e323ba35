//! The contact centre, and outbound campaigns.

use ringback_mock::{Param, joined};

use super::{IDS, OBJECTS, TEXTS, id, p};

pub(super) const PRODUCT: Param = id("product_id").note("any, unless the settings are strict");
pub(super) const STATUS: Param = p("status").one_of(&["in_work", "succeed", "failed", "delete"]);
const DAY: &str = "YYYY-MM-DD";

pub(super) const DEALS: &[Param] = &[
    PRODUCT,
    STATUS.required(),
    p("abonent_ids").list(TEXTS).note("or one text with commas"),
    p("members_ids").list(TEXTS).note("the same"),
    id("contact_id"),
    p("from_date").date(DAY),
    p("until_date").date(DAY),
];

pub(super) const DEAL: &[Param] = &[
    PRODUCT,
    id("abonent_id").note("the person in charge"),
    id("member_id").note("the same"),
    p("description"),
    p("amount").number(),
    STATUS,
    p("reason_comment"),
    id("contact_id"),
    id("step_id"),
    id("funnel_id"),
    p("custom_fields").any(),
    p("status_change_reason").one_of(&[
        "too_expensive",
        "bad_condition",
        "competitor",
        "missing_demand",
        "alternative",
    ]),
    p("create_date").date(DAY),
];

pub(super) const DEAL_CREATE: &[Param] = joined!(&[p("name").required()], DEAL);
pub(super) const DEAL_UPDATE: &[Param] = joined!(&[id("deal_id").required(), p("name")], DEAL);
pub(super) const DEAL_GET: &[Param] = &[id("deal_id").required()];
pub(super) const FUNNELS: &[Param] = &[PRODUCT];

// Campaigns

/// In UTC.
const MOMENT: &str = "YYYY-MM-DD or YYYY-MM-DD hh:mm:ss";

const OTHER_NAME: &str = "the same under the manual's other name";

pub(super) const CAMPAIGN_ADD: &[Param] = &[
    p("name").required().note("up to 70 characters"),
    id("line_id").required(),
    p("schedule").list(OBJECTS).required(),
    id("schedule[].weekday").required().note("from 1 to 7"),
    p("schedule[].start").moment("hh:mm").required(),
    p("schedule[].end").moment("hh:mm").required().note("up to 24:00"),
    p("priority").one_of(&["1", "2", "3"]).default("2"),
    p("dial_mode").one_of(&["2", "3", "4", "7"]).default("2"),
    p("start_date").moment(MOMENT).default("now"),
    p("end_date").moment(MOMENT),
    p("operators").list(IDS),
    id("created_by"),
    id("redial_busy").default("3").note("times, at most 100"),
    id("max_redial_count_if_busy").note(OTHER_NAME),
    id("timer_busy").default("900").note("seconds, at most a day"),
    id("wait_time_if_busy").note(OTHER_NAME),
    id("redial_no_answer").default("3"),
    id("max_redial_count_if_no_answ").note(OTHER_NAME),
    id("timer_no_answer").default("3600"),
    id("wait_time_if_no_answ").note(OTHER_NAME),
    id("redial_not_avail").default("1"),
    id("max_redial_count_if_number_not_avail").note(OTHER_NAME),
    id("timer_not_avail").default("0"),
    id("wait_time_if_number_not_avail").note(OTHER_NAME),
    id("answer_wait").default("30").note("seconds"),
    id("max_wait_time").note(OTHER_NAME),
    p("add_calls_coef").number().default("1"),
    p("additional_calls_coefficient").number().note(OTHER_NAME),
    id("call_processing").default("0").note("seconds"),
    id("after_call_processing").note(OTHER_NAME),
    p("endless").flag().default("false"),
    p("hold_message_id").any().note("accepted; nothing plays it"),
];

pub(super) const CAMPAIGN: &[Param] = &[id("campaign_id").required()];

pub(super) const CAMPAIGN_SHOW: &[Param] =
    &[id("campaign_id").required(), p("need_tasks").flag().default("false")];

/// Declares the fields of a task, as they stand alone or in a list.
macro_rules! task {
    ($within:literal) => {
        &[
            p(concat!($within, "number")).required(),
            p(concat!($within, "name")),
            id(concat!($within, "priority")).default("1000"),
            p(concat!($within, "organization")),
            p(concat!($within, "position")),
            p(concat!($within, "comment")),
            p(concat!($within, "due_date")),
            p(concat!($within, "subtasks")).list(OBJECTS),
            p(concat!($within, "subtasks[].number")).required(),
            p(concat!($within, "subtasks[].type")),
        ]
    };
}

pub(super) const TASKS_PUSH: &[Param] =
    joined!(CAMPAIGN, &[p("tasks").list(OBJECTS).required()], task!("tasks[]."));

pub(super) const TASK_ADD: &[Param] = joined!(CAMPAIGN, task!(""));

pub(super) const TASK: &[Param] = &[id("task_id").required()];

pub(super) const TASK_SHOW: &[Param] =
    &[id("task_id").required(), p("brief").flag().note("changes nothing")];

pub(super) const TASK_UPDATE: &[Param] = &[
    id("task_id").required(),
    p("name"),
    p("organization"),
    p("position"),
    p("comment"),
    p("due_date"),
    id("priority"),
];
