//! Which statements are prepared on a connection's server side, least recently used first out.
//!
//! Pure bookkeeping: says what to Parse and Close, sends nothing. A statement counts as prepared only when
//! its ParseComplete has arrived; until then it may be lost to an error earlier in its flight.

use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasher;

use crate::session::{SqlText, Statement};

/// Prepared statements of one connection.
pub(crate) struct StatementCache {
    /// Most statements kept; 0 uses the unnamed statement only.
    capacity: usize,
    /// By hash of role and text; the text is compared, so a collision only replaces an entry.
    entries: HashMap<u64, Entry, foldhash::fast::FixedState>,
    /// Number of the current flight.
    flight: u64,
    names: u64,
    /// Entries whose Parse was sent in this flight and not answered; `None` for the unnamed statement.
    unconfirmed: VecDeque<Option<u64>>,
    /// Entries whose Parse was sent in this flight, answered or not.
    parsed: Vec<u64>,
    /// Names that are prepared on the server and no longer wanted.
    retired: Vec<Box<str>>,
    /// Of these, the ones the current flight closes, before all else: no error can skip them.
    closing: Vec<Box<str>>,
}

struct Entry {
    sql: SqlText,
    role: u64,
    name: Box<str>,
    /// The last flight that used it.
    used: u64,
}

impl StatementCache {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: HashMap::default(),
            flight: 0,
            names: 0,
            unconfirmed: VecDeque::new(),
            parsed: Vec::new(),
            retired: Vec::new(),
            closing: Vec::new(),
        }
    }

    /// Whether statements are kept at all.
    pub(crate) fn is_on(&self) -> bool {
        self.capacity > 0
    }

    /// Begins a flight. The names returned are to be closed by it, first.
    pub(crate) fn begin_flight(&mut self) -> &[Box<str>] {
        self.flight += 1;
        self.unconfirmed.clear();
        self.parsed.clear();
        self.closing = std::mem::take(&mut self.retired);
        &self.closing
    }

    /// The statement's name on the server, and whether the flight must Parse it first.
    pub(crate) fn name(&mut self, statement: &Statement) -> (&str, bool) {
        let key = key(statement);
        let known = match self.entries.get(&key) {
            Some(entry) if entry.sql.as_str() == statement.sql() && entry.role == statement.role => true,
            // another statement of the same hash: it goes, unless this very flight needs it
            Some(entry) if entry.used == self.flight => return self.unnamed(),
            Some(_) => {
                self.retire(key);
                false
            }
            None => false,
        };
        if !known {
            if !self.make_room() {
                return self.unnamed();
            }
            self.names += 1;
            let name = format!("s{}", self.names).into_boxed_str();
            let entry = Entry { sql: statement.sql.clone(), role: statement.role, name, used: 0 };
            self.entries.insert(key, entry);
            self.unconfirmed.push_back(Some(key));
            self.parsed.push(key);
        }
        let flight = self.flight;
        match self.entries.get_mut(&key) {
            Some(entry) => {
                entry.used = flight;
                (&entry.name, !known)
            }
            None => ("", true),
        }
    }

    fn unnamed(&mut self) -> (&'static str, bool) {
        self.unconfirmed.push_back(None);
        ("", true)
    }

    /// Whether there is room for one more, after retiring the least recently used if need be.
    fn make_room(&mut self) -> bool {
        if self.entries.len() < self.capacity {
            return true;
        }
        let oldest = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.used < self.flight)
            .min_by_key(|(_, entry)| entry.used)
            .map(|(key, _)| *key);
        oldest.is_some_and(|key| {
            self.retire(key);
            true
        })
    }

    fn retire(&mut self, key: u64) {
        if let Some(entry) = self.entries.remove(&key) {
            self.retired.push(entry.name);
        }
    }

    /// A ParseComplete arrived.
    pub(crate) fn confirm(&mut self) {
        self.unconfirmed.pop_front();
    }

    /// The flight ended: what was not confirmed does not exist on the server.
    pub(crate) fn end_flight(&mut self) {
        self.closing.clear();
        self.drop_unconfirmed();
    }

    /// The flight was never sent.
    pub(crate) fn abandon_flight(&mut self) {
        self.retired.append(&mut self.closing);
        self.drop_unconfirmed();
    }

    fn drop_unconfirmed(&mut self) {
        for key in self.unconfirmed.drain(..).flatten() {
            self.entries.remove(&key);
        }
    }

    /// Whether the statement is prepared.
    pub(crate) fn knows(&self, statement: &Statement) -> bool {
        let entry = self.entries.get(&key(statement));
        entry.is_some_and(|entry| entry.sql.as_str() == statement.sql() && entry.role == statement.role)
    }

    /// Whether the statement was prepared by an earlier flight.
    pub(crate) fn is_from_earlier_flight(&self, statement: &Statement) -> bool {
        let key = key(statement);
        self.entries.contains_key(&key) && !self.parsed.contains(&key)
    }

    /// Prepares the statement anew when it is next used.
    pub(crate) fn forget(&mut self, statement: &Statement) {
        self.retire(key(statement));
    }

    /// Prepares everything anew; closes what may still be there.
    pub(crate) fn forget_all(&mut self) {
        self.retired.extend(self.entries.drain().map(|(_, entry)| entry.name));
    }

    /// The server dropped all statements (`discard all`).
    pub(crate) fn reset(&mut self) {
        self.entries.clear();
        self.retired.clear();
    }
}

fn key(statement: &Statement) -> u64 {
    foldhash::fast::FixedState::default().hash_one((statement.role, statement.sql()))
}

#[cfg(test)]
mod tests {
    use super::{Statement, StatementCache};

    fn fly(
        cache: &mut StatementCache,
        sql: &[&'static str],
        answered: usize,
    ) -> (Vec<String>, Vec<Box<str>>) {
        let closed = cache.begin_flight().to_vec();
        let sent = sql.iter().map(|sql| {
            let (name, parse) = cache.name(&Statement::new(*sql));
            format!("{}{name}", if parse { "+" } else { "" })
        });
        let sent = sent.collect();
        (0..answered).for_each(|_| cache.confirm());
        cache.end_flight();
        (sent, closed)
    }

    fn check(
        cache: &mut StatementCache,
        sql: &[&'static str],
        answered: usize,
        sent: &[&str],
        closed: &[&str],
    ) {
        let (was_sent, was_closed) = fly(cache, sql, answered);
        assert_eq!(was_sent, sent);
        assert_eq!(was_closed.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), closed);
    }

    #[test]
    fn statements_are_parsed_once_and_the_least_recently_used_is_closed_one_flight_later() {
        let mut cache = StatementCache::new(2);
        check(&mut cache, &["a", "b", "a"], 2, &["+s1", "+s2", "s1"], &[]);
        check(&mut cache, &["a"], 0, &["s1"], &[]);
        check(&mut cache, &["c"], 1, &["+s3"], &[]);
        check(&mut cache, &["a", "c"], 0, &["s1", "s3"], &["s2"]);
    }

    #[test]
    fn a_flight_that_was_not_sent_changes_nothing() {
        let mut cache = StatementCache::new(1);
        check(&mut cache, &["a"], 1, &["+s1"], &[]);
        check(&mut cache, &["b"], 1, &["+s2"], &[]);
        assert_eq!(cache.begin_flight().len(), 1);
        cache.abandon_flight();
        check(&mut cache, &["b"], 0, &["s2"], &["s1"]);
        check(&mut cache, &["b"], 0, &["s2"], &[]);
    }

    #[test]
    fn a_parse_that_an_error_skipped_is_sent_again() {
        let mut cache = StatementCache::new(9);
        check(&mut cache, &["a", "b"], 1, &["+s1", "+s2"], &[]);
        check(&mut cache, &["a", "b"], 1, &["s1", "+s3"], &[]);
    }

    #[test]
    fn a_flight_of_more_statements_than_fit_uses_the_unnamed_one() {
        let mut cache = StatementCache::new(1);
        check(&mut cache, &["a", "b"], 2, &["+s1", "+"], &[]);
        check(&mut StatementCache::new(0), &["a", "a"], 2, &["+", "+"], &[]);
    }

    #[test]
    fn roles_do_not_share() {
        let mut cache = StatementCache::new(9);
        cache.begin_flight();
        assert_eq!(cache.name(&Statement::new("a").cache_key_role("anon")), ("s1", true));
        assert_eq!(cache.name(&Statement::new("a").cache_key_role("authenticated")), ("s2", true));
    }
}
