//! Which scheduled thread, if any, the calling OS thread is.
//!
//! Here the signal handler finds the [`Context`] of the thread that it
//! interrupts, and every call of the scheduler finds its control block.
//!
//! Invariants: (1) both are reached through thread-locals without destructors,
//! so also while a thread ends, and from the handler; (2) while a context can
//! be found here, its control block is alive; (3) while a [`Guard`] lives, its
//! thread is not frozen.
//!
//! Left out: what the control block contains.
//!
//! Book: chapter 13. Mirror: `runtime::context`.

use std::any::Any;
use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr;
use std::sync::Arc;

use super::context::Context;

thread_local! {
    /// The context of this OS thread; null when it is not scheduled.
    static CONTEXT: Cell<*const Context> = const { Cell::new(ptr::null()) };
    /// The control block that embeds it, from [`Arc::into_raw`].
    static OWNER: Cell<Option<*const (dyn Any + Send + Sync)>> = const { Cell::new(None) };
}

/// Makes `owner`'s context the calling OS thread's, until the value that is
/// returned is dropped.
///
/// # Panics
/// When the thread has one already.
pub(crate) fn enter<T>(owner: Arc<T>) -> Entered
where
    T: AsRef<Context> + Any + Send + Sync,
{
    assert!(
        OWNER.get().is_none(),
        "an OS thread is one scheduled thread at a time"
    );
    let context: *const Context = (*owner).as_ref();
    OWNER.set(Some(Arc::into_raw(owner)));
    CONTEXT.set(context); // last: from here on, the handler finds it
    Entered {
        stays_here: PhantomData,
    }
}

/// While it lives, the OS thread that called [`enter`] is a scheduled one.
#[derive(Debug)]
pub(crate) struct Entered {
    /// It must be dropped on the thread that made it.
    stays_here: PhantomData<*const ()>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        with(Context::detach);
        CONTEXT.set(ptr::null()); // first: the handler must not find it any more
        let owner = OWNER
            .take()
            .expect("`enter` filled it, and only we empty it");
        // SAFETY: requires a pointer from `Arc::into_raw`, given up once.
        // `enter` made it, and `take` emptied the only place where it was.
        // Copying it out of `OWNER` and keeping it would break this.
        drop(unsafe { Arc::from_raw(owner) });
    }
}

/// The control block of the calling thread, if it is scheduled and a `T`.
pub(crate) fn owner<T: Any + Send + Sync>() -> Option<Arc<T>> {
    let owner = OWNER.get()?;
    // SAFETY: requires a pointer from `Arc::into_raw` whose `Arc` is alive:
    // the reference that `enter` leaked is given up only by `Entered`, on this
    // same thread, after it has emptied `OWNER`.
    unsafe { Arc::increment_strong_count(owner) };
    // SAFETY: the reference that this takes back is the one added above.
    let owner = unsafe { Arc::from_raw(owner) };
    owner.downcast().ok()
}

/// Whether the calling thread is scheduled.
pub(super) fn is_scheduled() -> bool {
    !CONTEXT.get().is_null()
}

/// Calls `use_it` with the calling thread's context, if it has one.
///
/// For this room alone: `use_it` must not drop the thread's [`Entered`].
pub(super) fn with<R>(use_it: impl FnOnce(&Context) -> R) -> Option<R> {
    let context = CONTEXT.get();
    // SAFETY: requires null or a live context. It is embedded in the control
    // block that `OWNER` keeps alive, and `Entered` sets it to null, on this
    // same thread, before it gives that up; no caller drops `Entered` inside.
    // A control block that hands out a context that is not its own, and
    // shorter-lived, cannot be written: `AsRef` ties it to the borrow.
    unsafe { context.as_ref() }.map(use_it)
}

/// While it lives, the calling thread is not frozen (3).
///
/// When the last one is dropped after a tick came, the thread gives way there.
/// Never allocate or wait while one lives. On a thread that is not scheduled
/// it does nothing.
#[derive(Debug)]
pub(crate) struct Guard {
    /// It must be dropped on the thread that made it.
    stays_here: PhantomData<*const ()>,
}

impl Guard {
    /// Forbids to freeze the calling thread.
    pub(crate) fn new() -> Self {
        with(Context::hold);
        Self {
            stays_here: PhantomData,
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        with(Context::release);
    }
}
