//! Those who are compared: each a module of the same few functions.
//!
//! `run`, `spawn`, `join`, `detach`, `yield_now`, and, where the peer has time,
//! `sleep` and `timeout`. A workload is a macro over such a module, so that all
//! peers run the same text; it is no trait, since tokio's tasks must be `Send`
//! and ours cannot be.

pub(crate) mod bare;
pub(crate) mod local_set;
pub(crate) mod monoio;
pub(crate) mod ours;
pub(crate) mod smol;
pub(crate) mod tokio;
