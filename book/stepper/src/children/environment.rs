//! The child's environment: what makes a program write its trace.
//!
//! `RUST_LOG` gets our targets added to what the learner set there.
//!
//! Invariants: (1) the learner's own directives stay, nonsense included: the
//! logger complains about that itself; (2) ours come last, so they win.
//!
//! Left out: the logger's `/pattern`. It holds for every record, would hide
//! the trace, and so is taken off.
//!
//! Book: appendix "The stepper".

use std::{env, process::Command};

/// The targets of the trace, as the logger wants them.
const TARGETS: &str = "runtime=trace,scheduler=trace,process=trace";

/// Sets the environment in which `command`'s program writes its trace.
pub(crate) fn prepare(command: &mut Command) {
    command
        .env("RUST_LOG", directives(env::var("RUST_LOG").ok().as_deref()))
        .env("RUST_LOG_STYLE", "never"); // colours would be bytes among the words
}

/// The value of `RUST_LOG` for the child, given the learner's.
fn directives(learners: Option<&str>) -> String {
    let learners = learners.unwrap_or("error"); // which is what the logger takes for nothing
    let (learners, _pattern) = learners.split_once('/').unwrap_or((learners, ""));
    if learners.trim().is_empty() {
        TARGETS.to_owned()
    } else {
        format!("{learners},{TARGETS}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learners_directives_stay_before_ours() {
        let with = |learners| directives(Some(learners));
        assert_eq!(with("info"), format!("info,{TARGETS}"));
        assert_eq!(with("runtime=off"), format!("runtime=off,{TARGETS}"));
        assert_eq!(with("=,,=nonsense"), format!("=,,=nonsense,{TARGETS}"));
        assert_eq!(with(" "), TARGETS);
    }

    #[test]
    fn unset_means_errors_as_it_does_to_the_logger() {
        assert_eq!(directives(None), format!("error,{TARGETS}"));
    }

    #[test]
    fn pattern_that_would_hide_the_trace_is_taken_off() {
        assert_eq!(directives(Some("debug/ping")), format!("debug,{TARGETS}"));
    }
}
