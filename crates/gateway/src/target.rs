//! Characters that people write in addresses though they should be percent-encoded: `select=data->>name`,
//! `name=eq."a, b"`, as in PostgREST's own documentation. The HTTP library refuses them before there is a request;
//! here they are encoded on their way in.
//!
//! Knows of HTTP/1 only where a request line begins: after a head without a body, or with one of announced length.
//! After anything else (a chunked body, an upgrade) the rest of the connection passes as it is.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// As much of a header line as decides what it says about the body.
const LINE_START: usize = 64;

/// A connection whose request lines arrive with these characters encoded.
#[derive(Debug)]
pub(crate) struct Encoding<S> {
    stream: S,
    position: Position,
    /// Read and encoded, but more than the reader had room for.
    waiting: Vec<u8>,
}

/// Where in the conversation the next byte belongs.
#[derive(Debug, PartialEq, Eq)]
enum Position {
    RequestLine { empty: bool },
    Fields { line: Vec<u8>, body: Option<u64> },
    Body { remaining: u64 },
    Anywhere,
}

impl<S> Encoding<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, position: Position::RequestLine { empty: true }, waiting: Vec::new() }
    }
}

impl Position {
    /// Follows the bytes; returns them encoded if anything in them had to be.
    fn follow(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut encoded: Option<Vec<u8>> = None;
        let mut rest = bytes;
        while !rest.is_empty() && *self != Self::Anywhere {
            let (part, after) = rest.split_at(self.reach(rest));
            if matches!(self, Self::RequestLine { .. }) && needs_encoding(part) {
                let before = bytes.len() - rest.len();
                encode(part, encoded.get_or_insert_with(|| bytes.iter().take(before).copied().collect()));
            } else if let Some(encoded) = &mut encoded {
                encoded.extend_from_slice(part);
            }
            self.step(part);
            rest = after;
        }
        if let Some(encoded) = &mut encoded {
            encoded.extend_from_slice(rest);
        }
        encoded
    }

    /// How many of the bytes belong to the same line or body.
    fn reach(&self, rest: &[u8]) -> usize {
        match self {
            Self::Body { remaining } => usize::try_from(*remaining).map_or(rest.len(), |n| n.min(rest.len())),
            _ => memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1),
        }
    }

    fn step(&mut self, part: &[u8]) {
        let ends = part.last() == Some(&b'\n');
        let next = match self {
            Self::Body { remaining } => {
                *remaining -= u64::try_from(part.len()).unwrap_or(*remaining);
                (*remaining == 0).then_some(Self::RequestLine { empty: true })
            }
            Self::RequestLine { empty } => {
                *empty &= part.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
                (ends && !*empty).then(|| Self::Fields { line: Vec::new(), body: None })
            }
            // nearly all lines arrive in one piece
            Self::Fields { line, body } if ends && line.is_empty() => after_field(part, body),
            Self::Fields { line, body } => {
                let room = LINE_START.saturating_sub(line.len());
                line.extend(part.iter().take(room));
                if ends { after_field(&std::mem::take(line), body) } else { None }
            }
            Self::Anywhere => None,
        };
        if let Some(next) = next {
            *self = next;
        }
    }
}

/// What follows a header line: another one (`None`), the body, the next request, or nobody knows.
fn after_field(line: &[u8], body: &mut Option<u64>) -> Option<Position> {
    let text = line.trim_ascii();
    if text.is_empty() {
        return Some(match body {
            None | Some(0) => Position::RequestLine { empty: true },
            Some(remaining) => Position::Body { remaining: *remaining },
        });
    }
    // only names that begin so decide anything
    if !matches!(text.first(), Some(b'c' | b'C' | b't' | b'T' | b'u' | b'U')) {
        return None;
    }
    let mut halves = text.splitn(2, |byte| *byte == b':');
    let (name, value) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
    let named = |wanted: &str| name.trim_ascii().eq_ignore_ascii_case(wanted.as_bytes());
    if named("content-length") {
        *body = std::str::from_utf8(value.trim_ascii()).ok().and_then(|length| length.parse().ok());
        if body.is_none() {
            return Some(Position::Anywhere);
        }
    }
    if named("transfer-encoding") || named("upgrade") {
        return Some(Position::Anywhere);
    }
    None
}

/// Looks at all bytes, so that the compiler can take many at a time.
fn needs_encoding(line: &[u8]) -> bool {
    line.iter().fold(false, |found, byte| found | matches!(byte, b'"' | b'<' | b'>' | b'^' | b'`'))
}

fn escape(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'"' => Some(b"%22"),
        b'<' => Some(b"%3C"),
        b'>' => Some(b"%3E"),
        b'^' => Some(b"%5E"),
        b'`' => Some(b"%60"),
        _ => None,
    }
}

fn encode(line: &[u8], out: &mut Vec<u8>) {
    for byte in line {
        match escape(*byte) {
            Some(escaped) => out.extend_from_slice(escaped),
            None => out.push(*byte),
        }
    }
}

/// Hands over as much as there is room for; the rest waits.
fn hand_over(waiting: &mut Vec<u8>, buffer: &mut ReadBuf<'_>) {
    let kept = waiting.split_off(buffer.remaining().min(waiting.len()));
    buffer.put_slice(waiting);
    *waiting = kept;
}

impl<S: AsyncRead + Unpin> AsyncRead for Encoding<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if !this.waiting.is_empty() {
            hand_over(&mut this.waiting, buffer);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        std::task::ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        let arrived = buffer.filled().get(before..).unwrap_or_default();
        if let Some(encoded) = this.position.follow(arrived) {
            buffer.set_filled(before);
            this.waiting = encoded;
            hand_over(&mut this.waiting, buffer);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Encoding<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    const CASES: &[(&str, &str)] = &[
        ("GET /a?select=b->>c HTTP/1.1\r\n\r\n", "GET /a?select=b-%3E%3Ec HTTP/1.1\r\n\r\n"),
        (
            "GET /a?b=eq.\"c\" HTTP/1.1\r\nX: \"<>\"\r\n\r\n",
            "GET /a?b=eq.%22c%22 HTTP/1.1\r\nX: \"<>\"\r\n\r\n",
        ),
        (
            "GET /a HTTP/1.1\r\n\r\nGET /\"b HTTP/1.1\r\n\r\n",
            "GET /a HTTP/1.1\r\n\r\nGET /%22b HTTP/1.1\r\n\r\n",
        ),
        (
            "\r\n\nGET /> HTTP/1.1\n\n\r\nGET /> HTTP/1.1\n\n",
            "\r\n\nGET /%3E HTTP/1.1\n\n\r\nGET /%3E HTTP/1.1\n\n",
        ),
        // a body is nobody's business, what follows it is
        (
            "POST /> HTTP/1.1\r\ncontent-length: 5\r\n\r\n\">\n\n>GET /> HTTP/1.1\r\n\r\n",
            "POST /%3E HTTP/1.1\r\ncontent-length: 5\r\n\r\n\">\n\n>GET /%3E HTTP/1.1\r\n\r\n",
        ),
        // where it is not known what follows, nothing is touched
        (
            "POST /> HTTP/1.1\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\nGET /> HTTP/1.1\r\n\r\n",
            "POST /%3E HTTP/1.1\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\nGET /> HTTP/1.1\r\n\r\n",
        ),
        (
            "GET / HTTP/1.1\r\nupgrade: websocket\r\n\r\n\"<>",
            "GET / HTTP/1.1\r\nupgrade: websocket\r\n\r\n\"<>",
        ),
        (
            "GET / HTTP/1.1\r\ncontent-length: x\r\n\r\n\"<>",
            "GET / HTTP/1.1\r\ncontent-length: x\r\n\r\n\"<>",
        ),
    ];

    #[test]
    fn request_lines_are_encoded_and_nothing_else() {
        for (sent, expected) in CASES {
            for size in 1..=sent.len() {
                let mut position = Position::RequestLine { empty: true };
                let mut seen = Vec::new();
                for piece in sent.as_bytes().chunks(size) {
                    seen.extend(position.follow(piece).unwrap_or_else(|| piece.to_vec()));
                }
                assert_eq!(String::from_utf8_lossy(&seen), *expected, "in pieces of {size}");
            }
        }
    }

    #[tokio::test]
    async fn a_reader_with_little_room_gets_all_of_it() {
        for (sent, expected) in CASES {
            let mut stream = Encoding::new(sent.as_bytes());
            let (mut seen, mut room) = (Vec::new(), [0; 3]);
            loop {
                match stream.read(&mut room).await.unwrap() {
                    0 => break,
                    read => seen.extend_from_slice(&room[..read]),
                }
            }
            assert_eq!(String::from_utf8_lossy(&seen), *expected);
        }
    }
}
