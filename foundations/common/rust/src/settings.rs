//! Where the server is and the key to it, from the environment.

use std::env;
use std::time::Duration;

use ferrobase_client::Client;
use reqwest::Url;

/// How long a client made from the environment waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The settings under their documented names.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// `SUPABASE_URL`: root of the API, without a trailing slash.
    pub url: String,
    /// `SUPABASE_SERVICE_ROLE_KEY`: service role JWT or secret key. It passes over row level security.
    pub service_role_key: String,
}

/// A setting is missing or cannot be right; the message names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A variable is not there, or empty.
    #[error("{variable} is not set; `ferrobase status -o env` prints it as {printed_as}")]
    Missing {
        /// Its name here.
        variable: &'static str,
        /// Its name in what a running project prints.
        printed_as: &'static str,
    },
    /// The URL has no scheme or another one.
    #[error("SUPABASE_URL must be an http or https URL, but it is {0:?}")]
    NotHttp(String),
    /// The key is one for browsers.
    #[error("SUPABASE_SERVICE_ROLE_KEY holds a publishable key")]
    Publishable,
}

impl Settings {
    /// Reads them from the environment of this process.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::read(|name| env::var(name).ok())
    }

    /// A client as the service role: it passes over row level security and must never be in a user's hands.
    pub fn client(&self) -> Result<Client, SettingsError> {
        let http =
            reqwest::Client::builder().timeout(PATIENCE).build().expect("a TLS library is compiled in");
        Client::new(http, &self.url, &*self.service_role_key)
            .map_err(|_no_url| SettingsError::NotHttp(self.url.clone()))
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let required = |name, printed_as| {
            let value = variable(name).unwrap_or_default().trim().to_owned();
            if value.is_empty() {
                Err(SettingsError::Missing { variable: name, printed_as })
            } else {
                Ok(value)
            }
        };
        let url = required("SUPABASE_URL", "API_URL")?;
        let parsed = Url::parse(&url).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
        if parsed.is_none() {
            return Err(SettingsError::NotHttp(url));
        }
        let service_role_key = required("SUPABASE_SERVICE_ROLE_KEY", "SERVICE_ROLE_KEY")?;
        if service_role_key.starts_with("sb_publishable_") {
            return Err(SettingsError::Publishable);
        }
        Ok(Self { url: url.trim_end_matches('/').to_owned(), service_role_key })
    }
}

impl std::fmt::Debug for Settings {
    /// Without the key: what is debugged ends in a log.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Settings").field("url", &self.url).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: Option<&str>, key: Option<&str>) -> Result<Settings, SettingsError> {
        Settings::read(|name| if name == "SUPABASE_URL" { url } else { key }.map(str::to_owned))
    }

    #[test]
    fn a_missing_setting_is_named() {
        let missing = read(Some(" "), Some("key")).unwrap_err();
        assert_eq!(
            missing.to_string(),
            "SUPABASE_URL is not set; `ferrobase status -o env` prints it as API_URL"
        );
        let missing = read(Some("http://127.0.0.1:54321"), None).unwrap_err();
        assert!(missing.to_string().starts_with("SUPABASE_SERVICE_ROLE_KEY is not set"), "{missing}");
    }

    #[test]
    fn settings_that_cannot_be_right_are_refused() {
        for url in ["localhost:54321", "ftp://localhost", "127.0.0.1:54321", "http://"] {
            assert_eq!(read(Some(url), Some("key")), Err(SettingsError::NotHttp(url.to_owned())));
        }
        let publishable = read(Some("https://example.com"), Some("sb_publishable_abc"));
        assert_eq!(publishable, Err(SettingsError::Publishable));
    }

    #[test]
    fn a_url_has_no_slash_at_its_end_and_a_key_is_not_shown() {
        let settings = read(Some("http://127.0.0.1:54321/ "), Some("sb_secret_abc")).unwrap();
        assert_eq!(settings.url, "http://127.0.0.1:54321");
        assert_eq!(settings.service_role_key, "sb_secret_abc");
        assert!(!format!("{settings:?}").contains("sb_secret_abc"));
    }
}
