//! The variables that `env(NAME)` stands for: the process' own, then those of the project's `.env` files, in the official
//! command line's order. Nothing is put into the process' environment.

use std::collections::HashMap;
use std::path::Path;

/// Where `env(NAME)` finds its values.
#[derive(Debug, Default)]
pub(super) struct Environment {
    of_files: HashMap<String, String>,
}

impl Environment {
    /// Of the project whose `supabase` folder this is. `SUPABASE_ENV` (`development` unless set) picks among the files.
    pub(super) fn of_project(supabase: &Path) -> Self {
        let stage = std::env::var("SUPABASE_ENV").ok().filter(|stage| !stage.is_empty());
        Self::of_files(supabase, stage.as_deref().unwrap_or("development"))
    }

    fn of_files(supabase: &Path, stage: &str) -> Self {
        let mut names = vec![format!(".env.{stage}.local")];
        // tests shall be the same on every machine
        if stage != "test" {
            names.push(".env.local".to_owned());
        }
        names.extend([format!(".env.{stage}"), ".env".to_owned()]);

        let mut of_files = HashMap::new();
        for folder in [Some(supabase), supabase.parent()].into_iter().flatten() {
            for name in &names {
                for (key, value) in variables(&folder.join(name)) {
                    of_files.entry(key).or_insert(value);
                }
            }
        }
        Self { of_files }
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().or_else(|| self.of_files.get(name).cloned())
    }
}

/// The assignments of a file; one that can't be read has none.
fn variables(path: &Path) -> HashMap<String, String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut found = HashMap::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, below) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = below;
        let Some((key, value)) = line.split_once('=') else { continue };
        let key = key.trim();
        let key = key.strip_prefix("export ").unwrap_or(key).trim();
        if key.is_empty() || key.starts_with('#') {
            continue;
        }
        let value = value.trim_start();
        let value = if let Some(literal) = value.strip_prefix('\'') {
            quoted(literal, '\'', &mut rest)
        } else if let Some(text) = value.strip_prefix('"') {
            expanded(&quoted(text, '"', &mut rest).replace("\\n", "\n").replace("\\\"", "\""), &found)
        } else {
            let comment = value.find(" #").unwrap_or(value.len());
            expanded(value.get(..comment).unwrap_or_default().trim_end(), &found)
        };
        found.insert(key.to_owned(), value);
    }
    found
}

/// The text up to the quote that ends it, which may stand on a line below; `below` then begins after that line.
fn quoted(first: &str, quote: char, below: &mut &str) -> String {
    let mut value = String::new();
    let mut line = first;
    loop {
        let end = line.char_indices().find(|(at, letter)| {
            *letter == quote && !line.get(..*at).is_some_and(|before| before.ends_with('\\'))
        });
        if let Some((end, _)) = end {
            return value + line.get(..end).unwrap_or_default();
        }
        value.push_str(line);
        if below.is_empty() {
            return value;
        }
        value.push('\n');
        (line, *below) = below.split_once('\n').unwrap_or((*below, ""));
    }
}

/// The text with `$NAME` and `${NAME}` replaced, from above in the file or else from the process.
fn expanded(text: &str, above: &HashMap<String, String>) -> String {
    let mut parts = text.split('$');
    let mut value = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let bare = || part.split_at(part.find(|letter| !is_name(letter)).unwrap_or(part.len()));
        let braced = part.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let (name, after) = braced.unwrap_or_else(bare);
        if name.is_empty() {
            value.push('$');
        } else {
            let found = above.get(name).cloned().or_else(|| std::env::var(name).ok());
            value.push_str(&found.unwrap_or_default());
        }
        value.push_str(after);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_their_order_and_the_folder_goes_before_the_project() {
        let project = tempfile::tempdir().unwrap();
        let supabase = project.path().join("supabase");
        std::fs::create_dir(&supabase).unwrap();
        for (file, text) in [
            ("supabase/.env", "A=folder\n"),
            (
                ".env.local",
                "# of this machine\nexport A=local\nB='in quotes' # so\nC=with blanks = and more\n",
            ),
            (".env.test", "B=test\n"),
            (".env", "A=project\nB=project\nD=${D_UNSET}plain\nno assignment\n"),
        ] {
            std::fs::write(project.path().join(file), text).unwrap();
        }
        let values = |stage| {
            let environment = Environment::of_files(&supabase, stage);
            ["A", "B", "C", "D"].map(|name| environment.get(name).unwrap_or_default())
        };
        assert_eq!(values("development"), ["folder", "in quotes", "with blanks = and more", "plain"]);
        assert_eq!(values("test"), ["folder", "test", "", "plain"]);
    }

    #[test]
    fn values_may_be_quoted_and_refer_to_those_above() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".env");
        let text = "\
A=one\r\nB='${A} # as it is'\nC = \"${A} \\\"two\\\" $A-3\\n\" # said\nD=$A$ x#y #z\n E=\nF='of\ntwo lines' rest\n#G=1\nH=\"never\nended";
        std::fs::write(&file, text).unwrap();
        let found = variables(&file);
        let of = |name: &str| found.get(name).map(String::as_str);
        assert_eq!(of("A"), Some("one"));
        assert_eq!(of("B"), Some("${A} # as it is"));
        assert_eq!(of("C"), Some("one \"two\" one-3\n"));
        assert_eq!(of("D"), Some("one$ x#y"));
        assert_eq!(of("E"), Some(""));
        assert_eq!(of("F"), Some("of\ntwo lines"));
        assert_eq!(of("G"), None);
        assert_eq!(of("H"), Some("never\nended"));
        assert_eq!(found.len(), 7);
    }

    #[test]
    fn a_project_without_files_has_the_process_variables() {
        let environment = Environment::of_files(Path::new("/nowhere/supabase"), "development");
        assert_eq!(environment.get("PATH"), std::env::var("PATH").ok());
        assert_eq!(environment.get("FERROBASE_NO_SUCH_VARIABLE"), None);
    }
}
