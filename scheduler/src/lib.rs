//! The preemptive half: OS threads from which a scheduler takes the processor.
pub mod policy;
pub mod simulation;
pub mod time;
pub mod trace;
#[expect(
    unsafe_code,
    reason = "signals, futexes and a heap: all unsafe code of the crate is here"
)]
pub(crate) mod preempt;
