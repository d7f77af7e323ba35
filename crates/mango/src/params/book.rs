//! The address book.

use ringback_mock::{Kind, Param, joined};

use super::{IDS, OBJECTS, id, p};

pub(super) const EXT_FIELDS: Param = p("contact_ext_fields").any().note("anything truthy");

pub(super) const INIT: &[Param] = &[
    p("query").required().note("may be empty"),
    id("limit_rows").default("10").note("from 1 to 500"),
    p("order").list(&Kind::Any).note("such as `[{\"name\":\"asc\"}]`"),
    p("order[].name").one_of(&["asc", "desc"]),
    EXT_FIELDS,
];

pub(super) const CURSOR: &[Param] = &[
    p("cursor").required().note("of the answer before"),
    p("mode")
        .required()
        .note("`first-page`, `last-page`, `current-page`, `next-page-N`, `prev-page-N`"),
    EXT_FIELDS,
];

pub(super) const CONTACT: &[Param] = &[id("contact_id").required(), EXT_FIELDS];

pub(super) const ROWS: Param = p("data").list(OBJECTS).required().note("at most 500");
pub(super) const ON_ERROR: Param = p("on_error").one_of(&["skip", "duplicate"]).default("skip");

pub(super) const CONTACT_ROW: &[Param] = &[
    ON_ERROR,
    ROWS,
    p("data[].type").one_of(&["0"]),
    p("data[].office"),
    p("data[].site"),
    p("data[].org").any().note("`{org_id, org_name}`, or the id alone"),
    id("data[].org_id"),
    id("data[].importance").note("from 0 to 9"),
    p("data[].comment"),
    p("data[].birthday").date("YYYY-MM-DD"),
    p("data[].sex").one_of(&["0", "1"]),
    p("data[].avatar"),
    p("data[].url"),
    p("data[].phones")
        .list(&Kind::Any)
        .note("objects, or numbers alone; as all lists here, up to 50"),
    id("data[].phones[].phone_id"),
    id("data[].phones[].type").default("1").note("from 0 to 5"),
    p("data[].phones[].phone").required(),
    p("data[].phones[].comment"),
    p("data[].phones[].ext"),
    p("data[].phones[].is_default").flag(),
    p("data[].emails").list(&Kind::Any).note("objects, or addresses alone"),
    id("data[].emails[].email_id"),
    p("data[].emails[].email").required(),
    p("data[].emails[].comment"),
    p("data[].emails[].is_default").flag(),
    p("data[].groups").list(&Kind::Any).note("ids, or objects with a `group_id`"),
    id("data[].groups[].group_id").required(),
    p("data[].groups[].group_name").note("ignored"),
    p("data[].nets").list(&Kind::Any),
    id("data[].nets[].net_id"),
    id("data[].nets[].net").note("from 0 to 10"),
    p("data[].nets[].uname").required(),
    p("data[].messengers").list(&Kind::Any),
    id("data[].messengers[].mgr_id"),
    id("data[].messengers[].mgr").note("from 0 to 3"),
    p("data[].messengers[].uname").required(),
    p("data[].in_favorites").list(&Kind::Any).note("ids, or objects with a `user_id`"),
    id("data[].in_favorites[].user_id").required(),
    p("data[].custom_values").list(&Kind::Any),
    id("data[].user_id"),
];

pub(super) const CONTACTS_CREATE: &[Param] = joined!(CONTACT_ROW, &[p("data[].name").required()]);

pub(super) const CONTACTS_UPDATE: &[Param] =
    joined!(CONTACT_ROW, &[id("data[].contact_id").required(), p("data[].name")]);

pub(super) const CONTACTS_DELETE: &[Param] =
    &[p("contact_ids").list(IDS).unless("contact_id"), p("contact_id").list(IDS)];

pub(super) const ORGANIZATION: &[Param] = &[id("org_id").required()];

pub(super) const ORGANIZATION_ROW: &[Param] =
    &[ON_ERROR, ROWS, p("data[].site"), p("data[].comment")];

pub(super) const ORGANIZATIONS_CREATE: &[Param] = joined!(
    ORGANIZATION_ROW,
    &[p("data[].org_name").note("or `name`; one is required"), p("data[].name")]
);

pub(super) const ORGANIZATIONS_UPDATE: &[Param] =
    joined!(ORGANIZATIONS_CREATE, &[id("data[].org_id").required()]);

pub(super) const ORGANIZATIONS_DELETE: &[Param] =
    &[p("org_ids").list(IDS).unless("org_id"), p("org_id").list(IDS)];

pub(super) const CONTACT_GROUP: &[Param] = &[id("group_id").required()];

pub(super) const CONTACT_GROUPS_CREATE: &[Param] =
    &[ON_ERROR, ROWS, p("data[].group_name").note("or `name`; one is required"), p("data[].name")];

pub(super) const CONTACT_GROUPS_UPDATE: &[Param] =
    joined!(CONTACT_GROUPS_CREATE, &[id("data[].group_id").required()]);

pub(super) const CONTACT_GROUPS_DELETE: &[Param] =
    &[p("group_ids").list(IDS).unless("group_id"), p("group_id").list(IDS)];
