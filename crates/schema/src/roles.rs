//! The roles of a server as SQL: those that people made, and the settings people may give. Passwords are not readable.

use pg::{Client, Param};

use crate::Error;
use crate::sql::{ident, literal};

/// What makes the roles that are not in `reserved`, and sets what they and those in `settable` start with.
///
/// # Errors
/// Whatever reading meets.
pub async fn dump(client: &mut Client, reserved: &[&str], settable: &[&str]) -> Result<String, Error> {
    let lists = [Param::from(reserved), Param::from(settable)];
    let rows = client.query(include_str!("../sql/roles.sql"), &lists).await?;
    let (mut made, mut granted, mut set) = (String::new(), String::new(), String::new());
    for row in &rows {
        let name = ident(&row.get::<String>(0)?);
        let ours: bool = row.get(1)?;
        let (attributes, memberships): (Vec<String>, Vec<String>) = (row.get(2)?, row.get(3)?);
        if ours {
            let with =
                if attributes.is_empty() { String::new() } else { format!(" with {}", attributes.join(" ")) };
            made += &[r"create role ", &name, &with, ";\n"].concat();
        }
        for group in memberships {
            let (group, option) = match group.strip_suffix('*') {
                Some(group) => (group, " with admin option"),
                None => (&*group, ""),
            };
            granted += &["grant ", &ident(group), " to ", &name, option, ";\n"].concat();
        }
        for setting in row.get::<Vec<String>>(4)? {
            if let Some((key, value)) = setting.split_once('=') {
                set += &["alter role ", &name, " set ", &key_of(key), " to ", &value_of(key, value), ";\n"]
                    .concat();
            }
        }
    }
    Ok([made, granted, set].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n"))
}

/// Names of settings with a dot are two names.
fn key_of(key: &str) -> String {
    key.split('.').map(ident).collect::<Vec<_>>().join(".")
}

/// Lists are kept as SQL already; everything else is a text.
fn value_of(key: &str, value: &str) -> String {
    const LISTS: &[&str] =
        &["search_path", "session_preload_libraries", "local_preload_libraries", "temp_tablespaces"];
    if LISTS.contains(&key) { value.to_owned() } else { literal(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_written_as_they_are_kept() {
        assert_eq!((key_of("app.x"), value_of("app.x", "it's")), (r#""app"."x""#.into(), "'it''s'".into()));
        assert_eq!(value_of("search_path", "\"$user\", public"), "\"$user\", public");
    }
}
