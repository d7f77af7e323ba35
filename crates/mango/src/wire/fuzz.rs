//! Fuzz targets: days and times of day as requests write them.

use time::{Time, macros::format_description};

use super::moments::{calendar_day, day_and_time};

#[test]
fn moments() {
    ringback_fuzz::target!(|input| {
        let Ok(text) = str::from_utf8(input) else { return };
        if let Some(day) = calendar_day(text) {
            assert_eq!(day.format(format_description!("[year]-[month]-[day]")).unwrap(), text);
        }
        if let Some(at) = day_and_time(text, Time::MIDNIGHT) {
            let written =
                at.format(format_description!("[day].[month].[year] [hour]:[minute]:[second]"));
            assert!(written.unwrap().starts_with(text), "{text}");
        }
    });
}
