//! Watch: the latest value, and a way to wait for the next.
//!
//! Every receiver can look at the value at any time, and none takes it away: a
//! value that is replaced before somebody looked is never seen. In the trace it
//! is a channel of capacity 1 that always holds a value.
//!
//! Invariants: (1) a value has a version, and a receiver knows which it has
//! seen; (2) a change wakes everybody who waits, in order; (3) without senders
//! a receiver hears of the last value, if it has not seen it, and then gets an
//! error; (4) nothing foreign runs while `inside` is borrowed; while the value
//! is, only what [`WatchSender::send_modify`] was given does.
//!
//! Left out: waiting for a value of a certain kind: a loop around `changed()`.
//!
//! Mirror: none: threads share what they watch.

use super::channel::{RecvError, SendError, record_use};
use super::object::{self, Kind, Object, Polled, wake_all};
use crate::context;
use crate::trace::{self, Line, Place, here};
use crate::wait_list::{Ticket, WaitList, Waiter};
use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Makes a channel that holds the latest value, at first `initial`, which its
/// receiver counts as seen.
///
/// ```
/// # use runtime::{Clock, EventLoop, spawn, sync::watch};
/// # EventLoop::new(Clock::Virtual).block_on(async {
/// let (level, mut seen) = watch(0);
/// let reader = spawn(async move {
///     while seen.changed().await.is_ok() {}
///     *seen.borrow()
/// });
/// for n in 1..=9 {
///     level.send(n).expect("somebody watches");
/// }
/// drop(level);
/// assert_eq!(reader.await.expect("it does not panic"), 9);
/// # });
/// ```
pub fn watch<T>(initial: T) -> (WatchSender<T>, WatchReceiver<T>) {
    let watch = Rc::new(Watch {
        channel: Object::new(Kind::Channel, Inside::default()),
        value: RefCell::new(initial),
    });
    let receiver = WatchReceiver::new(watch.clone());
    (WatchSender::new(watch), receiver)
}

/// What both ends share.
struct Watch<T> {
    /// Who waits.
    channel: Rc<Object<Inside>>,
    /// The latest value.
    value: RefCell<T>,
}

/// What changes beside the value.
#[derive(Default)]
struct Inside {
    /// How often the value was replaced.
    version: u64,
    /// How many sending ends are held.
    senders: usize,
    /// How many receiving ends are held.
    receivers: usize,
    /// Who waits for the next version.
    waiting: WaitList,
}

impl object::Inside for Inside {
    fn each_waiter(&self, tell: &mut dyn FnMut(&Waiter)) {
        self.waiting.iter().for_each(tell);
    }
}

impl<T> Watch<T> {
    /// The value, to be changed.
    #[track_caller]
    fn value_mut(&self) -> RefMut<'_, T> {
        self.value.try_borrow_mut().unwrap_or_else(|_| {
            panic!(
                "a watched value is changed while it is borrowed: \
                 let go of what `borrow()` returned before the next `.await`"
            )
        })
    }

    /// The value was changed: tells everybody.
    fn changed(&self, place: Place) {
        let waiting = {
            let mut inside = self.channel.inside();
            inside.version += 1;
            inside.waiting.take_all()
        };
        self.record("sent", here!(), Some(place));
        wake_all(waiting); // nothing is borrowed
    }

    /// Records what the running task did.
    fn record(&self, step: &'static str, line: Line, place: Option<Place>) {
        if trace::enabled()
            && let Some(state) = context::current()
        {
            record_use(&self.channel, &state, step, (1, Some(1)), (line, place));
        }
    }
}

/// The end that sets the value. Clones are ends of the same channel.
pub struct WatchSender<T>(Rc<Watch<T>>);

impl<T> WatchSender<T> {
    /// One more sending end.
    fn new(watch: Rc<Watch<T>>) -> Self {
        watch.channel.inside().senders += 1;
        WatchSender(watch)
    }

    /// Replaces the value. It works outside of an event loop, too.
    ///
    /// # Errors
    ///
    /// If every receiver is gone: the value comes back, and nothing is changed.
    ///
    /// # Panics
    ///
    /// If somebody holds what `borrow()` returned.
    #[track_caller]
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        if self.is_closed() {
            return Err(SendError(value));
        }
        drop(self.send_replace(value));
        Ok(())
    }

    /// Replaces the value, whether somebody watches or not, and returns the old
    /// one.
    ///
    /// # Panics
    ///
    /// If somebody holds what `borrow()` returned.
    #[track_caller]
    pub fn send_replace(&self, value: T) -> T {
        let old = std::mem::replace(&mut *self.0.value_mut(), value);
        self.0.changed(Location::caller());
        old
    }

    /// Changes the value in its place, whether somebody watches or not.
    ///
    /// # Panics
    ///
    /// If somebody holds what `borrow()` returned; or if `change` looks at the
    /// value in another way.
    #[track_caller]
    pub fn send_modify(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.0.value_mut());
        self.0.changed(Location::caller());
    }

    /// The value as it is now.
    ///
    /// # Panics
    ///
    /// Inside of [`WatchSender::send_modify`].
    pub fn borrow(&self) -> Ref<'_, T> {
        self.0.value.borrow()
    }

    /// One more receiver, which counts the value of now as seen.
    pub fn subscribe(&self) -> WatchReceiver<T> {
        WatchReceiver::new(self.0.clone())
    }

    /// Whether every receiver is gone; [`WatchSender::subscribe`] makes another.
    pub fn is_closed(&self) -> bool {
        self.0.channel.inside().receivers == 0
    }
}

impl<T> Clone for WatchSender<T> {
    fn clone(&self) -> Self {
        WatchSender::new(self.0.clone())
    }
}

impl<T> Drop for WatchSender<T> {
    fn drop(&mut self) {
        let waiting = {
            let mut inside = self.0.channel.inside();
            inside.senders -= 1;
            if inside.senders > 0 {
                return;
            }
            inside.waiting.take_all()
        };
        self.0.record("closed", here!(), None);
        wake_all(waiting); // nothing is borrowed
    }
}

impl<T> fmt::Debug for WatchSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WatchSender").field(&self.0.channel).finish()
    }
}

/// The end that looks at the value. Clones have seen what the original has.
pub struct WatchReceiver<T> {
    /// What it watches.
    watch: Rc<Watch<T>>,
    /// The version that it has seen.
    seen: u64,
}

impl<T> WatchReceiver<T> {
    /// One more receiving end.
    fn new(watch: Rc<Watch<T>>) -> Self {
        let seen = {
            let mut inside = watch.channel.inside();
            inside.receivers += 1;
            inside.version
        };
        WatchReceiver { watch, seen }
    }

    /// Waits until there is a value that this receiver has not seen, and counts
    /// it as seen. Dropped before it is over, the future has seen nothing.
    ///
    /// # Errors
    ///
    /// If there is no such value and every sender is gone.
    ///
    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    pub fn changed(&mut self) -> Changing<'_, T> {
        Changing {
            receiver: self,
            ticket: None,
        }
    }

    /// Whether there is a value that this receiver has not seen.
    pub fn has_changed(&self) -> bool {
        self.watch.channel.inside().version != self.seen
    }

    /// The value as it is now. It must not be held across an `.await`: nobody
    /// can change the value meanwhile.
    ///
    /// # Panics
    ///
    /// Inside of [`WatchSender::send_modify`].
    pub fn borrow(&self) -> Ref<'_, T> {
        self.watch.value.borrow()
    }

    /// The same, and counts the value as seen.
    ///
    /// # Panics
    ///
    /// Inside of [`WatchSender::send_modify`].
    pub fn borrow_and_update(&mut self) -> Ref<'_, T> {
        self.seen = self.watch.channel.inside().version;
        self.watch.value.borrow()
    }

    /// Whether every sender is gone.
    pub fn is_closed(&self) -> bool {
        self.watch.channel.inside().senders == 0
    }
}

impl<T> Clone for WatchReceiver<T> {
    fn clone(&self) -> Self {
        let mut clone = WatchReceiver::new(self.watch.clone());
        clone.seen = self.seen;
        clone
    }
}

impl<T> Drop for WatchReceiver<T> {
    fn drop(&mut self) {
        let is_last = {
            let mut inside = self.watch.channel.inside();
            inside.receivers -= 1;
            inside.receivers == 0
        };
        if is_last {
            self.watch.record("closed", here!(), None);
        }
    }
}

impl<T> fmt::Debug for WatchReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchReceiver")
            .field("channel", &self.watch.channel)
            .field("seen", &self.seen)
            .finish()
    }
}

/// See [`WatchReceiver::changed`].
#[must_use = "nothing waits unless this is awaited"]
pub struct Changing<'a, T> {
    /// Who waits.
    receiver: &'a mut WatchReceiver<T>,
    /// Its place among those who wait.
    ticket: Option<Ticket>,
}

impl<T> Future for Changing<'_, T> {
    type Output = Result<(), RecvError>;

    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = Polled::new("changed()", context, here!());
        let Changing { receiver, ticket } = &mut *self;
        let WatchReceiver { watch, seen } = &mut **receiver;
        let changed = watch.channel.poll(
            &polled,
            ticket,
            |inside, _| {
                if inside.version != *seen {
                    *seen = inside.version;
                    Poll::Ready(Ok(())) // invariant 3: before the error
                } else if inside.senders == 0 {
                    Poll::Ready(Err(RecvError))
                } else {
                    Poll::Pending
                }
            },
            |inside, ticket, waiter| {
                let (kept, before) = inside.waiting.wait(*ticket, waiter);
                *ticket = Some(kept);
                before
            },
        );
        if let Poll::Ready(Ok(())) = changed {
            watch.record("received", here!(), Some(polled.place));
        }
        changed
    }
}

impl<T> Drop for Changing<'_, T> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            let channel = &self.receiver.watch.channel;
            let waiter = channel.inside().waiting.remove(ticket);
            channel.give_up(waiter);
        }
    }
}

impl<T> fmt::Debug for Changing<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Changing").field(&self.receiver).finish()
    }
}
