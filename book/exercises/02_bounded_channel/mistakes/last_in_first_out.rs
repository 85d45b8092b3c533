//! A planted mistake: the newest value leaves first.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Makes a channel with room for `capacity` values, one at least.
pub(crate) fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let inside = Rc::new(RefCell::new(Inside {
        capacity,
        values: VecDeque::new(),
        senders: 1,
        has_receiver: true,
        receiving: None,
        sending: VecDeque::new(),
        next_place: 0,
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
    /// Whether the receiver is there.
    has_receiver: bool,
    /// The waker of the receiver, if it waits.
    receiving: Option<Waker>,
    /// The senders that wait, with their places, in the order of arrival.
    sending: VecDeque<(u64, Waker)>,
    /// The place that the next to come will get.
    next_place: u64,
}

impl<T> Inside<T> {
    /// Whether there is room for a value.
    fn has_room(&self) -> bool {
        self.values.len() < self.capacity
    }

    /// The waker of the sender whose turn it is, if there is room for its value.
    fn next_sender(&self) -> Option<Waker> {
        let (_, waker) = self.sending.front().filter(|_| self.has_room())?;
        Some(waker.clone())
    }

    /// Takes the sender at `place` out of the queue.
    fn leave(&mut self, place: Option<u64>) {
        self.sending.retain(|(other, _)| Some(*other) != place);
    }
}

/// Wakes somebody, if there is somebody. Nothing may be borrowed.
fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
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
            place: None,
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
        let mut inside = self.inside.borrow_mut();
        inside.senders -= 1;
        let is_last = inside.senders == 0;
        let receiver = inside.receiving.take_if(|_| is_last);
        drop(inside);
        wake(receiver);
    }
}

/// A value on its way into the channel.
pub(crate) struct Sending<'a, T> {
    /// The end that sends.
    sender: &'a Sender<T>,
    /// What is sent; empty once it was.
    value: Option<T>,
    /// Its place among those that wait, if it had to wait.
    place: Option<u64>,
}

/// The value is only moved, and never pinned.
impl<T> Unpin for Sending<'_, T> {}

impl<T> Future for Sending<'_, T> {
    type Output = Result<(), T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let mut inside = this.sender.inside.borrow_mut();
        if !inside.has_receiver {
            let value = this.value.take().expect("it was not ready before");
            return Poll::Ready(Err(value));
        }
        let first = inside.sending.front().map(|(place, _)| *place);
        if first == this.place && inside.has_room() {
            inside.leave(this.place.take());
            let value = this.value.take().expect("it was not ready before");
            inside.values.push_back(value);
            let receiver = inside.receiving.take();
            let next = inside.next_sender();
            drop(inside);
            wake(receiver);
            wake(next);
            return Poll::Ready(Ok(()));
        }
        let waker = context.waker().clone();
        let waiting = this.place.and_then(|place| {
            let mut waiting = inside.sending.iter_mut();
            waiting.find(|(other, _)| *other == place)
        });
        if let Some((_, old)) = waiting {
            *old = waker;
        } else {
            let place = inside.next_place;
            inside.next_place += 1;
            inside.sending.push_back((place, waker));
            this.place = Some(place);
        }
        Poll::Pending
    }
}

impl<T> Drop for Sending<'_, T> {
    fn drop(&mut self) {
        if self.place.is_none() {
            return;
        }
        let mut inside = self.sender.inside.borrow_mut();
        inside.leave(self.place);
        let next = inside.next_sender();
        drop(inside);
        wake(next);
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
        let mut inside = self.inside.borrow_mut();
        inside.has_receiver = false;
        let senders: Vec<_> = inside.sending.drain(..).collect();
        drop(inside);
        for (_, sender) in senders {
            sender.wake();
        }
    }
}

/// A value on its way out of the channel.
pub(crate) struct Receiving<'a, T> {
    /// The end that receives.
    receiver: &'a mut Receiver<T>,
}

impl<T> Future for Receiving<'_, T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut inside = self.receiver.inside.borrow_mut();
        if let Some(value) = inside.values.pop_back() {
            let next = inside.next_sender();
            drop(inside);
            wake(next);
            return Poll::Ready(Some(value));
        }
        if inside.senders == 0 {
            return Poll::Ready(None);
        }
        inside.receiving = Some(context.waker().clone());
        Poll::Pending
    }
}
