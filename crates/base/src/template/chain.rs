//! What a template holds, step by step, as hashes: which templates have a beginning in common. Pure.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Error;
use crate::migrate::Project;
use crate::platform::{self, RoomMigrations};

/// Hashes of the state after the platform, after each migration, and after all seeds; each covers what came before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chain(Vec<String>);

/// A template that exists.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) name: String,
    /// The chain it was made by, if its comment tells.
    pub(super) chain: Vec<String>,
}

/// What a template's comment says.
#[derive(Debug, Serialize, Deserialize)]
struct Comment {
    chain: Vec<String>,
}

impl Known {
    pub(super) fn new(name: String, comment: Option<&str>) -> Self {
        let comment = comment.and_then(|text| serde_json::from_str::<Comment>(text).ok());
        Self { name, chain: comment.map(|comment| comment.chain).unwrap_or_default() }
    }
}

impl Chain {
    pub(super) fn of(rooms: &[RoomMigrations], root_key: &str, project: &Project) -> Result<Self, Error> {
        let mut links = vec![link("", &[&platform::fingerprint(rooms)?, root_key])];
        // roles and default privileges come with whatever is first
        let mut parts: Vec<&str> =
            project.roles.iter().flat_map(|roles| [&*roles.file, &*roles.hash]).collect();
        if project.is_closed {
            parts.push("closed");
        }
        let mut add = |parts: &mut Vec<&str>| {
            if !parts.is_empty() {
                links.push(link(links.last().map_or("", String::as_str), parts));
                parts.clear();
            }
        };
        for migration in &project.migrations {
            parts.extend([&*migration.file, &*migration.sql]);
            add(&mut parts);
        }
        parts.extend(project.seeds.iter().flat_map(|seed| [&*seed.file, &*seed.hash]));
        add(&mut parts);
        Ok(Self(links))
    }

    /// How many steps there are beyond the platform.
    pub(super) fn steps(&self) -> usize {
        self.0.len() - 1
    }

    /// The name of the template with everything.
    pub(super) fn name(&self) -> String {
        self.name_at(self.steps())
    }

    /// The name of the template with the first so many steps beyond the platform.
    pub(super) fn name_at(&self, step: usize) -> String {
        format!("template_{}", self.0.get(step).map_or("", String::as_str))
    }

    /// The database in which it is made.
    pub(super) fn building(&self) -> String {
        format!("building_{}", self.0.last().map_or("", String::as_str))
    }

    pub(super) fn comment(&self) -> String {
        self.comment_at(self.steps())
    }

    pub(super) fn comment_at(&self, step: usize) -> String {
        let chain = self.0.iter().take(step + 1).cloned().collect();
        serde_json::to_string(&Comment { chain }).unwrap_or_default()
    }

    /// The longest beginning that exists as a template.
    pub(super) fn longest(&self, known: &[Known]) -> Option<usize> {
        (0..self.0.len()).rev().find(|step| {
            let name = self.name_at(*step);
            known.iter().any(|known| known.name == name)
        })
    }

    /// The step before the first that differs from a template that exists: it will be needed again while that
    /// migration is being written.
    pub(super) fn worth_keeping(&self, known: &[Known]) -> Option<usize> {
        let in_common = |known: &Known| {
            self.0.iter().zip(&known.chain).take_while(|(one, other)| one == other).count().checked_sub(1)
        };
        known.iter().filter_map(in_common).max().filter(|step| *step > 0 && *step < self.steps())
    }
}

/// Templates that are more than `most`, oldest first; never the platform of this chain, nor what it was made from.
pub(super) fn superfluous(known: &[Known], chain: &Chain, most: usize) -> Vec<String> {
    let too_many = (known.len() + 1).saturating_sub(most);
    let used: Vec<String> = (0..chain.0.len()).map(|step| chain.name_at(step)).collect();
    known.iter().map(|known| known.name.clone()).filter(|name| !used.contains(name)).take(too_many).collect()
}

fn link(before: &str, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    hash.update(before);
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    crate::hex(hash.finalize().get(..10).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrate::{Migration, Seed};

    fn chain(migrations: &[&str], seed: &str) -> Chain {
        let migrations = migrations
            .iter()
            .enumerate()
            .map(|(number, sql)| Migration {
                version: number.to_string(),
                name: String::new(),
                file: format!("{number}_.sql"),
                sql: (*sql).to_owned(),
            })
            .collect();
        let seeds = if seed.is_empty() {
            vec![]
        } else {
            vec![Seed { file: "s".into(), sql: seed.into(), hash: seed.into() }]
        };
        Chain::of(&[], "key", &Project { migrations, seeds, ..Project::default() }).unwrap()
    }

    fn exists(chain: &Chain) -> Known {
        Known::new(chain.name(), Some(&chain.comment()))
    }

    #[test]
    fn what_comes_before_a_change_is_kept_and_found_again() {
        let before = [exists(&chain(&[], "")), exists(&chain(&["a", "b", "c"], "s"))];
        for (now, keep) in [
            (chain(&["a", "b", "C"], "s"), Some(2)),
            (chain(&["a", "B", "c"], "s"), Some(1)),
            (chain(&["a", "b", "c"], "S"), Some(3)),
            (chain(&["a", "b", "c", "d"], "s"), Some(3)),
            (chain(&["A", "b", "c"], "s"), None),
            // a beginning of what exists is whole by itself
            (chain(&["a", "b"], ""), None),
        ] {
            assert_eq!(now.longest(&before), Some(0), "{now:?}");
            assert_eq!(now.worth_keeping(&before), keep, "{now:?}");
        }
        let mut later = before.to_vec();
        later.push(exists(&chain(&["a", "b"], "")));
        assert_eq!(chain(&["a", "b", "C!"], "s").longest(&later), Some(2));
    }

    #[test]
    fn the_oldest_templates_go_but_not_what_is_used() {
        let platform = exists(&chain(&[], ""));
        let others: Vec<Known> = (0..8).map(|number| exists(&chain(&[&number.to_string()], ""))).collect();
        let known: Vec<Known> = std::iter::once(platform).chain(others.iter().cloned()).collect();
        let gone = superfluous(&known, &chain(&["new"], ""), 8);
        assert_eq!(gone, [others[0].name.clone(), others[1].name.clone()]);
    }

    #[test]
    fn a_comment_of_somebody_else_is_no_chain() {
        assert!(Known::new("template_x".into(), Some("mine")).chain.is_empty());
    }
}
