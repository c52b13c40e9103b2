//! The parameters of a statement, collected as the Bind message carries them.
//!
//! Small values are copied once, all into the same buffer; large ones are kept as they are until they are sent.

use bytes::{BufMut, Bytes, BytesMut};

use crate::value::Param;

/// Values longer than this, in bytes, are not copied before they are sent.
const LARGE: usize = 4096;
/// The length that says NULL.
const NULL: i32 = -1;

/// Parameters in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    count: usize,
    /// For each its length and, unless it is large, its text.
    wire: Vec<u8>,
    /// Large texts, each with its place in `wire`.
    large: Vec<(usize, Bytes)>,
}

impl Params {
    /// None yet, and room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { count: 0, wire: Vec::with_capacity(bytes), large: Vec::new() }
    }

    /// Adds a value.
    pub fn push(&mut self, value: Param) {
        match value.0 {
            Some(text) if text.len() > LARGE => {
                self.push_length(text.len());
                self.large.push((self.wire.len(), text));
            }
            Some(text) => self.push_small(&text),
            None => {
                self.count += 1;
                self.wire.put_i32(NULL);
            }
        }
    }

    /// Adds a value that is text already.
    pub fn push_text(&mut self, text: &str) {
        if text.len() > LARGE {
            self.push(text.into());
        } else {
            self.push_small(text.as_bytes());
        }
    }

    fn push_small(&mut self, text: &[u8]) {
        self.push_length(text.len());
        self.wire.extend_from_slice(text);
    }

    fn push_length(&mut self, length: usize) {
        self.count += 1;
        // what does not fit makes a message that is refused before it is sent
        self.wire.put_i32(i32::try_from(length).unwrap_or(i32::MAX));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The values in order; NULL is none.
    pub fn iter(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let (mut rest, mut large): (&[u8], _) = (&self.wire, self.large.iter().peekable());
        std::iter::from_fn(move || {
            let (length, after) = rest.split_first_chunk()?;
            rest = after;
            let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else { return Some(None) };
            let place = self.wire.len() - rest.len();
            if let Some((_, text)) = large.next_if(|(large, _)| *large == place) {
                return Some(Some(text.as_ref()));
            }
            let (text, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(Some(text))
        })
    }

    /// How many bytes [`Self::write`] writes.
    pub(crate) fn size(&self) -> usize {
        self.wire.len() + self.large.iter().map(|(_, text)| text.len()).sum::<usize>()
    }

    /// Writes lengths and texts.
    pub(crate) fn write(&self, output: &mut BytesMut) {
        let mut rest: &[u8] = &self.wire;
        for (place, text) in &self.large {
            let passed = self.wire.len() - rest.len();
            let (before, after) = rest.split_at(place - passed);
            output.extend_from_slice(before);
            output.extend_from_slice(text);
            rest = after;
        }
        output.extend_from_slice(rest);
    }
}

impl<P: Into<Param>> Extend<P> for Params {
    fn extend<T: IntoIterator<Item = P>>(&mut self, values: T) {
        values.into_iter().for_each(|value| self.push(value.into()));
    }
}

impl<P: Into<Param>> FromIterator<P> for Params {
    fn from_iter<T: IntoIterator<Item = P>>(values: T) -> Self {
        let mut params = Self::default();
        params.extend(values);
        params
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_values_stand_where_they_were_pushed() {
        let large = "x".repeat(LARGE + 1);
        let values = [Some("a"), None, Some(&large), Some(""), Some(&large), Some("é")];
        let mut expected = BytesMut::new();
        for value in values {
            expected.put_i32(value.map_or(NULL, |text| i32::try_from(text.len()).unwrap()));
            expected.extend_from_slice(value.unwrap_or_default().as_bytes());
        }
        let mut as_texts = Params::default();
        for value in values {
            match value {
                Some(text) => as_texts.push_text(text),
                None => as_texts.push(Param::NULL),
            }
        }
        for params in [values.into_iter().collect(), as_texts] {
            let mut written = BytesMut::new();
            params.write(&mut written);
            assert_eq!((params.len(), params.size(), written), (6, expected.len(), expected.clone()));
            assert!(params.iter().eq(values.map(|value| value.map(str::as_bytes))));
        }
    }
}
