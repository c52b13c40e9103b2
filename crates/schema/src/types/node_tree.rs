//! Postgres' printed query trees (`pg_node_tree`), as nodes.
//!
//! What a node means is somebody else's: this is the syntax only. Values of more than one word keep the first.

/// How deep a query may nest. Deeper ones are unreadable, and their columns count as nullable.
const DEPTH: usize = 256;

/// A part of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node<'a> {
    /// `<>`
    Null,
    /// One word, with its escapes.
    Word(&'a str),
    /// `( … )`
    List(Vec<Node<'a>>),
    /// `{KIND :field value …}`
    Object {
        /// What it is.
        kind: &'a str,
        /// Its fields in their order.
        fields: Vec<(&'a str, Node<'a>)>,
    },
}

impl<'a> Node<'a> {
    /// Reads a tree; none when it is not one.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut words = Words { text, peeked: None };
        let node = words.node(0)?;
        words.next().is_none().then_some(node)
    }

    /// The kind of an object.
    pub(super) fn kind(&self) -> &'a str {
        match self {
            Self::Object { kind, .. } => kind,
            _ => "",
        }
    }

    /// A field of an object.
    pub(super) fn field(&self, name: &str) -> &Node<'a> {
        const NOTHING: &Node<'static> = &Node::Null;
        match self {
            Self::Object { fields, .. } => {
                fields.iter().find(|(field, _)| *field == name).map_or(NOTHING, |(_, value)| value)
            }
            _ => NOTHING,
        }
    }

    /// A field that is a list; empty when it is something else.
    pub(super) fn list(&self, name: &str) -> &[Node<'a>] {
        match self.field(name) {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// A field that is one word.
    pub(super) fn word(&self, name: &str) -> &'a str {
        match self.field(name) {
            Self::Word(word) => word,
            _ => "",
        }
    }

    /// A field that is a number.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.word(name).parse().ok()
    }
}

struct Words<'a> {
    text: &'a str,
    peeked: Option<&'a str>,
}

impl<'a> Words<'a> {
    fn peek(&mut self) -> Option<&'a str> {
        if self.peeked.is_none() {
            self.peeked = self.read();
        }
        self.peeked
    }

    fn next(&mut self) -> Option<&'a str> {
        self.peeked.take().or_else(|| self.read())
    }

    fn read(&mut self) -> Option<&'a str> {
        let text = self.text.trim_start_matches([' ', '\n', '\t']);
        let mut end = text.len();
        let mut escaped = false;
        for (position, character) in text.char_indices() {
            if escaped {
                escaped = false;
            } else if character == '\\' {
                escaped = true;
            } else if "(){}".contains(character) {
                end = if position == 0 { 1 } else { position };
                break;
            } else if matches!(character, ' ' | '\n' | '\t') {
                end = position;
                break;
            }
        }
        let (word, rest) = text.split_at(end);
        self.text = rest;
        (!word.is_empty()).then_some(word)
    }

    fn node(&mut self, depth: usize) -> Option<Node<'a>> {
        if depth > DEPTH {
            return None;
        }
        match self.next()? {
            "{" => self.object(depth),
            "(" => {
                let mut items = Vec::new();
                // lists of numbers say of what kind
                if matches!(self.peek(), Some("i" | "o" | "b" | "x")) {
                    self.next();
                }
                while self.peek()? != ")" {
                    items.push(self.node(depth + 1)?);
                }
                self.next();
                Some(Node::List(items))
            }
            "<>" => Some(Node::Null),
            "}" | ")" => None,
            word => Some(Node::Word(word)),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Node<'a>> {
        let kind = self.next()?;
        let mut fields = Vec::new();
        while self.peek()? != "}" {
            let name = self.next()?.trim_start_matches(':');
            let value = if self.ends_value()? { Node::Null } else { self.node(depth + 1)? };
            fields.push((name, value));
            while !self.ends_value()? {
                self.node(depth + 1)?;
            }
        }
        self.next();
        Some(Node::Object { kind, fields })
    }

    fn ends_value(&mut self) -> Option<bool> {
        let word = self.peek()?;
        Some(word == "}" || word.starts_with(':'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_read() {
        let tree =
            Node::parse(r"({QUERY :a 1 :b <> :c ({VAR :name a\ b\}c} {X}) :d 4 [ 1 0 ] :e (o 1 2) :f})");
        let Some(Node::List(items)) = tree else { panic!("{tree:?}") };
        let query = &items[0];
        assert_eq!(query.kind(), "QUERY");
        assert_eq!(query.number::<i64>("a"), Some(1));
        assert_eq!(query.field("b"), &Node::Null);
        assert_eq!(query.list("c").len(), 2);
        assert_eq!(query.list("c")[0].word("name"), r"a\ b\}c");
        assert_eq!((query.word("d"), query.list("e").len(), query.field("f")), ("4", 2, &Node::Null));
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        for text in ["", "(", "{", "{X", "{X :a", "(a))", "}", ")", "{X :a ({}", &"(".repeat(10_000), "(\\)"]
        {
            assert_eq!(Node::parse(text), None, "{text:.20}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in r"([(){}:<> \\\\\n]|[a-z]|é|:a |\(i |\{X :a ){0,60}") {
            let _ = Node::parse(&text);
        }
    }
}
