//! The checks of the mini-reactor: rule by rule, then a whole connection.
//!
//! Each of the first group isolates one rule, and presumes only the rules that
//! are checked before it. So the first that fails names the mistake.
//!
//! Sockets of a pair are of one machine: what one end writes can be read from
//! the other when the call returns. So checks need not wait for readiness, and
//! `poll` is asked not to, except where its waiting is what is checked.

mod bench;
mod connection;
mod waiting;
mod waking;

use exercises::check::{Check, Complaint, Part};

/// What makes the reactor of a module.
macro_rules! candidate {
    ($($module:ident)::+) => {{
        /// A reactor of that module.
        struct Candidate($($module)::+::Reactor);

        impl $crate::checks::Reactor for Candidate {
            fn register(&mut self, source: &mut dyn mio::event::Source) -> std::io::Result<mio::Token> {
                self.0.register(source)
            }

            fn deregister(
                &mut self,
                token: mio::Token,
                source: &mut dyn mio::event::Source,
            ) -> std::io::Result<()> {
                self.0.deregister(token, source)
            }

            fn attempt(
                &mut self,
                token: mio::Token,
                reads: bool,
                context: &mut std::task::Context<'_>,
                operation: &mut dyn FnMut() -> std::io::Result<usize>,
            ) -> std::task::Poll<std::io::Result<usize>> {
                let direction = match reads {
                    true => $($module)::+::Direction::Read,
                    false => $($module)::+::Direction::Write,
                };
                self.0.attempt(token, direction, context, operation)
            }

            fn poll(&mut self, timeout: Option<std::time::Duration>) -> std::io::Result<()> {
                self.0.poll(timeout)
            }
        }

        let new: $crate::checks::NewReactor = || {
            $($module)::+::Reactor::new()
                .map(|reactor| Box::new(Candidate(reactor)) as Box<dyn $crate::checks::Reactor>)
        };
        new
    }};
}
pub(crate) use bench::{NewReactor, Reactor};
pub(crate) use candidate;

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewReactor>> {
    [waiting::checks(), waking::checks(), connection::checks()]
        .into_iter()
        .flatten()
        .collect()
}

/// A check of a few calls.
fn rule(
    name: &'static str,
    rule: &'static str,
    run: fn(NewReactor) -> Result<(), Complaint>,
) -> Check<NewReactor> {
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |new| run(*new)),
        step: None, // it is no event loop: there is no trace
    }
}
