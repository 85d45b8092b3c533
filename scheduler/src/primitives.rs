//! The primitives for OS threads that the token of [`park`](crate::park()) is
//! made of: those of `std`.
//!
//! They have a module of their own so that a model checker can put its own in
//! their place: see `tests/park_model.rs`.
//!
//! Mirror: `runtime::primitives`.

pub(crate) use std::sync::atomic::{AtomicU8, Ordering};
