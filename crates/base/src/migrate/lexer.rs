//! The tokens of PostgreSQL's SQL, as far as they matter for finding where statements end.
//!
//! Total: every input has tokens, and put together they are the input. Knows no statement.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Space,
    Comment,
    /// An unquoted word: a keyword or an identifier.
    Word,
    /// A string, a quoted identifier or a dollar-quoted text; to the end of input when it is not closed.
    Quoted,
    Semicolon,
    Open,
    Close,
    Backslash,
    Other,
}

/// A piece of the input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    /// Where it begins, in bytes.
    pub(crate) start: usize,
}

impl Token<'_> {
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(crate) fn is_blank(&self) -> bool {
        matches!(self.kind, Kind::Space | Kind::Comment)
    }
}

/// All tokens of a text.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let (kind, length) = first(rest);
        // a token ends where an ASCII character does, or with the input: always between characters
        let token = Token { kind, text: rest.get(..length).unwrap_or(rest), start };
        start = token.end();
        Some(token)
    })
}

/// Kind and length of the first token of a text that is not empty.
fn first(text: &str) -> (Kind, usize) {
    let bytes = text.as_bytes();
    let second = bytes.get(1).copied();
    match bytes.first().copied().unwrap_or_default() {
        b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => {
            (Kind::Space, run(bytes, |byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)))
        }
        b'-' if second == Some(b'-') => (Kind::Comment, run(bytes, |byte| byte != b'\n')),
        b'/' if second == Some(b'*') => (Kind::Comment, block_comment(bytes)),
        b'\'' => (Kind::Quoted, quoted(bytes, 0, b'\'', false)),
        b'"' => (Kind::Quoted, quoted(bytes, 0, b'"', false)),
        b'e' | b'E' if second == Some(b'\'') => (Kind::Quoted, quoted(bytes, 1, b'\'', true)),
        b'$' => dollar(text).map_or((Kind::Other, 1), |length| (Kind::Quoted, length)),
        b';' => (Kind::Semicolon, 1),
        b'(' => (Kind::Open, 1),
        b')' => (Kind::Close, 1),
        b'\\' => (Kind::Backslash, 1),
        byte if is_word_start(byte) => (Kind::Word, run(bytes, |byte| is_word_part(byte) || byte == b'$')),
        _ => (Kind::Other, 1),
    }
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii()
}

fn is_word_part(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit()
}

fn run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !belongs(*byte)).unwrap_or(bytes.len())
}

/// Comments nest.
fn block_comment(bytes: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(pair) = bytes.get(at..at + 2) {
        match pair {
            b"/*" => depth += 1,
            b"*/" => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

/// A doubled quote stands for itself; after a backslash anything does, in an `E''` string.
fn quoted(bytes: &[u8], prefix: usize, quote: u8, backslash: bool) -> usize {
    let mut at = prefix + 1;
    while let Some(byte) = bytes.get(at) {
        if *byte == quote && bytes.get(at + 1) == Some(&quote) || *byte == b'\\' && backslash {
            at += 2;
        } else if *byte == quote {
            return at + 1;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// Length of a dollar-quoted text; `None` when the dollar begins none (`$1`).
fn dollar(text: &str) -> Option<usize> {
    let name = text.get(1..)?;
    let length = run(name.as_bytes(), is_word_part);
    if name.as_bytes().first().is_some_and(u8::is_ascii_digit) || name.as_bytes().get(length) != Some(&b'$') {
        return None;
    }
    let tag = text.get(..length + 2)?;
    let body = text.get(tag.len()..)?;
    Some(body.find(tag).map_or(text.len(), |end| tag.len() + end + tag.len()))
}
