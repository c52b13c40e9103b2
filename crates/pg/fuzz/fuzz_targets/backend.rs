//! Any bytes as what a server sends, and any cell as a value of every type.
#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use pg::wire::backend::{Message, parse};
use pg::{FromText, Row};

fuzz_target!(|bytes: &[u8]| {
    let mut input = BytesMut::from(bytes);
    loop {
        let before = input.len();
        match parse(&mut input) {
            Ok(Some(message)) => {
                assert!(input.len() < before, "a message takes bytes");
                if let Message::DataRow(row) = message {
                    read(&row);
                }
            }
            Ok(None) | Err(_) => break,
        }
    }
});

fn read(row: &Row) {
    for column in 0..row.len() {
        let _ = row.bytes(column);
        let _ = row.text(column);
        cell::<bool>(row, column);
        cell::<i64>(row, column);
        cell::<f64>(row, column);
        cell::<String>(row, column);
        cell::<Vec<Option<String>>>(row, column);
        cell::<Vec<i32>>(row, column);
    }
}

fn cell<T: FromText>(row: &Row, column: usize) {
    let _ = row.get::<T>(column);
}
