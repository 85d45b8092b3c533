//! A bounded channel: a queue between tasks that makes the faster side wait.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check bounded_channel`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Makes a channel with room for `capacity` values, one at least.
pub(crate) fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let inside = Rc::new(RefCell::new(Inside {
        capacity,
        values: VecDeque::new(),
        senders: 1,
    }));
    (
        Sender {
            inside: inside.clone(),
        },
        Receiver { inside },
    )
}

/// What both ends share. Borrow it for a moment only: never while a waker is
/// called.
struct Inside<T> {
    /// For how many values there is room.
    capacity: usize,
    /// Sent, and not yet received.
    values: VecDeque<T>,
    /// How many senders there are.
    senders: usize,
    // Who waits must be kept somewhere: the receiver, and the senders in order.
}

/// An end that sends.
pub(crate) struct Sender<T> {
    /// What both ends share.
    inside: Rc<RefCell<Inside<T>>>,
}

impl<T> Sender<T> {
    /// Puts `value` in; waits while the channel is full. Returns the value as an
    /// error if the receiver is gone.
    pub(crate) fn send(&self, value: T) -> Sending<'_, T> {
        Sending {
            sender: self,
            value: Some(value),
        }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.inside.borrow_mut().senders += 1;
        Sender {
            inside: self.inside.clone(),
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.inside.borrow_mut().senders -= 1;
        // Who must hear of it when there is no sender left?
    }
}

/// A value on its way into the channel.
pub(crate) struct Sending<'a, T> {
    /// The end that sends.
    sender: &'a Sender<T>,
    /// What is sent; empty once it was.
    value: Option<T>,
}

/// The value is only moved, and never pinned.
impl<T> Unpin for Sending<'_, T> {}

impl<T> Future for Sending<'_, T> {
    type Output = Result<(), T>;

    fn poll(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Self::Output> {
        let inside = self.sender.inside.borrow_mut();
        let _is_full = inside.values.len() >= inside.capacity;
        drop(inside);
        let _value = self.value.take(); // lost; where does it belong?
        Poll::Ready(Ok(()))
    }
}

impl<T> Drop for Sending<'_, T> {
    fn drop(&mut self) {
        // It may still wait, or have been woken. Who else waits?
    }
}

/// The end that receives.
pub(crate) struct Receiver<T> {
    /// What both ends share.
    inside: Rc<RefCell<Inside<T>>>,
}

impl<T> Receiver<T> {
    /// Takes the oldest value out; waits while the channel is empty. Returns
    /// `None` when it is empty and no sender is left.
    pub(crate) fn recv(&mut self) -> Receiving<'_, T> {
        Receiving { receiver: self }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        // Who must hear of it?
    }
}

/// A value on its way out of the channel.
pub(crate) struct Receiving<'a, T> {
    /// The end that receives.
    receiver: &'a mut Receiver<T>,
}

impl<T> Future for Receiving<'_, T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut inside = self.receiver.inside.borrow_mut();
        match inside.values.pop_front() {
            Some(value) => Poll::Ready(Some(value)),
            None => Poll::Ready(None),
        }
    }
}
