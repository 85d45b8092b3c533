//! The preemptive half: OS threads from which a scheduler takes the processor.
pub mod policy;
pub mod time;
pub mod trace;
