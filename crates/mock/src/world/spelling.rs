//! Numbers as people tell them, brought into the spelling that a vendor's own calls have.
//!
//! It is done where something is told, before it is logged: what a log has, and how an exchange compares,
//! stays as it is.

use ringback_engine::OffsetDateTime;
use ringback_exchange::{Control, Exchange, Number, RecordFault, Rule, Side, is_like};

use super::{ControlCommand, World};

/// The fewest digits of what is surely a number outside, and no extension, service or short number.
const SHORTEST: usize = 7;

/// The most characters that are looked at.
const LONGEST: usize = 64;

/// A number outside, or the beginning of some, as somebody has told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldNumber<'a> {
    /// Digits with a `+` in front or not, and the punctuation of people between them; without that where
    /// it is the beginning of some.
    pub text: &'a str,
    /// Whether it is what stands before the first wildcard of a pattern.
    pub is_start: bool,
    /// Whose number it is.
    pub side: Side,
    /// Whether it says which calls a rule is about, rather than whom a call is between.
    pub is_of_rule: bool,
}

impl ToldNumber<'_> {
    /// Returns its digits, and the `+` in front if it has one.
    pub fn bare(&self) -> String {
        bare(self.text)
    }

    /// Returns its digits.
    pub fn digits(&self) -> String {
        self.text.chars().filter(char::is_ascii_digit).collect()
    }
}

/// Takes the punctuation of people out.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '+' | '*' | '?')).collect()
}

/// Returns a pattern, or a number, as the calls of this world have it; `None` if it is that already, or
/// may be meant as it was told.
fn spelled<W: World>(world: &W, told: &str, side: Side, is_of_rule: bool) -> Option<String> {
    let is_written = |c: char| c.is_ascii_digit() || "+*? -().\u{a0}".contains(c);
    if told.len() > LONGEST || !told.chars().all(is_written) {
        return None;
    }
    let pattern = bare(told);
    let is_first = |c: char| c.is_ascii_digit() || c == '+';
    let has_plus_inside = pattern.chars().skip(1).any(|c| c == '+');
    if has_plus_inside || !pattern.starts_with(is_first) {
        return None;
    }
    let found = match pattern.find(['*', '?']).filter(|_| is_of_rule) {
        Some(place) => {
            let (start, rest) = pattern.split_at(place);
            let own = world.exchange();
            let is_own = own.extensions().any(|phone| is_like(&pattern, phone.number.as_str()))
                || own.services().any(|service| is_like(&pattern, service.number.as_str()));
            let has_digits = start.contains(|c: char| c.is_ascii_digit());
            let told = ToldNumber { text: start, is_start: true, side, is_of_rule };
            let start = world.spell(told).filter(|_| has_digits && !is_own)?;
            format!("{start}{rest}")
        }
        None => {
            let told = ToldNumber { text: told, is_start: false, side, is_of_rule };
            let is_long = told.digits().len() >= SHORTEST && !pattern.contains(['*', '?']);
            let is_own = is_own(world.exchange(), told.text);
            world.spell(told).filter(|_| is_long && !is_own)?
        }
    };
    (found != told).then_some(found)
}

fn is_own<T: Clone>(exchange: &Exchange<T>, number: &str) -> bool {
    exchange.extension(number).is_some() || exchange.service(number).is_some()
}

fn pattern<W: World>(world: &W, told: &mut Option<String>, side: Side) {
    if let Some(text) = told
        && let Some(found) = spelled(world, text, side, true)
    {
        *text = found;
    }
}

fn number<W: World>(world: &W, told: &mut Number, side: Side) {
    if let Some(found) = spelled(world, told.as_str(), side, false) {
        *told = found.into();
    }
}

fn rule<W: World>(world: &W, rule: &mut Rule) {
    pattern(world, &mut rule.from, Side::A);
    pattern(world, &mut rule.to, Side::B);
}

fn fault<W: World>(world: &W, fault: &mut RecordFault) {
    pattern(world, &mut fault.from, Side::A);
    pattern(world, &mut fault.to, Side::B);
}

/// Brings the numbers of what is told to a world into its spelling.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "everything else has numbers of its own, or none"
)]
pub(crate) fn spell<W: World>(world: &W, command: &mut ControlCommand<W::Own>) {
    let ControlCommand::Exchange(control) = command else { return };
    match &mut **control {
        Control::AddRule { rule: told } | Control::ReplaceRule { rule: told, .. } => {
            rule(world, told);
        }
        Control::SetRules { rules } => rules.iter_mut().for_each(|told| rule(world, told)),
        Control::SetRecordFaults { rules } => {
            rules.iter_mut().for_each(|told| fault(world, told));
        }
        Control::Dial { from, to, .. } => {
            number(world, from, Side::A);
            number(world, to, Side::B);
        }
        Control::AddRecords { records } => {
            for record in records {
                number(world, &mut record.from, Side::A);
                number(world, &mut record.to, Side::B);
            }
        }
        Control::Transfer { to, .. } | Control::Route { to, .. } | Control::Consult { to, .. } => {
            number(world, to, Side::B);
        }
        _ => {}
    }
}

/// Brings the rules that a scenario has put into a new world into its spelling.
pub(crate) fn spell_scenario<W: World>(world: &mut W, now: OffsetDateTime) {
    let mut rules = world.exchange().rules().to_vec();
    rules.iter_mut().for_each(|told| rule(world, told));
    let mut faults = world.exchange().record_faults().to_vec();
    faults.iter_mut().for_each(|told| fault(world, told));
    let exchange = world.exchange_mut();
    for (old, new) in exchange.rules_mut().iter_mut().zip(rules) {
        *old = new;
    }
    if exchange.record_faults() != faults {
        exchange.set_record_faults(now, faults);
    }
}
