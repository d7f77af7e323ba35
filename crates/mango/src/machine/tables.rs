//! What is configured: employees, groups, lines, schemes and everything else that is a table.

pub(crate) mod book;
pub(crate) mod bwlists;
pub(crate) mod groups;
pub(crate) mod number;
pub(crate) mod sales;
pub(crate) mod sips;
pub(crate) mod staff;
pub(crate) mod visitors;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::Pbx;
use book::AddressBook;
use bwlists::{BwLists, ListKind};
use sales::Sales;
use sips::Sip;
use visitors::Visitor;

/// Everything that is configured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tables {
    /// Roubles.
    pub(crate) balance: f64,
    #[serde(default)]
    pub(crate) roles: Vec<Role>,
    #[serde(default)]
    pub(crate) domains: Vec<String>,
    #[serde(default)]
    pub(crate) sips: Vec<Sip>,
    #[serde(default)]
    pub(crate) trunk_numbers: Vec<TrunkNumber>,
    #[serde(default)]
    pub(crate) bwlists: BwLists,
    #[serde(default)]
    pub(crate) book: AddressBook,
    #[serde(default)]
    pub(crate) sales: Sales,
    #[serde(default)]
    pub(crate) visitors: Vec<Visitor>,
    #[serde(default)]
    next: NextIds,
    pub(crate) employees: Vec<Employee>,
    pub(crate) groups: Vec<Group>,
    pub(crate) lines: Vec<Line>,
    pub(crate) schemas: Vec<Schema>,
    pub(crate) audio_files: Vec<AudioFile>,
    #[serde(default)]
    pub(crate) tags: Vec<Topic>,
}

/// The next identifiers; an older one is never given again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct NextIds {
    user: u64,
    group: u64,
    sip: u64,
}

/// Takes the next identifier: at least `first`, and none that was there before.
fn take(next: &mut u64, first: u64, taken: impl Iterator<Item = u64>) -> u64 {
    let id = taken.map(|id| id.saturating_add(1)).fold(first.max(*next), u64::max);
    *next = id.saturating_add(1);
    id
}

/// Serialises a table as the list of its rows.
fn in_order<V: Serialize, S: Serializer>(
    table: &BTreeMap<u64, V>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(table.values())
}

/// A role of employees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    pub(crate) role_id: u64,
    pub(crate) name: String,
    pub(crate) permissions: Vec<Permission>,
}

/// What employees of a role may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Permission {
    pub(crate) code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) param: Option<String>,
}

/// A number of a SIP trunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrunkNumber {
    pub(crate) trunk_number_id: u64,
    pub(crate) trunk_id: u64,
    pub(crate) number: String,
    /// 2 takes calls, 4 makes calls, 6 does both.
    pub(crate) options: u8,
    pub(crate) desc: String,
    /// The scheme of calls that come in by it; not shown with the number.
    pub(crate) schema_id: Option<u64>,
}

/// An employee.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Employee {
    pub(crate) user_id: u64,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(default)]
    pub(crate) department: Option<String>,
    #[serde(default)]
    pub(crate) position: Option<String>,
    #[serde(default)]
    pub(crate) mobile: Option<String>,
    #[serde(default)]
    pub(crate) login: Option<String>,
    pub(crate) access_role_id: u64,
    #[serde(default)]
    pub(crate) use_status: bool,
    #[serde(default)]
    pub(crate) use_cc_numbers: bool,
    pub(crate) extension: String,
    /// The line by which the employee calls out.
    pub(crate) line_id: Option<u64>,
    #[serde(default)]
    pub(crate) trunk_number_id: Option<u64>,
    #[serde(default)]
    pub(crate) dial_alg: u8,
    pub(crate) numbers: Vec<ContactNumber>,
}

/// One of an employee's numbers, in the order in which they are rung.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactNumber {
    pub(crate) number: String,
    pub(crate) protocol: Protocol,
    pub(crate) wait_sec: u32,
    /// Whether it is rung.
    pub(crate) on: bool,
    /// When it is rung, in the vendor's own form.
    #[serde(default)]
    pub(crate) schedule: Vec<Value>,
}

/// How a number is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Protocol {
    Tel,
    Sip,
    Fmc,
    Skype,
}

impl Protocol {
    /// Every protocol with its word on the wire.
    pub(crate) const WORDS: [(&'static str, Self); 4] =
        [("tel", Self::Tel), ("sip", Self::Sip), ("fmc", Self::Fmc), ("skype", Self::Skype)];
}

/// A group of operators.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) id: u64,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: String,
    pub(crate) extension: String,
    /// 0 serial, 1 parallel by skill, 2 all free, 3 random, 5 most idle.
    pub(crate) dial_alg_group: u8,
    pub(crate) dial_alg_users: u8,
    #[serde(default)]
    pub(crate) auto_redirect: u8,
    #[serde(default)]
    pub(crate) auto_dial: u8,
    pub(crate) line_id: Option<u64>,
    #[serde(default)]
    pub(crate) use_dynamic_ivr: u8,
    #[serde(default)]
    pub(crate) use_dynamic_seq_num: u8,
    #[serde(default)]
    pub(crate) melody_id: Option<u64>,
    pub(crate) operators: Vec<Operator>,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Operator {
    pub(crate) id: u64,
    pub(crate) priority: i64,
    pub(crate) order: i64,
}

/// A line: a number of the product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    pub(crate) line_id: u64,
    pub(crate) number: String,
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) comment: Option<String>,
    pub(crate) region: String,
    pub(crate) schema_id: u64,
}

/// A scheme by which calls on its lines are routed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Schema {
    pub(crate) schema_id: u64,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: Option<String>,
    pub(crate) routing: Routing,
}

/// What a scheme does with a call. Ours: the API does not show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Routing {
    /// Plays a greeting, takes a key, and sends the call on to an extension, a group or a number.
    Ivr {
        greeting_seconds: u32,
        keys: std::collections::BTreeMap<String, String>,
        otherwise: Option<String>,
    },
    /// Refuses the call with a reason, such as 1192 outside of working hours.
    Refuse(u16),
}

/// A sound that can be played to callers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AudioFile {
    pub(crate) id: u64,
    pub(crate) name: String,
}

/// What calls and appeals can be about; the vendor calls it a tag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Topic {
    pub(crate) id: u64,
    pub(crate) name: String,
}

impl Tables {
    /// Returns the employee of an extension.
    pub(crate) fn employee(&self, extension: &str) -> Option<&Employee> {
        self.employees.iter().find(|employee| employee.extension == extension)
    }

    /// Returns an employee by identity.
    pub(crate) fn user(&self, id: u64) -> Option<&Employee> {
        self.employees.iter().find(|employee| employee.user_id == id)
    }

    /// Returns the group of an extension.
    pub(crate) fn group(&self, extension: &str) -> Option<&Group> {
        // A group without an extension has an empty one, which nobody can dial.
        let mut groups = self.groups.iter().filter(|group| !group.extension.is_empty());
        groups.find(|group| group.extension == extension)
    }

    /// Returns a line by its identity.
    pub(crate) fn line(&self, id: u64) -> Option<&Line> {
        self.lines.iter().find(|line| line.line_id == id)
    }

    /// Returns a line by its number, or a SIP line by its name.
    pub(crate) fn line_named(&self, name: &str) -> Option<&Line> {
        let by_name =
            |line: &&Line| line.region.starts_with("sip") && line.name.as_deref() == Some(name);
        self.lines
            .iter()
            .find(|line| line.number == name)
            .or_else(|| self.lines.iter().find(by_name))
    }

    /// Returns a scheme by its identity.
    pub(crate) fn schema(&self, id: u64) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.schema_id == id)
    }
}

impl Tables {
    /// Returns why an inbound caller is refused, if so: 1151 or 1152. A hidden number is empty.
    pub(crate) fn refuses_caller(&self, caller: &str, _line: &str) -> Option<u16> {
        match self.bwlists.active() {
            _ if self.bwlists.admits(caller) => None,
            ListKind::Black => Some(1151),
            ListKind::White => Some(1152),
        }
    }

    /// Asks a list from now on, and says whether it lets callers through who hide their number.
    pub(crate) fn set_active_list(&mut self, shade: ListKind, allow_unknown: Option<bool>) {
        self.bwlists.activate(shade);
        if let Some(allow) = allow_unknown {
            self.bwlists.allow_unknown(shade, allow);
        }
    }

    /// Returns a number of a trunk.
    pub(crate) fn trunk_number(&self, id: u64) -> Option<&TrunkNumber> {
        self.trunk_numbers.iter().find(|number| number.trunk_number_id == id)
    }

    /// Returns the number that an employee calls out by: of a line, or of a trunk.
    pub(crate) fn calls_out_by(&self, employee: &Employee) -> Option<&str> {
        let line = employee.line_id.and_then(|line| self.line(line));
        let trunk = || employee.trunk_number_id.and_then(|trunk| self.trunk_number(trunk));
        line.map(|line| line.number.as_str()).or_else(|| Some(trunk()?.number.as_str()))
    }

    /// Returns whether there is such a role.
    pub(crate) fn has_role(&self, id: u64) -> bool {
        self.roles.iter().any(|role| role.role_id == id)
    }

    /// Returns whether there is such a contact.
    pub(crate) fn has_contact(&self, id: u64) -> bool {
        self.book.contact(id).is_some()
    }

    /// Returns whether there is such a line.
    pub(crate) fn has_line(&self, id: u64) -> bool {
        self.line(id).is_some()
    }

    /// Returns whether there is such a number of a trunk.
    pub(crate) fn has_trunk_number(&self, id: u64) -> bool {
        self.trunk_number(id).is_some()
    }

    /// Returns whether an extension is free for an employee or a group.
    pub(crate) fn is_free(&self, extension: &str) -> bool {
        self.employee(extension).is_none() && self.group(extension).is_none()
    }
}

impl TrunkNumber {
    /// Returns whether calls can come in by it.
    pub(crate) fn takes_calls(&self) -> bool {
        matches!(self.options, 2 | 6)
    }
}

impl Employee {
    /// Returns the number by which the employee is rung: the first that is on.
    pub(crate) fn main_number(&self) -> Option<&str> {
        let numbers = self.numbers.iter();
        let mut numbers = numbers.filter(|number| number.on).map(|number| number.number.as_str());
        numbers.next()
    }
}

impl Pbx {
    /// Returns a time of a table, in Unix seconds, as it is shown.
    pub(crate) fn shifted(&self, at: i64) -> i64 {
        at.saturating_add(self.settings.time_shift_seconds.into())
    }

    /// Returns the product's identity.
    pub(crate) fn product_id(&self) -> u64 {
        self.identity.product_id
    }
}
