//! The cooperative half: one thread, one event loop, tasks that give way at `.await`.
#![forbid(unsafe_code)]

pub mod trace;
