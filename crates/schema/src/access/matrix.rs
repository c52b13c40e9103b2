//! The matrix itself: printed as a file that reads well and changes little, read back, and compared. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Something somebody may do, or would be allowed to if a policy or trigger did not refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// `select`, `insert`, `insert as owner`, `update`, `delete`, `truncate`.
    pub verb: String,
    /// Only these columns; `None` is all of them.
    pub columns: Option<Vec<String>>,
}

impl Right {
    pub(super) fn whole(verb: &str) -> Self {
        Self { verb: verb.to_owned(), columns: None }
    }

    fn text(&self) -> String {
        match &self.columns {
            None => self.verb.clone(),
            Some(columns) => format!("{} ({})", self.verb, columns.join(", ")),
        }
    }

    fn parse(text: &str) -> Self {
        match text.split_once(" (").and_then(|(verb, rest)| Some((verb, rest.strip_suffix(')')?))) {
            Some((verb, columns)) => Self {
                verb: verb.to_owned(),
                columns: Some(columns.split(", ").map(str::to_owned).collect()),
            },
            None => Self::whole(text),
        }
    }
}

/// What one actor may do with one table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rights {
    /// Tried, and it worked.
    pub allowed: Vec<Right>,
    /// Granted, but a policy refused or hid the row.
    pub policy: Vec<Right>,
    /// Granted and not refused by a policy; a trigger or something else raised an error.
    pub trigger: Vec<Right>,
}

const POLICY: &str = "policy refuses: ";
const TRIGGER: &str = "trigger refuses: ";

impl Rights {
    /// Takes in what is allowed elsewhere.
    pub(super) fn widen(&mut self, other: Self) {
        let lists = [
            (&mut self.allowed, other.allowed),
            (&mut self.policy, other.policy),
            (&mut self.trigger, other.trigger),
        ];
        for (mine, theirs) in lists {
            for right in theirs {
                if !mine.contains(&right) {
                    mine.push(right);
                }
            }
        }
    }

    fn text(&self) -> String {
        let list = |rights: &[Right]| rights.iter().map(Right::text).collect::<Vec<_>>().join("; ");
        let mut parts = vec![if self.allowed.is_empty() { "-".to_owned() } else { list(&self.allowed) }];
        for (word, rights) in [(POLICY, &self.policy), (TRIGGER, &self.trigger)] {
            if !rights.is_empty() {
                parts.push(format!("{word}{}", list(rights)));
            }
        }
        parts.join(" | ")
    }

    fn parse(text: &str) -> Self {
        let mut rights = Self::default();
        let list = |text: &str| text.split("; ").map(Right::parse).collect();
        for part in text.split(" | ") {
            if let Some(refused) = part.strip_prefix(POLICY) {
                rights.policy = list(refused);
            } else if let Some(refused) = part.strip_prefix(TRIGGER) {
                rights.trigger = list(refused);
            } else if part != "-" {
                rights.allowed = list(part);
            }
        }
        rights
    }
}

/// A table, a view or a group of partitions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// What a reader should know: that no row could be made, for example.
    pub remarks: Vec<String>,
    /// By actor, in the order of the matrix.
    pub rights: Vec<(String, Rights)>,
}

/// Who may do what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matrix {
    /// Who acts, each with a description.
    pub actors: Vec<(String, String)>,
    /// What was not as it should be while the world was made.
    pub notes: Vec<String>,
    /// Tables and views, by name.
    pub sections: BTreeMap<String, Section>,
    /// Functions, with the roles that may execute each, and a remark.
    pub functions: BTreeMap<String, String>,
    /// Ways to more power that were tried by themselves; they become findings.
    pub(super) escalations: Vec<String>,
    /// Likely holes.
    pub findings: BTreeSet<String>,
    /// Findings that `access.toml` allows, with the reason.
    pub allowed: BTreeMap<String, String>,
}

const HEADER: &str = "\
# Who may do what, found by trying it. Written by `ferrobase test access --update`; review every change of it.
#
# Tried on generated rows that belong to `owner`, as each actor, and rolled back. `update` and `insert` name the
# columns that can really be given another value; without a list it is all columns. `insert` is a row in the actor's
# own name that hangs on what the owner has, `insert as owner` one in the owner's. `policy refuses` and `trigger
# refuses` (or a key across tenants) list what was granted but did not work on the row tried; other rows may fare
# otherwise. Functions are listed by privilege, and not called.
";

impl Matrix {
    /// The file.
    pub fn print(&self) -> String {
        let mut text = HEADER.to_owned();
        text.push_str("\nactors\n");
        let width = self.actors.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, description) in &self.actors {
            let _ = writeln!(text, "  {name:width$}  {description}");
        }
        let mut list = |title: &str, lines: Vec<String>| {
            if !lines.is_empty() {
                let _ = write!(text, "\n{title}\n  {}\n", lines.join("\n  "));
            }
        };
        list("notes", self.notes.clone());
        list("findings", self.findings.iter().cloned().collect());
        list("allowed", self.allowed.iter().map(|(what, why)| format!("{what}: {why}")).collect());
        for (title, section) in &self.sections {
            let _ = writeln!(text, "\n{title}");
            for remark in &section.remarks {
                let _ = writeln!(text, "  ! {remark}");
            }
            for (actor, rights) in &section.rights {
                let _ = writeln!(text, "  {actor:width$}  {}", rights.text());
            }
        }
        if !self.functions.is_empty() {
            text.push_str("\nfunctions\n");
            for (signature, roles) in &self.functions {
                let _ = writeln!(text, "  {signature}: {roles}");
            }
        }
        text
    }

    /// Whether a file says just this; its comments are ours and may change with the version.
    pub fn is_printed_as(&self, text: &str) -> bool {
        let printed = self.print();
        let lines = |text: &'_ str| {
            text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>()
        };
        lines(text) == lines(&printed)
    }

    /// Reads what [`Self::print`] wrote, as far as comparing needs it.
    pub fn parse(text: &str) -> Self {
        let mut matrix = Self::default();
        let mut title = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let Some(content) = line.strip_prefix("  ") else {
                line.clone_into(&mut title);
                continue;
            };
            let pair = || content.split_once("  ").map(|(a, b)| (a.to_owned(), b.trim().to_owned()));
            match title.as_str() {
                "actors" => matrix.actors.extend(pair()),
                "notes" => matrix.notes.push(content.to_owned()),
                "findings" => {
                    matrix.findings.insert(content.to_owned());
                }
                "allowed" => {
                    let (what, why) = content.split_once(": ").unwrap_or((content, ""));
                    matrix.allowed.insert(what.to_owned(), why.to_owned());
                }
                "functions" => {
                    let (signature, roles) = content.rsplit_once(": ").unwrap_or((content, ""));
                    matrix.functions.insert(signature.to_owned(), roles.to_owned());
                }
                _ => {
                    let section = matrix.sections.entry(title.clone()).or_default();
                    if let Some(remark) = content.strip_prefix("! ") {
                        section.remarks.push(remark.to_owned());
                    } else if let Some((actor, rights)) = pair() {
                        section.rights.push((actor, Rights::parse(&rights)));
                    }
                }
            }
        }
        matrix
    }

    /// What is different in `new`, in words for a reviewer; gains first, because they are what can hurt.
    pub fn changes(&self, new: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        let (before, after) = (self.facts(), new.facts());
        for (fact, columns) in &after {
            match before.get(fact) {
                None => changes.push(fact.says("may now", columns.as_ref())),
                Some(old) => changes.extend(fact.more("may now also", columns.as_ref(), old.as_ref())),
            }
        }
        for (fact, columns) in &before {
            match after.get(fact) {
                None => changes.push(fact.says("may no longer", columns.as_ref())),
                Some(new) => changes.extend(fact.more("may no longer", columns.as_ref(), new.as_ref())),
            }
        }
        let lines = |matrix: &Self| {
            let mut lines: BTreeSet<String> =
                matrix.findings.iter().map(|text| format!("finding: {text}")).collect();
            lines.extend(matrix.notes.iter().map(|text| format!("note: {text}")));
            lines.extend(matrix.sections.iter().flat_map(|(title, section)| {
                section.remarks.iter().map(move |remark| format!("{title}: {remark}"))
            }));
            lines.extend(matrix.sections.keys().map(|title| format!("table or view {title}")));
            lines.extend(matrix.functions.iter().map(|(name, roles)| format!("function {name}: {roles}")));
            lines.extend(matrix.allowed.iter().map(|(what, why)| format!("allowed: {what}: {why}")));
            lines.extend(matrix.actors.iter().map(|(name, what)| format!("actor {name}: {what}")));
            lines
        };
        let (before, after) = (lines(self), lines(new));
        changes.extend(after.difference(&before).map(|line| format!("new: {line}")));
        changes.extend(before.difference(&after).map(|line| format!("gone: {line}")));
        changes
    }

    /// Every right by itself, with its columns.
    fn facts(&self) -> BTreeMap<Fact<'_>, Option<BTreeSet<String>>> {
        let mut facts = BTreeMap::new();
        for (object, section) in &self.sections {
            for (actor, rights) in &section.rights {
                let groups = [&rights.allowed, &rights.policy, &rights.trigger];
                for (how, group) in groups.into_iter().enumerate() {
                    for right in group {
                        let columns = right.columns.as_ref().map(|columns| columns.iter().cloned().collect());
                        facts.insert(Fact { how, actor, object, verb: &right.verb }, columns);
                    }
                }
            }
        }
        facts
    }
}

/// Somebody, a verb, a table. `how`: 0 allowed, 1 refused by a policy, 2 refused by a trigger.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fact<'a> {
    how: usize,
    actor: &'a str,
    object: &'a str,
    verb: &'a str,
}

impl Fact<'_> {
    fn says(&self, may: &str, columns: Option<&BTreeSet<String>>) -> String {
        let columns = columns.map(|columns| {
            format!(" ({})", columns.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
        });
        let (verb, rest) = self.verb.split_once(' ').map_or((self.verb, ""), |(verb, rest)| (verb, rest));
        let what = format!(
            "{}{}{} {}",
            verb.to_uppercase(),
            if rest.is_empty() { String::new() } else { format!(" {rest}") },
            columns.unwrap_or_default(),
            self.object
        );
        match self.how {
            0 => format!("{} {may} {what}", self.actor),
            how => {
                let guard = if how == 1 { "policy" } else { "trigger" };
                format!("only a {guard} keeps {} from {what}: {may}", self.actor)
                    .replace(": may now also", " (new)")
                    .replace(": may now", " (new)")
                    .replace(": may no longer", " (no longer)")
            }
        }
    }

    /// The columns that `these` has and `those` lacks.
    fn more(
        &self,
        may: &str,
        these: Option<&BTreeSet<String>>,
        those: Option<&BTreeSet<String>>,
    ) -> Option<String> {
        match (these, those) {
            (_, None) => None,
            (None, Some(_)) => Some(format!("{} in all columns", self.says(may, None))),
            (Some(these), Some(those)) => {
                let more: BTreeSet<String> = these.difference(those).cloned().collect();
                (!more.is_empty()).then(|| self.says(may, Some(&more)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(lines: &str) -> Matrix {
        Matrix::parse(&format!("actors\n  anon   x\n\npublic.jobs\n{lines}"))
    }

    #[test]
    fn what_is_printed_can_be_read_again() {
        let mut written = matrix(
            "  ! a remark\n  anon   - | policy refuses: select; update (a, b)\n  owner  select; insert (a); insert as owner | \
             trigger refuses: update (c)\n",
        );
        written.functions.insert("public.f(a integer)".into(), "anon".into());
        written.findings.insert("public.v is open: because".into());
        written.allowed.insert("public.w".into(), "meant".into());
        written.notes.push("a note".into());
        let printed = written.print();
        assert_eq!(Matrix::parse(&printed), written, "{printed}");
        assert_eq!(Matrix::parse(&printed).print(), printed);
    }

    #[test]
    fn changes_are_said_in_words() {
        for (before, after, expected) in [
            ("  stranger  -\n", "  stranger  select\n", &["stranger may now SELECT public.jobs"][..]),
            (
                "  owner  update (a)\n",
                "  owner  update (a, b)\n",
                &["owner may now also UPDATE (b) public.jobs"],
            ),
            (
                "  owner  update (a)\n",
                "  owner  update\n",
                &["owner may now also UPDATE public.jobs in all columns"],
            ),
            ("  owner  delete\n", "  owner  -\n", &["owner may no longer DELETE public.jobs"]),
            (
                "  member  -\n",
                "  member  insert as owner (x)\n",
                &["member may now INSERT as owner (x) public.jobs"],
            ),
            (
                "  anon  -\n",
                "  anon  - | policy refuses: select\n",
                &["only a policy keeps anon from SELECT public.jobs (new)"],
            ),
            ("  anon  -\n", "  anon  -\n  ! no row\n", &["new: public.jobs: no row"]),
            ("  anon  -\n", "  anon  -\n", &[]),
        ] {
            assert_eq!(matrix(before).changes(&matrix(after)), expected, "{before}{after}");
        }
    }
}
