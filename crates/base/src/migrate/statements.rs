//! A migration file as its statements. Pure: text in, statements or a reason to refuse out.

use super::lexer::{self, Kind, Token};

/// One statement of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement<'a> {
    /// Its text, without the semicolon and without space around it; comments before it belong to it.
    pub text: &'a str,
    /// Where the text begins in the file, in bytes.
    pub start: usize,
}

/// Why a statement cannot be part of a migration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsuitable {
    /// `\connect`, `\copy` …: for psql, not for the server.
    #[error("`{0}` is a command of psql, which the server does not know; write plain SQL")]
    MetaCommand(String),
    /// Data would have to follow the statement.
    #[error("`copy … from stdin` needs data that a migration cannot carry; use insert statements")]
    CopyFromStdin,
    /// Postgres refuses it in a transaction, and there it would be in one.
    #[error("`{0}` cannot run inside a transaction; {1}")]
    NoTransaction(String, &'static str),
    /// The file would end its own transaction.
    #[error("`{0}` would undo part of the migration; a migration is applied whole or not at all")]
    Rollback(String),
}

/// Cuts a text where statements end. Put together, the pieces are the text.
pub fn pieces(sql: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut depth = Depth::default();
    for token in lexer::tokens(sql) {
        depth.see(&token);
        if token.kind == Kind::Semicolon && depth.is_outside() {
            pieces.push(sql.get(start..token.end()).unwrap_or_default());
            start = token.end();
            depth = Depth::default();
        }
    }
    if let Some(rest) = sql.get(start..).filter(|rest| !rest.is_empty()) {
        pieces.push(rest);
    }
    pieces
}

/// The statements of a text; pieces that hold nothing but comments are none.
pub fn split(sql: &str) -> Vec<Statement<'_>> {
    let mut start = 0;
    let mut statements = Vec::new();
    for piece in pieces(sql) {
        if lexer::tokens(piece).any(|token| !token.is_blank() && token.kind != Kind::Semicolon) {
            let body = piece.trim_start();
            let text = body.trim_end().strip_suffix(';').unwrap_or(body).trim_end();
            statements.push(Statement { text, start: start + piece.len() - body.len() });
        }
        start += piece.len();
    }
    statements
}

/// How deep inside parentheses and `begin atomic … end` bodies a semicolon is.
#[derive(Debug, Default)]
pub(crate) struct Depth {
    parentheses: usize,
    bodies: usize,
    /// Whether the statement is `create [or replace] function|procedure`: only these have such bodies.
    words: usize,
    creates: bool,
    creates_routine: bool,
    last_was_begin: bool,
}

impl Depth {
    pub(crate) fn see(&mut self, token: &Token<'_>) {
        match token.kind {
            Kind::Open => self.parentheses += 1,
            Kind::Close => self.parentheses = self.parentheses.saturating_sub(1),
            Kind::Word => self.see_word(token),
            _ => {}
        }
        if !token.is_blank() {
            self.last_was_begin = token.is_word("begin");
        }
    }

    fn see_word(&mut self, word: &Token<'_>) {
        self.words += 1;
        match self.words {
            1 => self.creates = word.is_word("create"),
            2..=4 if self.creates && (word.is_word("function") || word.is_word("procedure")) => {
                self.creates_routine = true;
            }
            _ => {}
        }
        if !self.creates_routine {
            return;
        }
        if self.bodies == 0 {
            if self.last_was_begin && word.is_word("atomic") {
                self.bodies = 1;
            }
        } else if word.is_word("case") || word.is_word("begin") {
            self.bodies += 1;
        } else if word.is_word("end") {
            self.bodies -= 1;
        }
    }

    pub(crate) fn is_outside(&self) -> bool {
        self.parentheses == 0 && self.bodies == 0
    }
}

impl<'a> Statement<'a> {
    /// Whether it only opens or closes the transaction that the migration is anyway.
    pub fn is_transaction_frame(&self) -> bool {
        let words = self.words(3);
        match words.as_slice() {
            [first, rest @ ..] => {
                let prepared = rest.first().is_some_and(|word| word.eq_ignore_ascii_case("prepared"));
                ["begin", "commit", "end"].iter().any(|word| first.eq_ignore_ascii_case(word)) && !prepared
                    || first.eq_ignore_ascii_case("start")
                        && rest.first().is_some_and(|word| word.eq_ignore_ascii_case("transaction"))
            }
            [] => false,
        }
    }

    /// Whether it is `create role`, under any of its names.
    pub(super) fn creates_role(&self) -> bool {
        let words = self.lowered(3);
        match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["create", "user", "mapping", ..] => false,
            ["create", "role" | "user" | "group", ..] => true,
            _ => false,
        }
    }

    /// Whether Postgres refuses it in a transaction, so that it has to be run by itself.
    pub fn stands_alone(&self) -> bool {
        let words = self.lowered(64);
        let has = |wanted: &str| words.iter().any(|word| word == wanted);
        match words.first().map(String::as_str) {
            Some("create" | "drop") => has("index") && has("concurrently"),
            Some("reindex") => has("concurrently"),
            Some("alter") => has("table") && has("detach") && has("concurrently"),
            Some("vacuum") => true,
            _ => false,
        }
    }

    /// Whether it is refused where no transaction was begun by `begin`, even in a flight, which is one transaction.
    pub(super) fn needs_begin(&self) -> bool {
        let words = self.lowered(3);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        matches!(
            words.as_slice(),
            ["lock" | "savepoint" | "release" | "declare", ..]
                | ["rollback", "to", ..]
                | ["rollback", "work" | "transaction", "to"]
        )
    }

    /// Whether it gives an enum a value, which Postgres lets nobody use before the commit.
    pub(super) fn adds_enum_value(&self) -> bool {
        let words = self.lowered(16);
        words.starts_with(&["alter".to_owned(), "type".to_owned()])
            && words.windows(2).any(|pair| pair == ["add", "value"])
    }

    /// Whether it makes the session somebody else, beyond the end of a transaction.
    pub(super) fn sets_role_of_session(&self) -> bool {
        let words = self.lowered(3);
        match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["set", "role", ..] => true,
            ["set", "session", what, ..] => ["role", "authorization"].contains(what),
            _ => false,
        }
    }

    /// Whether it opens a transaction, being one of a frame's.
    pub(super) fn begins_transaction(&self) -> bool {
        self.is_transaction_frame()
            && self.words(1).first().is_some_and(|word| {
                ["begin", "start"].iter().any(|opening| word.eq_ignore_ascii_case(opening))
            })
    }

    /// Why it cannot be part of a migration, if so.
    pub fn unsuitable(&self) -> Option<Unsuitable> {
        if let Some(first) = lexer::tokens(self.text).find(|token| !token.is_blank())
            && first.kind == Kind::Backslash
        {
            let line = self.text.get(first.start..).and_then(|text| text.lines().next()).unwrap_or_default();
            return Some(Unsuitable::MetaCommand(line.trim().to_owned()));
        }
        let words = self.lowered(64);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["copy", ..] if words.windows(2).any(|pair| pair == ["from", "stdin"]) => {
                Some(Unsuitable::CopyFromStdin)
            }
            ["create" | "drop", "database" | "tablespace", ..]
            | ["alter", "system", ..]
            | ["reindex", "database" | "system", ..] => Some(no_transaction(
                &words,
                "it concerns the whole server: run it by hand outside the migrations",
            )),
            ["rollback", "to", ..] => None,
            ["rollback" | "abort", ..] | ["prepare", "transaction", ..] | ["commit", "prepared", ..] => {
                Some(Unsuitable::Rollback(kind(&words)))
            }
            _ => None,
        }
    }

    /// Its first unquoted words, in small letters.
    fn lowered(&self, count: usize) -> Vec<String> {
        self.words(count).into_iter().map(str::to_ascii_lowercase).collect()
    }

    /// Its first unquoted words.
    fn words(&self, count: usize) -> Vec<&'a str> {
        lexer::tokens(self.text)
            .filter(|token| token.kind == Kind::Word)
            .take(count)
            .map(|token| token.text)
            .collect()
    }
}

impl Unsuitable {
    /// For a statement that has to stand alone, between the file's own `begin` and `commit`.
    pub(super) fn framed(statement: &Statement<'_>) -> Self {
        let words = statement.lowered(8);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        no_transaction(&words, "take it out of the file's `begin … commit`")
    }
}

fn no_transaction(words: &[&str], way_out: &'static str) -> Unsuitable {
    Unsuitable::NoTransaction(kind(words), way_out)
}

/// The words that tell what a statement is: `create unique index concurrently`.
fn kind(words: &[&str]) -> String {
    const TELLING: &[&str] = &[
        "create",
        "drop",
        "reindex",
        "alter",
        "unique",
        "index",
        "table",
        "schema",
        "database",
        "tablespace",
        "system",
        "concurrently",
        "vacuum",
        "full",
        "analyze",
        "rollback",
        "abort",
        "prepare",
        "transaction",
        "commit",
        "prepared",
    ];
    let telling: Vec<&str> = words.iter().copied().take_while(|word| TELLING.contains(word)).collect();
    telling.join(" ")
}

/// Line and column, both from 1, of a byte in a text; columns are counted in characters.
pub(crate) fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(sql: &str) -> Vec<&str> {
        split(sql).into_iter().map(|statement| statement.text).collect()
    }

    #[test]
    fn statements_end_at_semicolons_that_are_not_inside_something() {
        for (sql, expected) in [
            ("select 1; select 2", &["select 1", "select 2"][..]),
            ("  ;; -- nothing\n ; /* at all */", &[]),
            ("select ';'; select \";\"", &["select ';'", "select \";\""]),
            ("select 'it''s; fine'; x", &["select 'it''s; fine'", "x"]),
            (r"select E'a\';b'; x", &[r"select E'a\';b'", "x"]),
            (r"select 'a\'; x", &[r"select 'a\'", "x"]),
            (
                "-- a; b\nselect 1; /* ; /* ; */ ; */ select 2",
                &["-- a; b\nselect 1", "/* ; /* ; */ ; */ select 2"],
            ),
            ("do $$ begin; end $$; x", &["do $$ begin; end $$", "x"]),
            ("do $a$ ; $$ ; $b$ ; $a$; x", &["do $a$ ; $$ ; $b$ ; $a$", "x"]),
            ("select $1; select a$b$; x", &["select $1", "select a$b$", "x"]),
            (
                "create rule r as on insert to t do (select 1; select 2); x",
                &["create rule r as on insert to t do (select 1; select 2)", "x"],
            ),
            ("begin; select 1; end; x", &["begin", "select 1", "end", "x"]),
            (
                "create or replace function f() returns int begin atomic select case when a then 1 end; select 2; end; x",
                &[
                    "create or replace function f() returns int begin atomic select case when a then 1 end; select 2; end",
                    "x",
                ],
            ),
            (
                "CREATE FUNCTION end_it() RETURNS int LANGUAGE sql AS 'select 1'; x",
                &["CREATE FUNCTION end_it() RETURNS int LANGUAGE sql AS 'select 1'", "x"],
            ),
            ("select 'open; x", &["select 'open; x"]),
            ("select 1 /* open; x", &["select 1 /* open; x"]),
            ("select 'ünï;', \"ö;\"; sélect", &["select 'ünï;', \"ö;\"", "sélect"]),
        ] {
            assert_eq!(texts(sql), expected, "{sql}");
        }
    }

    #[test]
    fn what_cannot_be_in_a_migration_is_recognised() {
        let refused =
            |sql: &str| split(sql).first().and_then(Statement::unsuitable).map(|reason| reason.to_string());
        for (sql, word) in [
            ("\\connect other\nselect 1;", "\\connect other"),
            ("-- hello\n\\set x 1", "\\set x 1"),
            ("copy t (a, b) from stdin;", "copy"),
            ("create database other", "create database"),
            ("alter system set fsync = off", "alter system"),
            ("rollback", "rollback"),
        ] {
            assert!(refused(sql).is_some_and(|message| message.contains(word)), "{sql}: {:?}", refused(sql));
        }
        for sql in [
            "create index i on t (a)",
            "copy t from '/tmp/x'",
            "refresh materialized view concurrently v",
            "create table concurrently_made (vacuum int)",
            "comment on table t is 'create index concurrently'",
            "rollback to savepoint s",
            "select 1",
        ] {
            assert_eq!(refused(sql), None, "{sql}");
        }
    }

    #[test]
    fn what_refuses_a_transaction_is_recognised() {
        for (sql, expected) in [
            ("CREATE UNIQUE INDEX CONCURRENTLY i on t (a)", true),
            ("-- soon\ncreate index concurrently if not exists i on t (a)", true),
            ("drop index concurrently i", true),
            ("reindex table concurrently t", true),
            ("reindex (verbose, concurrently) index i", true),
            ("alter table p detach partition q concurrently", true),
            ("vacuum analyze t", true),
            ("create index i on t (a)", false),
            ("reindex table t", false),
            ("refresh materialized view concurrently v", false),
            ("create table concurrently_made (vacuum int)", false),
            ("comment on table t is 'create index concurrently'", false),
        ] {
            assert_eq!(split(sql)[0].stands_alone(), expected, "{sql}");
        }
    }

    #[test]
    fn begin_and_commit_around_a_migration_are_its_frame() {
        for (sql, expected) in [
            ("begin", true),
            ("BEGIN TRANSACTION", true),
            ("start transaction", true),
            ("commit", true),
            ("end", true),
            ("commit prepared 'x'", false),
            ("start", false),
            ("savepoint a", false),
        ] {
            assert_eq!(split(sql)[0].is_transaction_frame(), expected, "{sql}");
        }
    }

    #[test]
    fn what_wants_a_begin_is_recognised() {
        for (sql, expected) in [
            ("LOCK TABLE t in share mode", true),
            ("lock t", true),
            ("-- a\nsavepoint a", true),
            ("rollback to a", true),
            ("rollback work to savepoint a", true),
            ("release a", true),
            ("declare c cursor for select 1", true),
            ("select pg_advisory_lock(1)", false),
            ("alter table t add lock int", false),
        ] {
            assert_eq!(split(sql)[0].needs_begin(), expected, "{sql}");
        }
    }

    #[test]
    fn positions_count_lines_and_characters() {
        let text = "select 1;\n  sélect x;";
        assert_eq!(position(text, 0), (1, 1));
        assert_eq!(position(text, text.find('x').unwrap()), (2, 10));
        assert_eq!(position(text, 9999), (2, 12));
    }

    /// Bits of SQL that have a meaning to the splitter, in any order.
    fn sql() -> impl Strategy<Value = String> {
        let bit = prop_oneof![
            prop::sample::select(vec![
                ";",
                "'",
                "\"",
                "$$",
                "$a$",
                "--",
                "\n",
                "/*",
                "*/",
                "(",
                ")",
                "\\",
                "E'",
                "e",
                "begin atomic",
                "end",
                "case",
                "create function",
                " ",
                "$1",
                "ü",
                "é$",
                "''",
                "1",
            ])
            .prop_map(str::to_owned),
            any::<String>(),
        ];
        prop::collection::vec(bit, 0..24).prop_map(|bits| bits.concat())
    }

    proptest! {
        #[test]
        fn pieces_put_together_are_the_text(sql in sql()) {
            prop_assert_eq!(pieces(&sql).concat(), sql);
        }

        #[test]
        fn statements_lie_where_they_say(sql in sql()) {
            for statement in split(&sql) {
                prop_assert_eq!(sql.get(statement.start..statement.start + statement.text.len()), Some(statement.text));
                let _ = statement.unsuitable();
                let _ = statement.is_transaction_frame();
            }
        }

        #[test]
        fn a_statement_split_again_is_itself(sql in sql()) {
            for statement in split(&sql) {
                prop_assert!(split(statement.text).len() <= 1, "{:?}", statement.text);
            }
        }
    }
}
