//! Many contacts at once, with somebody watching: what the launcher does before it serves.

mod records;

use ringback_mock::{Account, ExecuteError};

use crate::{
    ImportContacts, ImportRefused, Msisdn, NewContact, Scfm, SeedContacts,
    json::{Json, Object},
};
use records::Records;

/// How many contacts one command adds, so that others get their turn in between.
const PART: u32 = 10_000;

/// Adds made-up contacts, telling after every part how many there are by now.
///
/// Returns how many were added: fewer than asked for only when all numbers are taken.
///
/// # Errors
/// When the engine cannot log it.
pub fn seed(
    account: &Account<Scfm>,
    count: u32,
    progress: &mut dyn FnMut(u32),
) -> Result<u32, ExecuteError> {
    let mut added = 0;
    while added < count {
        let part = PART.min(count - added);
        let made = account.execute(SeedContacts { count: part })?;
        added += made;
        progress(added);
        if made < part {
            break;
        }
    }
    Ok(added)
}

/// Why a list of contacts is not imported. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// A line of it is wrong.
    #[error(transparent)]
    Refused(#[from] ImportRefused),
    /// The engine cannot log it.
    #[error(transparent)]
    ExecuteError(#[from] ExecuteError),
}

/// Adds the contacts of a CSV text, all of them or none, telling now and then how many lines were
/// read. As [`read`].
///
/// # Errors
/// When a line is wrong, a number is there twice or a contact's already, or the engine cannot log
/// it.
pub fn import(
    account: &Account<Scfm>,
    csv: &str,
    progress: &mut dyn FnMut(usize),
) -> Result<usize, BulkError> {
    let contacts = read(csv, progress)?;
    Ok(account.execute(ImportContacts { contacts })??)
}

/// Reads contacts from a CSV text.
///
/// Each line has a number and, if there is more to say, metadata: one column with a JSON object, or
/// a column for each key where the first line is a header such as `msisdn,name,district`. Values in
/// `"` may hold commas and line breaks, and `""` for a quotation mark. Empty lines are left out.
///
/// # Errors
/// What is wrong with the first line at fault.
pub fn read(csv: &str, progress: &mut dyn FnMut(usize)) -> Result<Vec<NewContact>, ImportRefused> {
    let mut contacts = Vec::new();
    let mut header: Option<Vec<String>> = None;
    let mut first = true;
    for record in Records::of(csv) {
        let (line, fields) = record?;
        let names = std::mem::take(&mut first)
            && fields.first().is_some_and(|name| name.trim().eq_ignore_ascii_case("msisdn"));
        if names {
            header = Some(fields);
            continue;
        }
        let refused = |why: String| ImportRefused { line, why };
        let mut fields = fields.into_iter();
        let number = fields.next().unwrap_or_default();
        let msisdn = Msisdn::parse(&number)
            .map_err(|error| refused(format!("msisdn {:?} {error}", number.trim())))?;
        let metadata = metadata(header.as_deref(), fields.collect()).map_err(refused)?;
        contacts.push(NewContact { msisdn, metadata, line });
        if contacts.len().is_multiple_of(10_000) {
            progress(contacts.len());
        }
    }
    progress(contacts.len());
    Ok(contacts)
}

fn metadata(header: Option<&[String]>, values: Vec<String>) -> Result<Object, String> {
    let columns = header.map(|names| names.get(1..).unwrap_or_default());
    let is_json = columns.is_none_or(|names| matches!(names, [only] if only.trim() == "metadata"));
    if is_json {
        return match values.as_slice() {
            [] => Ok(Object::new()),
            [only] if only.trim().is_empty() => Ok(Object::new()),
            [only] => match serde_json::from_str(only) {
                Ok(json @ Json::Object(_)) if !json.is_within(Json::DEPTH) => {
                    Err("metadata is nested too deeply".to_owned())
                }
                Ok(Json::Object(object)) => Ok(object),
                Ok(_) => Err("metadata is no JSON object".to_owned()),
                Err(error) => Err(format!("metadata is no JSON object: {error}")),
            },
            more => {
                Err(format!("{} columns instead of two; quote a value with commas", more.len() + 1))
            }
        };
    }
    let columns = columns.unwrap_or_default();
    if values.len() != columns.len() {
        return Err(format!(
            "{} columns, and the header has {}",
            values.len() + 1,
            columns.len() + 1
        ));
    }
    let pairs = columns.iter().zip(values).filter(|(_, value)| !value.is_empty());
    Ok(pairs.map(|(name, value)| (name.trim().to_owned(), Json::Text(value))).collect())
}

#[cfg(test)]
mod tests;
