//! The codec reads any bytes without panicking, and the same bytes the same way however they arrive.

use bytes::{BufMut, BytesMut};
use pg::Error;
use pg::wire::backend::{Message, parse};
use proptest::prelude::*;

/// All messages of the bytes, as text, and how it ended.
fn read(chunks: &[&[u8]]) -> (Vec<String>, Option<String>, usize) {
    let mut input = BytesMut::new();
    let mut messages = Vec::new();
    for chunk in chunks {
        input.extend_from_slice(chunk);
        loop {
            match parse(&mut input) {
                Ok(Some(message)) => messages.push(format!("{message:?}")),
                Ok(None) => break,
                Err(error) => return (messages, Some(error.to_string()), 0),
            }
        }
    }
    (messages, None, input.len())
}

fn frame(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![tag];
    frame.put_i32(i32::try_from(body.len()).unwrap() + 4);
    frame.extend_from_slice(body);
    frame
}

fn data_row(cells: &[Option<Vec<u8>>]) -> Vec<u8> {
    let mut body = Vec::new();
    body.put_u16(u16::try_from(cells.len()).unwrap());
    for cell in cells {
        match cell {
            None => body.put_i32(-1),
            Some(cell) => {
                body.put_i32(i32::try_from(cell.len()).unwrap());
                body.extend_from_slice(cell);
            }
        }
    }
    frame(b'D', &body)
}

fn c_strings(strings: &[&str]) -> Vec<u8> {
    strings.iter().flat_map(|string| string.bytes().chain([0])).collect()
}

fn cells() -> impl Strategy<Value = Vec<Option<Vec<u8>>>> {
    prop::collection::vec(prop::option::of(prop::collection::vec(any::<u8>(), 0..20)), 0..8)
}

fn text() -> impl Strategy<Value = String> {
    "[^\0]{0,12}"
}

/// Any message a server may send, well formed.
fn message() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        cells().prop_map(|cells| data_row(&cells)),
        text().prop_map(|tag| frame(b'C', &c_strings(&[&tag]))),
        prop::sample::select(&b"ITE"[..]).prop_map(|status| frame(b'Z', &[status])),
        prop::sample::select(&b"123nIsc"[..]).prop_map(|tag| frame(tag, &[])),
        (text(), text()).prop_map(|(name, value)| frame(b'S', &c_strings(&[&name, &value]))),
        (text(), text(), prop::sample::select(&b"EN"[..])).prop_map(|(code, text, tag)| {
            frame(tag, &c_strings(&["SERROR", "VERROR", &format!("C{code}"), &format!("M{text}"), "P7", ""]))
        }),
        (any::<i32>(), text(), text()).prop_map(|(process, channel, payload)| {
            let mut body = process.to_be_bytes().to_vec();
            body.extend(c_strings(&[&channel, &payload]));
            frame(b'A', &body)
        }),
        any::<[u8; 8]>().prop_map(|key| frame(b'K', &key)),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(|data| frame(b'd', &data)),
        any::<[u8; 4]>().prop_map(|salt| frame(b'R', &[&[0, 0, 0, 5], &salt[..]].concat())),
    ]
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read(&[&bytes]);
    }

    #[test]
    fn any_body_of_any_message_is_read_without_a_panic(
        tag in any::<u8>(),
        body in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        read(&[&frame(tag, &body)]);
    }

    #[test]
    fn messages_split_anywhere_are_the_same_messages(
        messages in prop::collection::vec(message(), 1..6),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        tail in prop::collection::vec(any::<u8>(), 0..4),
    ) {
        let count = messages.len();
        let bytes = [messages.concat(), tail].concat();
        let whole = read(&[&bytes]);
        prop_assert_eq!(whole.0.len(), count, "{:?}", whole);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let chunks: Vec<&[u8]> = cuts.windows(2).map(|ends| &bytes[ends[0]..ends[1]]).collect();
        prop_assert_eq!(read(&chunks), whole);
    }

    #[test]
    fn rows_bring_back_their_cells(cells in cells()) {
        let mut input = BytesMut::from(data_row(&cells).as_slice());
        let Ok(Some(Message::DataRow(row))) = parse(&mut input) else { panic!("no row") };
        prop_assert_eq!(row.len(), cells.len());
        for (column, cell) in cells.iter().enumerate() {
            prop_assert_eq!(row.as_bytes(column), cell.as_deref());
            let zero_copy = row.bytes(column);
            prop_assert_eq!(zero_copy.as_deref(), cell.as_deref());
        }
        prop_assert_eq!(row.as_bytes(cells.len()), None);
    }

    #[test]
    fn damaged_rows_are_errors(cells in cells(), at in any::<prop::sample::Index>(), value in any::<u8>()) {
        let mut bytes = data_row(&cells);
        let at = 5 + at.index(bytes.len() - 5);
        bytes[at] = value;
        // either still a row (its content changed) or an error, but never a panic when it is used
        if let Ok(Some(Message::DataRow(row))) = parse(&mut BytesMut::from(bytes.as_slice())) {
            for column in 0..=row.len() {
                let _ = (row.text(column), row.get::<i64>(column));
            }
        }
    }
}

#[test]
fn impossible_lengths_are_errors_at_once() {
    for tag in [b'D', b'C', b'Z', b'1', b'E', b'R', 0] {
        for length in [i32::MIN, -1, 0, 3, i32::MAX, (1 << 30) + 1] {
            let mut bytes = vec![tag];
            bytes.put_i32(length);
            let result = parse(&mut BytesMut::from(bytes.as_slice()));
            assert!(matches!(result, Err(Error::Protocol(_))), "{tag} {length}: {result:?}");
        }
    }
}

#[test]
fn every_field_of_an_error_is_kept() {
    let fields = "SFEHLER VERROR C23505 Mmessage Ddetail Hhint P12 p3 qquery Wwhere sschema ttable ccolumn ddatatype nconstraint Rroutine";
    let fields: Vec<&str> = fields.split(' ').chain([""]).collect();
    let mut input = BytesMut::from(frame(b'E', &c_strings(&fields)).as_slice());
    let Ok(Some(Message::Error(error))) = parse(&mut input) else { panic!("no error") };
    let text = |text: &str| Some(text.to_owned());
    let expected = pg::DbError {
        severity: "ERROR".into(),
        code: "23505".into(),
        message: "message".into(),
        detail: text("detail"),
        hint: text("hint"),
        position: Some(12),
        internal_position: Some(3),
        internal_query: text("query"),
        where_: text("where"),
        schema: text("schema"),
        table: text("table"),
        column: text("column"),
        datatype: text("datatype"),
        constraint: text("constraint"),
        routine: text("routine"),
        statement: None,
    };
    assert_eq!(*error, expected);
    assert_eq!(error.to_string(), "ERROR: message (23505); detail; hint: hint");
}
