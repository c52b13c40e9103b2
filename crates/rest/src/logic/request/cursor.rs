//! A cursor over a piece of the query string, and what to say when it gets stuck.
//!
//! PostgREST's messages (`unexpected … expecting …`) are part of its interface: which alternatives they list,
//! and at which column, follows from how its grammar tries and combines them. So the cursor keeps the same
//! account: an alternative counts as refused only while nothing of it was consumed ([`Cursor::attempt`] lifts
//! that), refusals at the farthest position win, those at the same position are joined.
//! The account costs time, hence a text is first parsed without it, and only a faulty one a second time with it.

use std::fmt::Write as _;

use crate::error::RequestError;

/// Levels that brackets may be nested: far more than any query that makes sense, few enough for the stack.
const MAX_DEPTH: usize = 64;

/// A parser got stuck; why is in the cursor.
#[derive(Debug)]
pub(super) struct Stuck;

pub(super) type Parsed<T> = Result<T, Stuck>;

/// What a parser would have liked to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// This very text.
    Literal(&'static str),
    /// A thing with a name.
    Label(&'static str),
}

/// What it saw instead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Found {
    /// Nothing was refused.
    #[default]
    Nothing,
    /// The end of the text.
    End,
    /// A character that does not continue any alternative.
    Character(char),
    /// A character that would continue one, but is ruled out here. It has precedence over the other two.
    RuledOut(char),
}

/// The refusals at one position.
#[derive(Clone, Debug, Default)]
struct Complaint {
    at: usize,
    found: Found,
    expected: Vec<Expected>,
}

impl Complaint {
    fn is_empty(&self) -> bool {
        self.found == Found::Nothing && self.expected.is_empty()
    }

    fn merge(&mut self, other: Self) {
        if other.is_empty() || (!self.is_empty() && self.at > other.at) {
            return;
        }
        if self.is_empty() || self.at < other.at {
            *self = other;
            return;
        }
        match (self.found, other.found) {
            (Found::RuledOut(_), _) | (_, Found::Nothing) => {}
            (_, Found::RuledOut(_)) | (Found::Nothing, _) => self.found = other.found,
            _ => {}
        }
        for expected in other.expected {
            if !self.expected.contains(&expected) {
                self.expected.push(expected);
            }
        }
    }

    fn details(&self) -> String {
        let mut details = match self.found {
            Found::Nothing => String::new(),
            Found::End => "unexpected end of input".to_owned(),
            Found::Character(character) => format!("unexpected {}", quoted(&character.to_string(), '"')),
            Found::RuledOut(character) => format!("unexpected {}", quoted(&character.to_string(), '\'')),
        };
        for (index, expected) in self.expected.iter().enumerate() {
            details.push_str(match index {
                0 if details.is_empty() => "expecting ",
                0 => " expecting ",
                _ if index + 1 == self.expected.len() => " or ",
                _ => ", ",
            });
            match expected {
                Expected::Literal(text) => details.push_str(&quoted(text, '"')),
                Expected::Label(label) => details.push_str(label),
            }
        }
        if details.is_empty() {
            details.push_str("unknown parse error");
        }
        details
    }
}

/// Text as a Haskell literal, which is what PostgREST's messages show.
fn quoted(text: &str, quote: char) -> String {
    const CONTROLS: [&str; 32] = [
        "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "a", "b", "t", "n", "v", "f", "r", "SO", "SI",
        "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS",
        "US",
    ];
    let mut literal = String::from(quote);
    for character in text.chars() {
        match character {
            '\u{7f}' => literal.push_str("\\DEL"),
            '\\' => literal.push_str("\\\\"),
            _ if character == quote => literal.extend(['\\', character]),
            ' '..='~' => literal.push(character),
            _ => match CONTROLS.get(character as usize) {
                Some(name) => literal.extend(["\\", name]),
                None => {
                    let _ = write!(literal, "\\{}", u32::from(character));
                }
            },
        }
    }
    literal.push(quote);
    literal
}

/// A place in a text that is being parsed.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    /// Whether complaints are kept.
    explaining: bool,
    complaint: Complaint,
}

impl<'a> Cursor<'a> {
    /// Parses a text; what it is goes into the error's message: `failed to parse <what> (<shown>)`.
    pub(super) fn parse<T>(
        what: &str,
        shown: &str,
        text: &'a str,
        parser: impl Fn(&mut Self) -> Parsed<T>,
    ) -> Result<T, RequestError> {
        if let Ok(value) = parser(&mut Self::new(text, false)) {
            return Ok(value);
        }
        let mut cursor = Self::new(text, true);
        let outcome = parser(&mut cursor);
        debug_assert!(outcome.is_err(), "the account changes nothing in the outcome");
        let (line, column) = line_and_column(text, cursor.complaint.at);
        Err(RequestError::Query {
            message: format!("\"failed to parse {what} ({shown})\" (line {line}, column {column})"),
            details: cursor.complaint.details(),
        })
    }

    fn new(text: &'a str, explaining: bool) -> Self {
        Self { text, at: 0, depth: 0, explaining, complaint: Complaint::default() }
    }

    /// What lies ahead.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next character.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The byte offset, for [`Self::since`].
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The text from an earlier position up to here.
    pub(super) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn consume(&mut self, bytes: usize) {
        if bytes > 0 {
            self.at += bytes;
            self.forget();
        }
    }

    /// Drops the complaints so far.
    fn forget(&mut self) {
        if self.explaining {
            self.complaint = Complaint::default();
        }
    }

    fn complain(&mut self, at: usize, found: Found, expected: &[Expected]) {
        if self.explaining {
            self.complaint.merge(Complaint { at, found, expected: expected.to_vec() });
        }
    }

    fn found(&self) -> Found {
        self.peek().map_or(Found::End, Found::Character)
    }

    /// Takes this very text. A text that only begins like it is consumed as far as it does.
    #[inline]
    pub(super) fn literal(&mut self, literal: &'static str) -> Parsed<()> {
        // most alternatives fail at once, and nobody asks why
        if !self.explaining && self.text.as_bytes().get(self.at) != literal.as_bytes().first() {
            return Err(Stuck);
        }
        self.whole_literal(literal)
    }

    fn whole_literal(&mut self, literal: &'static str) -> Parsed<()> {
        let rest = self.rest();
        if rest.starts_with(literal) {
            self.consume(literal.len());
            return Ok(());
        }
        let start = self.at;
        let common: usize = rest
            .chars()
            .zip(literal.chars())
            .take_while(|(have, want)| have == want)
            .map(|(have, _)| have.len_utf8())
            .sum();
        self.consume(common);
        self.complain(start, self.found(), &[Expected::Literal(literal)]);
        Err(Stuck)
    }

    /// Takes characters as long as they fit, perhaps none. `labels` names what they are.
    pub(super) fn take_while(&mut self, labels: &[&'static str], fits: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|character| !fits(character)).unwrap_or(rest.len());
        self.consume(end);
        if self.explaining {
            let expected: Vec<_> = labels.iter().copied().map(Expected::Label).collect();
            self.complain(self.at, self.found(), &expected);
        }
        rest.get(..end).unwrap_or_default()
    }

    /// Like [`Self::take_while`], but at least one.
    pub(super) fn take_some(
        &mut self,
        labels: &[&'static str],
        fits: impl Fn(char) -> bool,
    ) -> Parsed<&'a str> {
        let taken = self.take_while(labels, fits);
        if taken.is_empty() { Err(Stuck) } else { Ok(taken) }
    }

    /// Takes any character.
    pub(super) fn any(&mut self) -> Parsed<char> {
        if let Some(character) = self.peek() {
            self.consume(character.len_utf8());
            return Ok(character);
        }
        self.complain(self.at, Found::End, &[]);
        Err(Stuck)
    }

    /// Fits where this character does not follow. Consumes nothing.
    pub(super) fn not_followed_by(&mut self, literal: &'static str) -> Parsed<()> {
        match self.peek() {
            Some(character) if self.rest().starts_with(literal) => {
                self.complain(self.at + literal.len(), Found::RuledOut(character), &[]);
                Err(Stuck)
            }
            _ => {
                self.complain(self.at, self.found(), &[Expected::Literal(literal)]);
                Ok(())
            }
        }
    }

    /// Fits where the text ends or one of these characters follows. Consumes nothing.
    pub(super) fn followed_only_by(&mut self, allowed: &[char]) -> Parsed<()> {
        match self.peek() {
            Some(character) if !allowed.contains(&character) => {
                self.complain(self.at + character.len_utf8(), Found::RuledOut(character), &[]);
                Err(Stuck)
            }
            _ => {
                self.complain(self.at, self.found(), &[]);
                Ok(())
            }
        }
    }

    /// Fits where this text follows. Consumes nothing, not even when it fails.
    pub(super) fn ahead(&mut self, literal: &'static str) -> Parsed<()> {
        let start = self.at;
        let before = self.complaint.clone();
        let outcome = self.literal(literal);
        self.at = start;
        if outcome.is_ok() {
            self.complaint = before;
        } else {
            self.restore(before);
        }
        outcome
    }

    /// Fits at the end of the text.
    pub(super) fn end(&mut self) -> Parsed<()> {
        const END: [Expected; 1] = [Expected::Label("end of input")];
        match self.peek() {
            None => {
                self.complain(self.at, Found::End, &END);
                Ok(())
            }
            Some(character) => {
                self.complain(self.at, Found::RuledOut(character), &END);
                Err(Stuck)
            }
        }
    }

    /// Fits where one of these texts follows, or the end. Consumes nothing.
    pub(super) fn ends_before(&mut self, literals: &[&'static str]) -> Parsed<()> {
        for literal in literals {
            if self.ahead(literal).is_ok() {
                return Ok(());
            }
        }
        self.end()
    }

    /// Spaces and tabs, perhaps none.
    pub(super) fn blanks(&mut self) {
        self.take_while(&[], |character| character == ' ' || character == '\t');
    }

    /// Something with blanks around it.
    pub(super) fn lexeme<T>(&mut self, parser: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.blanks();
        let value = parser(self)?;
        self.blanks();
        Ok(value)
    }

    /// A failure consumes nothing.
    pub(super) fn attempt<T>(&mut self, parser: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let start = self.at;
        if !self.explaining {
            return parser(self).inspect_err(|_stuck| self.at = start);
        }
        let before = self.complaint.clone();
        let outcome = parser(self);
        if outcome.is_err() {
            self.at = start;
            self.restore(before);
        }
        outcome
    }

    fn restore(&mut self, mut before: Complaint) {
        if self.explaining {
            before.merge(std::mem::take(&mut self.complaint));
            self.complaint = before;
        }
    }

    /// `None` if it fails without having consumed anything.
    pub(super) fn option<T>(&mut self, parser: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<Option<T>> {
        let start = self.at;
        match parser(self) {
            Ok(value) => Ok(Some(value)),
            Err(Stuck) if self.at == start => Ok(None),
            Err(Stuck) => Err(Stuck),
        }
    }

    /// Both of the above: `None` if it fails.
    pub(super) fn maybe<T>(&mut self, parser: impl FnOnce(&mut Self) -> Parsed<T>) -> Option<T> {
        self.attempt(parser).ok()
    }

    /// The first of these texts that fits.
    pub(super) fn first_of<T: Copy>(&mut self, choices: &[(&'static str, T)]) -> Parsed<T> {
        for (literal, value) in choices {
            if self.maybe(|cursor| cursor.literal(literal)).is_some() {
                return Ok(*value);
            }
        }
        Err(Stuck)
    }

    /// The first of these texts that fits, in upper, lower or mixed case. To be used under a label.
    pub(super) fn first_of_any_case<T: Copy>(&mut self, choices: &[(&'static str, T)]) -> Parsed<T> {
        for (literal, value) in choices {
            let rest = self.rest();
            let common =
                rest.bytes().zip(literal.bytes()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
            if common == literal.len() {
                self.consume(common);
                return Ok(*value);
            }
            let found = rest.get(common..).and_then(|rest| rest.chars().next());
            self.complain(self.at + common, found.map_or(Found::End, Found::Character), &[]);
        }
        Err(Stuck)
    }

    /// As often as it fits, perhaps never.
    pub(super) fn many<T>(&mut self, mut parser: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut values = Vec::new();
        loop {
            let start = self.at;
            match self.option(&mut parser)? {
                Some(value) if self.at > start => values.push(value),
                _ => return Ok(values),
            }
            self.forget();
        }
    }

    /// At least one, with separators between.
    pub(super) fn separated<T, S>(
        &mut self,
        separator: impl Fn(&mut Self) -> Parsed<S>,
        parser: impl Fn(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        let mut values = vec![parser(self)?];
        values.extend(self.many(|cursor| {
            separator(cursor)?;
            parser(cursor)
        })?);
        Ok(values)
    }

    /// Gives what fails at its very beginning a name.
    pub(super) fn label<T>(
        &mut self,
        label: &'static str,
        parser: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        if !self.explaining {
            return parser(self);
        }
        let start = self.at;
        let before = std::mem::take(&mut self.complaint);
        let outcome = parser(self);
        if self.at == start {
            if outcome.is_err() || !self.complaint.is_empty() {
                self.complaint.expected = vec![Expected::Label(label)];
            }
            self.restore(before);
        }
        outcome
    }

    /// One level of brackets deeper.
    pub(super) fn nested<T>(&mut self, parser: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == MAX_DEPTH {
            self.complain(self.at, self.found(), &[Expected::Label("less nesting")]);
            return Err(Stuck);
        }
        self.depth += 1;
        let outcome = parser(self);
        self.depth -= 1;
        outcome
    }
}

/// Where a byte offset is, for people: both count from 1, a tab goes to the next multiple of eight.
fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let (mut line, mut column) = (1, 1);
    for (offset, character) in text.char_indices() {
        if offset >= at {
            break;
        }
        match character {
            '\n' => (line, column) = (line + 1, 1),
            '\t' => column += 8 - (column - 1) % 8,
            _ => column += 1,
        }
    }
    (line, column)
}
