//! Moments as Java writes them.

use ringback_engine::{Duration, OffsetDateTime};
use time::{
    Month, UtcOffset,
    format_description::well_known::{Rfc2822, Rfc3339},
};

/// Moves a moment by a text such as `3 days` or `-2 hours`.
pub(super) fn offset(at: OffsetDateTime, by: &str) -> Result<OffsetDateTime, String> {
    let why = || format!("{by:?} is no offset such as \"3 days\"");
    let (count, unit) = by.trim().split_once(' ').ok_or_else(why)?;
    let count: i64 = count.parse().map_err(|_| why())?;
    let seconds = |each: i64| {
        let moved = count.checked_mul(each).map(Duration::seconds);
        moved.and_then(|by| at.checked_add(by)).ok_or_else(why)
    };
    match unit.trim().trim_end_matches('s') {
        "second" => seconds(1),
        "minute" => seconds(60),
        "hour" => seconds(3_600),
        "day" => seconds(86_400),
        "week" => seconds(604_800),
        "month" => months(at, count).ok_or_else(why),
        "year" => months(at, count.checked_mul(12).ok_or_else(why)?).ok_or_else(why),
        _ => Err(why()),
    }
}

fn months(at: OffsetDateTime, by: i64) -> Option<OffsetDateTime> {
    let month = i64::from(at.year()) * 12 + i64::from(u8::from(at.month())) - 1;
    let month = month.checked_add(by)?;
    let year = i32::try_from(month.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(month.rem_euclid(12)).ok()? + 1).ok()?;
    let day = at.day().min(month.length(year));
    Some(at.replace_date(time::Date::from_calendar_date(year, month, day).ok()?))
}

/// Reads the offset of a time zone. There is no database of zones.
pub(super) fn zone(name: &str) -> Result<UtcOffset, String> {
    let why = || format!("time zone {name:?}: known are UTC, GMT and offsets such as +07:00");
    let name = name.trim();
    let bare = ["UTC", "GMT", "Z"].into_iter().find_map(|known| name.strip_prefix(known));
    let bare = bare.unwrap_or(name);
    if bare.is_empty() {
        return Ok(UtcOffset::UTC);
    }
    let (sign, digits) = match bare.split_at_checked(1) {
        Some(("+", digits)) => (1, digits),
        Some(("-", digits)) => (-1, digits),
        _ => return Err(why()),
    };
    let digits: String = digits.chars().filter(|c| *c != ':').collect();
    let number = |text: &str| text.parse::<i8>().map_err(|_| why());
    let (hours, minutes) = match digits.len() {
        1 | 2 => (number(&digits)?, 0),
        4 => {
            let (hours, minutes) = digits.split_at_checked(2).ok_or_else(why)?;
            (number(hours)?, number(minutes)?)
        }
        _ => return Err(why()),
    };
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).map_err(|_| why())
}

/// Reads a moment: as ISO 8601 or RFC 2822 has it, or as seconds or milliseconds since 1970.
pub(super) fn read(text: &str, format: Option<&str>) -> Result<OffsetDateTime, String> {
    let why = || format!("{text:?} is no moment that can be read");
    let number = || text.trim().parse::<i64>().map_err(|_| why());
    match format {
        Some("unix") => OffsetDateTime::from_unix_timestamp(number()?).map_err(|_| why()),
        Some("epoch") => {
            let nanos = i128::from(number()?) * 1_000_000;
            OffsetDateTime::from_unix_timestamp_nanos(nanos).map_err(|_| why())
        }
        Some(other) => Err(format!("the format {other:?} cannot be read, only ISO 8601")),
        None => {
            let day = || OffsetDateTime::parse(&format!("{text}T00:00:00Z"), &Rfc3339);
            let parsed = OffsetDateTime::parse(text, &Rfc3339).or_else(|_| day());
            parsed.or_else(|_| OffsetDateTime::parse(text, &Rfc2822)).map_err(|_| why())
        }
    }
}

/// Returns a moment as a zone has it: the calendar begins and ends.
pub(super) fn in_zone(at: OffsetDateTime, zone: UtcOffset) -> Result<OffsetDateTime, String> {
    at.checked_to_offset(zone).ok_or_else(|| "the moment is not in the calendar there".to_owned())
}

/// Writes a moment by a pattern of Java's `SimpleDateFormat`, or as `epoch` or `unix`.
pub(super) fn write(at: OffsetDateTime, format: Option<&str>) -> Result<String, String> {
    match format {
        None => Ok(pattern(at, "yyyy-MM-dd'T'HH:mm:ss'Z'", UtcOffset::UTC)?),
        Some("epoch") => Ok((at.unix_timestamp_nanos() / 1_000_000).to_string()),
        Some("unix") => Ok(at.unix_timestamp().to_string()),
        Some(format) => pattern(at, format, at.offset()),
    }
}

/// How often a letter counts that is said again and again; Rust pads numbers to 65,535 digits at most.
const LETTERS: usize = 64;

fn pattern(at: OffsetDateTime, format: &str, zone: UtcOffset) -> Result<String, String> {
    let at = in_zone(at, zone)?;
    let mut made = String::new();
    let mut rest = format.chars().peekable();
    while let Some(c) = rest.next() {
        if c == '\'' {
            if rest.next_if_eq(&'\'').is_some() {
                made.push('\'');
                continue;
            }
            while let Some(inner) = rest.next() {
                match inner {
                    '\'' if rest.next_if_eq(&'\'').is_some() => made.push('\''),
                    '\'' => break,
                    inner => made.push(inner),
                }
            }
        } else if c.is_ascii_alphabetic() {
            let mut width = 1;
            while rest.next_if_eq(&c).is_some() {
                width += 1;
            }
            made.push_str(&letter(at, c, width.min(LETTERS))?);
        } else {
            made.push(c);
        }
    }
    Ok(made)
}

fn letter(at: OffsetDateTime, letter: char, width: usize) -> Result<String, String> {
    let padded = |number: u32| format!("{number:0width$}");
    let short = |word: String| if width >= 4 { word } else { word.chars().take(3).collect() };
    let twelve = |hour: u8| if hour.is_multiple_of(12) { 12 } else { hour % 12 };
    Ok(match letter {
        'y' | 'u' if width == 2 => format!("{:02}", at.year().rem_euclid(100)),
        'y' | 'u' => format!("{:0width$}", at.year()),
        'M' | 'L' if width >= 3 => short(at.month().to_string()),
        'M' | 'L' => padded(u8::from(at.month()).into()),
        'd' => padded(at.day().into()),
        'D' => padded(at.ordinal().into()),
        'H' => padded(at.hour().into()),
        'h' => padded(twelve(at.hour()).into()),
        'm' => padded(at.minute().into()),
        's' => padded(at.second().into()),
        'S' => padded(at.millisecond().into()),
        'E' => short(at.weekday().to_string()),
        'a' => if at.hour() < 12 { "AM" } else { "PM" }.to_owned(),
        'z' if at.offset().is_utc() => "UTC".to_owned(),
        'X' if at.offset().is_utc() => "Z".to_owned(),
        'X' if width == 1 => numeric(at.offset(), "").chars().take(3).collect(),
        'X' if width == 2 => numeric(at.offset(), ""),
        'X' => numeric(at.offset(), ":"),
        'z' => format!("GMT{}", numeric(at.offset(), ":")),
        'Z' => numeric(at.offset(), ""),
        other => return Err(format!("{other:?} is no letter of a date that is known")),
    })
}

fn numeric(offset: UtcOffset, between: &str) -> String {
    let (hours, minutes, _) = offset.as_hms();
    let sign = if offset.is_negative() { '-' } else { '+' };
    format!("{sign}{:02}{between}{:02}", hours.abs(), minutes.abs())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_moment_is_written_as_java_does() {
        let at = datetime!(2026-01-05 09:07:03.042 UTC);
        for (format, wanted) in [
            ("yyyy-MM-dd HH:mm:ss.SSS", "2026-01-05 09:07:03.042"),
            ("EEE, d MMM yyyy h:mm a Z", "Mon, 5 Jan 2026 9:07 AM +0000"),
            ("EEEE dd MMMM yy XXX", "Monday 05 January 26 Z"),
            ("yyyy-MM-dd'T'HH:mm:ss''", "2026-01-05T09:07:03'"),
            ("epoch", "1767604023042"),
            ("unix", "1767604023"),
        ] {
            assert_eq!(write(at, Some(format)).unwrap(), wanted);
        }
        let east = at.to_offset(zone("+07:00").unwrap());
        assert_eq!(write(east, Some("HH:mm XXX")).unwrap(), "16:07 +07:00");
        assert_eq!(write(at, None).unwrap(), "2026-01-05T09:07:03Z");
        assert!(write(at, Some("Q")).is_err());
        assert!(zone("Europe/Berlin").is_err());
        // Rust pads to so many digits at most.
        assert_eq!(write(at, Some(&"d".repeat(70_000))).unwrap().len(), LETTERS);
        let last = read("9999-12-31T23:59:59-07:00", None).unwrap();
        assert!(write(last, None).is_err());
        assert!(in_zone(last, UtcOffset::UTC).is_err());
    }

    #[test]
    fn a_moment_is_moved_and_read() {
        let at = datetime!(2026-01-31 09:00 UTC);
        assert_eq!(offset(at, "1 months"), Ok(datetime!(2026-02-28 09:00 UTC)));
        assert_eq!(offset(at, "-3 days"), Ok(datetime!(2026-01-28 09:00 UTC)));
        assert_eq!(offset(at, "1 years"), Ok(datetime!(2027-01-31 09:00 UTC)));
        assert!(offset(at, "99999999999999 years").is_err());
        assert_eq!(read("2026-01-31T09:00:00Z", None), Ok(at));
        assert_eq!(read("1769850000", Some("unix")), Ok(at));
    }
}
