//! A channel's values as iterators, as std's receiver has them.
//!
//! Each value is received as [`Receiver::recv`] does it, at the line of the loop.
//!
//! Mirror: none; a task receives in `while let`, at an `.await`.

use super::Receiver;
use std::iter::FusedIterator;

/// The values that come until every sender is gone: of [`Receiver::iter`].
#[derive(Debug)]
pub struct Iter<'a, T> {
    /// From where.
    receiver: &'a Receiver<T>,
}

/// The values that are there: of [`Receiver::try_iter`].
#[derive(Debug)]
pub struct TryIter<'a, T> {
    /// From where.
    receiver: &'a Receiver<T>,
}

/// As [`Iter`], with a receiver of its own.
#[derive(Debug)]
pub struct IntoIter<T> {
    /// From where.
    receiver: Receiver<T>,
}

impl<T> Receiver<T> {
    /// The values as they come: each [waits](Receiver::recv) if it must, and the
    /// iterator ends when the channel is empty and every sender is gone. So does
    /// `for value in &receiver`.
    ///
    /// # Panics
    ///
    /// `next` does if the calling thread is not scheduled and would have to wait.
    ///
    /// ```
    /// # use scheduler::{Preemption, Scheduler, policy::RoundRobin, spawn, sync::channel};
    /// # let policy = RoundRobin::new(std::time::Duration::from_millis(1));
    /// # Scheduler::new(Preemption::Checkpoint, policy).run(|| {
    /// let (sender, receiver) = channel(1);
    /// spawn(move || (1..=3).for_each(|n| sender.send(n).unwrap()));
    /// let mut sum = 0;
    /// for n in &receiver {
    ///     sum += n;
    /// }
    /// assert_eq!(sum, 6);
    /// # }).unwrap();
    /// ```
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { receiver: self }
    }

    /// The values that are there without waiting: the iterator ends at the first
    /// that is not. Later it may go on.
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter { receiver: self }
    }
}

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.receiver.recv().ok()
    }
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.receiver.try_recv().ok()
    }
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.receiver.recv().ok()
    }
}

/// Without a sender there is none for ever.
impl<T> FusedIterator for Iter<'_, T> {}
impl<T> FusedIterator for IntoIter<T> {}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter { receiver: self }
    }
}
