//! Statements that only a superuser may give, or that need files on the server: on a database that has functions in
//! their place (the platform's 0008, 0012, 0017 and 0021), those are called. Pure: text in, text out.

use super::lexer::{self, Kind, Token};

/// What the database has functions for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Provided {
    /// Extensions the server does not offer, whose surfaces can be made.
    pub(super) surfaces: Vec<String>,
    /// Whether event triggers are made by function.
    pub(super) event_triggers: bool,
    /// Whether publications of all tables are.
    pub(super) publications: bool,
    /// Whether roles are given BYPASSRLS and REPLICATION by function.
    pub(super) role_attributes: bool,
}

/// The first words of statements that may have a stand-in …
const VERBS: [&str; 4] = ["create", "drop", "alter", "comment"];
/// … and what they are about.
const OBJECTS: [&str; 5] = ["extension", "event", "publication", "role", "user"];
/// What only superusers may give a role before PostgreSQL 16, or take from it.
const ROLE_ATTRIBUTES: [&str; 4] = ["bypassrls", "nobypassrls", "replication", "noreplication"];

/// Whether the statement may have a stand-in, so that it is worth asking the database.
pub(super) fn concerns(statement: &str) -> bool {
    let mut words = Reader::new(statement);
    if words.word("do") {
        return words.tokens.iter().any(|token| {
            let body = token.text.to_ascii_lowercase();
            OBJECTS.iter().any(|what| body.contains(what))
        });
    }
    let verb = VERBS.iter().any(|verb| words.word(verb));
    let _on = words.word("on");
    verb && OBJECTS.iter().any(|what| words.word(what))
}

/// The call in place of a statement.
pub(super) fn call(statement: &str, provided: &Provided) -> Option<String> {
    let mut reader = Reader::new(statement);
    if reader.word("do") {
        return block(statement, &reader.tokens, provided);
    }
    if let Some(call) = provided.role_attributes.then(|| role_with(statement)).flatten() {
        return Some(call);
    }
    if reader.word("create") {
        if reader.word("extension") {
            return create_extension(&mut reader, provided);
        }
        if reader.word("publication") && provided.publications {
            return create_publication(&mut reader);
        }
        return (reader.words(&["event", "trigger"]) && provided.event_triggers)
            .then(|| create_event_trigger(&mut reader))
            .flatten();
    }
    if reader.word("drop") {
        if reader.word("extension") {
            return drop_extension(&mut reader, provided);
        }
        if reader.word("publication") && provided.publications {
            return drop_publication(&mut reader);
        }
        if reader.words(&["event", "trigger"]) && provided.event_triggers {
            let if_exists = reader.words(&["if", "exists"]);
            let name = reader.name()?;
            return Some(format!("select ferrobase.drop_event_trigger({}, {if_exists})", literal(&name)));
        }
        return None;
    }
    let alters = reader.word("alter");
    if !alters && !reader.words(&["comment", "on"]) {
        return None;
    }
    if reader.word("extension") {
        let name = reader.name()?;
        // what is no extension has no version and no comment
        return provided.surfaces.contains(&name).then(|| "select".to_owned());
    }
    if reader.words(&["event", "trigger"]) && provided.event_triggers {
        let name = reader.name()?;
        if !alters {
            return Some("select".to_owned());
        }
        let setting = reader.rest_words().join(" ");
        return Some(format!(
            "select ferrobase.alter_event_trigger({}, {})",
            literal(&name),
            literal(&setting)
        ));
    }
    None
}

/// The statement `do` with the statements of its body replaced that have a stand-in.
fn block(statement: &str, tokens: &[Token<'_>], provided: &Provided) -> Option<String> {
    let body = tokens.iter().find(|token| token.kind == Kind::Quoted && token.text.starts_with('$'))?;
    let quote = body.text.get(..=body.text.get(1..)?.find('$')? + 1)?;
    let inner = body.text.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut changed = String::new();
    let mut copied = 0;
    let mut begins = true;
    for token in lexer::tokens(inner).filter(|token| !token.is_blank()) {
        if begins && VERBS.iter().any(|verb| token.is_word(verb)) {
            let rest = inner.get(token.start..)?;
            let end =
                lexer::tokens(rest).find(|token| token.kind == Kind::Semicolon).map(|token| token.start);
            let call = end.and_then(|end| rest.get(..end)).and_then(|text| call(text, provided));
            if let (Some(call), Some(end)) = (call, end) {
                changed.push_str(inner.get(copied..token.start)?);
                changed.push_str(&performed(&call));
                copied = token.start + end;
            }
        }
        begins = token.kind == Kind::Semicolon
            || ["begin", "then", "else", "loop"].iter().any(|word| token.is_word(word));
    }
    if copied == 0 {
        return None;
    }
    changed.push_str(inner.get(copied..)?);
    let (before, after) = (statement.get(..body.start)?, statement.get(body.end()..)?);
    Some([before, quote, &changed, quote, after].concat())
}

/// A call as a statement of PL/pgSQL.
pub(super) fn performed(call: &str) -> String {
    match call.strip_prefix("select") {
        // a row of nothing is nothing to perform
        Some("") => "null".to_owned(),
        Some(asked) => format!("perform{asked}"),
        None => call.to_owned(),
    }
}

/// `create role` or `alter role`, `user` or not, with attributes that are to be set by a function; the rest stays as it is.
fn role_with(statement: &str) -> Option<String> {
    let mut reader = Reader::new(statement);
    let verb = reader.word("create") || reader.word("alter");
    if !verb || !(reader.word("role") || reader.word("user")) || reader.word("mapping") {
        return None;
    }
    let name = reader.name()?;
    // not the settings of a role
    if ["set", "reset", "in", "rename"].iter().any(|word| reader.word(word)) {
        return None;
    }
    let mut rest = String::new();
    let mut copied = 0;
    let mut attributes = Vec::new();
    for token in reader.tokens.get(reader.next..)? {
        if ROLE_ATTRIBUTES.iter().any(|attribute| token.is_word(attribute)) {
            rest.push_str(statement.get(copied..token.start)?);
            copied = token.end();
            attributes.push(literal(&token.text.to_lowercase()));
        }
    }
    rest.push_str(statement.get(copied..)?);
    (!attributes.is_empty()).then(|| {
        let rest = literal(rest.trim_end().trim_end_matches(';'));
        format!(
            "select ferrobase.role_with({rest}, {}, array[{}]::text[])",
            literal(&name),
            attributes.join(", ")
        )
    })
}

/// `create publication` NAME `for all tables` [with (OPTION = VALUE, …)]; the others are nothing special.
fn create_publication(reader: &mut Reader<'_>) -> Option<String> {
    let name = reader.name()?;
    if !reader.words(&["for", "all", "tables"]) {
        return None;
    }
    let mut options = Vec::new();
    if reader.word("with") {
        reader.symbol("(");
        loop {
            options.push(literal(&reader.name()?));
            let value = if reader.symbol("=") {
                reader.string().or_else(|| reader.name())?
            } else {
                "true".to_owned()
            };
            options.push(literal(&value));
            if !reader.symbol(",") {
                break;
            }
        }
    }
    Some(format!(
        "select ferrobase.create_publication({}, array[{}]::text[])",
        literal(&name),
        options.join(", ")
    ))
}

fn drop_publication(reader: &mut Reader<'_>) -> Option<String> {
    let if_exists = reader.words(&["if", "exists"]);
    let mut calls = Vec::new();
    loop {
        calls.push(format!("ferrobase.drop_publication({}, {if_exists})", literal(&reader.name()?)));
        if !reader.symbol(",") {
            return Some(format!("select {}", calls.join(", ")));
        }
    }
}

fn create_extension(reader: &mut Reader<'_>, provided: &Provided) -> Option<String> {
    let if_not_exists = reader.words(&["if", "not", "exists"]);
    let name = reader.name()?;
    if !provided.surfaces.contains(&name) {
        return None;
    }
    let _with = reader.word("with");
    let mut schema = None;
    while !reader.is_at_end() {
        if reader.word("schema") {
            schema = reader.name();
        } else {
            reader.skip();
        }
    }
    let schema = schema.map_or_else(|| "null".to_owned(), |schema| literal(&schema));
    Some(format!("select ferrobase.create_surface({}, {schema}, {if_not_exists})", literal(&name)))
}

fn drop_extension(reader: &mut Reader<'_>, provided: &Provided) -> Option<String> {
    let if_exists = reader.words(&["if", "exists"]);
    let mut calls = Vec::new();
    loop {
        let name = reader.name()?;
        if !provided.surfaces.contains(&name) {
            return None;
        }
        calls.push(format!("ferrobase.drop_surface({}, {if_exists})", literal(&name)));
        if !reader.symbol(",") {
            return Some(format!("select {}", calls.join(", ")));
        }
    }
}

/// `create event trigger` NAME on EVENT [when tag in ('…', …)] execute function NAME()
fn create_event_trigger(reader: &mut Reader<'_>) -> Option<String> {
    let name = reader.name()?;
    if !reader.word("on") {
        return None;
    }
    let event = reader.name()?;
    let mut tags = Vec::new();
    if reader.words(&["when", "tag", "in"]) {
        reader.symbol("(");
        while let Some(tag) = reader.string() {
            tags.push(tag);
            reader.symbol(",");
        }
        if !reader.symbol(")") {
            return None;
        }
    }
    if !(reader.word("execute") && (reader.word("function") || reader.word("procedure"))) {
        return None;
    }
    let function = reader.rest_text();
    Some(format!(
        "select ferrobase.create_event_trigger({}, {}, array[{}]::text[], {}::regprocedure)",
        literal(&name),
        literal(&event),
        tags.iter().map(|tag| literal(tag)).collect::<Vec<_>>().join(", "),
        literal(function)
    ))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The tokens of a statement that mean something, one after the other.
struct Reader<'a> {
    sql: &'a str,
    tokens: Vec<Token<'a>>,
    next: usize,
}

impl<'a> Reader<'a> {
    fn new(sql: &'a str) -> Self {
        Self { sql, tokens: lexer::tokens(sql).filter(|token| !token.is_blank()).collect(), next: 0 }
    }

    fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.next)
    }

    fn is_at_end(&self) -> bool {
        self.peek().is_none_or(|token| token.kind == Kind::Semicolon)
    }

    fn skip(&mut self) {
        self.next += 1;
    }

    /// Goes past this word if it is next.
    fn word(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_word(word));
        self.next += usize::from(found);
        found
    }

    /// Goes past these words if they are all next.
    fn words(&mut self, words: &[&str]) -> bool {
        let start = self.next;
        let found = words.iter().all(|word| self.word(word));
        if !found {
            self.next = start;
        }
        found
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.text == symbol);
        self.next += usize::from(found);
        found
    }

    /// A name as the server would know it: folded unless it is quoted.
    fn name(&mut self) -> Option<String> {
        let token = self.peek()?;
        let name = match token.kind {
            Kind::Word => token.text.to_lowercase(),
            Kind::Quoted => token.text.strip_prefix('"')?.strip_suffix('"')?.replace("\"\"", "\""),
            _ => return None,
        };
        self.next += 1;
        Some(name)
    }

    fn string(&mut self) -> Option<String> {
        let token = self.peek().filter(|token| token.kind == Kind::Quoted)?;
        let text = token.text.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'");
        self.next += 1;
        Some(text)
    }

    fn rest_words(&self) -> Vec<&'a str> {
        let rest = self.tokens.get(self.next..).unwrap_or_default();
        rest.iter().filter(|token| token.kind == Kind::Word).map(|token| token.text).collect()
    }

    fn rest_text(&self) -> &'a str {
        let start = self.peek().map_or(self.sql.len(), |token| token.start);
        self.sql.get(start..).unwrap_or_default().trim_end().trim_end_matches(';').trim_end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provided() -> Provided {
        Provided {
            surfaces: vec!["pg_cron".to_owned(), "pgmq".to_owned()],
            event_triggers: true,
            publications: true,
            role_attributes: true,
        }
    }

    #[track_caller]
    fn assert_calls(cases: &[(&str, Option<&str>)]) {
        for (statement, expected) in cases {
            assert_eq!(call(statement, &provided()).as_deref(), *expected, "{statement}");
            assert!(expected.is_none() || concerns(statement), "{statement}");
            assert_eq!(call(statement, &Provided::default()), None, "{statement}");
        }
    }

    #[test]
    fn statements_become_calls_where_there_is_something_to_call() {
        assert_calls(&[
            ("create extension pg_cron", Some("select ferrobase.create_surface('pg_cron', null, false)")),
            (
                "-- jobs\nCREATE EXTENSION IF NOT EXISTS \"pg_cron\" WITH SCHEMA \"extensions\" VERSION '1.6' CASCADE;",
                Some("select ferrobase.create_surface('pg_cron', 'extensions', true)"),
            ),
            (
                "create extension if not exists PGMQ cascade schema pgmq",
                Some("select ferrobase.create_surface('pgmq', 'pgmq', true)"),
            ),
            ("create extension citext", None),
            ("create extension if not exists \"PG_CRON\"", None),
            (
                "drop extension if exists pg_cron cascade",
                Some("select ferrobase.drop_surface('pg_cron', true)"),
            ),
            (
                "drop extension pg_cron, pgmq",
                Some(
                    "select ferrobase.drop_surface('pg_cron', false), ferrobase.drop_surface('pgmq', false)",
                ),
            ),
            ("drop extension pg_cron, citext", None),
            ("comment on extension pg_cron is 'jobs'", Some("select")),
            ("alter extension pgmq update to '1.5'", Some("select")),
            ("comment on extension citext is 'x'", None),
            (
                "create event trigger ensure_rls on ddl_command_end when tag in ('CREATE TABLE', 'SELECT INTO') execute function public.auto_rls();",
                Some(
                    "select ferrobase.create_event_trigger('ensure_rls', 'ddl_command_end', array['CREATE TABLE', 'SELECT INTO']::text[], 'public.auto_rls()'::regprocedure)",
                ),
            ),
            (
                "create event trigger \"It's\" on sql_drop execute procedure f()",
                Some(
                    "select ferrobase.create_event_trigger('It''s', 'sql_drop', array[]::text[], 'f()'::regprocedure)",
                ),
            ),
            (
                "drop event trigger if exists t cascade",
                Some("select ferrobase.drop_event_trigger('t', true)"),
            ),
            ("alter event trigger t disable", Some("select ferrobase.alter_event_trigger('t', 'disable')")),
            ("create table extension ()", None),
            ("create table event (trigger text)", None),
            ("comment on table t is 'create extension pg_cron'", None),
            ("", None),
        ]);
        assert!(!concerns("insert into t values (1)"));
    }

    #[test]
    fn publications_of_all_tables_and_the_bodies_of_blocks_have_calls_too() {
        assert_calls(&[
            (
                "create publication powersync for all tables;",
                Some("select ferrobase.create_publication('powersync', array[]::text[])"),
            ),
            (
                "CREATE PUBLICATION \"All\" FOR ALL TABLES WITH (publish = 'insert, update', publish_via_partition_root)",
                Some(
                    "select ferrobase.create_publication('All', array['publish', 'insert, update', 'publish_via_partition_root', 'true']::text[])",
                ),
            ),
            ("create publication p for table t", None),
            (
                "drop publication if exists p, q",
                Some("select ferrobase.drop_publication('p', true), ferrobase.drop_publication('q', true)"),
            ),
            (
                "do $$ begin\n  if true then create publication p for all tables; end if; -- create extension pgmq;\n  create extension pg_cron;\n  create table t (create int);\n  comment on extension pgmq is 'x';\nend $$;",
                Some(
                    "do $$ begin\n  if true then perform ferrobase.create_publication('p', array[]::text[]); end if; -- create extension pgmq;\n  perform ferrobase.create_surface('pg_cron', null, false);\n  create table t (create int);\n  null;\nend $$;",
                ),
            ),
            ("do $x$ begin execute 'create extension pgmq'; end $x$", None),
            ("do 'begin create extension pgmq; end'", None),
            ("do $$ begin create extension pgmq", None),
        ]);
    }

    #[test]
    fn attributes_of_roles_are_set_by_function_and_the_rest_of_the_statement_stays() {
        assert_calls(&[
            (
                "CREATE ROLE powersync WITH REPLICATION BYPASSRLS LOGIN PASSWORD 'my noreplication';",
                Some(
                    "select ferrobase.role_with('CREATE ROLE powersync WITH   LOGIN PASSWORD ''my noreplication''', 'powersync', array['replication', 'bypassrls']::text[])",
                ),
            ),
            (
                "alter user \"Cli \"\"x\" nobypassrls",
                Some(
                    "select ferrobase.role_with('alter user \"Cli \"\"x\"', 'Cli \"x', array['nobypassrls']::text[])",
                ),
            ),
            (
                "do $$ begin if true then create role r bypassrls; end if; end $$",
                Some(
                    "do $$ begin if true then perform ferrobase.role_with('create role r', 'r', array['bypassrls']::text[]); end if; end $$",
                ),
            ),
            ("create role replication login", None),
            ("create role r login", None),
            ("create user mapping for replication server s", None),
            ("alter role r set replication = 'bypassrls'", None),
            ("comment on role r is 'bypassrls'", None),
        ]);
    }
}
