//! Taking the processor from a thread: the one room with `unsafe` in it.
//!
//! The rest of the crate decides who runs; this room makes it so. What it
//! shows outside is safe to call, whatever the caller does.
pub(crate) mod clock;
pub(crate) mod current;
pub(crate) mod futex;
pub(crate) mod inbox;

#[cfg(target_os = "linux")]
pub(crate) mod affinity;
#[cfg(target_os = "linux")]
pub(crate) mod handler;
#[cfg(target_os = "linux")]
pub(crate) mod image;
#[cfg(target_os = "linux")]
pub(crate) mod timer;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{affinity, handler, image, timer};
