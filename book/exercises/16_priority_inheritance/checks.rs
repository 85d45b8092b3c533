//! The checks of priority inheritance: rule by rule, textbook, random, threads.
//!
//! Each of the first group isolates one rule, and presumes only the rules that
//! are checked before it. So the first that fails names the mistake.

mod model;
mod random;
mod rules;
mod script;
mod textbook;
mod threads;

use exercises::check::Check;

/// What the checks need of accounts; what it means is told in the README.
pub(crate) trait Accounting: Send {
    /// Sets a thread's own priority.
    fn set_priority(&mut self, thread: u32, priority: i32);
    /// A thread wants a mutex; whether it has it now.
    fn lock(&mut self, thread: u32, mutex: u32) -> bool;
    /// A thread waits no longer.
    fn give_up(&mut self, thread: u32);
    /// A mutex is let go of; who holds it now.
    fn unlock(&mut self, mutex: u32) -> Option<u32>;
    /// By what a thread is scheduled.
    fn priority(&self, thread: u32) -> i32;
}

/// Makes accounts.
pub(crate) type NewAccounts = fn() -> Box<dyn Accounting>;

/// The accounts of a file of the exercise.
macro_rules! subject {
    ($($module:ident)::+) => {{
        use $crate::checks::{Accounting, NewAccounts};
        use $($module)::+::Accounts;

        struct Subject(Accounts);
        impl Accounting for Subject {
            fn set_priority(&mut self, thread: u32, priority: i32) {
                self.0.set_priority(thread, priority);
            }
            fn lock(&mut self, thread: u32, mutex: u32) -> bool {
                self.0.lock(thread, mutex)
            }
            fn give_up(&mut self, thread: u32) {
                self.0.give_up(thread);
            }
            fn unlock(&mut self, mutex: u32) -> Option<u32> {
                self.0.unlock(mutex)
            }
            fn priority(&self, thread: u32) -> i32 {
                self.0.priority(thread)
            }
        }
        let new: NewAccounts = || Box::new(Subject(Accounts::new()));
        new
    }};
}
pub(crate) use subject;

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewAccounts>> {
    let mut checks = rules::holding();
    checks.extend(rules::lending());
    checks.extend(rules::lending_on());
    checks.extend(rules::changing());
    checks.push(textbook::check());
    checks.push(random::check());
    checks.extend(threads::checks());
    checks
}
