//! Which of the accepted media types is made, and how.

use pg::catalog::{Catalog, QualifiedName};

use crate::error::RequestError;
use crate::logic::request::media_type::{MediaType, PlanMediaType};

/// How rows become a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handler {
    /// There is no body.
    Nothing,
    /// A JSON array.
    Json {
        /// Null columns are left out.
        nulls_stripped: bool,
    },
    /// One JSON object, and it must be one.
    Object {
        /// Null columns are left out.
        nulls_stripped: bool,
    },
    /// Comma separated values with a header line.
    Csv,
    /// A feature collection, made by PostGIS.
    GeoJson,
    /// An aggregate of the database.
    Aggregate {
        /// The aggregate.
        function: QualifiedName,
        /// The type it expects; none when it takes any row.
        relation: Option<QualifiedName>,
        /// Its result is `bytea`.
        is_binary: bool,
        /// Its result is `jsonb`.
        is_jsonb: bool,
    },
    /// The function that is called yields the body itself.
    Scalar {
        /// Its result is `bytea`.
        is_binary: bool,
    },
}

impl Handler {
    /// Makes its body of rows as text.
    pub fn takes_rows_as_text(&self) -> bool {
        matches!(self, Self::Csv | Self::Aggregate { .. })
    }

    /// True when the body arrives as `bytea`.
    pub fn is_binary(&self) -> bool {
        matches!(self, Self::Aggregate { is_binary: true, .. } | Self::Scalar { is_binary: true })
    }
}

/// What is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// How the body is made.
    pub handler: Handler,
    /// What it is called.
    pub media_type: MediaType,
    /// Answer with the execution plan instead.
    pub explain: Option<PlanMediaType>,
}

/// What rows are negotiated about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The table whose rows they are.
    pub relation: Option<&'a QualifiedName>,
    /// The domain that a function returns, and whether it is binary.
    pub domain: Option<(&'a str, bool)>,
}

/// Picks the first accepted media type that can be made.
pub fn negotiate(
    catalog: &Catalog,
    subject: Subject<'_>,
    accept: &[MediaType],
    plans: bool,
) -> Result<Negotiated, RequestError> {
    let none =
        || RequestError::MediaType(accept.iter().map(|media_type| media_type.mime().into_owned()).collect());
    accept
        .iter()
        .find_map(|media_type| match media_type {
            MediaType::Plan(plan) if plans => {
                let made = made(catalog, subject, &plan.explained)?;
                // the answer names what is really explained
                let explain = PlanMediaType { explained: made.media_type.clone(), ..(**plan).clone() };
                let media_type = MediaType::Plan(Box::new(explain.clone()));
                Some(Negotiated { explain: Some(explain), media_type, ..made })
            }
            MediaType::Plan(_) => None,
            other => made(catalog, subject, other),
        })
        .ok_or_else(none)
}

fn made(catalog: &Catalog, subject: Subject<'_>, media_type: &MediaType) -> Option<Negotiated> {
    let answer = |handler, media_type: MediaType| Some(Negotiated { handler, media_type, explain: None });
    // vendor types of our own cannot be overridden
    match media_type {
        MediaType::Object { nulls_stripped } => {
            return answer(Handler::Object { nulls_stripped: *nulls_stripped }, media_type.clone());
        }
        MediaType::ArrayNullsStripped => {
            return answer(Handler::Json { nulls_stripped: true }, media_type.clone());
        }
        _ => {}
    }
    if let Some((domain, is_binary)) = subject.domain.filter(|(domain, _)| domain.contains('/')) {
        let own = if domain == "*/*" { None } else { Some(MediaType::parse(domain)) };
        return match (own, media_type) {
            (None, _) => answer(Handler::Scalar { is_binary }, MediaType::OctetStream),
            (Some(own), asked) if *asked == own || *asked == MediaType::Any => {
                answer(Handler::Scalar { is_binary }, own)
            }
            // the function in place of the root's description
            (Some(MediaType::OpenApi), MediaType::Json) => {
                answer(Handler::Scalar { is_binary }, MediaType::Json)
            }
            _ => None,
        };
    }
    let wanted = if *media_type == MediaType::Any { MediaType::Json } else { media_type.clone() };
    if let Some(handler) = aggregate(catalog, subject.relation, "*/*") {
        return answer(handler, MediaType::OctetStream);
    }
    if let Some(handler) = aggregate(catalog, subject.relation, &wanted.mime()) {
        return answer(handler, wanted);
    }
    match wanted {
        MediaType::Json => answer(Handler::Json { nulls_stripped: false }, wanted),
        MediaType::Csv => answer(Handler::Csv, wanted),
        MediaType::GeoJson => answer(Handler::GeoJson, wanted),
        _ => None,
    }
}

/// The aggregate for exactly these rows, else the one for any rows.
fn aggregate(catalog: &Catalog, relation: Option<&QualifiedName>, media_type: &str) -> Option<Handler> {
    let fitting = || catalog.media_handlers().iter().filter(|handler| handler.media_type == media_type);
    let exact = fitting().find(|handler| handler.relation.is_some() && handler.relation.as_ref() == relation);
    let handler = exact.or_else(|| fitting().find(|handler| handler.relation.is_none()))?;
    Some(Handler::Aggregate {
        function: handler.aggregate.clone(),
        relation: handler.relation.clone(),
        is_binary: handler.is_binary,
        is_jsonb: handler.is_jsonb,
    })
}
