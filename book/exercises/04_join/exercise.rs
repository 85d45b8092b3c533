//! `join`: two futures become one, which is ready when both are.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check join`.

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
    /// One of the two. A box pins it, so that it can be polled.
    first: Pin<Box<A>>,
    /// The other.
    second: Pin<Box<B>>,
    // One may be ready before the other. Where is its result kept?
}

/// What it holds is pinned in boxes or only moved.
impl<A: Future, B: Future> Unpin for Join<A, B> {}

impl<A: Future, B: Future> Future for Join<A, B> {
    type Output = (A::Output, B::Output);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let _: Poll<A::Output> = self.first.as_mut().poll(context);
        let _: Poll<B::Output> = self.second.as_mut().poll(context);
        Poll::Pending // both were asked; what did they answer?
    }
}
