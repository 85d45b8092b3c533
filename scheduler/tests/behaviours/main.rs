//! What the scheduler does, as its users see it: one module per behaviour.

#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod account;
mod blocking;
mod channel;
mod checkpoint_trace;
mod cpus;
mod deadlock;
mod join;
mod local;
mod mutex;
mod never;
mod outside;
mod park;
mod policy_faults;
mod priorities;
mod signal;
mod sleep;
mod support;
mod vocabulary;
mod work;
