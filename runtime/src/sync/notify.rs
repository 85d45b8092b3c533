//! Notify: one task tells another that something happened, and nothing more.
//!
//! What happened is for the tasks to know, in a `Cell` or a queue of their own:
//! this is the condition variable of tasks, which needs no mutex, since nobody
//! comes between the look and the `.await`.
//!
//! Invariants: (1) [`Notify::notify_one`] wakes the first who waits; if nobody
//! does it is stored, once, for the next who comes; (2) so no more than one is
//! ever stored, and only while nobody waits; (3) a task that was woken by
//! `notify_one` and gives up passes it on; (4) [`Notify::notify_all`] wakes
//! everybody who has called [`Notify::notified`] until now, and stores nothing.
//!
//! Left out: counting. To wake as often as something happened is a semaphore.
//!
//! Mirror: `park` and `unpark` in `scheduler`, which store one wake as this does.

use super::object::{self, Kind, Object, Polled, wake_all};
use crate::context;
use crate::trace::{here, record};
use crate::wait_list::{Ticket, WaitList, Waiter};
use std::collections::BTreeSet;
use std::mem;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Tells waiting tasks that something happened.
///
/// ```
/// # use runtime::{Clock, EventLoop, spawn, sync::Notify};
/// # use std::{cell::RefCell, rc::Rc};
/// # EventLoop::new(Clock::Virtual).block_on(async {
/// let mail = Rc::new((RefCell::new(Vec::new()), Notify::new()));
/// let sender = mail.clone();
/// drop(spawn(async move {
///     sender.0.borrow_mut().push("hello");
///     sender.1.notify_one();
/// }));
/// let letter = loop {
///     if let Some(letter) = mail.0.borrow_mut().pop() {
///         break letter;
///     }
///     mail.1.notified().await;
/// };
/// assert_eq!(letter, "hello");
/// # });
/// ```
#[derive(Debug)]
pub struct Notify {
    /// Who waits.
    notify: Rc<Object<Inside>>,
}

/// What changes.
#[derive(Default)]
struct Inside {
    /// Whether a notification is stored (invariant 2).
    is_stored: bool,
    /// How often everybody was notified.
    calls: u64,
    /// Who waits.
    waiting: WaitList,
    /// Those that `notify_one` has woken, until they are polled or dropped.
    woken: BTreeSet<Ticket>,
}

impl object::Inside for Inside {
    fn each_waiter(&self, tell: &mut dyn FnMut(&Waiter)) {
        self.waiting.iter().for_each(tell);
    }
}

impl Inside {
    /// Notifies the first who waits, who is returned to be woken, or stores it.
    fn notify_one(&mut self) -> Option<Waiter> {
        let Some((ticket, waiter)) = self.waiting.pop_with_ticket() else {
            self.is_stored = true; // invariant 1
            return None;
        };
        self.woken.insert(ticket);
        Some(waiter)
    }
}

impl Notify {
    /// Nothing is stored, and nobody waits.
    pub fn new() -> Self {
        Notify {
            notify: Object::new(Kind::Notify, Inside::default()),
        }
    }

    /// Wakes the first task that waits. If none does, the next that comes need
    /// not wait; to do so twice is to do it once.
    #[track_caller]
    pub fn notify_one(&self) {
        let place = Location::caller();
        let first = self.notify.inside().notify_one();
        self.record(usize::from(first.is_some()), place);
        if let Some(first) = first {
            first.wake(); // nothing is borrowed
        }
    }

    /// Wakes every task that waits, and whoever holds a future of
    /// [`Notify::notified`] that was not polled yet. Nothing is stored: who
    /// comes later waits. It is tokio's `notify_waiters`.
    #[track_caller]
    pub fn notify_all(&self) {
        let place = Location::caller();
        let everybody = {
            let mut inside = self.notify.inside();
            inside.calls += 1;
            inside.waiting.take_all()
        };
        self.record(everybody.len(), place);
        wake_all(everybody); // nothing is borrowed
    }

    /// Waits to be notified.
    ///
    /// Tasks are notified in the order in which they began to wait. Dropped
    /// after [`Notify::notify_one`] has woken it, the future passes that on.
    ///
    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    pub fn notified(&self) -> Notified {
        Notified {
            calls: self.notify.inside().calls,
            notify: self.notify.clone(),
            ticket: None,
        }
    }

    /// Records that so many tasks were woken.
    fn record(&self, woke: usize, place: &'static Location<'static>) {
        if let Some(state) = context::current() {
            record!(state, "notified" at Some(place);
                notify = self.notify.number(&state), woke = woke; task = state.running_task());
        }
    }
}

impl Default for Notify {
    fn default() -> Self {
        Notify::new()
    }
}

/// See [`Notify::notified`].
#[derive(Debug)]
#[must_use = "nothing waits unless this is awaited"]
pub struct Notified {
    /// By what.
    notify: Rc<Object<Inside>>,
    /// How often everybody had been notified when this was made (invariant 4).
    calls: u64,
    /// Its place among those who wait, or what it was woken by.
    ticket: Option<Ticket>,
}

impl Future for Notified {
    type Output = ();

    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let polled = Polled::new("notified()", context, here!());
        let Notified {
            notify,
            calls,
            ticket,
        } = &mut *self;
        notify.poll(
            &polled,
            ticket,
            |inside, ticket| {
                let is_notified = ticket.is_some_and(|ticket| inside.woken.remove(&ticket))
                    || inside.calls != *calls
                    || mem::take(&mut inside.is_stored);
                if is_notified {
                    *ticket = None;
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            },
            |inside, ticket, waiter| {
                let (kept, before) = inside.waiting.wait(*ticket, waiter);
                *ticket = Some(kept);
                before
            },
        )
    }
}

impl Drop for Notified {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let (waiter, next) = {
            let mut inside = self.notify.inside();
            let next = if inside.woken.remove(&ticket) {
                inside.notify_one() // invariant 3
            } else {
                None
            };
            (inside.waiting.remove(ticket), next)
        };
        self.notify.give_up(waiter);
        if let Some(next) = next {
            next.wake(); // nothing is borrowed
        }
    }
}
