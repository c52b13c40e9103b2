//! Reading the server's messages from the receive buffer.
//!
//! The messages of a flight are read here without copying; the rare ones go through `postgres-protocol`.
//! No IO, no state: the same bytes give the same messages however they arrive.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::{Buf, Bytes, BytesMut};
use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend as upstream;

use crate::error::{DbError, Error};
use crate::row::Row;
use crate::session::{ColumnName, Tag};

/// Postgres never sends a longer message (its own limit for one allocation is 1 GiB).
const LONGEST_MESSAGE: usize = 1 << 30;

/// A message of the server, as far as a client cares.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names are those of the protocol's documentation")]
pub enum Message {
    ParseComplete,
    BindComplete,
    CloseComplete,
    NoData,
    EmptyQuery,
    PortalSuspended,
    DataRow(Row),
    CommandComplete(Tag),
    ReadyForQuery(TransactionStatus),
    Error(Box<DbError>),
    Notice(Box<DbError>),
    Notification { channel: String, payload: String },
    ParameterStatus { name: Bytes, value: Bytes },
    ParameterDescription,
    RowDescription(Arc<[ColumnName]>),
    BackendKey(BackendKey),
    Authentication(Authentication),
    CopyIn,
    CopyOut,
    CopyData(Bytes),
    CopyDone,
}

/// Whether the session is inside a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionStatus {
    /// Not in a transaction.
    Idle,
    /// In a transaction.
    Open,
    /// In a transaction that failed and waits for its rollback.
    Failed,
}

/// What a cancel request needs to name the session.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BackendKey {
    /// Process id of the session.
    pub process_id: i32,
    /// Its secret; never shown.
    pub secret: i32,
}

impl std::fmt::Debug for BackendKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BackendKey({})", self.process_id)
    }
}

/// What the server asks for to authenticate.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names are those of the protocol's documentation")]
pub enum Authentication {
    Ok,
    CleartextPassword,
    Md5Password { salt: [u8; 4] },
    Sasl { mechanisms: Vec<String> },
    SaslContinue(Bytes),
    SaslFinal(Bytes),
    Unsupported(&'static str),
}

/// Takes the next whole message from the buffer; `None` when it has not arrived yet.
///
/// # Errors
/// [`Error::Protocol`] when the bytes are not a message of the protocol.
pub fn parse(input: &mut BytesMut) -> Result<Option<Message>, Error> {
    let Some((tag, length)) = header(input)? else {
        return Ok(None);
    };
    let total = length + 1;
    if input.len() < total {
        return Ok(None);
    }
    let bare = |message| if length == 4 { Ok(Some(message)) } else { Err(wrong_length(tag)) };
    match tag {
        upstream::DATA_ROW_TAG => data_row(input, total).map(Some),
        upstream::COMMAND_COMPLETE_TAG => command_complete(input, total).map(Some),
        upstream::READY_FOR_QUERY_TAG => ready_for_query(input, total).map(Some),
        upstream::BIND_COMPLETE_TAG => skip(input, total, bare(Message::BindComplete)),
        upstream::PARSE_COMPLETE_TAG => skip(input, total, bare(Message::ParseComplete)),
        upstream::CLOSE_COMPLETE_TAG => skip(input, total, bare(Message::CloseComplete)),
        upstream::NO_DATA_TAG => skip(input, total, bare(Message::NoData)),
        _ => {
            let mut frame = input.split_to(total);
            match upstream::Message::parse(&mut frame) {
                Ok(Some(message)) => convert(message).map(Some),
                Ok(None) => Err(wrong_length(tag)),
                Err(error) => Err(Error::protocol(error.to_string())),
            }
        }
    }
}

/// How many bytes the next message still lacks, as far as that is known.
pub(super) fn missing(input: &BytesMut) -> usize {
    match header(input) {
        Ok(Some((_tag, length))) => (length + 1).saturating_sub(input.len()),
        Ok(None) | Err(_) => 0,
    }
}

/// Tag and length (which counts itself) of the next message.
fn header(input: &BytesMut) -> Result<Option<(u8, usize)>, Error> {
    let Some(([tag, length @ ..], _)) = input.split_first_chunk::<5>() else {
        return Ok(None);
    };
    match usize::try_from(i32::from_be_bytes(*length)) {
        Ok(length) if (4..=LONGEST_MESSAGE).contains(&length) => Ok(Some((*tag, length))),
        _ => Err(wrong_length(*tag)),
    }
}

fn wrong_length(tag: u8) -> Error {
    Error::protocol(format!("message {:?} has a wrong length", char::from(tag)))
}

fn skip(
    input: &mut BytesMut,
    total: usize,
    message: Result<Option<Message>, Error>,
) -> Result<Option<Message>, Error> {
    input.advance(total);
    message
}

fn data_row(input: &mut BytesMut, total: usize) -> Result<Message, Error> {
    let mut frame = input.split_to(total).freeze();
    frame.advance(5);
    let columns = frame.try_get_u16().map_err(|_short| wrong_length(upstream::DATA_ROW_TAG))?;
    Row::from_wire(columns, frame)
        .map(Message::DataRow)
        .ok_or_else(|| Error::protocol("the cells of a row do not add up to its length"))
}

fn command_complete(input: &mut BytesMut, total: usize) -> Result<Message, Error> {
    let frame = input.split_to(total).freeze();
    match frame.get(5..).and_then(<[u8]>::split_last) {
        Some((0, text)) => Ok(Message::CommandComplete(Tag(frame.slice_ref(text)))),
        _ => Err(Error::protocol("a command tag does not end")),
    }
}

fn ready_for_query(input: &mut BytesMut, total: usize) -> Result<Message, Error> {
    let status = match input.get(5..total) {
        Some(b"I") => TransactionStatus::Idle,
        Some(b"T") => TransactionStatus::Open,
        Some(b"E") => TransactionStatus::Failed,
        _ => return Err(Error::protocol("unknown transaction status")),
    };
    input.advance(total);
    Ok(Message::ReadyForQuery(status))
}

fn convert(message: upstream::Message) -> Result<Message, Error> {
    use upstream::Message as M;
    Ok(match message {
        M::EmptyQueryResponse => Message::EmptyQuery,
        M::PortalSuspended => Message::PortalSuspended,
        M::ErrorResponse(body) => Message::Error(db_error(body.fields())?),
        M::NoticeResponse(body) => Message::Notice(db_error(body.fields())?),
        M::NotificationResponse(body) => Message::Notification {
            channel: body.channel().map_err(malformed)?.to_owned(),
            payload: body.message().map_err(malformed)?.to_owned(),
        },
        M::ParameterStatus(body) => Message::ParameterStatus {
            name: Bytes::copy_from_slice(body.name().map_err(malformed)?.as_bytes()),
            value: Bytes::copy_from_slice(body.value().map_err(malformed)?.as_bytes()),
        },
        M::ParameterDescription(_) => Message::ParameterDescription,
        M::RowDescription(body) => {
            let names: Vec<ColumnName> =
                body.fields().map(|field| Ok(ColumnName::from(field.name()))).collect().map_err(malformed)?;
            Message::RowDescription(names.into())
        }
        M::BackendKeyData(body) => {
            Message::BackendKey(BackendKey { process_id: body.process_id(), secret: body.secret_key() })
        }
        M::CopyInResponse(_) => Message::CopyIn,
        M::CopyOutResponse(_) => Message::CopyOut,
        M::CopyData(body) => Message::CopyData(body.into_bytes()),
        M::CopyDone => Message::CopyDone,
        other => Message::Authentication(authentication(other)?),
    })
}

fn authentication(message: upstream::Message) -> Result<Authentication, Error> {
    use upstream::Message as M;
    Ok(match message {
        M::AuthenticationOk => Authentication::Ok,
        M::AuthenticationCleartextPassword => Authentication::CleartextPassword,
        M::AuthenticationMd5Password(body) => Authentication::Md5Password { salt: body.salt() },
        M::AuthenticationSasl(body) => Authentication::Sasl {
            mechanisms: body.mechanisms().map(|name| Ok(name.to_owned())).collect().map_err(malformed)?,
        },
        M::AuthenticationSaslContinue(body) => {
            Authentication::SaslContinue(Bytes::copy_from_slice(body.data()))
        }
        M::AuthenticationSaslFinal(body) => Authentication::SaslFinal(Bytes::copy_from_slice(body.data())),
        M::AuthenticationGss | M::AuthenticationGssContinue(_) => Authentication::Unsupported("GSSAPI"),
        M::AuthenticationSspi => Authentication::Unsupported("SSPI"),
        M::AuthenticationKerberosV5 => Authentication::Unsupported("Kerberos"),
        M::AuthenticationScmCredential => Authentication::Unsupported("SCM credentials"),
        _ => return Err(Error::protocol("unexpected message")),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function given to map_err")]
fn malformed(error: std::io::Error) -> Error {
    Error::protocol(error.to_string())
}

/// Text is UTF-8 by our request, but what a server says before it knows that may be anything.
fn text(value: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(value)
}

fn db_error(mut fields: upstream::ErrorFields<'_>) -> Result<Box<DbError>, Error> {
    let mut error = Box::<DbError>::default();
    while let Some(field) = fields.next().map_err(malformed)? {
        let value = || text(field.value_bytes()).into_owned();
        match field.type_() {
            // V is S untranslated; servers before 9.6 have only S
            b'V' => error.severity = value(),
            b'S' if error.severity.is_empty() => error.severity = value(),
            b'C' => error.code = value(),
            b'M' => error.message = value(),
            b'D' => error.detail = Some(value()),
            b'H' => error.hint = Some(value()),
            b'P' => error.position = value().parse().ok(),
            b'p' => error.internal_position = value().parse().ok(),
            b'q' => error.internal_query = Some(value()),
            b'W' => error.where_ = Some(value()),
            b's' => error.schema = Some(value()),
            b't' => error.table = Some(value()),
            b'c' => error.column = Some(value()),
            b'd' => error.datatype = Some(value()),
            b'n' => error.constraint = Some(value()),
            b'R' => error.routine = Some(value()),
            _ => {}
        }
    }
    Ok(error)
}
