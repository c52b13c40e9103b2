//! The format of PostgREST's configuration file, as text in and pairs out.
//!
//! `name = value` with texts in double quotes, numbers and flags; `#` begins a comment; `group { … }` puts a
//! prefix before the names in it. In a text `$(NAME)` stands for a variable and `$$` for a dollar sign.

use std::iter::Peekable;
use std::str::CharIndices;

use super::ConfigError;

/// Reads a file's text: names and values in their order. `variable` tells what `$(NAME)` stands for.
pub(super) fn parse(
    text: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Vec<(String, String)>, ConfigError> {
    let mut reader = Reader { text, rest: text.char_indices().peekable() };
    reader.file(&variable).map_err(|what| ConfigError::Syntax { line: reader.line(), what })
}

struct Reader<'a> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
}

impl Reader<'_> {
    fn file(
        &mut self,
        variable: &impl Fn(&str) -> Option<String>,
    ) -> Result<Vec<(String, String)>, &'static str> {
        let mut pairs = Vec::new();
        let mut groups: Vec<String> = Vec::new();
        loop {
            self.skip_blank();
            match self.peek() {
                None if groups.is_empty() => return Ok(pairs),
                None => return Err("a group does not end"),
                Some('}') => {
                    self.rest.next();
                    groups.pop().ok_or("no group ends here")?;
                }
                Some(_) => {
                    let name = self.name()?;
                    self.skip_blank();
                    match self.rest.next() {
                        Some((_, '{')) => groups.push(name),
                        Some((_, '=')) => {
                            self.skip_blank();
                            let value = self.value(variable)?;
                            groups.push(name);
                            pairs.push((groups.join("."), value));
                            groups.pop();
                        }
                        _ if name == "import" => return Err("import is not supported"),
                        _ => return Err("a name must be followed by = and a value"),
                    }
                }
            }
        }
    }

    fn line(&mut self) -> usize {
        let position = self.rest.peek().map_or(self.text.len(), |(position, _)| *position);
        self.text.bytes().take(position).filter(|byte| *byte == b'\n').count() + 1
    }

    fn peek(&mut self) -> Option<char> {
        self.rest.peek().map(|(_, character)| *character)
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some((_, character)) = self.rest.next_if(|(_, character)| wanted(*character)) {
            taken.push(character);
        }
        taken
    }

    /// Blanks and comments.
    fn skip_blank(&mut self) {
        loop {
            self.take_while(char::is_whitespace);
            if self.peek() != Some('#') {
                return;
            }
            self.take_while(|character| character != '\n');
        }
    }

    fn name(&mut self) -> Result<String, &'static str> {
        let name = self.take_while(|character| character.is_alphanumeric() || "_-.".contains(character));
        if name.is_empty() { Err("a name is expected") } else { Ok(name) }
    }

    fn value(&mut self, variable: &impl Fn(&str) -> Option<String>) -> Result<String, &'static str> {
        if self.rest.next_if(|(_, character)| *character == '"').is_some() {
            return self.quoted(variable);
        }
        let bare = self.take_while(|character| character.is_alphanumeric() || "+-.".contains(character));
        let flag = matches!(bare.as_str(), "true" | "false" | "on" | "off");
        if flag || bare.parse::<f64>().is_ok_and(f64::is_finite) {
            Ok(bare)
        } else {
            Err("a value is a text in double quotes, a number or a flag")
        }
    }

    /// What follows an opening quote.
    fn quoted(&mut self, variable: &impl Fn(&str) -> Option<String>) -> Result<String, &'static str> {
        let mut text = String::new();
        loop {
            match self.rest.next().ok_or("a text does not end")?.1 {
                '"' => return Ok(text),
                '\\' => text.push(self.escaped()?),
                '$' if self.rest.next_if(|(_, next)| *next == '$').is_some() => text.push('$'),
                '$' if self.rest.next_if(|(_, next)| *next == '(').is_some() => {
                    let name = self.take_while(|character| character != ')' && character != '"');
                    self.rest.next_if(|(_, next)| *next == ')').ok_or("a variable's name does not end")?;
                    text.push_str(&variable(&name).ok_or("there is no such variable")?);
                }
                other => text.push(other),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, &'static str> {
        match self.rest.next().ok_or("a text does not end")?.1 {
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            'b' => Ok('\u{8}'),
            'u' => {
                let first = self.unit()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return char::from_u32(first).ok_or("half a character");
                }
                let pair = self.rest.next_if(|(_, next)| *next == '\\').is_some()
                    && self.rest.next_if(|(_, next)| *next == 'u').is_some();
                let second = if pair { self.unit()? } else { 0 };
                let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or("half a character")?;
                char::from_u32(0x10000 + ((first - 0xd800) << 10) + low).ok_or("half a character")
            }
            other @ ('"' | '\\') => Ok(other),
            _ => Err("an unknown escape in a text"),
        }
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u32, &'static str> {
        let mut number = 0;
        for _ in 0..4 {
            let digit = self.rest.next().and_then(|(_, digit)| digit.to_digit(16));
            number = number * 16 + digit.ok_or("\\u takes four hexadecimal digits")?;
        }
        Ok(number)
    }
}

/// A value as the file has it.
pub(crate) fn quote(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '$' => text.push_str("$$"),
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::{parse, quote};

    fn variable(name: &str) -> Option<String> {
        (name == "HOME").then(|| "/home/me".to_owned())
    }

    #[test]
    fn a_file_is_names_and_values() {
        let text = r#"
            # a comment
            db-uri = "postgres://u:p@h/d"  # another
            db-pool=10
            server-port   =   3000
            db-config = off app.settings.x = "a \"b\" \\ \n é 😀"
            app { settings { y = "1" } z = 2 }
            jwt-role-claim-key = "$$.roles[0]" path = "$(HOME)/x $ y"
        "#;
        let expected = [
            ("db-uri", "postgres://u:p@h/d"),
            ("db-pool", "10"),
            ("server-port", "3000"),
            ("db-config", "off"),
            ("app.settings.x", "a \"b\" \\ \n é 😀"),
            ("app.settings.y", "1"),
            ("app.z", "2"),
            ("jwt-role-claim-key", "$.roles[0]"),
            ("path", "/home/me/x $ y"),
        ];
        let read = parse(text, variable).unwrap();
        let read: Vec<(&str, &str)> =
            read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn faults_name_their_line() {
        let cases = [
            ("a = \"x", "line 1: a text does not end"),
            ("\n\na = maybe", "line 3: a value is a text in double quotes, a number or a flag"),
            ("a", "line 1: a name must be followed by = and a value"),
            ("a = 1\n= 2", "line 2: a name is expected"),
            ("a {", "line 1: a group does not end"),
            ("}", "line 1: no group ends here"),
            ("import \"other\"", "line 1: import is not supported"),
            ("a = \"$(NO)\"", "line 1: there is no such variable"),
            (r#"a = "\ud83d""#, "line 1: half a character"),
            (r#"a = "\x""#, "line 1: an unknown escape in a text"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text, variable).unwrap_err().to_string(), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[ -~\n\u{e9}]*") {
            let _read_or_refused = parse(&text, variable);
        }

        #[test]
        fn what_is_quoted_is_read_again(value in "\\PC*") {
            let text = format!("a = {}", quote(&value));
            proptest::prop_assert_eq!(parse(&text, variable).unwrap(), [("a".to_owned(), value)]);
        }
    }
}
