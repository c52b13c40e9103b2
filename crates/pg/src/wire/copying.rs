//! `COPY … FROM STDIN`: data that streams to the server.

use std::io;
use std::pin::pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use crate::error::Error;
use crate::wire::backend::{Message, TransactionStatus};
use crate::wire::connection::Connection;
use crate::wire::frontend;

/// Data is sent when this much has been collected.
const CHUNK: usize = 64 << 10;

impl Connection {
    /// Runs one `copy … from stdin` with this data; the number of rows copied. An error of the source undoes
    /// all of it.
    pub(crate) async fn copy_in(
        &mut self,
        sql: &str,
        data: impl Stream<Item = Result<Bytes, io::Error>>,
    ) -> Result<u64, Error> {
        if let Err(error) = frontend::query(sql, self.output()) {
            self.discard_output();
            return Err(error);
        }
        self.expect_ready();
        self.send().await?;
        let source = match self.receive().await? {
            Message::CopyIn => self.feed(data).await?,
            Message::Error(error) => {
                self.until_ready().await?;
                return Err(Error::Db(error));
            }
            _ => return Err(self.fail(Error::protocol("the statement copies nothing from the client"))),
        };
        let copied = self.copied().await;
        if self.status() != TransactionStatus::Idle && copied.is_ok() {
            self.command("rollback").await?;
        }
        // the server only repeats what the source said
        source?;
        copied
    }

    /// Sends the data and its end. The inner result is the source's.
    async fn feed(
        &mut self,
        data: impl Stream<Item = Result<Bytes, io::Error>>,
    ) -> Result<Result<(), Error>, Error> {
        self.copying = true;
        let mut data = pin!(data);
        let mut outcome = Ok(());
        while let Some(piece) = data.next().await {
            match piece {
                // a message must not be longer than the server's limit
                Ok(piece) => {
                    for piece in piece.chunks(CHUNK) {
                        frontend::copy_data(piece, self.output())?;
                        if self.output().len() >= CHUNK {
                            self.send().await?;
                        }
                    }
                }
                Err(error) => {
                    outcome = Err(Error::Io(error));
                    break;
                }
            }
            // the server may have refused a row already; it ignores the rest
            if self.is_broken() {
                break;
            }
        }
        self.copying = false;
        if outcome.is_ok() {
            frontend::copy_done(self.output());
        } else {
            frontend::copy_fail("the source of the data failed", self.output())
                .map_err(frontend::unsendable)?;
        }
        self.send().await?;
        Ok(outcome)
    }

    async fn copied(&mut self) -> Result<u64, Error> {
        let mut copied = Ok(0);
        loop {
            match self.receive().await? {
                Message::CommandComplete(tag) => copied = Ok(tag.affected()),
                Message::Error(error) => copied = Err(Error::Db(error)),
                Message::ReadyForQuery(_) => return copied,
                _ => return Err(self.fail(Error::protocol("unexpected message after a copy"))),
            }
        }
    }
}
