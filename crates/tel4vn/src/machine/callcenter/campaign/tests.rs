use time::macros::datetime;
use uuid::Uuid;

use super::{Campaign, CampaignColumns, CampaignType, Window, seconds_of_day};
use crate::{Face, RunState};

fn campaign(columns: CampaignColumns) -> Campaign {
    let at = datetime!(2026-01-05 9:00 UTC);
    Campaign {
        face: Face::Third,
        campaign_uuid: Uuid::nil(),
        status: RunState::Start,
        resumes_at: None,
        queue_uuid: None,
        users: Vec::new(),
        created_at: at,
        updated_at: at,
        columns,
    }
}

#[test]
fn a_window_is_open_from_its_first_moment_to_its_last() {
    let usual = campaign(CampaignColumns::default());
    // Eight in the morning and nine in the evening, seven hours east.
    for (from, opens) in [
        (datetime!(2026-01-05 9:00 UTC), datetime!(2026-01-05 9:00 UTC)),
        (datetime!(2026-01-05 0:59:59.999999 UTC), datetime!(2026-01-05 1:00 UTC)),
        (datetime!(2026-01-05 1:00 UTC), datetime!(2026-01-05 1:00 UTC)),
        (datetime!(2026-01-05 13:59:59 UTC), datetime!(2026-01-05 13:59:59 UTC)),
        (datetime!(2026-01-05 14:00 UTC), datetime!(2026-01-06 1:00 UTC)),
    ] {
        assert_eq!(usual.opens(from), Some(opens), "{from}");
    }
    let after = datetime!(2026-01-05 1:00 UTC);
    assert_eq!(usual.next_opening(after), Some(datetime!(2026-01-06 1:00 UTC)));
}

#[test]
fn a_week_may_have_one_window_or_none() {
    let closed = Window { from: 0, to: 0 };
    let mut days = [closed; 7];
    days[2] = Window::USUAL;
    let wednesdays =
        campaign(CampaignColumns { schedules: Some(days), ..CampaignColumns::default() });
    let friday = datetime!(2026-01-09 9:00 UTC);
    assert_eq!(wednesdays.opens(friday), Some(datetime!(2026-01-14 1:00 UTC)));
    // On the day itself, once its window is over.
    let late = datetime!(2026-01-07 15:00 UTC);
    assert_eq!(wednesdays.opens(late), Some(datetime!(2026-01-14 1:00 UTC)));
    let never =
        campaign(CampaignColumns { schedules: Some([closed; 7]), ..CampaignColumns::default() });
    assert_eq!(never.opens(friday), None);
}

#[test]
fn an_autodialer_has_the_same_hours_every_day_up_to_the_last_second() {
    let columns = CampaignColumns {
        local_start_time: "08:00:00".to_owned(),
        local_end_time: "17:30:00".to_owned(),
        ..CampaignColumns::fresh(CampaignType::Autodialer)
    };
    let own = campaign(columns);
    let last = datetime!(2026-01-05 10:30:00.5 UTC);
    assert_eq!(own.opens(last), Some(last));
    let over = datetime!(2026-01-05 10:30:01 UTC);
    assert_eq!(own.opens(over), Some(datetime!(2026-01-06 1:00 UTC)));
    assert_eq!(["24:00:00", "8:00:00", "08:00", "x", ""].map(seconds_of_day), [None; 5]);
    assert_eq!(seconds_of_day("23:59:59"), Some(86_399));
}
