//! A planted mistake: who was ready is remembered, but not with which result.

use std::pin::Pin;
use std::task::{Context, Poll};

/// Makes one future of two: its result is both results.
pub(crate) fn join<A: Future, B: Future>(first: A, second: B) -> Join<A, B> {
    Join {
        first: Box::pin(first),
        second: Box::pin(second),
        ready: (false, false),
    }
}

/// See [`join`].
pub(crate) struct Join<A: Future, B: Future> {
    /// One of the two.
    first: Pin<Box<A>>,
    /// The other.
    second: Pin<Box<B>>,
    /// Which of them were ready.
    ready: (bool, bool),
}

/// What it holds is pinned in boxes or only moved.
impl<A: Future, B: Future> Unpin for Join<A, B> {}

impl<A: Future, B: Future> Future for Join<A, B> {
    type Output = (A::Output, B::Output);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let (mut first, mut second) = (None, None);
        if !this.ready.0
            && let Poll::Ready(result) = this.first.as_mut().poll(context)
        {
            this.ready.0 = true;
            first = Some(result);
        }
        if !this.ready.1
            && let Poll::Ready(result) = this.second.as_mut().poll(context)
        {
            this.ready.1 = true;
            second = Some(result);
        }
        match (first, second) {
            (Some(first), Some(second)) => Poll::Ready((first, second)),
            _ => Poll::Pending,
        }
    }
}
