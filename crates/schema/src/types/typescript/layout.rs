//! How the parts of a type are laid out.

use std::borrow::Cow;

use super::Presence;
use super::names;
use crate::types::document::Document;

/// Text that is never broken.
pub(super) fn text(text: impl Into<Cow<'static, str>>) -> Document {
    Document::text(text)
}

/// A type, by how it combines with others.
pub(super) enum Type {
    /// One that is never broken.
    Word(Cow<'static, str>),
    /// One of several.
    Union(Vec<Document>),
    /// An object, or an array of objects.
    Object(Document),
}

impl Type {
    /// One that is never broken.
    pub(super) fn word(text: impl Into<Cow<'static, str>>) -> Self {
        Self::Word(text.into())
    }

    /// A list of it.
    pub(super) fn array(self) -> Self {
        match self {
            Self::Word(word) => Self::Word(format!("{word}[]").into()),
            Self::Object(object) => Self::Object(Document::All(vec![object, text("[]")])),
            Self::Union(types) if types.len() == 1 => {
                Self::Object(Document::All(types.into_iter().chain([text("[]")]).collect()))
            }
            Self::Union(types) => Self::Object(Document::group([
                text("("),
                Document::indent([Document::SoftLine, alternatives(types, text(""))]),
                Document::SoftLine,
                text(")[]"),
            ])),
        }
    }

    /// It or null. What is unknown may be null already.
    pub(super) fn or_null(self) -> Self {
        match self {
            Self::Word(word) if word == "unknown" => Self::Word(word),
            Self::Word(word) => Self::Union(vec![text(word), text("null")]),
            Self::Union(types) => Self::Union(types.into_iter().chain([text("null")]).collect()),
            // an object's closing brace is followed by what else it may be
            Self::Object(object) => Self::Object(Document::All(vec![object, text(" | null")])),
        }
    }

    /// How it is laid out.
    pub(super) fn document(self) -> Document {
        match self {
            Self::Word(word) => text(word),
            Self::Union(types) => union(types),
            Self::Object(object) => object,
        }
    }
}

/// `name: type`
pub(super) fn property(name: &str, presence: Presence, value: Document) -> Document {
    let mark = if presence == Presence::Optional { "?" } else { "" };
    Document::All(vec![text(format!("{}{mark}: ", names::key(name))), value])
}

/// An object with each property on a line of its own.
pub(super) fn object(properties: Vec<Document>) -> Document {
    if properties.is_empty() {
        return text("{}");
    }
    let properties = Document::join(properties, &[Document::HardLine]);
    braced([Document::HardLine, properties])
}

fn braced(inner: [Document; 2]) -> Document {
    Document::All(vec![text("{"), Document::indent(inner), Document::HardLine, text("}")])
}

/// An object of values, with a comma after each.
pub(super) fn value_object(properties: Vec<Document>) -> Document {
    if properties.is_empty() {
        return text("{}");
    }
    let properties = Document::join(properties, &[text(","), Document::HardLine]);
    braced([Document::HardLine, Document::All(vec![properties, text(",")])])
}

/// The things of one kind in a schema.
pub(super) fn members(properties: Vec<Document>) -> Document {
    if properties.is_empty() { object(vec![text("[_ in never]: never")]) } else { object(properties) }
}

/// An object on one line, if it fits.
pub(super) fn inline_object(properties: Vec<Document>) -> Document {
    let between = [Document::if_broken(text(""), text(";")), Document::Line];
    let properties = Document::join(properties, &between);
    Document::group([text("{"), Document::indent([Document::Line, properties]), Document::Line, text("}")])
}

/// `[a, b]`, on one line if it fits.
pub(super) fn list(items: Vec<Document>) -> Document {
    if items.is_empty() {
        return text("[]");
    }
    let items = Document::join(items, &[text(","), Document::Line]);
    Document::group([
        text("["),
        Document::indent([Document::SoftLine, items, Document::if_broken(text(","), text(""))]),
        Document::SoftLine,
        text("]"),
    ])
}

/// `a | b`, on one line if it fits.
pub(super) fn union(mut types: Vec<Document>) -> Document {
    if types.len() == 1 {
        return types.remove(0);
    }
    Document::group([Document::indent([alternatives(types, Document::Line)])])
}

/// Alternatives, each after a bar in a broken group, and what is before the first bar.
fn alternatives(types: Vec<Document>, start: Document) -> Document {
    let types = types.into_iter().map(|one| Document::indent([one]));
    let types = Document::join(types, &[Document::Line, text("| ")]);
    Document::All(vec![Document::if_broken(Document::All(vec![start, text("| ")]), text("")), types])
}

/// `Name<a, b>`, on one line if it fits.
pub(super) fn generic(name: &'static str, arguments: Vec<Document>) -> Document {
    let arguments = Document::join(arguments, &[text(","), Document::Line]);
    Document::group([
        text(name),
        text("<"),
        Document::indent([Document::SoftLine, arguments]),
        Document::SoftLine,
        text(">"),
    ])
}
