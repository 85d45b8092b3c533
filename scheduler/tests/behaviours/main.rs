//! What the scheduler does, as its users see it: one module per behaviour.

#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod account;
mod barrier;
mod blocking;
mod channel;
mod checkpoint_trace;
mod condvar;
mod cpus;
mod deadlock;
mod deadlock_among_some;
mod deadlock_of_sync;
mod inheritance;
mod join;
mod local;
mod mutex;
mod never;
mod once_lock;
mod outside;
mod park;
mod policy_faults;
mod priorities;
mod rendezvous;
mod rwlock;
mod scope;
mod semaphore;
mod signal;
mod sleep;
mod support;
mod timed;
mod unannounced;
mod unbounded;
mod vocabulary;
mod work;
