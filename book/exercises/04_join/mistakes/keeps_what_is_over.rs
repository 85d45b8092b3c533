//! A planted mistake: a future that was ready is kept until the other is ready too.

use std::pin::Pin;
use std::task::{Context, Poll};

/// Makes one future of two: its result is both results.
pub(crate) fn join<A: Future, B: Future>(first: A, second: B) -> Join<A, B> {
    Join {
        first: Box::pin(first),
        second: Box::pin(second),
        results: (None, None),
    }
}

/// See [`join`].
pub(crate) struct Join<A: Future, B: Future> {
    /// One of the two.
    first: Pin<Box<A>>,
    /// The other.
    second: Pin<Box<B>>,
    /// The results that are there.
    results: (Option<A::Output>, Option<B::Output>),
}

/// What it holds is pinned in boxes or only moved.
impl<A: Future, B: Future> Unpin for Join<A, B> {}

impl<A: Future, B: Future> Future for Join<A, B> {
    type Output = (A::Output, B::Output);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if this.results.0.is_none()
            && let Poll::Ready(result) = this.first.as_mut().poll(context)
        {
            this.results.0 = Some(result);
        }
        if this.results.1.is_none()
            && let Poll::Ready(result) = this.second.as_mut().poll(context)
        {
            this.results.1 = Some(result);
        }
        match (this.results.0.take(), this.results.1.take()) {
            (Some(first), Some(second)) => Poll::Ready((first, second)),
            results => {
                this.results = results;
                Poll::Pending
            }
        }
    }
}
