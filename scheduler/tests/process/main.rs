//! Worker processes, as their users see them: one module per behaviour.
//!
//! A worker is this test program, run again with the one test that made the pool,
//! so each test begins with `init!`.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]
#![expect(
    clippy::needless_pass_by_value,
    reason = "what a worker is given it owns"
)]

mod channel;
mod failures;
mod init;
mod kills;
mod map;
mod orphans;
mod scheduled;
mod shared_memory;
mod spawn;
mod stdout;
mod support;
mod trace;
