//! A cancellation token: a wish to stop, that many can hear.
//!
//! `abort` ends one task wherever it waits. A token asks: who holds a clone
//! looks, or waits, or wraps a future, and stops where it suits it. A token's
//! children are cancelled with it, and can be cancelled alone.
//!
//! Invariants: (1) a token that is cancelled stays so; its descendants are
//! cancelled before anybody hears of it; (2) a token is cancelled with every
//! ancestor, even if those between are dropped: a child keeps its parent;
//! (3) a child that is dropped leaves nothing behind in its parent; (4) neither
//! the depth nor the number of descendants is bounded by the stack.
//!
//! Left out: a reason. What is to be told beside the wish goes through a channel.
//!
//! Book: chapter 10. Mirror: none: a thread cannot be told to give up.

use crate::sync::{Notified, Notify};
use slab::Slab;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};

/// Asks whoever listens to stop. Clones are the same token.
///
/// ```
/// # use runtime::{CancellationToken, Clock, EventLoop, sleep, spawn};
/// # use std::{future::pending, time::Duration};
/// # EventLoop::new(Clock::Virtual).block_on(async {
/// let token = CancellationToken::new();
/// let own = token.child_token();
/// let server = spawn(async move {
///     match own.run_until_cancelled(pending::<()>()).await {
///         Some(()) => "done",
///         None => "told to stop",
///     }
/// });
/// sleep(Duration::from_secs(1)).await;
/// token.cancel();
/// assert_eq!(server.await.unwrap(), "told to stop");
/// # });
/// ```
#[derive(Clone)]
pub struct CancellationToken {
    /// What its clones share.
    node: Rc<Node>,
}

/// A token, as its clones, its children and its listeners share it.
struct Node {
    /// Whether it is cancelled (invariant 1).
    is_cancelled: Cell<bool>,
    /// Who listens.
    notify: Notify,
    /// Its children that are still held (invariant 3).
    children: RefCell<Slab<Weak<Node>>>,
    /// Its parent (invariant 2), and its own key there.
    parent: Option<(Rc<Node>, usize)>,
}

impl CancellationToken {
    /// A token that nobody has cancelled.
    pub fn new() -> Self {
        CancellationToken {
            node: Rc::new(Node::new(None)),
        }
    }

    /// A token that is cancelled with this one; to cancel it changes nothing here.
    #[must_use = "a token that nobody holds tells nobody"]
    pub fn child_token(&self) -> Self {
        let parent = &self.node;
        let node = Rc::new_cyclic(|child| {
            let key = parent.children.borrow_mut().insert(child.clone());
            Node::new(Some((parent.clone(), key)))
        });
        node.is_cancelled.set(self.is_cancelled());
        CancellationToken { node }
    }

    /// Cancels the token and its descendants, and wakes all who listen: first
    /// those to this token, then those to its children. To do so twice is to do
    /// it once.
    #[track_caller]
    pub fn cancel(&self) {
        let mut cancelled = Vec::new();
        let mut left = vec![self.node.clone()];
        while let Some(node) = left.pop() {
            if node.is_cancelled.replace(true) {
                continue; // and so are its descendants
            }
            let first = left.len();
            let children = node.children.borrow();
            left.extend(children.iter().filter_map(|(_, child)| child.upgrade()));
            left[first..].reverse(); // the first child is on top
            drop(children);
            cancelled.push(node);
        }
        for node in cancelled {
            node.notify.notify_all(); // nothing is borrowed
        }
    }

    /// Whether it is cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.node.is_cancelled.get()
    }

    /// Waits until it is cancelled.
    ///
    /// # Panics
    ///
    /// When it is polled: outside of an event loop, if it has to wait.
    pub fn cancelled(&self) -> Cancelled {
        Cancelled {
            notified: self.node.notify.notified(),
            node: self.node.clone(),
        }
    }

    /// Waits for `future`, unless the token is cancelled first: then the future
    /// is polled no more, and `None` is the outcome. If it was cancelled before,
    /// the future is never polled.
    ///
    /// Cost: one allocation, since the pin of a field cannot be reached without
    /// `unsafe`.
    pub fn run_until_cancelled<F: Future>(&self, future: F) -> RunUntilCancelled<F> {
        RunUntilCancelled {
            future: Box::pin(future),
            cancelled: self.cancelled(),
        }
    }
}

impl Default for CancellationToken {
    fn default() -> Self {
        CancellationToken::new()
    }
}

impl fmt::Debug for CancellationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancellationToken")
            .field("is_cancelled", &self.is_cancelled())
            .finish_non_exhaustive()
    }
}

impl Node {
    /// A token, not cancelled.
    fn new(parent: Option<(Rc<Node>, usize)>) -> Self {
        Node {
            is_cancelled: Cell::new(false),
            notify: Notify::new(),
            children: RefCell::default(),
            parent,
        }
    }

    /// Leaves its parent, which is returned if nobody else holds that.
    fn leave(&mut self) -> Option<Node> {
        let (parent, key) = self.parent.take()?;
        parent.children.borrow_mut().remove(key); // invariant 3
        Rc::into_inner(parent)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // careful: ancestors that nobody else holds go one after the other. By
        // themselves each would go within the drop of its child (invariant 4).
        let mut last = self.leave();
        while let Some(mut node) = last {
            last = node.leave();
        }
    }
}

/// See [`CancellationToken::cancelled`].
#[must_use = "nothing waits unless this is awaited"]
pub struct Cancelled {
    /// The wait.
    notified: Notified,
    /// The token.
    node: Rc<Node>,
}

impl Future for Cancelled {
    type Output = ();

    /// # Panics
    ///
    /// If it is polled outside of an event loop, and has to wait.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.node.is_cancelled.get() {
            return Poll::Ready(());
        }
        Pin::new(&mut self.notified).poll(context)
    }
}

impl fmt::Debug for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cancelled")
            .field(&self.node.is_cancelled.get())
            .finish()
    }
}

/// See [`CancellationToken::run_until_cancelled`].
#[derive(Debug)]
#[must_use = "nothing runs unless this is awaited"]
pub struct RunUntilCancelled<F> {
    /// What runs.
    future: Pin<Box<F>>,
    /// Until when.
    cancelled: Cancelled,
}

impl<F: Future> Future for RunUntilCancelled<F> {
    type Output = Option<F::Output>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if Pin::new(&mut self.cancelled).poll(context).is_ready() {
            return Poll::Ready(None);
        }
        self.future.as_mut().poll(context).map(Some)
    }
}
