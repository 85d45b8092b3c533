//! A latch: it opens when everybody was there, and wakes whoever waits once.
//!
//! So the task that waits has no part in the order of the others, and orders can be
//! counted by hand.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// See the module.
#[derive(Clone)]
pub(crate) struct Latch(Rc<(Cell<usize>, RefCell<Option<Waker>>)>);

impl Latch {
    /// For so many.
    pub(crate) fn new(count: usize) -> Latch {
        Latch(Rc::new((Cell::new(count), RefCell::new(None))))
    }

    /// One was there.
    pub(crate) fn arrive(&self) {
        let (left, waker) = &*self.0;
        left.set(left.get() - 1);
        if left.get() == 0
            && let Some(waker) = waker.take()
        {
            waker.wake();
        }
    }

    /// Until everybody was there.
    pub(crate) async fn wait(&self) {
        let (left, waker) = &*self.0;
        poll_fn(|context| {
            if left.get() == 0 {
                return Poll::Ready(());
            }
            waker.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}
