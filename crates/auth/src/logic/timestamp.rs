//! Times as they stand in rows and answers: RFC 3339, microseconds, UTC.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A `timestamptz`, or a `timestamp` that is meant in UTC, as `to_jsonb` writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Timestamp(pub(crate) DateTime<Utc>);

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(parse(&text))
    }
}

/// A row may hold any time Postgres can: what chrono can't (`infinity`, years beyond 9999) becomes the end of time, or its
/// beginning, instead of an error that would lock the user out.
fn parse(text: &str) -> Timestamp {
    let with_zone = DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc));
    let time = with_zone
        .or_else(|_no_zone| {
            NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| time.and_utc())
        })
        .unwrap_or_else(|_unreadable| {
            let before = text.starts_with('-') || text.ends_with("BC");
            if before { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC }
        });
    Timestamp(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_rows() {
        let cases = [
            ("2026-11-21T01:02:03.4+00:00", "2026-11-21T01:02:03.400000Z"),
            ("2026-11-21T01:02:03+05:30", "2026-11-20T19:32:03.000000Z"),
            ("2026-11-21T01:02:03.123456", "2026-11-21T01:02:03.123456Z"),
        ];
        for (text, expected) in cases {
            assert_eq!(serde_json::to_value(parse(text)).unwrap(), expected, "{text}");
        }
        assert_eq!(parse("infinity").0, DateTime::<Utc>::MAX_UTC);
        assert_eq!(parse("12026-01-01T00:00:00+00:00").0, DateTime::<Utc>::MAX_UTC);
        assert_eq!(parse("-infinity").0, DateTime::<Utc>::MIN_UTC);
        assert_eq!(parse("0044-03-15T00:00:00+00:00 BC").0, DateTime::<Utc>::MIN_UTC);
    }
}
