//! Text that is laid out to fit a line: groups are on one line when they fit and are broken when not.
//!
//! The algebra and its layout are those of Wadler's "A prettier printer", as JavaScript's formatters use it, so that
//! what is printed here needs no formatter afterwards. Knows nothing of any language.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

/// A piece of text and the places where it may be broken.
#[derive(Clone, Debug)]
pub(super) enum Document {
    /// Text without line breaks.
    Text(Cow<'static, str>),
    /// One after the other.
    All(Vec<Document>),
    /// On one line if it fits.
    Group(Box<Document>),
    /// Two spaces deeper.
    Indent(Box<Document>),
    /// A space, or a line break in a broken group.
    Line,
    /// Nothing, or a line break in a broken group.
    SoftLine,
    /// Always a line break; it breaks the groups around it.
    HardLine,
    /// The first in a broken group, the second on one line.
    IfBroken(Box<Document>, Box<Document>),
}

use Document::{All, Group, HardLine, IfBroken, Indent, Line, SoftLine, Text};

impl Document {
    /// Text without line breaks.
    pub(super) fn text(text: impl Into<Cow<'static, str>>) -> Self {
        Text(text.into())
    }

    /// On one line if it fits.
    pub(super) fn group(parts: impl IntoIterator<Item = Self>) -> Self {
        Group(Box::new(All(parts.into_iter().collect())))
    }

    /// Two spaces deeper.
    pub(super) fn indent(parts: impl IntoIterator<Item = Self>) -> Self {
        Indent(Box::new(All(parts.into_iter().collect())))
    }

    /// One thing in a broken group, another on one line.
    pub(super) fn if_broken(broken: Self, flat: Self) -> Self {
        IfBroken(Box::new(broken), Box::new(flat))
    }

    /// Items with something between them.
    pub(super) fn join(items: impl IntoIterator<Item = Self>, between: &[Self]) -> Self {
        let mut parts = Vec::new();
        for (position, item) in items.into_iter().enumerate() {
            if position > 0 {
                parts.extend_from_slice(between);
            }
            parts.push(item);
        }
        All(parts)
    }

    fn has_hard_line(&self) -> bool {
        match self {
            HardLine => true,
            All(parts) => parts.iter().any(Self::has_hard_line),
            Group(inner) | Indent(inner) => inner.has_hard_line(),
            IfBroken(broken, _) => broken.has_hard_line(),
            Text(_) | Line | SoftLine => false,
        }
    }

    /// Lays it out in lines of at most `width` columns where possible.
    pub(super) fn print(&self, width: usize) -> String {
        let mut printer = Printer { width, text: String::new(), column: 0, work: vec![(0, true, self)] };
        printer.run();
        printer.text
    }
}

struct Printer<'a> {
    width: usize,
    text: String,
    column: usize,
    /// Indentation, whether broken, and what to print; the last first.
    work: Vec<(usize, bool, &'a Document)>,
}

impl Printer<'_> {
    fn run(&mut self) {
        while let Some((indent, broken, document)) = self.work.pop() {
            match document {
                Text(text) => {
                    self.text.push_str(text);
                    self.column += text.width();
                }
                All(parts) => self.work.extend(parts.iter().rev().map(|part| (indent, broken, part))),
                Indent(inner) => self.work.push((indent + 2, broken, inner)),
                Group(inner) => {
                    let breaks = inner.has_hard_line() || !self.fits(indent, inner);
                    self.work.push((indent, breaks, inner));
                }
                IfBroken(on_break, flat) => {
                    self.work.push((indent, broken, if broken { on_break } else { flat }));
                }
                HardLine => self.new_line(indent),
                Line | SoftLine if broken => self.new_line(indent),
                Line => {
                    self.text.push(' ');
                    self.column += 1;
                }
                SoftLine => {}
            }
        }
    }

    fn new_line(&mut self, indent: usize) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
    }

    /// Whether a document on one line, and what follows it up to the next possible break, fits.
    fn fits(&self, indent: usize, document: &Document) -> bool {
        let Some(mut room) = self.width.checked_sub(self.column) else { return false };
        let mut next = vec![(indent, false, document)];
        let mut rest = self.work.iter().rev();
        loop {
            let Some((indent, broken, document)) = next.pop().or_else(|| rest.next().copied()) else {
                return true;
            };
            match document {
                Text(text) => match room.checked_sub(text.width()) {
                    Some(left) => room = left,
                    None => return false,
                },
                All(parts) => next.extend(parts.iter().rev().map(|part| (indent, broken, part))),
                Indent(inner) => next.push((indent, broken, inner)),
                Group(inner) => next.push((indent, broken || inner.has_hard_line(), inner)),
                IfBroken(on_break, flat) => next.push((indent, broken, if broken { on_break } else { flat })),
                HardLine => return true,
                Line | SoftLine if broken => return true,
                Line => match room.checked_sub(1) {
                    Some(left) => room = left,
                    None => return false,
                },
                SoftLine => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[&'static str]) -> Document {
        let items = items.iter().map(|item| Document::text(*item));
        let inner = Document::join(items, &[Document::text(","), Line]);
        let comma = Document::if_broken(Document::text(","), Document::text(""));
        Document::group([
            Document::text("["),
            Document::indent([SoftLine, inner, comma]),
            SoftLine,
            Document::text("]"),
        ])
    }

    #[test]
    fn what_fits_is_on_one_line() {
        assert_eq!(list(&["one", "two"]).print(10), "[one, two]");
        assert_eq!(list(&["one", "two"]).print(9), "[\n  one,\n  two,\n]");
    }

    #[test]
    fn what_follows_counts() {
        let followed = All(vec![list(&["one", "two"]), Document::text(" and more"), HardLine]);
        assert_eq!(followed.print(19), "[one, two] and more\n");
        assert_eq!(followed.print(18), "[\n  one,\n  two,\n] and more\n");
    }

    #[test]
    fn hard_lines_break_what_is_around_them() {
        let inner = Document::group([Document::text("x"), HardLine, Document::text("y")]);
        let outer = Document::group([Document::indent([Line, inner]), Line]);
        assert_eq!(outer.print(80), "\n  x\n  y\n");
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(list(&["日本"]).print(6), "[日本]");
        assert_eq!(list(&["日本"]).print(5), "[\n  日本,\n]");
    }
}
