//! The `Prefer` header (RFC 7240): what the client would like to happen beyond the statement itself.

use std::borrow::Cow;

/// Everything asked for by `Prefer`; of a preference given twice the first counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// `resolution=`
    pub resolution: Option<Resolution>,
    /// `return=`
    pub representation: Option<Representation>,
    /// `count=`
    pub count: Option<Count>,
    /// `tx=`; always `None` when the server does not allow it.
    pub transaction: Option<TransactionEnd>,
    /// `missing=`
    pub missing: Option<Missing>,
    /// `handling=`
    pub handling: Option<Handling>,
    /// `timezone=`, a name not checked here.
    pub timezone: Option<String>,
    /// `max-affected=`: it counts only with `handling=strict`.
    pub max_affected: Option<i64>,
    /// What was not understood, as it was sent.
    pub invalid: Vec<String>,
}

/// What becomes of an inserted row that collides with one that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// `ON CONFLICT … DO UPDATE`
    MergeDuplicates,
    /// `ON CONFLICT … DO NOTHING`
    IgnoreDuplicates,
}

/// What a mutation answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Representation {
    /// The rows.
    Full,
    /// Nothing.
    Minimal,
    /// Nothing but a `Location`, which needs to read the primary key.
    HeadersOnly,
}

/// How the rows that match without a limit are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// By counting them.
    Exact,
    /// By the planner's estimate.
    Planned,
    /// By counting them up to the server's row limit, beyond it by the planner's estimate.
    Estimated,
}

/// How the transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionEnd {
    /// It takes effect.
    Commit,
    /// It leaves no trace.
    Rollback,
}

/// What a column named in `columns=` gets when a row of the payload has no value for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Its default.
    Default,
    /// Null.
    Null,
}

/// What becomes of a request with preferences that are not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handling {
    /// It is refused.
    Strict,
    /// They are ignored.
    Lenient,
}

impl Preferences {
    /// Reads all `Prefer` headers of a request. With `allow_transaction` the client may choose how the
    /// transaction ends.
    pub fn parse<'a>(headers: impl Iterator<Item = &'a str>, allow_transaction: bool) -> Self {
        let mut preferences = Self::default();
        let members = headers.filter(|header| !header.is_empty()).flat_map(|header| header.split(','));
        for member in members.map(str::trim_ascii) {
            if !preferences.take(member) {
                preferences.invalid.push(member.to_owned());
            }
        }
        if !allow_transaction {
            preferences.transaction = None;
        }
        preferences
    }

    /// Whether the member is understood.
    fn take(&mut self, member: &str) -> bool {
        if let Some(timezone) = member.strip_prefix("timezone=") {
            self.timezone.get_or_insert_with(|| timezone.to_owned());
        } else if let Some(rows) = member.strip_prefix("max-affected=") {
            self.max_affected = self.max_affected.or_else(|| rows.trim_ascii().parse().ok());
        } else if let Some(resolution) = Resolution::ALL.into_iter().find(|known| known.name() == member) {
            self.resolution.get_or_insert(resolution);
        } else if let Some(known) = Representation::ALL.into_iter().find(|known| known.name() == member) {
            self.representation.get_or_insert(known);
        } else if let Some(count) = Count::ALL.into_iter().find(|known| known.name() == member) {
            self.count.get_or_insert(count);
        } else if let Some(end) = TransactionEnd::ALL.into_iter().find(|known| known.name() == member) {
            self.transaction.get_or_insert(end);
        } else if let Some(missing) = Missing::ALL.into_iter().find(|known| known.name() == member) {
            self.missing.get_or_insert(missing);
        } else if let Some(handling) = Handling::ALL.into_iter().find(|known| known.name() == member) {
            self.handling.get_or_insert(handling);
        } else {
            return false;
        }
        true
    }

    /// Whether what was not understood, or goes too far, is an error.
    pub fn strict(&self) -> bool {
        self.handling == Some(Handling::Strict)
    }

    /// The value of `Preference-Applied` when all these preferences were; `None` if there are none.
    pub fn applied(&self) -> Option<String> {
        let mut applied: Vec<Cow<'_, str>> = [
            self.resolution.map(Resolution::name),
            self.missing.map(Missing::name),
            self.representation.map(Representation::name),
            self.count.map(Count::name),
            self.transaction.map(TransactionEnd::name),
            self.handling.map(Handling::name),
        ]
        .into_iter()
        .flatten()
        .map(Cow::Borrowed)
        .collect();
        if let Some(timezone) = &self.timezone {
            applied.push(format!("timezone={timezone}").into());
        }
        if let (Some(rows), true) = (self.max_affected, self.strict()) {
            applied.push(format!("max-affected={rows}").into());
        }
        if applied.is_empty() { None } else { Some(applied.join(", ")) }
    }
}

impl Resolution {
    const ALL: [Self; 2] = [Self::MergeDuplicates, Self::IgnoreDuplicates];

    /// As the header says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::MergeDuplicates => "resolution=merge-duplicates",
            Self::IgnoreDuplicates => "resolution=ignore-duplicates",
        }
    }
}

impl Representation {
    const ALL: [Self; 3] = [Self::Full, Self::Minimal, Self::HeadersOnly];

    /// As the header says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "return=representation",
            Self::Minimal => "return=minimal",
            Self::HeadersOnly => "return=headers-only",
        }
    }
}

impl Count {
    const ALL: [Self; 3] = [Self::Exact, Self::Planned, Self::Estimated];

    /// As the header says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "count=exact",
            Self::Planned => "count=planned",
            Self::Estimated => "count=estimated",
        }
    }
}

impl TransactionEnd {
    const ALL: [Self; 2] = [Self::Commit, Self::Rollback];

    /// As the header says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Commit => "tx=commit",
            Self::Rollback => "tx=rollback",
        }
    }
}

impl Missing {
    const ALL: [Self; 2] = [Self::Default, Self::Null];

    /// As the header says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "missing=default",
            Self::Null => "missing=null",
        }
    }
}

impl Handling {
    const ALL: [Self; 2] = [Self::Strict, Self::Lenient];

    /// As the header says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Strict => "handling=strict",
            Self::Lenient => "handling=lenient",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[&str]) -> Preferences {
        Preferences::parse(headers.iter().copied(), true)
    }

    #[test]
    fn one_header_or_several() {
        let expected = Preferences {
            resolution: Some(Resolution::IgnoreDuplicates),
            count: Some(Count::Exact),
            missing: Some(Missing::Null),
            handling: Some(Handling::Lenient),
            max_affected: Some(5999),
            invalid: vec!["invalid".to_owned()],
            ..Preferences::default()
        };
        let members = [
            "resolution=ignore-duplicates",
            "count=exact",
            "missing=null",
            "handling=lenient",
            "invalid",
            "max-affected=5999",
        ];
        assert_eq!(read(&members), expected);
        assert_eq!(read(&[&members.join(" ,  ")]), expected);
    }

    #[test]
    fn the_first_counts() {
        let preferences = read(&[
            "tx=commit, tx=rollback",
            "timezone=UTC, timezone=Asia/Tokyo",
            "count=exact,count=planned",
        ]);
        assert_eq!(preferences.transaction, Some(TransactionEnd::Commit));
        assert_eq!(preferences.timezone.as_deref(), Some("UTC"));
        assert_eq!(preferences.count, Some(Count::Exact));
        assert!(preferences.invalid.is_empty());
    }

    #[test]
    fn the_end_of_the_transaction_may_be_the_servers() {
        let preferences = Preferences::parse(std::iter::once("tx=rollback"), false);
        assert_eq!(preferences, Preferences::default());
    }

    #[test]
    fn invalid_ones_are_kept() {
        let preferences =
            read(&["handling=strict, anything, return=nothing, count=none, max-affected=x, , Count=exact"]);
        assert_eq!(preferences.invalid, ["anything", "return=nothing", "count=none", "", "Count=exact"]);
        assert_eq!(preferences.max_affected, None);
    }

    #[test]
    fn applied() {
        assert_eq!(read(&[]).applied(), None);
        assert_eq!(read(&["nonsense", "max-affected=3"]).applied(), None);
        let all = read(&[
            "max-affected=3,timezone=UTC,handling=strict,tx=commit,count=planned,return=minimal,missing=default,\
             resolution=merge-duplicates",
        ]);
        assert_eq!(
            all.applied().as_deref(),
            Some(
                "resolution=merge-duplicates, missing=default, return=minimal, count=planned, tx=commit, \
                 handling=strict, timezone=UTC, max-affected=3"
            )
        );
    }
}
