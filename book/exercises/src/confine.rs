//! What a program loses before the learner's code runs in it.
//!
//! Safe Rust can write into the memory of its own process, through
//! `/proc/self/mem`; it can start programs, and write whatever the user may
//! write: the checks, the grader's results. So the kernel is asked to let this
//! process do none of this any more. What is open stays open.
//!
//! Left out: reading, since there is no secret to read, and the scheduler's
//! watchdog looks below `/proc/self/task`; the network, since an exercise is about
//! sockets; systems without Landlock (Linux before 5.13, or where it is switched
//! off): there nothing is taken away, and whoever grades is told.
//!
//! Book: "For teachers".

/// Has the calling thread, and all that it starts from now on, write to no file, and
/// signal no other process; and start no program, unless it `may_start` some, which
/// are confined as well. Whether that holds.
#[cfg(target_os = "linux")]
pub(crate) fn confine(may_start: bool) -> bool {
    use landlock::{
        ABI, Access, AccessFs, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
        RulesetStatus, Scope,
    };
    let mut taken = AccessFs::from_write(ABI::V3);
    if !may_start {
        taken |= AccessFs::Execute;
    }
    let restrict = || -> Result<RulesetStatus, Box<dyn std::error::Error>> {
        // Who starts a program may throw away what it prints.
        let nowhere = PathBeneath::new(PathFd::new("/dev/null")?, AccessFs::WriteFile);
        // What an older kernel does not know is left out of the rules.
        let rules = Ruleset::default()
            .handle_access(taken)?
            .scope(Scope::from_all(ABI::V6))?
            .create()?
            .add_rule(nowhere)?;
        Ok(rules.restrict_self()?.ruleset)
    };
    restrict().is_ok_and(|status| status != RulesetStatus::NotEnforced)
}

/// Elsewhere nothing is taken away.
#[cfg(not(target_os = "linux"))]
pub(crate) fn confine(_may_start: bool) -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::fs::{self, OpenOptions};
    use std::process::{Command, Stdio};
    use std::{env, thread};

    /// What a confined thread can do: write a file, write its memory, start a program.
    /// None where the kernel cannot confine.
    fn allowed(may_start: bool) -> Option<[bool; 3]> {
        // A thread of its own: what it loses it never gets back.
        let confined = thread::spawn(move || {
            if !confine(may_start) {
                return None;
            }
            let file = env::temp_dir().join("sidestep-confined");
            let memory = OpenOptions::new().write(true).open("/proc/self/mem");
            let mut command = Command::new("/bin/true");
            command.stdout(Stdio::null());
            Some([
                fs::write(file, "x").is_ok(),
                memory.is_ok(),
                command.status().is_ok(),
            ])
        });
        confined.join().expect("nothing panics")
    }

    #[test]
    fn confined_code_writes_nothing_and_starts_only_what_it_may() {
        if let Some(allowed) = allowed(false) {
            assert_eq!(allowed, [false; 3]);
        }
        if let Some(allowed) = allowed(true) {
            assert_eq!(allowed, [false, false, true]);
        }
    }
}
