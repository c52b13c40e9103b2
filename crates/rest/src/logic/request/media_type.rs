//! Media types: what a client accepts, what a body is, what an answer is.

use std::borrow::Cow;

/// A media type as PostgREST understands it. The named ones have a meaning of their own,
/// [`MediaType::Other`] may have a handler in the database.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// `application/json`
    Json,
    /// `application/vnd.pgrst.array+json;nulls=stripped`: an array whose objects leave out null columns.
    ArrayNullsStripped,
    /// `application/vnd.pgrst.object+json`: exactly one row, as an object.
    Object {
        /// `;nulls=stripped`: leave out null columns.
        nulls_stripped: bool,
    },
    /// `application/geo+json`
    GeoJson,
    /// `text/csv`
    Csv,
    /// `text/plain`
    Text,
    /// `text/xml`
    Xml,
    /// `application/openapi+json`
    OpenApi,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `application/octet-stream`
    OctetStream,
    /// `application/vnd.pgrst.plan`: the execution plan of the answer of another type.
    Plan(Box<PlanMediaType>),
    /// `*/*`
    Any,
    /// Anything else, as it was sent.
    Other(String),
}

/// The parameters of `application/vnd.pgrst.plan`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlanMediaType {
    /// `for="…"`: the media type whose query is explained.
    pub explained: MediaType,
    /// `+json` or `+text`.
    pub format: PlanFormat,
    /// `options=analyze|verbose|settings|buffers|wal`, each once, in this order.
    pub options: Vec<PlanOption>,
}

/// The format of an execution plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlanFormat {
    /// `FORMAT JSON`
    Json,
    /// `FORMAT TEXT`
    Text,
}

/// An option of `EXPLAIN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlanOption {
    /// `ANALYZE`
    Analyze,
    /// `VERBOSE`
    Verbose,
    /// `SETTINGS`
    Settings,
    /// `BUFFERS`
    Buffers,
    /// `WAL`
    Wal,
}

impl MediaType {
    /// Reads one media type of a header. Whatever it is, it is some type.
    pub fn parse(text: &str) -> Self {
        let Some(tokens) = Tokens::parse(text) else {
            return Self::Other(text.to_owned());
        };
        let essence = format!("{}/{}", tokens.main, tokens.sub).to_ascii_lowercase();
        match essence.as_str() {
            "application/geo+json" => Self::GeoJson,
            "text/csv" => Self::Csv,
            "text/plain" => Self::Text,
            "text/xml" => Self::Xml,
            "application/openapi+json" => Self::OpenApi,
            "application/x-www-form-urlencoded" => Self::Form,
            "application/octet-stream" => Self::OctetStream,
            "application/vnd.pgrst.plan" | "application/vnd.pgrst.plan+text" => tokens.plan(PlanFormat::Text),
            "application/vnd.pgrst.plan+json" => tokens.plan(PlanFormat::Json),
            "application/vnd.pgrst.object" | "application/vnd.pgrst.object+json" => {
                Self::Object { nulls_stripped: tokens.nulls_stripped() }
            }
            "application/vnd.pgrst.array" | "application/vnd.pgrst.array+json" if tokens.nulls_stripped() => {
                Self::ArrayNullsStripped
            }
            "application/json" | "application/vnd.pgrst.array" | "application/vnd.pgrst.array+json" => {
                Self::Json
            }
            "*/*" => Self::Any,
            _ => Self::Other(text.to_owned()),
        }
    }

    /// Reads an `Accept` header: the types from most to least wanted, by quality and then by how much each says.
    pub fn parse_accept(header: &str) -> Vec<Self> {
        let mut weighed: Vec<(Self, f64, i64)> = header
            .split(',')
            .filter(|member| !member.is_empty())
            .map(|member| {
                let member = member.replace(' ', "");
                let (name, quality) = match member.split_once(";q=") {
                    Some((name, rest)) => (name, rest.split(';').next().and_then(|text| text.parse().ok())),
                    None => (member.as_str(), None),
                };
                let count = |wanted| name.matches(wanted).fold(0_i64, |sum, _| sum + 1);
                (Self::parse(name), quality.unwrap_or(1.0), count(';') - count('*'))
            })
            .collect();
        weighed.sort_by(|(_, a_quality, a_detail), (_, b_quality, b_detail)| {
            b_quality.total_cmp(a_quality).then(b_detail.cmp(a_detail))
        });
        weighed.into_iter().map(|(media_type, _, _)| media_type).collect()
    }

    /// The type as a header says it, without character set.
    pub fn mime(&self) -> Cow<'_, str> {
        let name = match self {
            Self::Json => "application/json",
            Self::ArrayNullsStripped => "application/vnd.pgrst.array+json;nulls=stripped",
            Self::Object { nulls_stripped: true } => "application/vnd.pgrst.object+json;nulls=stripped",
            Self::Object { nulls_stripped: false } => "application/vnd.pgrst.object+json",
            Self::GeoJson => "application/geo+json",
            Self::Csv => "text/csv",
            Self::Text => "text/plain",
            Self::Xml => "text/xml",
            Self::OpenApi => "application/openapi+json",
            Self::Form => "application/x-www-form-urlencoded",
            Self::OctetStream => "application/octet-stream",
            Self::Any => "*/*",
            Self::Other(name) => name,
            Self::Plan(plan) => return Cow::Owned(plan.mime()),
        };
        Cow::Borrowed(name)
    }

    /// The value of `Content-Type` for an answer of this type.
    pub fn content_type(&self) -> Cow<'_, str> {
        match self {
            Self::OctetStream | Self::Other(_) => self.mime(),
            Self::Json => Cow::Borrowed("application/json; charset=utf-8"),
            _ => Cow::Owned(format!("{}; charset=utf-8", self.mime())),
        }
    }
}

impl PlanMediaType {
    fn mime(&self) -> String {
        let format = match self.format {
            PlanFormat::Json => "json",
            PlanFormat::Text => "text",
        };
        let mut mime = format!("application/vnd.pgrst.plan+{format}; for=\"{}\"", self.explained.mime());
        for (index, option) in self.options.iter().enumerate() {
            mime.push_str(if index == 0 { "; options=" } else { "|" });
            mime.push_str(option.name());
        }
        mime
    }
}

impl PlanOption {
    const ALL: [Self; 5] = [Self::Analyze, Self::Verbose, Self::Settings, Self::Buffers, Self::Wal];

    /// The option's name in a media type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Analyze => "analyze",
            Self::Verbose => "verbose",
            Self::Settings => "settings",
            Self::Buffers => "buffers",
            Self::Wal => "wal",
        }
    }
}

/// `main/sub;name=value;name="value"`
struct Tokens<'a> {
    main: &'a str,
    sub: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
}

impl<'a> Tokens<'a> {
    /// What comes after the last parameter that can be read is passed over.
    fn parse(text: &'a str) -> Option<Self> {
        let (main, rest) =
            split_while(text, |character| character.is_alphanumeric() || ".*".contains(character))?;
        let (sub, mut rest) = split_while(rest.strip_prefix('/')?, |character| {
            character.is_alphanumeric() || ".*+-".contains(character)
        })?;
        let mut parameters = Vec::new();
        while let Some((name, value, after)) = parameter(rest) {
            parameters.push((name, value));
            rest = after;
        }
        Some(Self { main, sub, parameters })
    }

    /// Of a parameter given twice the last counts.
    fn parameter(&self, wanted: &str) -> Option<&'a str> {
        let last = self.parameters.iter().rev().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        last.map(|(_, value)| *value)
    }

    fn nulls_stripped(&self) -> bool {
        self.parameter("nulls") == Some("stripped")
    }

    fn plan(&self, format: PlanFormat) -> MediaType {
        let options = self.parameter("options").unwrap_or_default();
        let asked = |option: &PlanOption| options.split('|').any(|name| name == option.name());
        MediaType::Plan(Box::new(PlanMediaType {
            explained: self.parameter("for").map_or(MediaType::Json, MediaType::explained),
            format,
            options: PlanOption::ALL.into_iter().filter(asked).collect(),
        }))
    }
}

impl MediaType {
    /// The type within a plan's `for`. A plan of a plan would have no end: it is no type we know.
    fn explained(text: &str) -> Self {
        match Tokens::parse(text) {
            Some(tokens) if tokens.sub.to_ascii_lowercase().starts_with("vnd.pgrst.plan") => {
                Self::Other(text.to_owned())
            }
            _ => Self::parse(text),
        }
    }
}

/// `;name=value` with blanks anywhere: name, value and the rest.
fn parameter(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start().strip_prefix(';')?.trim_start();
    let (name, rest) = split_while(text, |character| character.is_alphanumeric() || character == '-')?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    if let Some((value, rest)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        return Some((name, value, rest));
    }
    let (value, rest) =
        split_while(rest, |character| character.is_alphanumeric() || "|-".contains(character))?;
    Some((name, value, rest))
}

/// The longest beginning of at least one character that fits, and the rest.
fn split_while(text: &str, fits: impl Fn(char) -> bool) -> Option<(&str, &str)> {
    let end = text.find(|character| !fits(character)).unwrap_or(text.len());
    if end == 0 { None } else { Some(text.split_at(end)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(explained: MediaType, format: PlanFormat, options: &[PlanOption]) -> MediaType {
        MediaType::Plan(Box::new(PlanMediaType { explained, format, options: options.to_vec() }))
    }

    #[test]
    fn types() {
        let cases = [
            ("application/json", MediaType::Json),
            ("application/json; charset=utf-8", MediaType::Json),
            ("ApplicatIon/vnd.PgRsT.object+json", MediaType::Object { nulls_stripped: false }),
            ("application/vnd.pgrst.object", MediaType::Object { nulls_stripped: false }),
            ("application/vnd.pgrst.object+json;nulls=stripped", MediaType::Object { nulls_stripped: true }),
            (
                "application/vnd.pgrst.object+json; Nulls = stripped",
                MediaType::Object { nulls_stripped: true },
            ),
            ("application/vnd.pgrst.array+json;nulls=stripped", MediaType::ArrayNullsStripped),
            ("application/vnd.pgrst.array+json", MediaType::Json),
            ("application/geo+json", MediaType::GeoJson),
            ("text/csv", MediaType::Csv),
            ("text/plain", MediaType::Text),
            ("text/xml", MediaType::Xml),
            ("application/openapi+json", MediaType::OpenApi),
            ("application/x-www-form-urlencoded", MediaType::Form),
            ("application/octet-stream", MediaType::OctetStream),
            ("*/*", MediaType::Any),
            ("application/vnd.twkb", MediaType::Other("application/vnd.twkb".to_owned())),
            ("image/*", MediaType::Other("image/*".to_owned())),
            ("nonsense", MediaType::Other("nonsense".to_owned())),
            ("", MediaType::Other(String::new())),
            ("application/vnd.pgrst.plan;", plan(MediaType::Json, PlanFormat::Text, &[])),
            (
                "application/vnd.pgrst.plan ; for=\"text/xml\" ; options=analyze",
                plan(MediaType::Xml, PlanFormat::Text, &[PlanOption::Analyze]),
            ),
            ("application/vnd.pgrst.plan+json;for=\"text/csv\"", plan(MediaType::Csv, PlanFormat::Json, &[])),
            (
                "application/vnd.pgrst.plan+text;options=wal|nonsense|analyze|analyze",
                plan(MediaType::Json, PlanFormat::Text, &[PlanOption::Analyze, PlanOption::Wal]),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(MediaType::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn names() {
        let cases = [
            ("application/json", "application/json; charset=utf-8"),
            ("text/csv", "text/csv; charset=utf-8"),
            ("application/octet-stream", "application/octet-stream"),
            ("application/vnd.twkb", "application/vnd.twkb"),
            (
                "application/vnd.pgrst.object;nulls=stripped",
                "application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8",
            ),
            (
                "application/vnd.pgrst.plan;options=verbose|analyze",
                "application/vnd.pgrst.plan+text; for=\"application/json\"; options=analyze|verbose; charset=utf-8",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(MediaType::parse(text).content_type(), expected, "{text}");
        }
    }

    #[test]
    fn accepted_types_are_sorted() {
        let cases = [
            ("text/csv", vec!["text/csv"]),
            ("text/csv, application/json", vec!["text/csv", "application/json"]),
            ("text/csv;q=0.5, application/json", vec!["application/json", "text/csv"]),
            ("*/*, application/json", vec!["application/json", "*/*"]),
            ("text/html,application/xml;q=0.9,*/*;q=0.8", vec!["text/html", "application/xml", "*/*"]),
            (
                "application/vnd.pgrst.object+json; q=0.2, application/vnd.pgrst.object;nulls=stripped;q=0.2",
                vec!["application/vnd.pgrst.object+json;nulls=stripped", "application/vnd.pgrst.object+json"],
            ),
            ("text/csv;q=nonsense, text/xml;q=0.9", vec!["text/csv", "text/xml"]),
        ];
        for (header, expected) in cases {
            let accepted = MediaType::parse_accept(header);
            let names: Vec<_> = accepted.iter().map(MediaType::mime).collect();
            assert_eq!(names, expected, "{header}");
        }
    }
}
