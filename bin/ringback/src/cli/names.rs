//! Vendors' names for shells that complete them.

use std::ffi::OsStr;

use clap::{
    Arg, Command, Error,
    builder::{PossibleValue, StringValueParser, TypedValueParser},
};

use crate::vendors;

/// Takes any text, and tells shells the vendors' names, with which it begins.
#[derive(Clone)]
pub(crate) struct VendorNames;

impl TypedValueParser for VendorNames {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let value = |known: &vendors::Known| PossibleValue::new(known.name).help(known.title);
        Some(Box::new(vendors::ALL.iter().map(value)))
    }
}
