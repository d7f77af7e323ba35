//! Records that requests make and change: each has a table of its fields, which one driver reads.

use ringback_engine::OffsetDateTime;

use crate::{Params, Pbx, Refused, machine::tables::Tables};

/// A field of a record: its name in requests, what it may be, and where it goes if it is given.
pub(super) enum Field<R> {
    /// A text of at most so many characters; a blank one is missing.
    Name(&'static str, usize, fn(&mut R, String)),
    /// A text of at most so many characters.
    Text(&'static str, usize, fn(&mut R, String)),
    /// A text of at most so many characters that is empty or fits, or else is refused with a code.
    Fit(&'static str, usize, (u16, fn(&str) -> bool), fn(&mut R, String)),
    /// A truth value.
    Flag(&'static str, fn(&mut R, bool)),
    /// One of some small numbers.
    OneOf(&'static str, &'static [u8], fn(&mut R, u8)),
    /// An identity.
    Id(&'static str, fn(&mut R, u64)),
    /// The identity of something that has to exist.
    Of(&'static str, fn(&Tables, u64) -> bool, fn(&mut R, u64)),
    /// What has rules of its own.
    Own(fn(&Params, &Pbx, &mut R) -> Result<(), Refused>),
}

impl<R> Field<R> {
    fn read(&self, params: &Params, pbx: &Pbx, record: &mut R) -> Result<(), Refused> {
        match self {
            Self::Name(name, most, put) => {
                params.named(name, *most)?.into_iter().for_each(|text| put(record, text));
            }
            Self::Text(name, most, put) => {
                params.bounded(name, *most)?.into_iter().for_each(|text| put(record, text));
            }
            Self::Fit(name, most, (code, fits), put) => match params.bounded(name, *most)? {
                Some(text) if !text.is_empty() && !fits(&text) => {
                    return Err(params.blame(*code, name));
                }
                text => text.into_iter().for_each(|text| put(record, text)),
            },
            Self::Flag(name, put) => {
                params.flag_or_none(name)?.into_iter().for_each(|flag| put(record, flag));
            }
            Self::OneOf(name, allowed, put) => {
                params.one_of(name, allowed)?.into_iter().for_each(|number| put(record, number));
            }
            Self::Id(name, put) | Self::Of(name, _, put) => {
                params.id_or_none(name)?.into_iter().for_each(|id| put(record, id));
            }
            Self::Own(read) => read(params, pbx, record)?,
        }
        Ok(())
    }

    /// Refuses the identity of something that does not exist.
    fn check(&self, params: &Params, tables: &Tables) -> Result<(), Refused> {
        let Self::Of(name, exists, _) = self else { return Ok(()) };
        match params.id_or_none(name)? {
            Some(id) if !exists(tables, id) => Err(params.blame(3300, name)),
            Some(_) | None => Ok(()),
        }
    }
}

/// Overwrites a value if there is a new one.
pub(super) fn put<T>(value: &mut T, given: Option<T>) -> Result<(), Refused> {
    given.into_iter().for_each(|given| *value = given);
    Ok(())
}

/// Overwrites a value that may be absent, if there is a new one.
pub(super) fn put_some<T>(value: &mut Option<T>, given: Option<T>) -> Result<(), Refused> {
    put(value, given.map(Some))
}

/// A kind of records.
pub(super) trait Record: Clone + 'static {
    /// What identifies one in requests.
    const ID: &'static str;

    /// Within what the fields may stand in a request, rather than beside the identifier.
    const WITHIN: Option<&'static str> = None;

    /// What a new one cannot do without.
    const REQUIRED: &'static str;

    /// The fields in the order in which they are read. What is not given keeps its value.
    const FIELDS: &'static [Field<Self>];

    /// A record of which nothing is given.
    fn blank(now: OffsetDateTime) -> Self;

    /// Finds one.
    fn find(tables: &Tables, id: u64) -> Option<&Self>;

    /// Refuses what is taken by another record, or not possible beside what else is there.
    fn check(&self, params: &Params, tables: &Tables, old: Option<&Self>) -> Result<(), Refused>;
}

/// Reads the record that a request makes.
pub(super) fn made<R: Record>(
    pbx: &Pbx,
    now: OffsetDateTime,
    params: &Params,
) -> Result<R, Refused> {
    let within = within::<R>(params)?;
    let params = within.as_ref().unwrap_or(params);
    let made = read(params, pbx, R::blank(now))?;
    if params.text(R::REQUIRED)?.trim().is_empty() {
        return Err(params.missing(R::REQUIRED));
    }
    check(&made, params, pbx, None)?;
    Ok(made)
}

/// Reads a record as a request changes it.
pub(super) fn changed<R: Record>(
    pbx: &Pbx,
    now: OffsetDateTime,
    params: &Params,
) -> Result<R, Refused> {
    let id = params.id(R::ID)?;
    let within = within::<R>(params)?;
    let fields = within.as_ref().unwrap_or(params);
    let old = R::find(&pbx.tables, id);
    // What is wrong with the fields is told first, whatever record they are about.
    let changed = read(fields, pbx, old.cloned().unwrap_or_else(|| R::blank(now)))?;
    let old = old.ok_or_else(|| params.blame(3300, R::ID))?;
    check(&changed, fields, pbx, Some(old))?;
    Ok(changed)
}

fn within<R: Record>(params: &Params) -> Result<Option<Params>, Refused> {
    R::WITHIN.map_or(Ok(None), |name| params.object_or_none(name))
}

fn read<R: Record>(params: &Params, pbx: &Pbx, mut record: R) -> Result<R, Refused> {
    R::FIELDS.iter().try_for_each(|field| field.read(params, pbx, &mut record))?;
    Ok(record)
}

fn check<R: Record>(
    record: &R,
    params: &Params,
    pbx: &Pbx,
    old: Option<&R>,
) -> Result<(), Refused> {
    R::FIELDS.iter().try_for_each(|field| field.check(params, &pbx.tables))?;
    record.check(params, &pbx.tables, old)
}
