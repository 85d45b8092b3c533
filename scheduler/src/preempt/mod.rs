//! Taking the processor from a thread: the one room with `unsafe` in it.
//!
//! The rest of the crate decides who runs; this room makes it so. What it
//! shows outside is safe to call, whatever the caller does.
pub(crate) mod clock;
pub(crate) mod futex;
pub(crate) mod inbox;
