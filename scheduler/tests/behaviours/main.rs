//! What the scheduler does, as its users see it: one module per behaviour.

mod blocking;
mod channel;
mod checkpoint_trace;
mod cpus;
mod deadlock;
mod join;
mod mutex;
mod never;
mod outside;
mod policy_faults;
mod priorities;
mod signal;
mod sleep;
mod support;
mod vocabulary;
