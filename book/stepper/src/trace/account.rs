//! The halves' own account of their state, to hold the fold against.
//!
//! A loop or scheduler under test writes it from its real queues, on the log
//! target `account`. It is no event: nothing in it may help the fold.

/// One `state` record of target `account`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The step at which it was written: how many events came before.
    pub step: usize,
    /// Which loop or scheduler of the process it is about.
    pub driver: u32,
    /// Its keys after `t` and the driver, as written. Equals
    /// [`Driver::account`](crate::fold::Driver::account) at that step.
    pub text: String,
}
