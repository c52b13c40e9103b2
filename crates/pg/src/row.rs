//! A row as it came from the wire, and reading its cells as Rust values.
//!
//! Nothing is copied until a value is asked for: a row is one piece of the receive buffer.

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::array;
use crate::error::Error;

/// One row in text format. Columns are found by walking their lengths; a wide row costs a few nanoseconds
/// per column passed, and nothing to build.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// The cells: for each a big-endian `i32` length (-1 is NULL) and that many bytes.
    cells: Bytes,
    columns: u16,
}

impl Row {
    /// Takes the body of a DataRow message after its column count. `None` when lengths do not add up.
    pub(crate) fn from_wire(columns: u16, cells: Bytes) -> Option<Self> {
        let mut rest: &[u8] = &cells;
        for _ in 0..columns {
            let (_, after) = split_cell(rest)?;
            rest = after;
        }
        rest.is_empty().then_some(Self { cells, columns })
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        usize::from(self.columns)
    }

    /// Whether the row has no columns.
    pub fn is_empty(&self) -> bool {
        self.columns == 0
    }

    /// The cell as the server sent it; `None` for NULL and for a column that does not exist.
    pub fn as_bytes(&self, column: usize) -> Option<&[u8]> {
        if column >= self.len() {
            return None;
        }
        let mut rest: &[u8] = &self.cells;
        for _ in 0..column {
            (_, rest) = split_cell(rest)?;
        }
        split_cell(rest)?.0
    }

    /// The cell without copying it; it shares memory with the receive buffer.
    pub fn bytes(&self, column: usize) -> Option<Bytes> {
        self.as_bytes(column).map(|cell| self.cells.slice_ref(cell))
    }

    /// The cell as text; `None` for NULL and for text that is not UTF-8.
    pub fn text(&self, column: usize) -> Option<&str> {
        std::str::from_utf8(self.as_bytes(column)?).ok()
    }

    /// The cell as a Rust value.
    ///
    /// # Errors
    /// [`Error::Decode`] when the cell cannot be read as `T`, is NULL and `T` is not an `Option`, or does
    /// not exist.
    pub fn get<T: FromText>(&self, column: usize) -> Result<T, Error> {
        let failed = || Error::Decode { column, expected: T::NAME };
        if column >= self.len() {
            return Err(failed());
        }
        let value = match self.as_bytes(column) {
            None => T::from_null(),
            Some(cell) => std::str::from_utf8(cell).ok().and_then(T::from_text),
        };
        value.ok_or_else(failed)
    }
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries((0..self.len()).map(|column| self.text(column))).finish()
    }
}

/// Splits the first cell off: its content (or NULL) and what follows it.
fn split_cell(data: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let (length, rest) = data.split_first_chunk::<4>()?;
    match i32::from_be_bytes(*length) {
        -1 => Some((None, rest)),
        length => {
            let (cell, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            Some((Some(cell), after))
        }
    }
}

/// A value that can be read from Postgres' text format.
pub trait FromText: Sized {
    /// The type's name, for error messages.
    const NAME: &'static str;

    /// Reads the text; `None` when it is not such a value.
    fn from_text(text: &str) -> Option<Self>;

    /// The value of NULL; `None` when the type has none.
    fn from_null() -> Option<Self> {
        None
    }
}

macro_rules! from_text_by_parse {
    ($($type:ty),*) => {$(
        impl FromText for $type {
            const NAME: &'static str = stringify!($type);
            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}

// Postgres writes NaN, Infinity and -Infinity; Rust reads all three
from_text_by_parse!(i8, i16, i32, i64, u16, u32, u64, usize, f32, f64, NaiveDate);

impl FromText for String {
    const NAME: &'static str = "text";
    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl FromText for bool {
    const NAME: &'static str = "bool";
    fn from_text(text: &str) -> Option<Self> {
        match text {
            "t" | "true" => Some(true),
            "f" | "false" => Some(false),
            _ => None,
        }
    }
}

impl FromText for Uuid {
    const NAME: &'static str = "uuid";
    fn from_text(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok()
    }
}

impl FromText for Value {
    const NAME: &'static str = "json";
    fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl FromText for DateTime<Utc> {
    const NAME: &'static str = "timestamptz";
    fn from_text(text: &str) -> Option<Self> {
        // 2026-11-21 01:02:03.456789+00, with the offset as +hh, +hh:mm or +hh:mm:ss
        ["%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f%#z"]
            .iter()
            .find_map(|format| DateTime::parse_from_str(text, format).ok())
            .map(|time| time.with_timezone(&Utc))
    }
}

impl FromText for NaiveDateTime {
    const NAME: &'static str = "timestamp";
    fn from_text(text: &str) -> Option<Self> {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok()
    }
}

impl<T: FromText> FromText for Option<T> {
    const NAME: &'static str = T::NAME;
    fn from_text(text: &str) -> Option<Self> {
        T::from_text(text).map(Some)
    }
    fn from_null() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromText> FromText for Vec<T> {
    const NAME: &'static str = "array";
    fn from_text(text: &str) -> Option<Self> {
        array::parse(text)?
            .into_iter()
            .map(|element| match element {
                Some(text) => T::from_text(&text),
                None => T::from_null(),
            })
            .collect()
    }
}
