//! A planted mistake: a join that waits asks to be polled again at once.

use std::pin::Pin;
use std::task::{Context, Poll};

/// Makes one future of two: its result is both results.
pub(crate) fn join<A: Future, B: Future>(first: A, second: B) -> Join<A, B> {
    Join {
        first: Side::Runs(Box::pin(first)),
        second: Side::Runs(Box::pin(second)),
    }
}

/// See [`join`].
pub(crate) struct Join<A: Future, B: Future> {
    /// One of the two.
    first: Side<A>,
    /// The other.
    second: Side<B>,
}

/// One of the two futures.
enum Side<F: Future> {
    /// It is not ready yet. A box pins it, so that it can be polled.
    Runs(Pin<Box<F>>),
    /// It was ready; empty once the result is taken.
    Result(Option<F::Output>),
}

impl<F: Future> Side<F> {
    /// Polls the future, unless its result is there. Returns whether it is now.
    fn poll(&mut self, context: &mut Context<'_>) -> bool {
        if let Side::Runs(future) = self {
            match future.as_mut().poll(context) {
                Poll::Ready(result) => *self = Side::Result(Some(result)),
                Poll::Pending => return false,
            }
        }
        true
    }

    /// Takes the result.
    fn take(&mut self) -> F::Output {
        match self {
            Side::Result(result) => result.take().expect("a join is not polled after its end"),
            Side::Runs(_) => unreachable!("it is taken when both are there"),
        }
    }
}

/// What it holds is pinned in boxes or only moved.
impl<A: Future, B: Future> Unpin for Join<A, B> {}

impl<A: Future, B: Future> Future for Join<A, B> {
    type Output = (A::Output, B::Output);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Join { first, second } = &mut *self;
        // Not `first.poll(..) && second.poll(..)`: both are asked.
        let (one, other) = (first.poll(context), second.poll(context));
        if one && other {
            Poll::Ready((first.take(), second.take()))
        } else {
            context.waker().wake_by_ref();
            Poll::Pending
        }
    }
}
