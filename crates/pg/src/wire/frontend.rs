//! Writing our messages into the send buffer.
//!
//! A flight is written whole before anything is sent. Text format everywhere.

use bytes::BytesMut;
use postgres_protocol::IsNull;
use postgres_protocol::message::frontend::{self, BindError};

use crate::error::Error;
use crate::session::Statement;
use crate::value::Param;

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
    let write = |param: &Param, output: &mut BytesMut| match &param.0 {
        Some(text) => {
            output.extend_from_slice(text);
            Ok(IsNull::No)
        }
        None => Ok(IsNull::Yes),
    };
    frontend::bind("", name, std::iter::empty(), &statement.params, write, std::iter::empty(), output)
        .map_err(|error| match error {
            BindError::Serialization(error) => unsendable(error),
            BindError::Conversion(error) => Error::Encode(error.to_string().into()),
        })?;
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
