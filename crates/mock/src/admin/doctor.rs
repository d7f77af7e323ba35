//! The doctor: whether all views of each call agree, and whether a user's own export does.

use ringback_engine::OffsetDateTime;
use serde_json::{Value, json};

use super::{Answer, Ask, Problem, ok};
use crate::{
    doctor::{self, Examined, Exported, Reading, Unread},
    read_offset,
    shown::read_rfc3339,
};

/// How many calls are looked at unless said, and at most.
const CALLS: usize = 10_000;
const MOST: usize = 100_000;

/// How many findings of a kind are told.
const FINDINGS: usize = 1_000;

/// How many calls are looked at while a machine is held: others wait meanwhile.
const AT_ONCE: usize = 64;

/// Which calls are looked at.
struct Wanted {
    most: usize,
    since: Option<OffsetDateTime>,
    until: Option<OffsetDateTime>,
}

fn wanted(ask: &Ask) -> Result<Wanted, Problem> {
    let moment = |name: &str| {
        let read =
            |at| read_rfc3339(at).ok_or_else(|| Problem::at(name, "is no moment of RFC 3339"));
        ask.query(name).map(read).transpose()
    };
    let most = match ask.query("limit").map(str::parse::<usize>) {
        None => CALLS,
        Some(Ok(most)) if (1..=MOST).contains(&most) => most,
        Some(_) => return Err(Problem::at("limit", "has to be a number from 1 to 100000")),
    };
    Ok(Wanted { most, since: moment("since")?, until: moment("until")? })
}

/// Looks at calls, newest first; returns how many, and how many more there are.
async fn each(
    ask: &Ask,
    wanted: &Wanted,
    mut look: impl FnMut(&Examined),
) -> Result<(usize, u64), Problem> {
    let (mut looked, mut omitted) = (0_usize, 0_u64);
    for (mount, accounts) in ask.several()? {
        for account in accounts {
            let room = wanted.most.saturating_sub(looked);
            let Some((ids, more)) = mount.call_ids(account, wanted.since, wanted.until, room)
            else {
                continue;
            };
            omitted += more;
            looked += ids.len();
            for some in ids.chunks(AT_ONCE) {
                mount.examine(account, some).iter().for_each(&mut look);
                // Other requests of this worker go on in between.
                tokio::task::yield_now().await;
            }
        }
    }
    Ok((looked, omitted))
}

fn push(list: &mut Vec<Value>, omitted: &mut usize, found: Value) {
    match list.len() < FINDINGS {
        true => list.push(found),
        false => *omitted += 1,
    }
}

/// `GET doctor?since=&until=&limit=`
pub(super) async fn check(ask: Ask) -> Answer {
    let wanted = wanted(&ask)?;
    let (mut findings, mut undelivered) = (Vec::new(), Vec::new());
    let (mut findings_more, mut undelivered_more) = (0, 0);
    let (checked, omitted) = each(&ask, &wanted, |call| {
        for found in call.contradictions() {
            push(&mut findings, &mut findings_more, found);
        }
        for found in call.undelivered() {
            push(&mut undelivered, &mut undelivered_more, found);
        }
    })
    .await?;
    ok(&json!({
        "healthy": findings.is_empty(),
        "checked": checked,
        "omitted": omitted,
        "findings": findings,
        "findings_omitted": findings_more,
        "undelivered": undelivered,
        "undelivered_omitted": undelivered_more,
    }))
}

/// `POST doctor?since=&until=&limit=&offset=&duration=`, with an export as CSV or JSON.
pub(super) async fn compare(mut ask: Ask) -> Answer {
    let wanted = wanted(&ask)?;
    let offset = ask.query("offset").map(|text| {
        // A plus sign in a query is a blank.
        let text = text.replace(' ', "+");
        read_offset(&text).ok_or_else(|| Problem::at("offset", "is an offset such as +07:00"))
    });
    let talk = match ask.query("duration") {
        None | Some("total") => false,
        Some("talk") => true,
        Some(_) => return Err(Problem::at("duration", "is total or talk")),
    };
    let reading = Reading { offset: offset.transpose()?, talk };
    let body = ask.raw()?;
    let (rows, ignored) = doctor::read(&body).map_err(unread)?;
    let count = rows.len();
    let mut exported = Exported::new(rows, reading);
    let (checked, omitted) = each(&ask, &wanted, |call| exported.compare(call, true)).await?;
    let report = exported.finish();
    let counts = [
        ("lost", report.lost),
        ("doubled", report.doubled),
        ("wrong", report.wrong),
        ("unknown", report.unknown),
        ("unclear", report.unclear),
        ("early", report.early),
    ];
    let mut answer = json!({
        "healthy": counts.iter().all(|(_, found)| found.is_empty()),
        "rows": count,
        "correct": report.correct,
        "calls": checked,
        "calls_omitted": omitted,
        "columns_ignored": ignored,
        "counts": counts
            .iter()
            .map(|(name, found)| ((*name).to_owned(), json!(found.len())))
            .collect::<serde_json::Map<_, _>>(),
    });
    if let Some(fields) = answer.as_object_mut() {
        for (name, mut found) in counts {
            found.truncate(FINDINGS);
            fields.insert(name.to_owned(), found.into());
        }
    }
    ok(&answer)
}

fn unread(why: Unread) -> Problem {
    let problem = Problem::malformed(why.to_string());
    match why {
        Unread::NoId(_) => {
            let names = "id, call_id, uuid, unique_id, entry_id, sip_call_id or call_sid";
            problem.hint(format!("name a column {names}; docs/control-api.md lists all names"))
        }
        Unread::Empty | Unread::Json(_) | Unread::Csv(_) | Unread::Shape | Unread::TooMany => {
            problem
        }
    }
}
