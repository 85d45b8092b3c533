//! The primitives for OS threads that the inbox is made of: those of `std`.
//!
//! They have a module of their own so that a model checker can put its own in
//! their place: see `tests/inbox_model.rs`.

pub(crate) use std::sync::atomic::{AtomicBool, Ordering};
pub(crate) use std::sync::{Mutex, MutexGuard};
