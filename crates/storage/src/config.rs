//! The section `[storage]` of a project's `supabase/config.toml`. Defaults are those of the official CLI's local stack.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer};

use crate::logic::size;

/// `[storage]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Whether the room is served.
    pub enabled: bool,
    /// The largest file, in bytes; a bucket may ask for less.
    #[serde(deserialize_with = "size")]
    pub file_size_limit: i64,
    /// `[storage.buckets.NAME]`: what `seed buckets` makes.
    pub buckets: BTreeMap<String, Bucket>,
}

impl Default for Config {
    fn default() -> Self {
        Self { enabled: true, file_size_limit: 50 << 20, buckets: BTreeMap::new() }
    }
}

/// One `[storage.buckets.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Bucket {
    /// Whether anybody may read it.
    pub public: Option<bool>,
    /// The largest file, in bytes; none named: the server's.
    #[serde(deserialize_with = "some_size")]
    pub file_size_limit: Option<i64>,
    /// Media types it takes; none named: all.
    pub allowed_mime_types: Option<Vec<String>>,
    /// A folder whose files are put in, or a file; relative to the one of `config.toml`.
    pub objects_path: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Size {
    Bytes(i64),
    Text(String),
}

fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let wrong = |text: &dyn std::fmt::Display| {
        serde::de::Error::custom(format_args!("{text} is not a size such as \"50MiB\""))
    };
    match Size::deserialize(deserializer)? {
        Size::Bytes(bytes) if bytes >= 0 => Ok(bytes),
        Size::Bytes(bytes) => Err(wrong(&bytes)),
        Size::Text(text) => size::of_config(&text).ok_or_else(|| wrong(&format!("{text:?}"))),
    }
}

fn some_size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    size(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_section_is_the_default() {
        assert_eq!(toml::from_str::<Config>("").unwrap(), Config::default());
    }

    #[test]
    fn the_section_of_the_official_template_is_read() {
        let config: Config = toml::from_str(
            r#"
            enabled = true
            file_size_limit = "20MiB"
            [image_transformation]
            enabled = true
            [buckets.images]
            public = true
            file_size_limit = 1000
            allowed_mime_types = ["image/png"]
            objects_path = "./images"
            "#,
        )
        .unwrap();
        assert_eq!(config.file_size_limit, 20 << 20);
        let images = &config.buckets["images"];
        assert_eq!(images.public, Some(true));
        assert_eq!(images.file_size_limit, Some(1000));
        assert_eq!(images.objects_path.as_deref(), Some(std::path::Path::new("./images")));
    }

    #[test]
    fn a_wrong_size_is_named() {
        for size in ["'much'", "-1"] {
            let error =
                toml::from_str::<Config>(&format!("file_size_limit = {size}")).unwrap_err().to_string();
            assert!(error.contains("50MiB"), "{error}");
        }
    }
}
