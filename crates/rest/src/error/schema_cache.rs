//! What the schema cache does not have, or has several times: `PGRST2xx`.
//!
//! The texts are made here; which relationship, function or name comes nearest is the plan's to find.

use http::StatusCode;
use serde_json::{Value, json};

use super::Wire;
use crate::logic::request::media_type::MediaType;

/// Why a request's names lead nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaCacheError {
    /// Nothing relates the two resources (200).
    #[error("Could not find a relationship between '{parent}' and '{child}' in the schema cache")]
    NoRelationship {
        /// The resource that embeds.
        parent: String,
        /// The resource that is to be embedded.
        child: String,
        /// The hint of the request, when there is one.
        embed_hint: Option<String>,
        /// The schema that was searched.
        schema: String,
        /// What the client may have meant: (nearest name, name used).
        suggestion: Option<(String, String)>,
    },
    /// Several relationships fit (201).
    #[error("Could not embed because more than one relationship was found for '{parent}' and '{child}'")]
    AmbiguousRelationship {
        /// The resource that embeds.
        parent: String,
        /// The resource that is to be embedded.
        child: String,
        /// All that fit.
        candidates: Vec<CandidateRelationship>,
    },
    /// No function fits name and arguments (202).
    #[error("{}", .0.message())]
    NoFunction(Box<MissingFunction>),
    /// Several functions fit (203).
    #[error("Could not choose the best candidate function between: {}", .0.join(", "))]
    AmbiguousFunction(
        /// Each as `schema.name(parameter => type, …)`.
        Vec<String>,
    ),
    /// A relation does not have a column that the request writes to (204).
    #[error("Could not find the '{column}' column of '{relation}' in the schema cache")]
    NoColumn {
        /// The table or view.
        relation: String,
        /// The column.
        column: String,
    },
    /// There is no such table or view (205).
    #[error("Could not find the table '{schema}.{relation}' in the schema cache")]
    NoRelation {
        /// The schema.
        schema: String,
        /// The table or view.
        relation: String,
        /// The nearest name in that schema.
        suggestion: Option<String>,
    },
}

/// One of several relationships that fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateRelationship {
    /// `one-to-many`, `many-to-one`, `one-to-one` or `many-to-many`.
    pub cardinality: &'static str,
    /// `parent with child`
    pub embedding: String,
    /// `constraint using parent(columns) and child(columns)`; for a junction
    /// `junction using constraint(columns) and constraint(columns)`.
    pub relationship: String,
    /// What to write in `select` to mean this one: `child!constraint`.
    pub target: String,
}

/// The call of a function that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingFunction {
    /// The schema that was searched.
    pub schema: String,
    /// The function's name.
    pub name: String,
    /// The names of the arguments, sorted.
    pub arguments: Vec<String>,
    /// The media type of the body.
    pub content_type: MediaType,
    /// Called with `POST`: then the body may be the one unnamed argument.
    pub post: bool,
    /// The nearest function with its parameters, as `name` or `name(a, b)`.
    pub suggestion: Option<String>,
}

impl SchemaCacheError {
    pub(super) fn wire(&self) -> Wire {
        let message = self.to_string();
        match self {
            Self::NoRelationship { parent, child, embed_hint, schema, suggestion } => {
                let using = embed_hint.as_ref().map(|hint| format!("' using the hint '{hint}"));
                let mut wire = Wire::new(StatusCode::BAD_REQUEST, "PGRST200", message).details(format!(
                    "Searched for a foreign key relationship between '{parent}' and '{child}{}' in the schema \
                     '{schema}', but no matches were found.",
                    using.unwrap_or_default()
                ));
                if let Some((nearest, used)) = suggestion {
                    wire = wire.hint(format!("Perhaps you meant '{nearest}' instead of '{used}'."));
                }
                wire
            }
            Self::AmbiguousRelationship { child, candidates, .. } => {
                let targets: Vec<String> =
                    candidates.iter().map(|candidate| format!("'{}'", candidate.target)).collect();
                let mut wire = Wire::new(StatusCode::MULTIPLE_CHOICES, "PGRST201", message).hint(format!(
                    "Try changing '{child}' to one of the following: {}. Find the desired relationship in \
                     the 'details' key.",
                    targets.join(", ")
                ));
                wire.details = Some(candidates.iter().map(CandidateRelationship::json).collect());
                wire
            }
            Self::NoFunction(missing) => missing.wire(message),
            Self::AmbiguousFunction(_) => Wire::new(StatusCode::MULTIPLE_CHOICES, "PGRST203", message).hint(
                "Try renaming the parameters or the function itself in the database so function overloading \
                 can be resolved",
            ),
            Self::NoColumn { .. } => Wire::new(StatusCode::BAD_REQUEST, "PGRST204", message),
            Self::NoRelation { schema, suggestion, .. } => {
                let wire = Wire::new(StatusCode::NOT_FOUND, "PGRST205", message);
                match suggestion {
                    Some(nearest) => wire.hint(format!("Perhaps you meant the table '{schema}.{nearest}'")),
                    None => wire,
                }
            }
        }
    }
}

impl CandidateRelationship {
    fn json(&self) -> Value {
        json!({
            "cardinality": self.cardinality,
            "embedding": self.embedding,
            "relationship": self.relationship,
        })
    }
}

impl MissingFunction {
    /// The type that the one unnamed parameter would have, when the body can be nothing else.
    fn unnamed_parameter(&self) -> Option<&'static str> {
        match self.content_type {
            _ if !self.post => None,
            MediaType::Text => Some("text"),
            MediaType::Xml => Some("xml"),
            MediaType::OctetStream => Some("bytea"),
            _ => None,
        }
    }

    fn message(&self) -> String {
        let Self { schema, name, .. } = self;
        let arguments = match self.unnamed_parameter() {
            Some(_) => String::new(),
            None if self.arguments.is_empty() => " without parameters".to_owned(),
            None => format!("({})", self.arguments.join(", ")),
        };
        format!("Could not find the function {schema}.{name}{arguments} in the schema cache")
    }

    fn wire(&self, message: String) -> Wire {
        let Self { schema, name, arguments, .. } = self;
        let unnamed = self.unnamed_parameter();
        let parameters = match (unnamed, arguments.as_slice()) {
            (Some(kind), _) => format!(" with a single unnamed {kind} parameter"),
            (None, []) => " without parameters".to_owned(),
            (None, [one]) => format!(" with parameter {one}"),
            (None, several) => format!(" with parameters {}", several.join(", ")),
        };
        let or_json = if self.post && self.content_type == MediaType::Json {
            " or with a single unnamed json/jsonb parameter"
        } else {
            ""
        };
        let wire = Wire::new(StatusCode::NOT_FOUND, "PGRST202", message).details(format!(
            "Searched for the function {schema}.{name}{parameters}{or_json}, but no matches were found in \
             the schema cache."
        ));
        match &self.suggestion {
            Some(nearest) if unnamed.is_none() => {
                wire.hint(format!("Perhaps you meant to call the function {schema}.{nearest}"))
            }
            _ => wire,
        }
    }
}
