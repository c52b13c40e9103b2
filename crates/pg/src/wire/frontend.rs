//! Writing our messages into the send buffer.
//!
//! A flight is written whole before anything is sent. Text format everywhere.

use bytes::{BufMut, BytesMut};
use postgres_protocol::message::frontend;

use crate::error::Error;
use crate::session::Statement;

/// Parse, without parameter types: the server infers them.
pub(crate) fn parse(name: &str, sql: &str, output: &mut BytesMut) -> Result<(), Error> {
    frontend::parse(name, sql, std::iter::empty(), output).map_err(unsendable)
}

/// Bind to the unnamed portal and Execute without a row limit.
pub(crate) fn bind_and_execute(
    name: &str,
    statement: &Statement,
    output: &mut BytesMut,
) -> Result<(), Error> {
    let params = &statement.params;
    let too_much = |_error| Error::Encode("value too large to transmit".into());
    let count = u16::try_from(params.len()).map_err(too_much)?;
    // itself, two texts that end in a NUL, and the numbers of formats, values and formats of results
    let length = i32::try_from(4 + 1 + name.len() + 1 + 2 + 2 + params.size() + 2).map_err(too_much)?;
    output.put_u8(b'B');
    output.put_i32(length);
    output.put_u8(0);
    output.extend_from_slice(name.as_bytes());
    output.put_u8(0);
    output.put_u16(0);
    output.put_u16(count);
    params.write(output);
    output.put_u16(0);
    frontend::execute("", 0, output).map_err(unsendable)
}

/// Closes a prepared statement.
pub(crate) fn close_statement(name: &str, output: &mut BytesMut) -> Result<(), Error> {
    frontend::close(b'S', name, output).map_err(unsendable)
}

/// A piece of the data of a copy.
pub(crate) fn copy_data(data: &[u8], output: &mut BytesMut) -> Result<(), Error> {
    frontend::CopyData::new(data).map_err(unsendable)?.write(output);
    Ok(())
}

/// A simple query.
pub(crate) fn query(sql: &str, output: &mut BytesMut) -> Result<(), Error> {
    frontend::query(sql, output).map_err(unsendable)
}

pub(crate) use postgres_protocol::message::frontend::{
    cancel_request, copy_done, copy_fail, password_message, sasl_initial_response, sasl_response,
    ssl_request, startup_message, sync, terminate,
};

#[expect(clippy::needless_pass_by_value, reason = "used as a function given to map_err")]
pub(crate) fn unsendable(error: std::io::Error) -> Error {
    Error::Encode(error.to_string().into())
}
