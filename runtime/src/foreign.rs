//! Foreign code: what to do with its panics.
//!
//! A learner's values have destructors, and a learner's wakers can do anything.
//! Both run in the middle of the loop's own steps, which must go on.
//!
//! Invariants: (1) a panic of a destructor that nobody joins ends here; (2) so
//! does a panic of a waker, and it is reported: whoever calls a waker is not to
//! blame for it; (3) what a panic carries may panic in its turn when it is
//! dropped: then it is forgotten, so that there is an end.
//!
//! Mirror: none: a thread's panic stays on its own stack.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a panic carries.
pub(crate) type Panic = Box<dyn Any + Send>;

/// Drops foreign things; a panic of theirs is returned.
pub(crate) fn drop_caught<T>(value: T) -> Result<(), Panic> {
    catch_unwind(AssertUnwindSafe(|| drop(value)))
}

/// Drops foreign things of which nobody wants to hear, not even their panics.
pub(crate) fn discard<T>(value: T) {
    if let Err(panic) = drop_caught(value) {
        mem::forget(panic); // invariant 3
    }
}

/// Calls a waker, which may be foreign. A panic of its own ends here: it is
/// neither the fault of whoever calls it nor of the next to be woken.
pub(crate) fn call_waker(wake: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(wake)) {
        log::error!(
            target: "runtime",
            "a waker that is not the loop's own panicked when it was called: {}; \
             whoever it stands for was not woken",
            message(&panic),
        );
        discard(panic);
    }
}

/// What a panic said, if it said something in words.
pub(crate) fn message(panic: &Panic) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without words")
}
