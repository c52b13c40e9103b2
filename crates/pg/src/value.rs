//! Statement parameters in text form.
//!
//! The server infers each parameter's type from the statement; `$1::uuid[]` where it cannot.

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::array;

/// A parameter: text, or NULL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Param(pub Option<Bytes>);

impl Param {
    /// SQL NULL.
    pub const NULL: Self = Self(None);

    /// A text that lives as long as the program; nothing is copied.
    pub const fn from_static(text: &'static str) -> Self {
        Self(Some(Bytes::from_static(text.as_bytes())))
    }

    /// A value of type `bytea`.
    pub fn bytea(data: &[u8]) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = Vec::with_capacity(2 + data.len() * 2);
        text.extend_from_slice(b"\\x");
        for byte in data {
            text.push(DIGITS[usize::from(byte >> 4)]);
            text.push(DIGITS[usize::from(byte & 15)]);
        }
        Self(Some(Bytes::from(text)))
    }

    /// The text as the server will read it.
    pub fn as_text(&self) -> Option<&str> {
        self.0.as_deref().and_then(|text| std::str::from_utf8(text).ok())
    }
}

/// A value that can be sent as a parameter.
pub trait ToParam {
    /// Its text form.
    fn to_param(&self) -> Param;
}

impl ToParam for Param {
    fn to_param(&self) -> Param {
        self.clone()
    }
}

impl ToParam for str {
    fn to_param(&self) -> Param {
        Param(Some(Bytes::copy_from_slice(self.as_bytes())))
    }
}

impl ToParam for String {
    fn to_param(&self) -> Param {
        self.as_str().to_param()
    }
}

impl ToParam for bool {
    fn to_param(&self) -> Param {
        Param::from_static(if *self { "true" } else { "false" })
    }
}

macro_rules! to_param_by_display {
    ($($type:ty),*) => {$(
        impl ToParam for $type {
            fn to_param(&self) -> Param {
                Param(Some(Bytes::from(self.to_string())))
            }
        }
    )*};
}

to_param_by_display!(i16, i32, i64, u16, u32, u64, Uuid, Value, NaiveDate);

impl ToParam for f64 {
    fn to_param(&self) -> Param {
        if self.is_infinite() {
            Param::from_static(if *self > 0.0 { "Infinity" } else { "-Infinity" })
        } else {
            Param(Some(Bytes::from(self.to_string())))
        }
    }
}

impl ToParam for DateTime<Utc> {
    fn to_param(&self) -> Param {
        Param(Some(Bytes::from(self.to_rfc3339_opts(SecondsFormat::Micros, true))))
    }
}

impl<T: ToParam> ToParam for Option<T> {
    fn to_param(&self) -> Param {
        self.as_ref().map_or(Param::NULL, ToParam::to_param)
    }
}

impl<T: ToParam> ToParam for [T] {
    fn to_param(&self) -> Param {
        let mut literal = String::new();
        for element in self {
            array::push_element(&mut literal, element.to_param().as_text());
        }
        array::finish(&mut literal);
        Param(Some(Bytes::from(literal)))
    }
}

impl<T: ToParam> ToParam for Vec<T> {
    fn to_param(&self) -> Param {
        self.as_slice().to_param()
    }
}

impl<T: ToParam + ?Sized> ToParam for &T {
    fn to_param(&self) -> Param {
        (**self).to_param()
    }
}

/// Values that are already text hand their memory over instead of copying it.
impl From<String> for Param {
    fn from(text: String) -> Self {
        Self(Some(Bytes::from(text)))
    }
}

impl From<Bytes> for Param {
    fn from(text: Bytes) -> Self {
        Self(Some(text))
    }
}

macro_rules! param_from {
    ($($type:ty),*) => {$(
        impl From<$type> for Param {
            fn from(value: $type) -> Self {
                value.to_param()
            }
        }
    )*};
}

param_from!(
    &str,
    &String,
    bool,
    i16,
    i32,
    i64,
    u16,
    u32,
    u64,
    f64,
    Uuid,
    &Uuid,
    Value,
    &Value,
    NaiveDate,
    DateTime<Utc>
);

impl<T: Into<Param>> From<Option<T>> for Param {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::NULL, Into::into)
    }
}

impl<T: ToParam> From<&[T]> for Param {
    fn from(values: &[T]) -> Self {
        values.to_param()
    }
}

impl<T: ToParam> From<Vec<T>> for Param {
    fn from(values: Vec<T>) -> Self {
        values.to_param()
    }
}

impl<T: ToParam> From<&Vec<T>> for Param {
    fn from(values: &Vec<T>) -> Self {
        values.to_param()
    }
}

#[cfg(test)]
mod tests {
    use super::Param;

    #[test]
    fn text_forms() {
        let cases: [(Param, Option<&str>); 9] = [
            (Param::from("a\"b"), Some("a\"b")),
            (Param::from(true), Some("true")),
            (Param::from(-7_i64), Some("-7")),
            (Param::from(f64::NEG_INFINITY), Some("-Infinity")),
            (Param::from(f64::NAN), Some("NaN")),
            (Param::from(None::<i32>), None),
            (Param::from(vec![Some("a\\"), None]), Some("{\"a\\\\\",NULL}")),
            (Param::from(Vec::<i32>::new()), Some("{}")),
            (Param::bytea(&[0, 255]), Some("\\x00ff")),
        ];
        for (param, expected) in cases {
            assert_eq!(param.as_text(), expected);
        }
    }
}
