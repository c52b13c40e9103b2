//! Which minutes passed between two looks at the clock, as Vixie cron reckons. Pure.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

/// A minute to look for due jobs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Check {
    /// Its beginning.
    pub(super) minute: DateTime<Utc>,
    /// Jobs with a wildcard for minute or hour.
    pub(super) wild: bool,
    /// Jobs at a fixed time.
    pub(super) fixed: bool,
}

/// The beginning of the minute.
pub(super) fn minute_start(time: DateTime<Utc>) -> DateTime<Utc> {
    time.duration_trunc(TimeDelta::minutes(1)).unwrap_or(time)
}

/// The minutes to check since the last one checked, and which one that is now.
///
/// A few minutes are made up for. After a longer sleep (up to three hours) jobs at a fixed time are made up for,
/// those with a wildcard run once. When the clock goes back, nothing runs until it has caught up. A larger jump
/// either way is a new beginning.
pub(super) fn passed(last: DateTime<Utc>, now: DateTime<Utc>) -> (Vec<Check>, DateTime<Utc>) {
    let current = minute_start(now);
    let check = |minute, wild, fixed| Check { minute, wild, fixed };
    let since = |wild| (1..).map(move |step| check(last + TimeDelta::minutes(step), wild, true));
    match (current - last).num_minutes() {
        -180..=0 => (Vec::new(), last),
        1..=5 => (since(true).take_while(|check| check.minute <= current).collect(), current),
        6..=180 => {
            let mut checks: Vec<Check> = since(false).take_while(|check| check.minute <= current).collect();
            checks.push(check(current, true, false));
            (checks, current)
        }
        _ => (vec![check(current, true, true)], current),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-03-01T{text}Z").parse().unwrap()
    }

    /// Each check as `12:01 wf`.
    fn shown(last: &str, now: &str) -> (Vec<String>, String) {
        let (checks, last) = passed(at(last), at(now));
        let shown = checks.iter().map(|check| {
            let kinds = [("w", check.wild), ("f", check.fixed)];
            let kinds: String = kinds.iter().filter(|(_, asked)| *asked).map(|(kind, _)| *kind).collect();
            format!("{} {kinds}", check.minute.format("%H:%M"))
        });
        (shown.collect(), last.format("%H:%M").to_string())
    }

    #[test]
    fn minutes_are_made_up_for_as_far_as_vixie_cron_does() {
        for (last, now, checks, new_last) in [
            ("12:00:00", "12:00:59", &[][..], "12:00"),
            ("12:00:00", "12:01:00", &["12:01 wf"], "12:01"),
            ("12:00:00", "12:03:30", &["12:01 wf", "12:02 wf", "12:03 wf"], "12:03"),
            ("12:00:00", "11:59:59", &[], "12:00"),
            ("12:00:00", "09:10:00", &[], "12:00"),
            ("12:00:00", "08:00:00", &["08:00 wf"], "08:00"),
            ("12:00:00", "15:01:00", &["15:01 wf"], "15:01"),
        ] {
            let (shown, last) = shown(last, now);
            assert_eq!(
                (shown, last.as_str()),
                (checks.iter().map(ToString::to_string).collect(), new_last),
                "{now}"
            );
        }
    }

    #[test]
    fn after_a_longer_sleep_wildcards_run_once() {
        let (shown, last) = shown("12:00:00", "12:07:10");
        let fixed = ["12:01 f", "12:02 f", "12:03 f", "12:04 f", "12:05 f", "12:06 f", "12:07 f"];
        assert_eq!(shown, [&fixed[..], &["12:07 w"]].concat());
        assert_eq!(last, "12:07");
    }
}
