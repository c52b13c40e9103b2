//! A request body whose sender may not fall silent: without it, ten thousand clients that never finish what they announced
//! would keep everybody else out.
//!
//! Knows nothing of HTTP beyond frames.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The client stopped sending in the middle.
#[derive(Debug, thiserror::Error)]
#[error("the client sent nothing of its body for {0:?}")]
pub(crate) struct Silence(Duration);

/// A body that fails with [`Silence`] when its next part is asked for and does not come in time.
#[derive(Debug)]
pub(crate) struct Unpaused<B> {
    body: B,
    longest: Duration,
    /// Set when a part had to be waited for.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl<B> Unpaused<B> {
    pub(crate) fn new(body: B, longest: Duration) -> Self {
        Self { body, longest, deadline: None }
    }
}

impl<B: Body + Unpin> Body for Unpaused<B>
where
    B::Error: Into<BoxError>,
{
    type Data = B::Data;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.deadline = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let longest = this.longest;
        let deadline =
            this.deadline.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + longest)));
        ready!(deadline.as_mut().poll(cx));
        Poll::Ready(Some(Err(Silence(longest).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use bytes::Bytes;
    use futures_util::{StreamExt as _, stream};
    use http_body_util::{BodyExt as _, StreamBody};

    use super::*;

    const LONGEST: Duration = Duration::from_secs(30);

    fn part(text: &'static str) -> Frame<Bytes> {
        Frame::data(Bytes::from_static(text.as_bytes()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_falls_silent_is_given_up() {
        let parts = stream::iter([Ok::<_, Infallible>(part("{"))]).chain(stream::pending());
        let error = Unpaused::new(StreamBody::new(parts), LONGEST).collect().await.unwrap_err();
        assert!(error.is::<Silence>(), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_client_is_waited_for() {
        let slow = |text| async move {
            tokio::time::sleep(LONGEST / 2).await;
            Ok::<_, Infallible>(part(text))
        };
        let parts = stream::iter(["a", "b", "c", "d"]).then(slow);
        let body = Unpaused::new(StreamBody::new(Box::pin(parts)), LONGEST).collect().await.unwrap();
        assert_eq!(body.to_bytes(), "abcd");
    }
}
