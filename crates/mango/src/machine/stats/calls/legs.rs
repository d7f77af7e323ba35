//! The legs of a call in the extended statistics: whom it reached, a group with its members.
//!
//! The menu is no leg there, and of a consultation that became a transfer there are two: what the
//! consultant said to the employee, and to the party that had been on hold.

use ringback_exchange::Cdr;
use serde::Serialize;

use crate::{
    Pbx, Tag,
    identity::Location,
    machine::{
        Finished, Initiator, Transfer, Way,
        tables::{Employee, Group},
    },
    render,
};

#[derive(Debug, Serialize)]
pub(super) struct LegBody {
    call_type: &'static str,
    call_abonent_id: Option<u64>,
    call_abonent_info: String,
    call_abonent_extension: Option<String>,
    call_abonent_number: String,
    call_start_time: i64,
    call_answer_time: Option<i64>,
    call_end_time: i64,
    call_duration: i64,
    talk_duration: i64,
    dial_duration: i64,
    operator_call_duration: Option<i64>,
    hold_duration: Option<u32>,
    call_end_reason: u16,
    recording_id: Vec<String>,
    external_call_id: String,
    #[serde(flatten)]
    flags: Flags,
    /// None of a member.
    members: Option<Vec<LegBody>>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "the vendor's flags")]
struct Flags {
    direction_inbound: bool,
    direction_outbound: bool,
    mode_conversation: bool,
    mode_listen: bool,
    mode_prompt: bool,
    mode_conference: bool,
    mode_group: bool,
    record_inbound: bool,
    record_outbound: bool,
    blind_transfer: bool,
    consult_transfer: bool,
    outbound_dialing: bool,
    intercepted: bool,
    ivr_not_used: bool,
}

/// Whom a leg is about.
enum Subscriber<'a> {
    Group(&'a Group),
    /// An employee by the extension; the rest is unknown of one who was dismissed since.
    User(&'a str, Option<&'a Employee>),
    /// Somebody outside, and the employee who talks to them, if one does.
    Number(Option<(&'a str, Option<&'a Employee>)>),
    /// A group that was dissolved since.
    Gone,
}

impl Pbx {
    /// Renders the legs, and for the call as a whole how long a campaign dialled its operator.
    pub(super) fn leg_bodies(
        &self,
        cdr: &Cdr<Tag>,
        legs: &[Finished<'_>],
    ) -> (Vec<LegBody>, Option<i64>) {
        let mut bodies: Vec<LegBody> = Vec::new();
        let used_ivr = legs.iter().any(|leg| leg.location == Location::Ivr);
        for (place, leg) in legs.iter().enumerate() {
            // Programs take the first element for whoever was called. field report, M1 and M2
            if leg.location == Location::Ivr {
                continue;
            }
            let is_member = leg.location == Location::Subscriber && leg.group.is_some();
            for part in parts(leg) {
                let abonent = self.abonent(legs, place, &part);
                let mut body = self.leg_body(cdr, &part, &abonent, used_ivr);
                let mut groups = bodies.iter_mut().rev().filter(|body| body.flags.mode_group);
                let group = groups.find_map(|body| body.members.as_mut());
                if let Some(members) = group.filter(|_| is_member) {
                    body.members = None;
                    members.push(body);
                } else {
                    bodies.push(body);
                }
            }
        }
        bodies.iter_mut().for_each(LegBody::take_over);
        // The manual's table: in the first leg of any length, or in the call if there are no legs.
        let dialled = operator_dialled(cdr, legs);
        let longer = bodies.iter().position(|body| body.call_duration > 0).unwrap_or(0);
        match bodies.get_mut(longer) {
            Some(body) => body.operator_call_duration = dialled,
            None => return (bodies, dialled),
        }
        (bodies, None)
    }

    fn abonent<'a>(
        &'a self,
        legs: &[Finished<'a>],
        place: usize,
        leg: &Finished<'a>,
    ) -> Subscriber<'a> {
        if leg.location == Location::Queue {
            let group = leg.group.and_then(|extension| self.tables.group(extension));
            return group.map_or(Subscriber::Gone, Subscriber::Group);
        }
        if let Some(extension) = leg.to[0] {
            return match self.tables.group(extension) {
                Some(group) => Subscriber::Group(group),
                None => Subscriber::User(extension, self.tables.employee(extension)),
            };
        }
        // Whoever calls, or has transferred the call, or takes it when the client was rung first.
        // field report, M6 and M7
        let end = |end: [Option<&'a str>; 2]| {
            end[0].filter(|extension| self.tables.group(extension).is_none())
        };
        let own = end(leg.from);
        // While somebody is asked, the party on hold does not talk.
        let is_asked = leg.joined == Some(leg.finish);
        let talks = |other: &Finished<'a>| {
            let mut ends = [end(other.to), end(other.from)].into_iter().flatten();
            other.answer.and(ends.find(|extension| !is_asked || own != Some(extension)))
        };
        let (before, after) = legs.split_at_checked(place).unwrap_or_default();
        let transferred = || before.iter().rev().find_map(talks);
        let taken = || after.iter().find_map(talks);
        let extension = own.filter(|_| !is_asked).or_else(transferred).or_else(taken);
        Subscriber::Number(extension.map(|extension| (extension, self.tables.employee(extension))))
    }

    fn leg_body(
        &self,
        cdr: &Cdr<Tag>,
        leg: &Finished<'_>,
        abonent: &Subscriber<'_>,
        used_ivr: bool,
    ) -> LegBody {
        let way = cdr.tag.way;
        let (call_type, extension, employee, group) = match abonent {
            Subscriber::Group(group) => ("group", None, None, Some(*group)),
            Subscriber::User(extension, employee) => ("user", Some(*extension), *employee, None),
            Subscriber::Number(Some((extension, employee))) => {
                ("number", Some(*extension), *employee, None)
            }
            Subscriber::Number(None) => ("number", None, None, None),
            Subscriber::Gone => ("group", None, None, None),
        };
        let is_group = call_type == "group";
        let recording_id: Vec<String> = self.recording_ids(leg).collect();
        let name = employee.map(|user| &user.name).or(group.map(|group| &group.name));
        let queue = leg.group.filter(|_| leg.location == Location::Queue);
        let number = queue.or(group.map(|group| group.extension.as_str()));
        let number = number.or(leg.to[1]).or(leg.to[0]);
        let shifted = |at: i64| at.saturating_add(self.settings.time_shift_seconds.into());
        let mut body = LegBody {
            call_type,
            call_abonent_id: employee.map(|user| user.user_id).or(group.map(|group| group.id)),
            call_abonent_info: name.cloned().unwrap_or_default(),
            call_abonent_extension: extension.map(str::to_owned),
            call_abonent_number: number.unwrap_or_default().to_owned(),
            call_start_time: shifted(leg.start),
            call_answer_time: leg.answer.map(shifted),
            call_end_time: shifted(leg.finish),
            call_duration: 0,
            talk_duration: 0,
            dial_duration: 0,
            operator_call_duration: None,
            hold_duration: (leg.held > 0).then_some(leg.held),
            call_end_reason: leg.reason,
            recording_id,
            external_call_id: self.identity.call_id(leg.no, leg.location),
            flags: Flags {
                direction_inbound: way == Way::In,
                direction_outbound: way == Way::Out,
                mode_conversation: !is_group && leg.answer.is_some(),
                mode_group: is_group,
                blind_transfer: matches!(
                    leg.transfer,
                    Some(Transfer::Blind | Transfer::ReturnBlind)
                ),
                consult_transfer: leg.transfer == Some(Transfer::Consultative),
                outbound_dialing: cdr.tag.initiator == Initiator::Campaign,
                ivr_not_used: !used_ivr,
                ..Flags::default()
            },
            members: Some(Vec::new()),
        };
        let recorded = !body.recording_id.is_empty();
        body.flags.record_inbound = recorded && way == Way::In;
        body.flags.record_outbound = recorded && way != Way::In;
        body.measure();
        body
    }
}

impl LegBody {
    /// Counts how long it lasted, by its times.
    fn measure(&mut self) {
        let Self { call_start_time: start, call_end_time: end, .. } = *self;
        self.call_duration = end - start;
        self.talk_duration = self.call_answer_time.map_or(0, |answer| end - answer);
        self.dial_duration = self.call_answer_time.unwrap_or(end) - start;
    }

    /// Makes a group's leg the one of whoever took the call, and gives it all recordings; one that
    /// nobody took stays as it is. field report, M3 and M4
    fn take_over(&mut self) {
        let members = self.members.iter().flatten();
        let Some(taker) = members.clone().find(|member| member.call_answer_time.is_some()) else {
            return;
        };
        self.call_answer_time = taker.call_answer_time;
        self.call_end_time = taker.call_end_time;
        self.call_end_reason = taker.call_end_reason;
        self.hold_duration = taker.hold_duration;
        self.flags.record_inbound = taker.flags.record_inbound;
        self.flags.record_outbound = taker.flags.record_outbound;
        self.recording_id = members.flat_map(|member| &member.recording_id).cloned().collect();
        self.measure();
    }
}

/// Divides a leg in which somebody was consulted and then joined with the party on hold.
fn parts<'a>(leg: &Finished<'a>) -> Vec<Finished<'a>> {
    let Some(joined) = leg.joined else { return vec![leg.clone()] };
    let asked = Finished {
        finish: joined,
        // Whoever asked has left. vendors/mango.md, 17.6
        reason: render::CALLER_LEFT,
        held: 0,
        // Recordings of the call go on in the leg from there on.
        recordings: leg.recordings.start..leg.recordings.start,
        ..leg.clone()
    };
    let rest = Finished { start: joined, answer: Some(joined), joined: None, ..leg.clone() };
    vec![asked, rest]
}

/// Returns how long the operator of a campaign was dialled, who is rung before the client.
fn operator_dialled(cdr: &Cdr<Tag>, legs: &[Finished<'_>]) -> Option<i64> {
    let is_campaign = cdr.tag.initiator == Initiator::Campaign;
    let operator = legs.first().filter(|leg| is_campaign && leg.to[0].is_some())?;
    Some(operator.answer.unwrap_or(operator.finish) - operator.start)
}
