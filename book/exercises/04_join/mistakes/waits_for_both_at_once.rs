//! A planted mistake: the join is ready only if both futures are ready in the same
//! poll: a result that comes first is lost, and its future asked again.

use std::pin::Pin;
use std::task::{Context, Poll};

/// Makes one future of two: its result is both results.
pub(crate) fn join<A: Future, B: Future>(first: A, second: B) -> Join<A, B> {
    Join {
        first: Box::pin(first),
        second: Box::pin(second),
    }
}

/// See [`join`].
pub(crate) struct Join<A: Future, B: Future> {
    /// One of the two.
    first: Pin<Box<A>>,
    /// The other.
    second: Pin<Box<B>>,
}

/// What it holds is pinned in boxes or only moved.
impl<A: Future, B: Future> Unpin for Join<A, B> {}

impl<A: Future, B: Future> Future for Join<A, B> {
    type Output = (A::Output, B::Output);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let polled = (
            this.first.as_mut().poll(context),
            this.second.as_mut().poll(context),
        );
        match polled {
            (Poll::Ready(first), Poll::Ready(second)) => Poll::Ready((first, second)),
            _ => Poll::Pending,
        }
    }
}
